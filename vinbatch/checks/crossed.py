"""What the clerk sees otherwise than we read it: cells crossed out, or that show nothing or other things."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.checks.cells import original
from vinbatch.checks.headings import blank
from vinbatch.model import STRUCTURE, Finding, Param, Raw, Sheet, column_letters
from vinbatch.ruleset import Ruleset


def crossed_out(
    token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """By row: a question about the whole row where its VIN or number is crossed out, else about each cell."""
    keys = {column: key for key, column in columns.items()}
    named_by = "structure_no" if token == STRUCTURE else "vin"
    drop: dict[str, Param] = {"drop": "@drop.row" if token == STRUCTURE else "@drop.draft"}
    rows: dict[int, dict[str, Raw]] = {}
    for number, column in sheet.struck:
        raw = _cell(sheet, number, column)
        if column - 1 in keys and not blank(raw):
            rows.setdefault(number, {})[keys[column - 1]] = raw
    found: dict[int, tuple[Finding, ...]] = {}
    for number, struck in rows.items():
        whole = {named_by: struck[named_by]} if named_by in struck else {}
        found[number] = tuple(
            ruleset.finding(
                "ROW-STRUCK" if whole else "CELL-STRUCK",
                sheet=token,
                row=number,
                field=key,
                value=original(raw).strip(),
                **(drop if whole else {}),
            )
            for key, raw in (whole or struck).items()
        )
    return found


def masked(
    token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """By row: a question about each cell whose format shows something else than it holds."""
    keys = {column: key for key, column in columns.items()}
    found: dict[int, tuple[Finding, ...]] = {}
    for row, column in sheet.masked:
        raw = _cell(sheet, row, column)
        if column - 1 in keys and not blank(raw):
            value = original(raw).strip()
            asked = ruleset.finding("CELL-MASKED", sheet=token, row=row, field=keys[column - 1], value=value)
            found[row] = (*found.get(row, ()), asked)
    return found


def _cell(sheet: Sheet, number: int, column: int) -> Raw:
    row = sheet.rows[number - 1] if number <= len(sheet.rows) else ()
    return row[column - 1] if column <= len(row) else None


def unseen(token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset) -> list[Finding]:
    """A note of how many cells show nothing, and the first of them."""
    ours = set(columns.values())
    cells = [
        (row, column)
        for row, column in sheet.unseen
        if row > 1 and column - 1 in ours and not blank(_cell(sheet, row, column))
    ]
    if not cells:
        return []
    row, column = cells[0]
    first = f"{column_letters(column)}{row}"
    return [ruleset.finding("CELLS-UNSEEN", sheet=token, count=str(len(cells)), cell=first)]
