"""Rows of vehicles that the home leaves to the department that filed them."""

from __future__ import annotations

import pytest
from desk import Desk
from test_examples import with_settings

from vinbatch.model import Outcome, Record, Rulebook, Severity, State, Type, Verdict
from vinbatch.noun import replace

OVERHANG = {"overhang_front": 100}  # it asks about the length


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    desk = Desk(with_settings(rulebook, {"foreign_department": "refuse"}))
    desk.shelve()
    return desk


def filed(desk: Desk, state: State, *, held: bool = False) -> Record:
    """The sample vehicle, on record for Shanghai."""
    desk.know(record := replace(desk.place(Type.FILING, state, held=held), department="上海"))
    return record


def told(outcome: Outcome) -> tuple[Verdict, list[tuple[str, Severity]]]:
    return outcome.rows[0].verdict, [(f.code, f.severity) for f in outcome.findings if f.row]


@pytest.mark.parametrize(
    ("state", "held"), [(State.DRAFT, False), (State.DRAFT, True), (State.REJECTED, False)]
)
def test_nobody_is_asked_to_go_on_with_the_vehicle_of_another_department(
    desk: Desk, state: State, held: bool
) -> None:
    """An extract of all drafts asked each clerk to go on with those of the others: then it was refused."""
    mark = desk.mark(filed(desk, state, held=held))
    outcome = desk.drop([{"_mark": mark}], [], department="北京")
    assert told(outcome) == (Verdict.UNCHANGED, [("DEPARTMENT-THEIRS", Severity.NOTE)])


def test_what_a_draft_lacks_is_told_to_its_own_department_alone(desk: Desk) -> None:
    desk.drop([{"action": "暂存", "production_date": ""}], [], department="上海")
    for department, codes in (
        ("北京", ["DEPARTMENT-THEIRS"]),
        ("上海", ["RECORD-STILL-DRAFT", "FIELD-REQUIRED-DRAFT"]),
    ):
        mark = desk.mark(desk.facts.records["WBA13BJ03MCF12345"])
        outcome = desk.drop([{"_mark": mark, "production_date": ""}], [], department=department)
        assert [code for code, _ in told(outcome)[1]] == codes


def test_a_held_vehicle_waits_for_its_own_department(desk: Desk) -> None:
    mark = desk.mark(filed(desk, State.DRAFT, held=True))
    assert told(desk.drop([{"_mark": mark}], [], department="上海"))[0] is Verdict.HELD


def test_a_vehicle_that_waits_for_nobody_says_nothing(desk: Desk) -> None:
    mark = desk.mark(filed(desk, State.ACCEPTED))
    assert told(desk.drop([{"_mark": mark}], [], department="北京")) == (Verdict.UNCHANGED, [])


@pytest.mark.parametrize("marked", [True, False])
def test_an_edited_row_is_refused_for_its_department_first(desk: Desk, marked: bool) -> None:
    """It was told to put 变更 into 操作, or to query anew: either was refused when it came."""
    record = filed(desk, State.ACCEPTED)
    mark = {"_mark": desk.mark(record)} if marked else {}
    outcome = desk.drop([{**mark, "colour": "红"}], [], department="北京")
    assert outcome.rows[0].verdict is Verdict.REFUSED
    assert ("DEPARTMENT-REFUSED", Severity.STOP) in told(outcome)[1]


def test_a_row_refused_for_it_says_nothing_of_how_its_draft_would_be_declared(desk: Desk) -> None:
    """Beside “ask them” the summary said to put 申报 into 操作 and drop it again."""
    mark = desk.mark(filed(desk, State.DRAFT))
    outcome = desk.drop([{"_mark": mark}, {}], [], department="北京")
    assert {code for code, _ in told(outcome)[1]} == {"VIN-TWICE-IN-FILE", "DEPARTMENT-REFUSED"}


def test_parameters_that_are_confirmed_take_up_no_act_of_another_department(desk: Desk) -> None:
    """Its untouched row was refused: it had asked for nothing."""
    held = desk.drop([{"structure_no": "P2"}], [{"structure_no": "P2", **OVERHANG}], department="上海")
    assert held.rows[0].verdict is Verdict.HELD
    result = desk.again(held, {}, {2: {"confirmed": "是"}}, department="北京")
    assert told(result)[0] is Verdict.UNCHANGED
    assert "DEPARTMENT-THEIRS" in [code for code, _ in told(result)[1]]
    assert [change.kind for change in result.entries] == ["confirmed"]
