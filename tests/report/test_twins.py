"""Vehicles that had one engine number, of which the other has been given another since."""

from __future__ import annotations

from datetime import timedelta

from desk import OTHER_VIN, Desk

from vinbatch.model import Known
from vinbatch.report.twins import told_apart

SAME = {"engine_no": "B48B20B 12345678"}


def test_the_row_that_is_left_says_that_the_other_has_another_number(desk: Desk) -> None:
    held = desk.drop([SAME, {"vin": OTHER_VIN, **SAME}])
    desk.now += timedelta(hours=1)
    desk.again(held, {3: {"engine_no": "B48B20B 12345679"}}, only=[3])
    found = told_apart(held.findings, held, Known(desk.now, desk.facts.records), desk.ruleset)
    (ask,) = [f for f in found if (f.code, f.row) == ("ENGINE-TWICE", 2)]
    assert "3（那里后来已改成别的号，或已删除）" in desk.ruleset.tell(ask).what
