"""A workbook as a whole: its limits, what it is told, and what its rows need of each other."""

from __future__ import annotations

from typing import Any

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts
from test_examples import with_settings

from vinbatch.model import Finding, Outcome, Rulebook, State, Type

THIRD_VIN = "WBA13BJ07MCF12347"


@pytest.fixture
def small(rulebook: Rulebook) -> Desk:
    """Of a home that takes two rows a workbook."""
    return Desk(with_settings(rulebook, {"limits": {"rows": 2}}))


def found(outcome: Outcome, code: str) -> list[Finding]:
    return [f for f in outcome.findings if f.code == code]


def params(outcome: Outcome, code: str) -> list[dict[str, Any]]:
    return [dict(f.params) for f in found(outcome, code)]


def test_as_many_rows_as_the_limit_are_taken(small: Desk) -> None:
    assert verdicts(small.drop([{}, {"vin": OTHER_VIN}])) == {2: "declared", 3: "declared"}


def test_one_row_more_refuses_the_file_with_count_and_limit(small: Desk) -> None:
    outcome = small.drop([{}, {"vin": OTHER_VIN}, {"vin": THIRD_VIN}])
    assert params(outcome, "FILE-TOO-MANY-VEHICLES") == [{"count": "3", "limit": "2"}]
    assert outcome.records == outcome.declarations == ()


def test_as_many_parameter_sets_as_the_limit_are_taken(small: Desk) -> None:
    assert not small.drop([{}], [{}, {"structure_no": "B"}]).refused


def test_one_parameter_set_more_refuses_the_file_with_count_and_limit(small: Desk) -> None:
    outcome = small.drop([{}], [{}, {"structure_no": "B"}, {"structure_no": "C"}])
    assert params(outcome, "FILE-TOO-MANY-STRUCTURES") == [{"count": "3", "limit": "2"}]


def test_a_parameter_set_that_nobody_touched_does_not_count(small: Desk) -> None:
    entry = small.shelve()
    untouched: Cells = {"_mark": small.entry_mark(entry)}
    assert not small.drop([{}], [untouched, {"structure_no": "B"}, {"structure_no": "C"}]).refused
    edited: Cells = {**untouched, "doors": "3"}
    assert small.drop([{}], [edited, {"structure_no": "B"}, {"structure_no": "C"}]).refused


def test_a_marked_row_that_asks_counts(small: Desk) -> None:
    small.shelve()
    record = small.place(Type.FILING, State.ACCEPTED)
    row: Cells = {"_mark": small.mark(record), "action": "变更", "colour": "红"}
    assert small.drop([row, {"vin": OTHER_VIN}, {"vin": THIRD_VIN}], []).refused


def test_rows_of_a_refused_file_carry_the_number_of_their_sheet_if_it_can_be_read(small: Desk) -> None:
    outcome = small.drop([{}, {"vin": OTHER_VIN}, {"vin": "?"}])
    marks = [(j.mark.key, j.mark.revision) for j in outcome.rows if j.mark]
    sample = {**small.sample("vehicle"), **small.sample("structure")}
    assert marks == [(sample["vin"], 0), (OTHER_VIN, 0), ("", 0), (sample["structure_no"], 0)]


def test_a_row_of_a_refused_file_keeps_the_mark_it_came_with(small: Desk) -> None:
    record = small.place(Type.FILING, State.DRAFT)
    rows: list[Cells | None] = [{"_mark": small.mark(record), "action": "申报"}, {"vin": OTHER_VIN}]
    outcome = small.drop([*rows, {"vin": THIRD_VIN}], [])
    assert str(outcome.rows[0].mark) == small.mark(record)


def test_bytes_seen_before_name_the_batch_that_acted_on_them(desk: Desk) -> None:
    first = desk.drop([{}], digest="same")
    again = desk.drop([{}], digest="same")
    told = found(again, "ROW-ALREADY-DONE")
    assert [(f.sheet, f.row, dict(f.params)) for f in told] == [
        ("vehicle", 2, {"batch": first.batch}),
        ("structure", 2, {"batch": first.batch}),
    ]


