"""Which sheet is which, and which column is which field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from vinbatch.checks.cells import carried, original
from vinbatch.model import STRUCTURE, VEHICLE, Field, Finding, Raw, Sheet
from vinbatch.noun import Noun, field
from vinbatch.ruleset import Ruleset, fold

DATA = (VEHICLE, STRUCTURE)
QUERY = "query"
HIDDEN = "hidden"
# Our own sheets that say nothing to us when they come back.
_SILENT = ("summary", "guide", "problems")
_BLANK = re.compile(r"\s*")


class Layout(Noun, frozen=True):
    """Where things stand in a data sheet: columns are 0-based positions in a row."""

    columns: Mapping[str, int] = field(default_factory=dict)
    doubles: Mapping[int, str] = field(default_factory=dict)  # further columns of a field that has one
    mark: int | None = None
    extra: Mapping[int, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Sheets(Noun, frozen=True):
    """The sheets of a workbook by what they are to us."""

    data: Mapping[str, Sheet]
    query: Sheet | None
    hidden: Sheet | None
    ignored: tuple[str, ...] = ()


def blank(raw: Raw) -> bool:
    """Whether a cell holds nothing; white space is nothing."""
    return raw is None or (isinstance(raw, str) and _BLANK.fullmatch(raw) is not None)


def sort_sheets(sheets: Sequence[Sheet], ruleset: Ruleset) -> Sheets:
    """By name; what no name tells, by headings. The first of two stays, the second is named as ignored."""
    names = {token: ruleset.words["sheet"][token].forms for token in (*DATA, QUERY, HIDDEN, *_SILENT)}
    found: dict[str, Sheet] = {}
    rest: list[Sheet] = []
    for sheet in sheets:
        token = next((t for t, known in names.items() if fold(sheet.name) in known), None)
        if sheet.name == "_vinbatch":
            token = HIDDEN
        if token is None or token in found:
            rest.append(sheet)
        else:
            found[token] = sheet
    ignored = []
    for sheet in rest:
        token = _by_headings(sheet, ruleset)
        if token and token not in found:
            found[token] = sheet
        elif any(not blank(cell) for row in sheet.rows for cell in row):
            ignored.append(sheet.name)
    data = {t: found[t] for t in DATA if t in found}
    return Sheets(data, found.get(QUERY), found.get(HIDDEN), tuple(ignored))


def _by_headings(sheet: Sheet, ruleset: Ruleset) -> str | None:
    """Half of the headings that must be there are a sign; VIN tells a sheet of vehicles."""
    head = sheet.rows[0] if sheet.rows else ()
    texts = [original(cell) for cell in head if not blank(cell)]
    for token, most in ((VEHICLE, "vin"), (STRUCTURE, "structure_no")):
        known = {f.key for t in texts if (f := ruleset.heading(token, t))}
        due = {f.key for f in ruleset.fields(token) if f.required == "always"}
        if most in known and len(known & due) * 2 >= len(due):
            return token
    return None


def read_layout(token: str, sheet: Sheet, ruleset: Ruleset) -> Layout:
    """The columns of a data sheet, from row 1."""
    head = sheet.rows[0] if sheet.rows else ()
    columns: dict[str, int] = {}
    doubles: dict[int, str] = {}
    extra: dict[int, str] = {}
    mark: int | None = None
    system = {name: key for key, w in ruleset.words["column"].items() for name in w.forms}
    unknown: list[str] = []
    for i, cell in enumerate(head):
        text = original(cell).strip()
        known = ruleset.heading(token, text) if text else None
        own = system.get(fold(text)) if text else None
        if known is not None and known.key in columns:
            doubles[i] = known.key
        elif known is not None:
            columns[known.key] = i
        elif own == "mark":
            mark = i if mark is None else mark
        elif own is None and (text or _has_cells(sheet, i)):
            extra[i] = text
            unknown += [text] if text else []
    findings = tuple(_unknown(token, text, columns, ruleset) for text in unknown)
    findings += tuple(_double(token, key, ruleset) for key in dict.fromkeys(doubles.values()))
    return Layout(columns, doubles, mark, extra, findings)


def _has_cells(sheet: Sheet, column: int) -> bool:
    return any(column < len(row) and not blank(row[column]) for row in sheet.rows[1:])


def _unknown(token: str, text: str, columns: Mapping[str, int], ruleset: Ruleset) -> Finding:
    """Named with its nearest field, if that one is not there already."""
    like = ruleset.nearest(token, text)
    if like is None or like.key in columns:
        return ruleset.finding("HEADING-UNKNOWN", sheet=token, value=text)
    return ruleset.finding("HEADING-NEAREST", sheet=token, value=text, nearest=f"@{token}.{like.key}")


def _double(token: str, key: str, ruleset: Ruleset) -> Finding:
    return ruleset.finding("HEADING-TWICE", sheet=token, field=key)


def missing_headings(token: str, layout: Layout, ruleset: Ruleset) -> tuple[Field, ...]:
    """The fields that every new row needs and that have no column."""
    return tuple(f for f in ruleset.fields(token) if f.required == "always" and f.key not in layout.columns)


def query_columns(sheet: Sheet | None, ruleset: Ruleset) -> dict[int, str]:
    """0-based column of 查询 → what it asks for."""
    if sheet is None or not sheet.rows:
        return {}
    known = {name: key for key, w in ruleset.words["query"].items() for name in w.forms}
    return {i: known[fold(original(c))] for i, c in enumerate(sheet.rows[0]) if fold(original(c)) in known}


def query_rows(sheet: Sheet | None, ruleset: Ruleset) -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    """The rows of 查询: Excel row, and (column, text) for each filled cell."""
    if sheet is None or not sheet.rows:
        return
    columns = query_columns(sheet, ruleset)
    for number, row in enumerate(sheet.rows[1:], start=2):
        cells = tuple(
            (columns[i], carried(c).strip()) for i, c in enumerate(row) if i in columns and not blank(c)
        )
        if cells:
            yield number, cells


def holds_parameters_only(sheets: Sequence[Sheet], ruleset: Ruleset) -> bool:
    """Whether there are rows of parameters and none of vehicles."""
    data = sort_sheets(sheets, ruleset).data
    filled = {t for t, s in data.items() if any(not blank(c) for row in s.rows[1:] for c in row)}
    return filled == {STRUCTURE}
