"""Which questions of a vehicle have their answer, and what its draft keeps of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts
from test_examples import with_settings

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, Outcome, State, Type
from vinbatch.noun import replace

OVERHANG: Cells = {"overhang_front": 100}  # with the sample's wheelbase it asks about the length
NO: Cells = {"confirmed": "否"}


def alone(desk: Desk, outcome: Outcome, edit: Cells) -> Outcome:
    """The vehicle of a result without the row of its parameters, an hour later."""
    desk.now += timedelta(hours=1)
    return desk.again(replace(outcome, rows=outcome.rows[:1]), {2: edit})


def test_parameters_that_a_new_file_mends_are_asked_about_no_more(desk: Desk) -> None:
    """They are stored with it, and say for themselves whether there is anything to ask."""
    assert verdicts(desk.drop([{}], [OVERHANG])) == {2: "held"}
    desk.now += timedelta(hours=1)
    assert verdicts(desk.drop([{"action": "申报"}], [{}])) == {2: "declared"}


def test_parameters_that_a_new_file_restates_are_asked_about_on(desk: Desk) -> None:
    desk.drop([{}], [OVERHANG])
    desk.now += timedelta(hours=1)
    assert verdicts(desk.drop([{"action": "申报"}], [OVERHANG])) == {2: "held"}


def test_a_draft_that_was_asked_nothing_is_asked_nothing(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}], [{}])
    assert verdicts(alone(desk, saved, {"action": "申报"})) == {2: "declared"}


def test_yes_to_parameters_that_nobody_had_is_no_answer_to_those_of_somebody_else(desk: Desk) -> None:
    """否 kept them out of the catalogue; then others came under their number, and are asked about."""
    first = desk.drop([{}], [NO])
    desk.now += timedelta(hours=1)
    desk.drop([], [OVERHANG])
    assert verdicts(alone(desk, first, {"confirmed": "是"})) == {2: "held"}


def test_no_on_an_old_row_of_parameters_is_answered_by_yes_on_its_vehicle(desk: Desk) -> None:
    """It was asked about those that the catalogue has, and these are what it is declared with."""
    desk.shelve()
    first = desk.drop([{"action": "暂存"}], [{}])
    desk.now += timedelta(hours=1)
    desk.drop([], [{"width": "1890"}])
    old = desk.again(first, {2: {"action": "申报"}}, {2: NO})
    assert (verdicts(old), codes(old, STRUCTURE)) == ({2: "held"}, ["STRUCTURE-STALE-NOTE", "CONFIRMED-NO"])
    assert verdicts(alone(desk, old, {"confirmed": "是"})) == {2: "declared"}


@pytest.mark.parametrize("act", ["删除", "撤销"])
def test_no_says_nothing_of_an_act_that_declares_nothing(desk: Desk, act: str) -> None:
    state = State.DRAFT if act == "删除" else State.ACCEPTED
    record = desk.place(Type.FILING, state)
    row: Cells = {"_mark": desk.mark(record), "action": act, "revocation_reason": "退运", **NO}
    assert "CONFIRMED-NO" not in codes(desk.drop([row], []))


def test_an_answer_of_before_stands_where_something_else_is_asked(desk: Desk) -> None:
    """Or two questions would take turns for ever."""
    first = desk.drop([{"production_date": "2019.01"}], [{}])
    assert [f.code for f in first.findings if f.severity == "ask"] == ["DATE-MODEL-YEAR"]
    saved = desk.again(first, {2: {"confirmed": "是", "action": "暂存", "remarks": "x"}})
    back = desk.again(saved, {2: {"action": "申报"}})
    assert verdicts(back) == {2: "declared"}


def test_a_revision_that_the_home_asks_about_is_answered_on_its_own_row_alone() -> None:
    """What others stored under the number since was taken for the answer: the vehicle went with theirs."""
    desk = Desk(with_settings(packaged_rulebook(), {"severities": {"STRUCTURE-REVISED": "ask"}}))
    desk.drop([{"vin": OTHER_VIN, "action": "暂存"}])
    first = desk.drop([{}], [{"doors": 5}])
    assert (verdicts(first), codes(first, STRUCTURE)) == ({2: "held"}, ["STRUCTURE-REVISED"])
    desk.now += timedelta(hours=1)
    desk.drop([], [{"seats": 4, "confirmed": "是"}])
    assert verdicts(alone(desk, first, {"confirmed": "是"})) == {2: "held"}
