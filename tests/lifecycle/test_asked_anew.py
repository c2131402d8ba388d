"""An answer is one to what was asked: not of parameters that were revised since, nor of another VIN."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.checks.vin import check_digit
from vinbatch.model import STRUCTURE, VEHICLE, Judged, Mark, Outcome
from vinbatch.noun import replace

ODD = {"overhang_front": "700"}  # asks: overhangs and wheelbase do not make the length
WORSE = {"overhang_front": "600"}


def row(outcome: Outcome, sheet: str = "vehicle") -> Judged:
    return next(j for j in outcome.rows if j.row.sheet == sheet)


def alone(desk: Desk, outcome: Outcome, **cells: str) -> Outcome:
    """The vehicle's row of this outcome in a workbook without its parameters."""
    return desk.drop([{"_mark": str(row(outcome).mark), **cells}], [])


# ── an old row of parameters beside its vehicle ──────────────────────────────────────────────────


def test_an_old_row_of_parameters_hides_no_question_about_those_that_came_since(desk: Desk) -> None:
    """It said nothing, and the vehicle was declared with what nobody had confirmed."""
    saved = desk.drop([{"action": "暂存"}])
    desk.drop([], [ODD])
    again = desk.again(saved, {2: {"action": "申报"}})
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    assert codes(again) == ["STRUCTURE-ASK", "STRUCTURE-STALE-NOTE"]


def test_nor_that_they_lack_something(desk: Desk) -> None:
    """The package had no length then, and was no package: no pass could go on."""
    saved = desk.drop([{"action": "暂存"}])
    mark = str(row(saved, "structure").mark)
    desk.drop([{"vin": OTHER_VIN, "action": "暂存"}], [{"length": "", "_mark": mark}])
    again = desk.again(saved, {2: {"action": "申报"}})
    assert (verdicts(again), "STRUCTURE-INCOMPLETE" in codes(again)) == ({2: "refused"}, True)


def test_yes_on_an_old_row_answers_nothing_of_those_that_came_since(desk: Desk) -> None:
    held = desk.drop([{}], [ODD])
    desk.drop([], [WORSE])
    assert verdicts(desk.again(held, {}, {2: {"confirmed": "是"}})) == {2: "held"}


def test_no_on_an_old_row_holds_its_vehicles(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    desk.drop([], [{"doors": "3"}])
    again = desk.again(saved, {2: {"action": "申报"}}, {2: {"confirmed": "否"}})
    assert (verdicts(again), verdicts(again, "structure")) == ({2: "held"}, {2: "held"})
    blank = desk.again(again, {2: {"action": "申报"}}, {2: {"confirmed": ""}})
    assert verdicts(blank) == {2: "held"}
    assert verdicts(desk.again(blank, {}, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_a_line_through_a_cell_of_an_old_row_holds_its_vehicles(desk: Desk) -> None:
    """Which revision it was of does not say that the value is right by now."""
    saved = desk.drop([{"action": "暂存"}])
    desk.drop([], [{"doors": "3"}])
    mark = str(row(saved, "structure").mark)
    rows = replace(
        desk.sheet(STRUCTURE, [{"_mark": mark}]), struck=((2, desk.ruleset.index(STRUCTURE)["width"] + 1),)
    )
    vehicle = desk.sheet(VEHICLE, [{"_mark": str(row(saved).mark), "action": "申报"}])
    again = desk.put((vehicle, rows))
    assert (verdicts(again), verdicts(again, STRUCTURE), again.declarations) == ({2: "held"}, {2: "held"}, ())
    assert verdicts(alone(desk, again, action="申报")) == {2: "held"}
    assert verdicts(alone(desk, again, confirmed="是")) == {2: "declared"}


def test_what_a_vehicle_takes_from_the_catalogue_is_not_said_to_stand_on_the_old_row(desk: Desk) -> None:
    """The manifest names the cell that each value came from."""
    saved = desk.drop([{"action": "暂存"}])
    desk.drop([], [{"doors": "3"}])
    (declared,) = desk.again(saved, {2: {"action": "申报"}}).declarations
    assert declared.entry is not None
    assert (declared.entry.values["doors"], declared.entry_row) == (3, 0)


# ── answers of before ────────────────────────────────────────────────────────────────────────────


def test_yes_for_parameters_is_none_for_a_later_revision(desk: Desk) -> None:
    held = desk.drop([{}], [ODD])
    desk.drop([], [WORSE])
    asked = alone(desk, held, confirmed="是")
    assert (verdicts(asked), asked.declarations) == ({2: "held"}, ())
    assert verdicts(alone(desk, asked, confirmed="是")) == {2: "declared"}


@pytest.mark.parametrize(
    ("was", "came", "code"),
    [(ODD, WORSE, "STRUCTURE-ASK"), ({"country": "JPN"}, {"country": "KOR"}, "WMI-COUNTRY")],
)
def test_what_a_draft_was_confirmed_for_is_asked_anew_of_a_later_revision(
    desk: Desk, was: Cells, came: Cells, code: str
) -> None:
    saved = desk.drop([{"action": "暂存", "confirmed": "是"}], [was])
    desk.drop([], [came])
    declared = alone(desk, saved, action="申报")
    assert (verdicts(declared), [f.code for f in declared.findings if not f.released]) == (
        {2: "held"},
        [code],
    )


def test_of_the_same_revision_it_stays_confirmed(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "confirmed": "是"}], [ODD])
    assert verdicts(alone(desk, saved, action="申报")) == {2: "declared"}


def test_parameters_that_wait_are_not_the_revision_that_comes_meanwhile(desk: Desk) -> None:
    """Nothing of them is stored: the next revision is somebody else's, and nobody was asked about it."""
    desk.shelve()
    waits = desk.drop([{}], [{"doors": "3", "confirmed": "否"}])
    assert (verdicts(waits), waits.entries) == ({2: "held"}, ())
    desk.drop([], [ODD])
    assert verdicts(alone(desk, waits, confirmed="是")) == {2: "held"}


def test_a_question_about_month_and_vin_is_asked_anew_of_another_VIN(desk: Desk) -> None:
    body = "WBA13BJ00ACF12345"  # of 2010
    other = body[:8] + check_digit(body) + body[9:]
    saved = desk.drop([{"production_date": "2018.03", "action": "暂存", "confirmed": "是"}])
    again = desk.again(saved, {2: {"vin": other, "action": "申报"}})
    assert (verdicts(again), [f.code for f in again.findings]) == (
        {2: "held"},
        ["VIN-REPLACED", "DATE-MODEL-YEAR"],
    )


def test_the_mark_of_an_old_row_stays_as_it_came(desk: Desk) -> None:
    """Dropped again it is as old as it was."""
    saved = desk.drop([{"action": "暂存"}])
    desk.drop([], [ODD])
    mark = row(saved, "structure").mark
    assert isinstance(mark, Mark)
    assert row(desk.again(saved, {2: {"action": "申报"}}), "structure").mark == mark
