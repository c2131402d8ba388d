"""Rows that slipped by one column: one finding in the place of what is wrong with each cell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Finding, Outcome, Raw, Sheet
from vinbatch.noun import replace

Line = list[Raw]
PLAIN: Cells = {"motor_no": "", "colour": "墨绿", "remarks": ""}
Edit = Callable[[Line, int], Line]


def deleted(row: Line, at: int) -> Line:
    """As Excel deletes a cell: those at its right move to the left."""
    return [*row[:at], *row[at + 1 :], None]


def inserted(row: Line, at: int) -> Line:
    return [*row[:at], None, *row[at:-1]]


def swapped(row: Line, at: int) -> Line:
    return [*row[:at], row[at + 1], row[at], *row[at + 2 :]]


def slip(sheet: Sheet, key: str, edit: Edit, desk: Desk, token: str = VEHICLE) -> Sheet:
    """The sheet with its first row edited from the column of this field on; the marks stay where they are."""
    head, row, *others = sheet.rows
    at = desk.ruleset.index(token)[key]
    width = len(desk.ruleset.index(token))
    cells = edit(list(row[:width]), at)
    return replace(sheet, rows=(head, (*cells, *row[width:]), *others))


def drop(desk: Desk, key: str, edit: Edit, cells: Cells | None = None) -> Outcome:
    sheet = desk.sheet(VEHICLE, [{**PLAIN, **(cells or {})}])
    return desk.put((slip(sheet, key, edit, desk), desk.sheet(STRUCTURE, [{}])))


def told(outcome: Outcome) -> Finding | None:
    return next((f for f in outcome.findings if f.code == "ROW-SHIFTED"), None)


def way(outcome: Outcome) -> tuple[str, str]:
    """Where the shift begins, and in which direction it went."""
    found = told(outcome)
    assert found is not None
    return found.field, str(dict(found.params)["how"])


@pytest.mark.parametrize(
    ("key", "edit", "begins", "how"),
    [
        ("action", deleted, "confirmed", "@shifted.left"),
        ("vin", deleted, "vin", "@shifted.left"),
        ("structure_no", deleted, "structure_no", "@shifted.left"),
        ("ccc_no", deleted, "ccc_no", "@shifted.left"),
        ("action", inserted, "structure_no", "@shifted.right"),
        ("vin", inserted, "structure_no", "@shifted.right"),
        ("structure_no", inserted, "ccc_no", "@shifted.right"),
        ("ccc_no", inserted, "production_date", "@shifted.right"),
        ("production_date", inserted, "engine_no", "@shifted.right"),
    ],
)
def test_a_row_that_slipped_is_one_problem(key: str, edit: Edit, begins: str, how: str, desk: Desk) -> None:
    outcome = drop(desk, key, edit)
    assert (codes(outcome, VEHICLE, 2), verdicts(outcome)) == (["ROW-SHIFTED"], {2: "refused"})
    assert way(outcome) == (begins, how)


def test_it_names_the_cells_that_are_wrong_and_what_they_would_say(desk: Desk) -> None:
    outcome = drop(desk, "ccc_no", deleted, {"engine_no": "DCB 83982757"})
    found = told(outcome)
    assert found is not None
    assert dict(found.params)["diff"] == (
        "@vehicle.ccc_no|2021.03 → –",
        "@vehicle.production_date|DCB 83982757 → 2021.03",
    )
    assert desk.ruleset.cells(found) == ("ccc_no", "production_date")


def test_what_is_wrong_at_the_left_of_it_is_told_too(desk: Desk) -> None:
    outcome = drop(desk, "ccc_no", deleted, {"vin": "WBA13BJ0OMCF12345"})
    assert codes(outcome, VEHICLE, 2) == ["VIN-IOQ", "ROW-SHIFTED"]


def test_one_that_slipped_and_is_wrong_besides_is_known(desk: Desk) -> None:
    assert way(drop(desk, "vin", inserted, {"production_date": "2021.1"})) == (
        "structure_no",
        "@shifted.right",
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"ccc_no": "2021.10", "production_date": "2021011101347104"},
        {"ccc_no": "x", "production_date": "x", "vin": "x"},
        {"production_date": "", "engine_no": "2021.10"},
        {"vin": "", "ccc_no": ""},
        {"ccc_no": "", "production_date": "DCB 1", "engine_no": "2021.10"},
        {"structure_no": "", "ccc_no": "2021.10"},
    ],
    ids=["two exchanged", "nonsense", "one in the next column", "two empty", "round", "copied"],
)
def test_other_mistakes_are_told_cell_by_cell(cells: Cells, desk: Desk) -> None:
    outcome = desk.drop([cells])
    assert (told(outcome), verdicts(outcome)) == (None, {2: "refused"})


def test_a_draft_that_may_lack_something_is_saved(desk: Desk) -> None:
    """It looks like a row that slipped, and was saved before: nothing may be refused for it."""
    cells = {"action": "暂存", "production_date": "", "engine_no": "2021.10", "revocation_reason": "墨绿"}
    outcome = desk.drop([cells])
    assert (told(outcome), verdicts(outcome)) == (None, {2: "saved"})


def test_of_a_deletion_no_cell_is_looked_at(desk: Desk) -> None:
    first = desk.drop([{"action": "暂存"}])
    mark = first.rows[0].mark
    again = desk.drop(
        [{"_mark": str(mark), "action": "删除", "ccc_no": "2021.10", "production_date": "DCB 1"}]
    )
    assert verdicts(again) == {2: "deleted"}


def test_columns_in_another_order_slip_as_they_stand(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [PLAIN])
    order = [*range(5, len(sheet.rows[0])), *range(5)]
    head, row = ([*(line[i] for i in order), None] for line in sheet.rows)
    moved = inserted(row, head.index("车辆识别代号(VIN)"))
    outcome = desk.put((replace(sheet, rows=(tuple(head), tuple(moved))), desk.sheet(STRUCTURE, [{}])))
    assert way(outcome) == ("structure_no", "@shifted.right")


def test_nothing_is_asked_of_what_other_rows_have_in_cells_that_slipped(desk: Desk) -> None:
    one, other = {"colour": "墨绿 1", "motor_no": ""}, {"vin": OTHER_VIN, "motor_no": "墨绿 1"}
    sheet = slip(desk.sheet(VEHICLE, [one, other]), "ccc_no", deleted, desk)
    outcome = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    assert codes(outcome, VEHICLE, 2) == ["ROW-SHIFTED"]


def test_parameters_slip_too_and_hold_back_those_that_use_them(desk: Desk) -> None:
    sheet = slip(desk.sheet(STRUCTURE, [{}]), "category", deleted, desk, STRUCTURE)
    outcome = desk.put((desk.sheet(VEHICLE, [{}]), sheet))
    assert codes(outcome, STRUCTURE, 2) == ["ROW-SHIFTED"]
    assert codes(outcome, VEHICLE, 2) == ["STRUCTURE-REFUSED"]


def test_a_row_that_was_pasted_over_one_of_ours_is_refused_as_before(desk: Desk) -> None:
    first = desk.drop([{}])
    sheet = slip(desk._returned(VEHICLE, first.rows[:1], {}, ()), "vin", inserted, desk)
    outcome = desk.put((sheet,))
    assert verdicts(outcome) == {2: "refused"}
    assert told(outcome) is not None


def test_a_sheet_without_the_column_of_its_name_is_not_looked_at(desk: Desk) -> None:
    assert told(desk.drop([{"ccc_no": "2021.10", "production_date": "x"}], without=["vin"])) is None