def test_a_vin_on_three_rows_names_the_other_two_on_each(desk: Desk) -> None:
    outcome = desk.drop([{}, {}, {"vin": OTHER_VIN}, {}])
    assert verdicts(outcome) == {2: "refused", 3: "refused", 4: "declared", 5: "refused"}
    assert [(f.row, dict(f.params)["rows"]) for f in found(outcome, "VIN-TWICE-IN-FILE")] == [
        (2, "3, 5"),
        (3, "2, 5"),
        (5, "2, 3"),
    ]


def test_a_confirmed_pair_is_agreed_once_with_its_country(desk: Desk) -> None:
    rows: list[Cells | None] = [{"confirmed": "是"}, {"vin": OTHER_VIN, "confirmed": "是"}]
    outcome = desk.drop(rows, [{"country": "USA"}])
    assert "WMI-COUNTRY" in codes(outcome)
    assert outcome.agreed == (("WBA", "USA"),)


def test_a_workbook_that_waits_names_each_row_that_keeps_it(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    outcome = desk.drop(
        [{}, {"vin": OTHER_VIN, "production_date": "2019.03"}, {"vin": THIRD_VIN, "ccc_no": "x"}],
        [{}, {"structure_no": "B", "doors": "x"}],
    )
    told = found(outcome, "BATCH-INCOMPLETE")
    assert {(f.sheet, f.row) for f in told} == {("vehicle", 2), ("vehicle", 3), ("structure", 2)}
    assert {dict(f.params)["rows"] for f in told} == {("@link.vehicle_rows|3, 4", "@link.structure_rows|3")}
    assert "“车辆信息”表第 3, 4 行、“结构参数”表第 3 行有问题" in desk.ruleset.tell(told[0]).what
    assert {f.field for f in told if f.sheet == "vehicle"} == {"vin"}


def test_a_workbook_of_which_nothing_waits_is_worked_whole(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    outcome = desk.drop([{}, {"vin": OTHER_VIN}])
    assert verdicts(outcome) == {2: "declared", 3: "declared"}
    assert verdicts(outcome, "structure") == {2: "stored"}


def test_of_two_rows_with_one_number_the_wrong_one_refuses_the_vehicle(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {"doors": "x"}])
    assert verdicts(outcome) == {2: "refused"}
    assert [dict(f.params)["link"] for f in found(outcome, "STRUCTURE-REFUSED")] == ["@link.structure|3"]


def test_what_is_said_of_the_whole_file_is_told_once(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}], without=["remarks"])
    whole = [f.code for f in outcome.findings if not f.row]
    assert len(whole) == len(set(whole))


def test_rows_that_parameters_hold_are_left_alone_while_nobody_confirms_them(desk: Desk) -> None:
    held = desk.drop([{}], [{"overhang_front": "700"}])
    again = desk.again(held)
    assert (verdicts(again), again.records) == ({2: "held"}, ())


def test_a_confirmation_of_parameters_settles_its_ask_of_rows_that_are_held_for_more(desk: Desk) -> None:
    held = desk.drop([{"production_date": "2019.03"}], [{"overhang_front": "700"}])
    assert codes(held, "vehicle", 2) == ["DATE-MODEL-YEAR", "STRUCTURE-ASK"]
    left = desk.again(held, structure_edits={2: {"confirmed": "是"}})
    assert (verdicts(left), codes(left, "vehicle", 2)) == ({2: "held"}, ["DATE-MODEL-YEAR"])
    assert verdicts(desk.again(left, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_only_confirmed_parameters_finish_the_rows_that_they_hold(desk: Desk) -> None:
    odd = {"overhang_front": "700"}
    held = desk.drop([{}, {"vin": OTHER_VIN, "structure_no": "B"}], [odd, {**odd, "structure_no": "B"}])
    assert verdicts(held) == {2: "held", 3: "held"}
    confirmed = desk.again(held, structure_edits={3: {"confirmed": "是"}})
    assert verdicts(confirmed) == {2: "held", 3: "declared"}
