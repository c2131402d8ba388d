"""Numbers and months that Excel counted on when a cell was drawn down."""

from __future__ import annotations

import pytest
from desk import Cells, Desk, verdicts

from vinbatch.model import Outcome, Raw, State, Type

VINS = (
    "WBA13BJ03MCF12345",
    "WBA13BJ05MCF12346",
    "WBA13BJ07MCF12347",
    "WBA13BJ09MCF12348",
    "WBA13BJ00MCF12349",
)


def rows(key: str, *values: Raw) -> list[Cells]:
    return [{"vin": vin, key: value} for vin, value in zip(VINS, values, strict=False)]


def named(outcome: Outcome) -> dict[int, object]:
    """Row → the rows that its finding names."""
    return {f.row: dict(f.params)["rows"] for f in outcome.findings if f.code == "VALUES-IN-STEP"}


@pytest.mark.parametrize("key", ["engine_no", "motor_no"])
def test_numbers_in_step_are_asked_about_but_for_the_one_that_was_typed(desk: Desk, key: str) -> None:
    outcome = desk.drop(rows(key, "AB 0099", "AB 0100", "ab 0101", "AB 0103"))
    assert named(outcome) == {3: "2–4", 4: "2–4"}
    assert verdicts(outcome) == {2: "declared", 3: "held", 4: "held", 5: "declared"}


@pytest.mark.parametrize(
    "numbers",
    [("AB 1", "AB 2"), ("AB 3", "AB 2", "AB 1"), ("AB 1", "CD 2", "AB 3"), ("AB 01", "AB 2", "AB 3")],
)
def test_two_numbers_a_falling_row_and_other_stems_are_no_step(desk: Desk, numbers: tuple[str, ...]) -> None:
    assert named(desk.drop(rows("engine_no", *numbers))) == {}


def test_a_blank_line_ends_the_row(desk: Desk) -> None:
    first, second, third = rows("engine_no", "AB 1", "AB 2", "AB 3")
    assert named(desk.drop([first, second, None, third])) == {}


def test_four_months_on_end_are_asked_about_and_three_are_not(desk: Desk) -> None:
    months = ("2021.09", "2021.10", "2021.11", "2021.12")
    assert named(desk.drop(rows("production_date", *months))) == {3: "2–5", 4: "2–5", 5: "2–5"}
    assert named(Desk(desk.rulebook).drop(rows("production_date", *months[:3], "2021.07"))) == {}


def test_a_month_13_tells_that_the_row_was_drawn_down(desk: Desk) -> None:
    outcome = desk.drop(rows("production_date", "2021.11", "2021.12", "2021.13"))
    assert named(outcome) == {3: "2–4"}
    assert verdicts(outcome) == {2: "declared", 3: "held", 4: "refused"}


def test_what_is_confirmed_is_declared(desk: Desk) -> None:
    held = desk.drop(rows("engine_no", "AB 1", "AB 2", "AB 3"))
    outcome = desk.again(held, {3: {"confirmed": "是"}, 4: {"engine_no": "AB 77"}})
    assert verdicts(outcome) == {2: "unchanged", 3: "declared", 4: "declared"}


def test_of_two_wheelers_engines_and_frames_are_numbered_together(desk: Desk) -> None:
    light = {"category": "L3", "new_energy": "否", "wheels": 2}
    assert named(desk.drop(rows("engine_no", "AB 1", "AB 2", "AB 3"), [light])) == {}


def accepted(desk: Desk) -> list[Cells]:
    """The rows of an extract of three vehicles with numbers in step."""
    return [
        {**row, "_mark": desk.mark(desk.place(Type.FILING, State.ACCEPTED, vin, engine_no=row["engine_no"]))}
        for vin, row in zip(VINS, rows("engine_no", "AB 1", "AB 2", "AB 3"), strict=False)
    ]


def test_a_change_of_something_else_is_not_asked_about_the_number_that_it_keeps(desk: Desk) -> None:
    outcome = desk.drop([{**row, "action": "变更", "colour": "红"} for row in accepted(desk)])
    assert (named(outcome), set(verdicts(outcome).values())) == ({}, {"declared"})


def test_a_row_that_is_declared_already_may_be_the_one_that_was_drawn_down(desk: Desk) -> None:
    first, *_ = accepted(desk)
    more = [{"vin": VINS[3], "engine_no": "AB 2"}, {"vin": VINS[4], "engine_no": "AB 3"}]
    assert named(desk.drop([first, *more])) == {3: "2–4", 4: "2–4"}
