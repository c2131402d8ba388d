"""A draft that waits for its parameters, which another workbook has confirmed or mended since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import OTHER_VIN, Cells, Desk, verdicts
from test_examples import with_settings

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Outcome
from vinbatch.noun import replace
from vinbatch.report.story import other_departments

THIRD_VIN = "WBA13BJ07MCF12347"
OVERHANG: Cells = {"overhang_front": 100}  # with the sample's wheelbase it asks about the length


def held(desk: Desk, parameters: Cells = OVERHANG, **cells: str) -> Outcome:
    first = desk.drop([dict(cells)], [parameters])
    assert verdicts(first) == {2: "held"}
    desk.now += timedelta(hours=1)
    return first


ANSWERS = [{**OVERHANG, "confirmed": "是"}, {}]


@pytest.mark.parametrize("answer", ANSWERS, ids=["confirmed", "mended"])
@pytest.mark.parametrize("with_row", [True, False], ids=["its row too", "its row deleted"])
@pytest.mark.parametrize("edit", [{"confirmed": "是"}, {"action": "申报"}], ids=["confirmed", "act"])
def test_its_row_goes_on_when_that_is_asked_for(
    desk: Desk, answer: Cells, edit: Cells, *, with_row: bool
) -> None:
    """The result says to delete the row of the parameters: then it asked for one, though it was answered."""
    first = held(desk)
    desk.drop([], [answer])
    back = desk.again(first if with_row else replace(first, rows=first.rows[:1]), {2: edit})
    assert (verdicts(back), len(back.declarations)) == ({2: "declared"}, 1)


@pytest.mark.parametrize("answer", ANSWERS, ids=["confirmed", "mended"])
def test_a_row_that_nobody_touched_asks_for_nothing(desk: Desk, answer: Cells) -> None:
    """Semantics section 2: it stays 待核实. Who drops the register for one row means no other."""
    first = held(desk)
    desk.drop([], [answer])
    back = desk.again(replace(first, rows=first.rows[:1]))
    assert (verdicts(back), back.declarations) == ({2: "held"}, ())
    new = desk.drop([{}], [])
    assert (verdicts(new), new.declarations) == ({2: "held"}, ())


def waited(outcome: Outcome) -> list[str]:
    return [str(dict(f.params)["count"]) for f in outcome.findings if f.code == "STRUCTURE-WAITED"]


@pytest.mark.parametrize("answer", ANSWERS, ids=["confirmed", "mended"])
def test_the_answer_counts_the_vehicles_that_wait_for_it(desk: Desk, answer: Cells) -> None:
    first = desk.drop([{}, {"vin": OTHER_VIN}, {"vin": THIRD_VIN, "action": "暂存"}], [OVERHANG])
    assert verdicts(first) == {2: "held", 3: "held", 4: "saved"}
    desk.now += timedelta(hours=1)
    assert waited(desk.drop([], [answer])) == ["2"]


@pytest.mark.parametrize("answer", ANSWERS, ids=["confirmed", "mended"])
def test_those_of_another_department_are_counted_apart_and_left_to_it(desk: Desk, answer: Cells) -> None:
    """Who answered was told to confirm them: under `refuse` that was refused, and nobody told their own."""
    desk.drop([{}], [OVERHANG], department="广州")
    desk.drop([{"vin": OTHER_VIN}, {"vin": THIRD_VIN}], [OVERHANG], department="上海")
    desk.now += timedelta(hours=1)
    outcome = desk.drop([], [answer], department="上海")
    (others,) = [dict(f.params) for f in outcome.findings if f.code == "STRUCTURE-WAITED-OTHERS"]
    assert (others["department"], others["count"]) == ("广州", "1")
    assert waited(outcome) == ["2"]
    assert other_departments(outcome)["广州"].waiting == 1


def test_those_in_its_own_workbook_are_counted_where_they_are_left_to_their_department() -> None:
    """Who confirmed on an extract with their rows had nobody tell their own department."""
    desk = Desk(with_settings(packaged_rulebook(), {"foreign_department": "refuse"}))
    first = desk.drop([{}, {"vin": OTHER_VIN}], [OVERHANG], department="广州")
    desk.now += timedelta(hours=1)
    outcome = desk.again(first, {}, {2: {"confirmed": "是"}}, department="上海")
    assert set(verdicts(outcome).values()) == {"unchanged"}
    assert other_departments(outcome)["广州"].waiting == 2


def test_it_counts_none_of_its_own_workbook(desk: Desk) -> None:
    """They go on with it."""
    first = desk.drop([{}, {"vin": OTHER_VIN}], [OVERHANG])
    assert waited(desk.again(first, {}, {2: {"confirmed": "是"}}, only=[3])) == ["1"]


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [({"confirmed": "否"}, {"confirmed": "是"}), (OVERHANG, {**OVERHANG, "width": "1890"})],
    ids=["denied on their own row", "no answer"],
)
def test_it_counts_none_that_it_does_not_answer(desk: Desk, parameters: Cells, answer: Cells) -> None:
    held(desk, parameters)
    assert waited(desk.drop([], [answer])) == []


def test_of_parameters_that_the_catalogue_asks_about_itself_its_answer_counts(desk: Desk) -> None:
    """Their row in the vehicle's workbook showed nothing more than the catalogue does."""
    desk.shelve(**dict(OVERHANG))
    first = held(desk)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    back = desk.again(replace(first, rows=first.rows[:1]), {2: {"action": "申报"}})
    assert verdicts(back) == {2: "declared"}


