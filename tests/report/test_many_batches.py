"""Rows of a result that many later batches took over: what its summary says of them in a few lines."""

from __future__ import annotations

from desk import NOW, Desk

from vinbatch.model import VEHICLE, Known
from vinbatch.report.since import lines_since, still_open


def test_rows_that_came_again_in_many_batches_are_not_said_to_be_done(desk: Desk) -> None:
    """They were refused there, too, and what the summary said was dealt with nobody mended."""
    outcome = desk.drop([{"vin": f"WBA{i}"} for i in range(5)])
    since = {(VEHICLE, row): ("again", f"TRIAL-20260302-000{row}") for row in range(2, 7)}
    known = Known(NOW, {}, since=since, open=frozenset())
    told = list(lines_since(outcome, still_open(outcome, known, desk.ruleset), known, desk.ruleset))
    assert told == ["“车辆信息”第 2–6 行后来在别的批次重新放入，请看那一份。"]
