"""Rows that speak of another vehicle than their mark."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import Outcome, State, Type
from vinbatch.noun import replace

THIRD = "WBA13BJ07MCF12347"
OTHERS = {"engine_no": "B48B20B 99887766", "production_date": "2021.04", "ccc_no": "2020011101345699"}


def sorted_rows(desk: Desk, **cells: str) -> Outcome:
    """Three accepted vehicles, each on the row of another; the first with these cells."""
    vins = [desk.ruleset.field("vehicle", "vin").example, OTHER_VIN, THIRD]
    marks = [desk.mark(desk.place(Type.FILING, State.ACCEPTED, vin)) for vin in vins]
    rows: list[Cells] = [
        {"vin": vin, "_mark": mark} for vin, mark in zip(vins, marks[1:] + marks[:1], strict=True)
    ]
    rows[0] = {**rows[0], **cells}
    return desk.drop(rows)


def test_all_rows_that_were_sorted_without_their_marks_are_told_so(desk: Desk) -> None:
    outcome = sorted_rows(desk, action="变更", colour="红")
    assert codes(outcome, "vehicle") == ["MARK-SORTED"] * 3
    assert verdicts(outcome) == {2: "refused", 3: "refused", 4: "refused"}


def test_sorted_rows_are_not_told_to_revoke_or_to_type_a_vin(desk: Desk) -> None:
    told = desk.ruleset.tell(next(f for f in sorted_rows(desk).findings if f.code == "MARK-SORTED"))
    assert "重新查询" in told.cure
    assert "撤销原车" not in told.cure


def change(desk: Desk, **cells: str) -> Outcome:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    return desk.drop([{"_mark": mark, "action": "变更", **cells}])


def test_a_change_of_all_that_a_vehicle_keeps_is_asked_about(desk: Desk) -> None:
    """So the VIN typed back onto a sorted row declares nothing unasked."""
    outcome = change(desk, **OTHERS)
    assert ("CHANGE-OTHER-VEHICLE" in codes(outcome), verdicts(outcome)) == (True, {2: "held"})


@pytest.mark.parametrize("key", list(OTHERS))
def test_two_mistakes_of_a_filing_are_changed_without_a_question(desk: Desk, key: str) -> None:
    two = {k: v for k, v in OTHERS.items() if k != key}
    assert "CHANGE-OTHER-VEHICLE" not in codes(change(desk, **two))


def test_the_question_is_answered_on_its_row(desk: Desk) -> None:
    held = change(desk, **OTHERS)
    assert verdicts(desk.again(held, {2: {"confirmed": "是"}})) == {2: "declared"}


# ── a reason to revoke ───────────────────────────────────────────────────────────────────────────

REASON = "REVOCATION-REASON-ALONE"


def test_a_new_row_with_a_reason_to_revoke_is_asked_about(desk: Desk) -> None:
    outcome = desk.drop([{"revocation_reason": "客户退车"}])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "held"}, [REASON])


def test_a_change_with_a_reason_to_revoke_is_asked_about_and_confirmed(desk: Desk) -> None:
    held = change(desk, colour="红", revocation_reason="客户退车")
    assert REASON in codes(held)
    assert verdicts(desk.again(held, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_the_reason_of_an_earlier_revocation_is_no_question(desk: Desk) -> None:
    record = desk.place(Type.REVOCATION, State.REJECTED)
    data = {**record.now.data, "revocation_reason": "客户退车"}
    desk.know(replace(record, now=replace(record.now, data=data)))
    mark = desk.mark(desk.facts.records[record.vin])
    row = {"_mark": mark, "action": "变更", "colour": "红", "revocation_reason": "客户退车"}
    assert REASON not in codes(desk.drop([row]))
