"""The one line that lists tell of a workbook."""

from __future__ import annotations

from desk import NOW

from vinbatch.model import Outcome, Query, Reading, Source
from vinbatch.report.sentence import headline
from vinbatch.ruleset import Ruleset


def test_a_workbook_that_only_asks_is_told_as_queries_and_not_as_empty(ruleset: Ruleset) -> None:
    reading = Reading(Source("查车.xlsx", "d"), queries=(Query(vins=("025595",)), Query(batches=("B",))))
    assert headline(Outcome("B", NOW, reading), ruleset) == "查询 2 行"


def test_a_workbook_without_rows_says_so(ruleset: Ruleset) -> None:
    assert headline(Outcome("B", NOW, Reading(Source("空.xlsx", "d"))), ruleset) == "没有数据行"
