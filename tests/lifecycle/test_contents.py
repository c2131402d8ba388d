"""What the catalogue and the ledger say of a vehicle row: the whole finding, with all that it names."""

from __future__ import annotations

from typing import Any

import pytest
from desk import OTHER_VIN, Desk, codes, verdicts
from test_examples import with_settings

from vinbatch.lifecycle.changes import former_entry
from vinbatch.model import Outcome, Rulebook, State, Type
from vinbatch.noun import replace

ODD = {"overhang_front": "700"}  # asks: overhangs and wheelbase do not make the length


def told(outcome: Outcome, code: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Row, field and params of each finding with this code on the vehicle sheet."""
    return [
        (f.row, f.field, dict(f.params)) for f in outcome.findings if f.code == code and f.sheet == "vehicle"
    ]


def number(desk: Desk) -> str:
    return str(desk.sample("structure")["structure_no"])


def test_parameters_that_are_refused_are_linked_from_their_vehicle(desk: Desk) -> None:
    outcome = desk.drop([{}], [None, {"doors": "x"}])
    assert told(outcome, "STRUCTURE-REFUSED") == [(2, "structure_no", {"link": "@link.structure|3"})]
    assert told(outcome, "STRUCTURE-ASK") == []


def test_parameters_that_are_asked_about_are_linked_from_their_vehicle(desk: Desk) -> None:
    where = {"link": "@link.structure|2", "how": "@verify.row"}
    assert told(desk.drop([{}], [ODD]), "STRUCTURE-ASK") == [(2, "structure_no", where)]


@pytest.mark.parametrize(
    ("act", "code", "verdict"),
    [("申报", "STRUCTURE-UNKNOWN", "refused"), ("暂存", "STRUCTURE-UNKNOWN-DRAFT", "saved")],
)
def test_parameters_that_are_nowhere_are_named(desk: Desk, act: str, code: str, verdict: str) -> None:
    outcome = desk.drop([{"action": act}], [])
    assert told(outcome, code) == [(2, "structure_no", {"number": number(desk)})]
    assert verdicts(outcome) == {2: verdict}


def test_without_a_ledger_parameters_are_not_looked_up(desk: Desk) -> None:
    desk.facts = replace(desk.facts, blind=True)
    outcome = desk.drop([{}], [])
    assert told(outcome, "STRUCTURE-NOT-LOOKED-UP") == [(2, "structure_no", {"number": number(desk)})]


@pytest.mark.parametrize(
    ("act", "code"), [("申报", "STRUCTURE-INCOMPLETE"), ("暂存", "STRUCTURE-INCOMPLETE-DRAFT")]
)
def test_a_catalogue_entry_that_lacks_something_is_named_with_its_revision(
    desk: Desk, act: str, code: str
) -> None:
    desk.shelve(revision=7, length="")
    where = {"number": number(desk), "link": "@link.catalogue|7"}
    assert told(desk.drop([{"action": act}], []), code) == [(2, "structure_no", where)]


def test_a_draft_whose_parameters_lack_something_in_the_workbook_says_so_itself(desk: Desk) -> None:
    outcome = desk.drop([{"action": "暂存"}], [{"brand_en": ""}])
    where = {"number": number(desk), "link": "@link.structure|2"}
    assert told(outcome, "STRUCTURE-INCOMPLETE-DRAFT") == [(2, "structure_no", where)]
    assert verdicts(outcome) == {2: "saved"}


@pytest.mark.parametrize(
    ("shelved", "code"), [(None, "STRUCTURE-UNKNOWN-DRAFT"), ({"length": ""}, "STRUCTURE-INCOMPLETE-DRAFT")]
)
def test_a_draft_that_comes_back_as_it_was_is_told_of_parameters_that_it_still_lacks(
    shelved: dict[str, Any] | None, code: str, desk: Desk
) -> None:
    """Its only word was how to declare it."""
    if shelved is not None:
        desk.shelve(**shelved)
    again = desk.again(desk.drop([{"action": "暂存"}], []))
    assert verdicts(again) == {2: "unchanged"}
    assert codes(again, "vehicle") == ["RECORD-STILL-DRAFT", code]
    desk.shelve()
    assert codes(desk.again(again), "vehicle") == ["RECORD-STILL-DRAFT"]


def test_a_catalogue_entry_is_asked_about_until_somebody_confirmed_it(desk: Desk) -> None:
    entry = desk.shelve(revision=7, **ODD)
    where = {"link": ("@title.LENGTH-SUM",), "how": "@verify.catalogue"}
    asked = desk.drop([{}], [])
    assert (verdicts(asked), told(asked, "STRUCTURE-ASK")) == ({2: "held"}, [(2, "structure_no", where)])
    confirmed = desk.drop([], [{**ODD, "confirmed": "是"}]).entries[0].entry
    assert confirmed is not None
    desk.facts = replace(
        desk.facts, records={}, entries={entry.number: replace(entry, confirmed=confirmed.confirmed)}
    )
    after = desk.drop([{}], [])
    where = {"number": number(desk), "link": "@link.catalogue|7"}
    assert (verdicts(after), told(after, "STRUCTURE-CONFIRMED")) == (
        {2: "declared"},
        [(2, "structure_no", where)],
    )


def test_a_revocation_before_is_told_with_date_and_reason(desk: Desk) -> None:
    desk.shelve()
    record = desk.place(Type.REVOCATION, State.ACCEPTED)
    data = {**record.now.data, "revocation_reason": "退运"}
    desk.know(replace(record, now=replace(record.now, data=data)))
    assert told(desk.drop([{}], []), "VIN-REVOKED") == [
        (2, "vin", {"date": "2026-01-05", "reason": "退运", "drop": "@drop.draft"})
    ]


def test_a_revocation_of_which_nothing_more_is_known_is_told_by_dashes(desk: Desk) -> None:
    desk.shelve()
    desk.know(replace(desk.place(Type.REVOCATION, State.ACCEPTED), revoked=""))
    assert told(desk.drop([{}], []), "VIN-REVOKED") == [
        (2, "vin", {"date": "–", "reason": "–", "drop": "@drop.draft"})
    ]


@pytest.mark.parametrize(
    ("setting", "code", "verdict"),
    [("note", "DEPARTMENT-OTHER", "declared"), ("refuse", "DEPARTMENT-REFUSED", "refused")],
)
def test_a_record_of_another_department_is_noted_or_refused(
    rulebook: Rulebook, setting: str, code: str, verdict: str
) -> None:
    desk = Desk(with_settings(rulebook, {"foreign_department": setting}))
    desk.shelve()
    desk.know(replace(desk.place(Type.FILING, State.DRAFT), department="上海"))
    outcome = desk.drop([{"action": "申报"}], [], department="北京")
    assert (verdicts(outcome), told(outcome, code)) == (
        {2: verdict},
        [(2, "vin", {"department": "上海"})],
    )
    assert told(desk.drop([{"action": "申报"}], [], department="上海"), code) == []


def test_a_record_of_no_department_is_that_of_the_inbox(desk: Desk) -> None:
    desk.shelve()
    desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"action": "申报"}], [], department="北京")
    assert told(outcome, "DEPARTMENT-OTHER") == [(2, "vin", {"department": "inbox"})]


def on_mark(desk: Desk, **cells: str) -> Outcome:
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED)
    return desk.drop([{"_mark": desk.mark(record), **cells}], [])


def test_a_change_tells_its_differences_on_the_act(desk: Desk) -> None:
    old = desk.sample("vehicle")["colour"]
    outcome = on_mark(desk, action="变更", colour="红色")
    assert told(outcome, "CHANGE-DIFFERENCES") == [
        (2, "action", {"diff": (f"@vehicle.colour|{old} → 红色",)})
    ]


@pytest.mark.parametrize("cells", [{}, {"revocation_reason": "退运"}], ids=str)
def test_a_change_of_nothing_is_told_on_the_act(desk: Desk, cells: dict[str, str]) -> None:
    outcome = on_mark(desk, action="变更", **cells)
    assert told(outcome, "CHANGE-WITHOUT-DIFFERENCE") == [(2, "action", {})]
    assert verdicts(outcome) == {2: "refused"}


def test_the_draft_of_a_change_may_change_nothing_yet(desk: Desk) -> None:
    outcome = on_mark(desk, action="变更暂存")
    assert verdicts(outcome) == {2: "saved"}
    assert {"CHANGE-WITHOUT-DIFFERENCE", "CHANGE-DIFFERENCES"} & set(codes(outcome)) == set()


def test_a_change_that_cannot_stand_is_not_called_none(desk: Desk) -> None:
    """Its cell was empty, and is so again for the record; she was told to edit something first."""
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED, remarks="")
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "remarks": "长" * 301}], [])
    assert codes(outcome, "vehicle") == ["TEXT-TOO-LONG"]


def test_the_draft_of_a_change_may_name_parameters_that_are_not_known_yet(desk: Desk) -> None:
    outcome = on_mark(desk, action="变更暂存", structure_no="LATER-1")
    ((_, _, params),) = told(outcome, "CHANGE-NOT-DECLARED")
    assert params["diff"] == (f"@vehicle.structure_no|{number(desk)} → LATER-1",)


def test_another_number_is_one_difference_not_two(desk: Desk) -> None:
    """The vehicle names the number, and so do the parameters."""
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED)
    cells = {"structure_no": "OTHER-1", "_mark": desk.mark(record), "action": "变更"}
    outcome = desk.drop([cells], [{"structure_no": "OTHER-1", "doors": "3"}])
    doors = desk.sample("structure")["doors"]
    ((_, _, params),) = told(outcome, "CHANGE-DIFFERENCES")
    assert params["diff"] == (
        f"@vehicle.structure_no|{number(desk)} → OTHER-1",
        f"@structure.doors|{doors} → 3",
    )


def test_other_parameters_are_a_difference_of_a_change(desk: Desk) -> None:
    """Against the revision that the filing in force was declared with, which is no longer the latest."""
    first = desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED)
    latest = replace(first, revision=2, values={**first.values, "doors": 3})
    desk.facts = replace(
        desk.facts, entries={first.number: latest}, former={(first.number, first.revision): first}
    )
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更"}], [])
    ((_, _, params),) = told(outcome, "CHANGE-DIFFERENCES")
    assert params["diff"] == (f"@structure.doors|{first.values['doors']} → 3",)


def test_a_former_entry_is_the_one_of_that_revision(desk: Desk) -> None:
    entry = desk.shelve(revision=2)
    old = replace(entry, revision=1)
    facts = replace(desk.facts, former={(entry.number, 1): old})
    assert former_entry(facts, entry.number, 2) is entry
    assert former_entry(facts, entry.number, 1) is old
    assert former_entry(facts, entry.number, 3) is None
    assert former_entry(facts, "OTHER", 1) is None


def test_a_second_certificate_names_number_and_first(desk: Desk) -> None:
    first = str(desk.sample("vehicle")["ccc_no"])
    other = first[:-3] + ("1" if first[-3] != "1" else "2") + first[-2:]
    outcome = desk.drop([{}, {"vin": OTHER_VIN, "ccc_no": other}])
    params = {"number": number(desk), "other": first[:16]}
    assert told(outcome, "CCC-TWO-CERTIFICATES") == [(3, "ccc_no", params)]


def test_a_revocation_without_a_reason_is_told_on_its_cell(desk: Desk) -> None:
    outcome = on_mark(desk, action="撤销")
    assert told(outcome, "REVOCATION-REASON-MISSING") == [(2, "revocation_reason", {})]


def test_a_reason_that_is_too_long_is_not_called_missing(desk: Desk) -> None:
    outcome = on_mark(desk, action="撤销", revocation_reason="退" * 201)
    assert codes(outcome, "vehicle") == ["TEXT-TOO-LONG"]


def test_a_revocation_is_not_judged_by_what_else_the_row_says(desk: Desk) -> None:
    outcome = on_mark(desk, action="撤销", revocation_reason="退运", ccc_no="x", production_date="2031.01")
    assert verdicts(outcome) == {2: "declared"}
    assert "CCC-DIGITS" not in codes(outcome)


def test_of_a_revocation_what_was_read_into_its_act_and_its_reason_is_told(desk: Desk) -> None:
    outcome = on_mark(desk, action="撤销 ", revocation_reason=" 退运", colour=" 红")
    assert [field for _, field, _ in told(outcome, "CELL-CLEANED")] == ["action", "revocation_reason"]


@pytest.mark.parametrize(
    ("code", "cells"),
    [("FIELD-REQUIRED-DRAFT", {"ccc_no": ""}), ("STRUCTURE-UNKNOWN-DRAFT", {"structure_no": "UNKNOWN-1"})],
)
def test_a_draft_left_as_it_was_is_not_refused_where_a_home_saves_none_like_it(
    code: str, cells: dict[str, str], desk: Desk
) -> None:
    """It asks for nothing; and with all_or_nothing it kept a whole register back."""
    saved = desk.drop([{"action": "暂存", **cells}], [])
    desk.rulebook = with_settings(desk.rulebook, {"severities": {code: "stop"}})
    back = desk.again(saved)
    assert verdicts(back) == {2: "unchanged"}
    assert code in codes(back)
    assert verdicts(desk.again(saved, {2: {"action": "暂存"}})) == {2: "refused"}
