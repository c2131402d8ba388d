"""Sheets that nobody reads: those that are none of ours, and a second one with the headings of ours."""

from __future__ import annotations

from collections.abc import Iterator

from vinbatch.checks.cells import original
from vinbatch.checks.headings import Sheets, blank, read_layout
from vinbatch.model import UNREAD, Finding, Sheet
from vinbatch.ruleset import Ruleset


def not_read(sheets: Sheets, ruleset: Ruleset) -> Iterator[Finding]:
    """One for each of them; rows of a second sheet that stand in the first too were read there."""
    for name in sheets.ignored:
        yield ruleset.finding("SHEET-IGNORED", value=name)
    for token, sheet in sheets.further:
        there = set(_rows(token, sheets.data[token], ruleset))
        lost = sum(1 for row in _rows(token, sheet, ruleset) if row not in there)
        if lost:
            yield ruleset.finding(UNREAD, value=sheet.name, count=str(lost), first=f"@sheet.{token}")
        elif len(sheet.rows) > 1:
            yield ruleset.finding("SHEET-IGNORED", value=sheet.name)


def _rows(token: str, sheet: Sheet, ruleset: Ruleset) -> Iterator[frozenset[tuple[str, str]]]:
    """What each row says: key of a field and text of its cell; rows that say nothing left out."""
    columns = read_layout(token, sheet, ruleset).columns
    for row in sheet.rows[1:]:
        cells = ((key, row[i]) for key, i in columns.items() if i < len(row))
        if said := frozenset((key, original(cell).strip()) for key, cell in cells if not blank(cell)):
            yield said
