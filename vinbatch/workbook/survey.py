"""What calamine does not tell of a sheet: error cells, formulas without a value, merges, hidden rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vinbatch.model import column_letters

Place = tuple[int, int]  # row and column, 1-based
Area = tuple[int, int, int, int]  # first row, first column, last row, last column
Dressed = tuple[Place, int, int]  # a cell that holds something, its style, its shared text (-1: none)

FALSE = ("0", "false", "off")
NO_ERROR_TEXT = "#ERROR!"
_CORNERS = re.compile(r"\$?([A-Za-z]{1,4})\$?([0-9]{1,8})(?::\$?([A-Za-z]{1,4})\$?([0-9]{1,8}))?")


@dataclass(slots=True)
class Survey:
    """One sheet. `rows` and `columns` bound the cells that hold something; they may be too large."""

    rows: int = 0
    columns: int = 0
    errors: dict[Place, str] = field(default_factory=dict)  # → the error's text
    uncalculated: dict[Place, str] = field(default_factory=dict)  # → the formula
    zeros: dict[Place, str] = field(default_factory=dict)  # formulas whose stored value is 0
    merges: list[Area] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    struck: list[Place] = field(default_factory=list)  # cells with a line through a part of their own text
    texts: list[int] = field(default_factory=list)  # cells by the shared text they refer to, where counted
    is_whole: bool = True  # False: errors and formulas are still to be found
    crooked: str = ""  # the address of a cell that contradicts itself: some of it would be lost
    style_of: Callable[[list[Place]], list[int]] = lambda places: [0] * len(places)
    dressed: Callable[[], list[Dressed]] = list  # every one of them: slow


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(place: Place) -> str:
    """(5, 3) is C5."""
    return f"{column_letters(place[1])}{place[0]}"


def area_of(reference: str) -> Area | None:
    """The corners of `B2:D7`, in whatever order they stand; None where it is no range."""
    found = _CORNERS.fullmatch(reference)
    if found is None:
        return None
    first, top, last, bottom = found.groups()
    rows = sorted((int(top), int(bottom or top)))
    columns = sorted((column_number(first), column_number(last or first)))
    return rows[0], columns[0], rows[1], columns[1]


def note_formula(survey: Survey, place: Place, formula: str, value: str | None, kind: str) -> None:
    """Put down a formula cell whose value may not be one. `value` None: it has no <v> at all."""
    told = f"={formula}"
    # A text formula may well give "": then the value is there and empty.
    if value is None or (not value.strip() and kind != "str"):
        survey.uncalculated[place] = told
    elif value.strip() == "0" and kind in ("", "n"):
        survey.zeros[place] = told
