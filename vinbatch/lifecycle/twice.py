"""A VIN on several rows of a workbook: none is done, and each row says which of them is to stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.diffs import differences, shown_diff
from vinbatch.lifecycle.marks import row_data, row_values
from vinbatch.lifecycle.row_numbers import row_numbers
from vinbatch.model import NOT_DATA, Diff, Param, Record, Row, Value
from vinbatch.ruleset import Ruleset

TWICE = "VIN-TWICE-IN-FILE"
# What else such a row is told of its record counts only once it stands alone.
BESIDE = ("RECORD-SAME", "RECORD-WAITS", "RECORD-DIFFERS")


def told_twice(ruleset: Ruleset, record: Record | None, rows: Sequence[Row]) -> dict[int, dict[str, Param]]:
    """Row → what its finding says, for all rows of one VIN; `record` is what stands under it.

    A row that says what is declared already is the one to keep; else, where all say the same, the one with
    the record's mark, or the first. Where they differ a person has to compare.
    """
    other = next((row for row in rows if _says(row) != _says(rows[0])), rows[0])
    agreeing = _agreeing(ruleset, record, rows)
    keep = agreeing or (_home(rows) if other is rows[0] else None)
    numbers = [row.number for row in rows]
    found: dict[int, dict[str, Param]] = {}
    for row in rows:
        others = row_numbers(numbers, row.number)
        beside = keep or (rows[0] if _says(row) != _says(rows[0]) else other)
        diff: tuple[str, ...] = ()
        if record is not None and row is agreeing:
            how = f"@twice.stands|{record.now.batch}"
        elif _says(row) == _says(beside):
            how = "@twice.same"
        else:
            how, diff = f"@twice.differs|{beside.number}", _difference(ruleset, row, beside)
        if keep is None:
            cure = "@twice.compare"
        else:
            cure = f"@twice.keep|{others}" if row is keep else f"@twice.delete|{keep.number}"
        found[row.number] = {"rows": others, "how": how, "diff": diff, "cure": cure}
    return found


def _says(row: Row) -> tuple[object, ...]:
    return row.values, row.leftovers


def _home(rows: Sequence[Row]) -> Row:
    """Of equal rows the one that came out of the record, else the first."""
    return next((row for row in rows if row.marked), rows[0])


def _agreeing(ruleset: Ruleset, record: Record | None, rows: Sequence[Row]) -> Row | None:
    """The first row that says what is declared, where no row may change it: they are all new."""
    if record is None or not record.firm or any(row.marked for row in rows):
        return None
    data = {**record.now.data, "revocation_reason": None}
    agree = (row for row in rows if not row.leftovers)
    return next((row for row in agree if not differences(ruleset, data, row_data(ruleset, row))), None)


def _difference(ruleset: Ruleset, row: Row, other: Row) -> tuple[str, ...]:
    """From the row to the other: its data, else what it asks for."""
    mine, theirs = _cells(ruleset, row), _cells(ruleset, other)
    diff = differences(ruleset, mine, theirs, row.sheet)
    asked = (Diff(key, mine.get(key), theirs.get(key)) for key in sorted(NOT_DATA))
    return shown_diff(ruleset, diff or tuple(d for d in asked if d.old != d.new))


def _cells(ruleset: Ruleset, row: Row) -> Mapping[str, Value]:
    return {**row_values(ruleset, row), **dict(row.leftovers)}
