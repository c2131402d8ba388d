"""What `check` makes of whole sheets: which column is which, what a row is, and what a refusal is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from desk import Desk, codes, verdicts

from vinbatch.checks.cells import REFILL
from vinbatch.checks.check import check
from vinbatch.model import STRUCTURE, VEHICLE, Odd, OddKind, Parsed, Raw, Reading, Rulebook, Sheet, Source


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    return Desk(rulebook)


def beside(sheet: Sheet, **columns: Raw) -> Sheet:
    """The sheet with further columns at its right; underscores at the end of a heading are dropped."""
    head, *rows = sheet.rows
    heads = tuple(name.rstrip("_") for name in columns)
    return replace(sheet, rows=((*head, *heads), *((*row, *columns.values()) for row in rows)))


def read(desk: Desk, *sheets: Sheet) -> Reading:
    (reading,) = check([Parsed(Source("a.xlsx", "0" * 64), sheets)], desk.ruleset, desk.now)
    return reading


def found(reading: Reading) -> list[tuple[str, int, str, str]]:
    """Sheet, row, field and code of everything found."""
    return [(f.sheet, f.row, f.field, f.code) for f in reading.findings]


# ── two columns of one field ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "columns",
    [{"车身颜色": "红"}, {"颜色": "碳黑色", "Colour": "红"}, {"颜色": None, "颜色_": "红"}],
    ids=["second", "third", "empty second"],
)
def test_columns_that_differ_stop_the_row_and_stay_stopped(columns: dict[str, Raw], desk: Desk) -> None:
    """Not even a trip through the result workbook, which has one column, decides between them."""
    outcome = desk.put((beside(desk.sheet(VEHICLE, [{}]), **columns), desk.sheet(STRUCTURE, [{}])))
    assert "CELL-TWICE" in codes(outcome)
    assert dict(outcome.rows[0].row.leftovers) == {"colour": REFILL}
    again = desk.again(outcome)
    assert codes(again, VEHICLE, 2) == ["CELL-REFILL"]
    assert verdicts(again) == {2: "refused"}


def test_columns_that_agree_or_are_empty_are_a_note(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [{}]), 颜色="碳黑色", Colour=None)
    outcome = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    assert (codes(outcome), verdicts(outcome)) == (["HEADING-TWICE"], {2: "declared"})


def test_a_value_in_the_second_column_only_is_not_overlooked(desk: Desk) -> None:
    sheet = beside(desk.sheet(VEHICLE, [{"colour": ""}]), 颜色="红")
    assert (VEHICLE, 2, "colour", "CELL-TWICE") in found(read(desk, sheet))


# ── columns that are not ours ────────────────────────────────────────────────────────────────────


def test_an_unknown_column_is_carried_as_text(desk: Desk) -> None:
    memo: Sequence[Raw] = (Odd(OddKind.MERGED, "R2:S2", "x"), Odd(OddKind.ERROR, "#N/A"), 1420.0, None)
    sheet = beside(desk.sheet(VEHICLE, [{}]), 备忘=memo[0], 甲=memo[1], 乙=memo[2], 丙=memo[3])
    reading = read(desk, sheet)
    assert reading.extra[VEHICLE] == ("备忘", "甲", "乙", "丙")
    assert reading.rows[0].extra == ("x", "#N/A", "1420", "")
