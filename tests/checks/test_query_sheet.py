"""The sheet 查询: what a row of it asks for (semantics section 5)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from vinbatch.checks.check import check
from vinbatch.model import Parsed, Query, Raw, Reading, Sheet, Source, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

HEADINGS = ("VIN", "批次号", "申报类型", "当前状态", "结构参数编号", "起始日期", "截止日期")


def ask(ruleset: Ruleset, *rows: dict[str, Raw]) -> Reading:
    """A workbook with this sheet 查询 alone."""
    table = (HEADINGS, *(tuple(row.get(heading) for heading in HEADINGS) for row in rows))
    (reading,) = check([Parsed(Source("a.xlsx", "0" * 64), (Sheet("查询", table),))], ruleset)
    return reading


@pytest.mark.parametrize(
    ("cells", "query"),
    [
        ({"VIN": "wba13bj05mcf12346"}, Query(vins=("WBA13BJ05MCF12346",))),
        ({"VIN": "F12346"}, Query(vins=("F12346",))),
        ({"VIN": "Ｆ１２３４６"}, Query(vins=("F12346",))),
        ({"VIN": "'WBA13BJ05MCF12346"}, Query(vins=("WBA13BJ05MCF12346",))),  # as an export writes it
        ({"起始日期": "'2021-03-01"}, Query(since=date(2021, 3, 1))),
        ({"批次号": "TRIAL－20260302－0001"}, Query(batches=("TRIAL-20260302-0001",))),
        ({"当前状态": "海关退回"}, Query(states=(State.REJECTED,))),  # what results and mails call it
        ({"当前状态": "等待答复"}, Query(states=(State.DECLARED,))),
        ({"当前状态": "\u3000暂存"}, Query(states=(State.DRAFT,))),
        ({"批次号": "trial-20260302-0001"}, Query(batches=("TRIAL-20260302-0001",))),
        ({"申报类型": "变更"}, Query(types=(Type.CHANGE,))),
        ({"申报类型": "Revocation"}, Query(types=(Type.REVOCATION,))),
        ({"当前状态": "海关接收失败"}, Query(states=(State.REJECTED,))),
        ({"当前状态": "已撤销"}, Query(types=(Type.REVOCATION,), states=(State.ACCEPTED,))),
        (
            {"申报类型": "备案", "当前状态": "Revoked"},
            Query(types=(Type.REVOCATION,), states=(State.ACCEPTED,)),
        ),
        ({"当前状态": "待核实"}, Query(held=True)),
        ({"结构参数编号": "cn530i-1"}, Query(structures=("CN530I-1",))),
        ({"起始日期": "2021-03-01"}, Query(since=date(2021, 3, 1))),
        ({"起始日期": "2021年3月1日"}, Query(since=date(2021, 3, 1))),
        ({"截止日期": datetime(2026, 12, 31)}, Query(until=date(2026, 12, 31))),
        (
            {"申报类型": "备案", "当前状态": "暂存", "截止日期": "2026/1/9"},
            Query(types=(Type.FILING,), states=(State.DRAFT,), until=date(2026, 1, 9)),
        ),
    ],
    ids=str,
)
def test_a_row_asks_for_what_its_cells_say(cells: dict[str, Raw], query: Query, ruleset: Ruleset) -> None:
    reading = ask(ruleset, cells)
    assert (reading.queries, reading.findings) == ((replace(query, row=2),), ())


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("VIN", "12346"),
        ("批次号", "TRIAL-20260302-*"),
        ("结构参数编号", "CN530I?"),
        ("申报类型", "暂存"),
        ("当前状态", "备案"),
        ("起始日期", "2021-02-31"),
        ("截止日期", "去年"),
        ("截止日期", "2021-03"),
    ],
)
def test_a_condition_that_is_not_understood_is_named_and_its_row_not_asked(
    heading: str, text: str, ruleset: Ruleset
) -> None:
    """Its neighbours are asked all the same."""
    reading = ask(ruleset, {"VIN": "F12346", heading: text}, {"VIN": "F12347"})
    assert [(f.code, f.sheet, f.row, f.value) for f in reading.findings] == [
        ("QUERY-CONDITION", "query", 2, text)
    ]
    assert [u.number for u in reading.unclear] == [2]
    assert reading.queries == (Query(vins=("F12347",), row=3),)


@pytest.mark.parametrize(
    "text",
    ["2022221101000119", "2022221101000119(B0)", "WBA13BJO5MCF12346", "WBA13BJ05MCF123467", "MCF 12346"],
)
def test_what_no_vin_can_be_is_not_looked_for(text: str, ruleset: Ruleset) -> None:
    (found,) = ask(ruleset, {"VIN": text}).findings
    assert found.code == "QUERY-NOT-VIN"
    assert ruleset.tell(found).cure.endswith("、".join(HEADINGS))


def test_a_last_day_before_the_first_is_told_and_not_asked(ruleset: Ruleset) -> None:
    """No vehicle was found by it, as if there were none."""
    reading = ask(ruleset, {"起始日期": "2026-03-02", "截止日期": "2026-03-01"})
    assert [(f.code, f.field) for f in reading.findings] == [("QUERY-BACKWARDS", "to")]
    assert (reading.queries, [u.number for u in reading.unclear]) == ((), [2])
    assert ask(ruleset, {"起始日期": "2026-03-02", "截止日期": "2026-03-02"}).findings == ()


def test_rows_are_joined_and_blank_ones_are_none(ruleset: Ruleset) -> None:
    reading = ask(ruleset, {"VIN": "F12346"}, {"VIN": "  "}, {"VIN": "F12347"})
    assert [q.vins for q in reading.queries] == [("F12346",), ("F12347",)]


def test_no_more_than_a_sheet_may_have_are_asked(ruleset: Ruleset) -> None:
    most = ruleset.settings.limits.carried_rows
    assert ask(ruleset, *[{"VIN": "F12346"}] * most).findings == ()
    reading = ask(ruleset, *[{"VIN": "F12346"}] * (most + 1))
    assert ([f.code for f in reading.findings], reading.queries) == (["FILE-TOO-MANY-ROWS"], ())
