"""Where things stand in our own workbooks: inputs, then the system columns, then what we do not know."""

from __future__ import annotations

from vinbatch.model import column_letters
from vinbatch.ruleset import Ruleset

SYSTEM = (
    "type",
    "state",
    "batch",
    "verdict",
    "problems",
    "cures",
    "acts",
    "receipt",
    "updated",
    "mark",
)
# What became of a row, and what a result prints: side by side.
TOLD = ("verdict", "problems", "cures", "acts", "receipt")
QUERY = ("vin", "batch", "type", "state", "structure_no", "from", "to")
PROBLEM = ("sheet", "row", "cell", "field", "code", "severity", "what", "cure", "value")
# Widths in characters, of the system columns and of 问题清单.
WIDTHS = {
    "type": 11,
    "state": 15,
    "batch": 24,
    "verdict": 11,
    "problems": 52,
    "cures": 46,
    "acts": 26,
    "receipt": 28,
    "updated": 21,
    "mark": 40,
}
PROBLEM_WIDTHS = (10, 6, 8, 18, 24, 9, 48, 46, 23)
# The last row that prompts and validations reach: what a sheet may carry (semantics section 4).
LAST_ROW = 5001
# Left of these fields everything stays in sight when the sheet is scrolled.
FROZEN = {"vehicle": "vin", "structure": "structure_no"}


def column_of(ruleset: Ruleset, sheet: str, key: str) -> int:
    """The 0-based column of a field, or of a system column."""
    index = ruleset.index(sheet)
    return index[key] if key in index else len(index) + SYSTEM.index(key)


def first_extra(ruleset: Ruleset, sheet: str) -> int:
    """The 0-based column where columns that we do not know are carried along."""
    return len(ruleset.index(sheet)) + len(SYSTEM)


def letters(column: int) -> str:
    """0-based column → A, B … AA."""
    return column_letters(column + 1)


def cell(ruleset: Ruleset, sheet: str, key: str, row: int) -> str:
    """The address of a field's cell in our layout, `C5`."""
    return f"{letters(column_of(ruleset, sheet, key))}{row}"