def test_of_what_their_row_showed_besides_the_catalogue_the_answer_of_another_does_not_count(
    desk: Desk,
) -> None:
    """A line through a cell, beside what the catalogue asks."""
    desk.shelve(**dict(OVERHANG))
    at = desk.ruleset.index(STRUCTURE)["width"] + 1
    crossed = replace(desk.sheet(STRUCTURE, [OVERHANG]), struck=((2, at),))
    first = desk.put((desk.sheet(VEHICLE, [{}]), crossed))
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    back = desk.again(replace(first, rows=first.rows[:1]), {2: {"action": "申报"}})
    assert (verdicts(first), verdicts(back)) == ({2: "held"}, {2: "held"})


def test_what_else_it_was_held_for_holds_it_on(desk: Desk) -> None:
    first = held(desk, production_date="2019.01")
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    back = desk.again(first, {2: {"action": "申报"}})
    assert (verdicts(back), back.declarations) == ({2: "held"}, ())
    assert [f.code for f in back.findings if f.sheet == VEHICLE and f.severity == "ask"] == [
        "DATE-MODEL-YEAR"
    ]


@pytest.mark.parametrize("parameters", [{"width": "1890"}, OVERHANG], ids=["no answer", "the same again"])
def test_nothing_goes_on_while_the_question_is_open(desk: Desk, parameters: Cells) -> None:
    """Learnt anew in between, they still ask."""
    first = held(desk)
    desk.drop([], [{**OVERHANG, **parameters}])
    assert verdicts(desk.again(replace(first, rows=first.rows[:1]), {2: {"action": "申报"}})) == {2: "held"}


def test_no_is_taken_back_on_the_row_of_the_parameters_alone(desk: Desk) -> None:
    first = held(desk, {"confirmed": "否"})
    desk.drop([], [{"confirmed": "是"}])
    assert verdicts(desk.again(first, {2: {"action": "申报"}}, {2: {"confirmed": ""}})) == {2: "held"}


def test_a_row_that_is_stale_asks_for_nothing(desk: Desk) -> None:
    """It says no more than that it is: what became of the vehicle since is told there."""
    first = held(desk)
    desk.again(first, {2: {"remarks": "定制车"}})
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    back = desk.again(first)
    assert (verdicts(back), verdicts(back, STRUCTURE)) == ({2: "unchanged"}, {2: "unchanged"})
