"""Which sheet is which, and which column is which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from vinbatch.checks.cells import carried, original
from vinbatch.checks.former import SYSTEM, Former
from vinbatch.cut import first_of
from vinbatch.model import NAMED_BY, STRUCTURE, VEHICLE, Field, Finding, Raw, Sheet
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset, fold

DATA = (VEHICLE, STRUCTURE)
QUERY = "query"
HIDDEN = "hidden"
# Our own sheets that say nothing to us when they come back.
_PROBLEMS = "problems"
_SILENT = ("summary", "guide", _PROBLEMS)
_BLANK = re.compile(r"\s*")


_MOST_GONE = 5  # values told in one finding
_MOST_ABOVE = 4  # rows that a title, a date and the like may take above the headings


class Layout(Noun, frozen=True):
    """Where things stand in a data sheet: columns are 0-based positions in a row.

    Of the `extra` columns some may hold what was meant for us: `near` those whose heading is like that of a
    field without a column, by its key; `gone` those of a field that the form had and the rules have no more.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    doubles: Mapping[int, str] = field(default_factory=dict)  # further columns of a field that has one
    mark: int | None = None
    extra: Mapping[int, str] = field(default_factory=dict)
    near: Mapping[int, str] = field(default_factory=dict)
    gone: Mapping[int, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    own: Mapping[str, int] = field(default_factory=dict)  # the program's, by key

    def like(self, missing: Collection[str]) -> str:
        """The columns that may be meant for these fields, a word for the cure; "" where there are none."""
        texts = [" ".join(self.extra[i].split()) for i, key in self.near.items() if key in missing]
        return f"@heading_like.these|{'” / “'.join(texts)}" if texts else ""


class Sheets(Noun, frozen=True):
    """The sheets of a workbook by what they are to us."""

    data: Mapping[str, Sheet]
    query: Sheet | None
    hidden: Sheet | None
    problems: Sheet | None
    ignored: tuple[str, ...] = ()
    further: tuple[tuple[str, Sheet], ...] = ()  # with the headings of a data sheet that there is already


def blank(raw: Raw) -> bool:
    """Whether a cell holds nothing; white space is nothing."""
    return raw is None or (isinstance(raw, str) and _BLANK.fullmatch(raw) is not None)


def cell_at(cells: Sequence[Raw], column: int | None) -> Raw:
    """The cell of a row in this column (0-based); None where there is none."""
    return cells[column] if column is not None and column < len(cells) else None


def sort_sheets(sheets: Sequence[Sheet], ruleset: Ruleset) -> Sheets:
    """By name; what no name tells, by headings, also under a title: better told of that than not read.

    The first of two stays, the second is not read.
    """
    names = {token: ruleset.words["sheet"][token].forms for token in (*DATA, QUERY, HIDDEN, *_SILENT)}
    found: dict[str, Sheet] = {}
    rest: list[Sheet] = []
    for sheet in sheets:
        token = _by_name(sheet, names, ruleset)
        if token is None or token in found:
            rest.append(sheet)
        else:
            found[token] = sheet
    ignored = []
    further = []
    for sheet in rest:
        above, token = next(_heads(sheet, ruleset), (0, None))
        if token and token not in found:
            found[token] = sheet
        elif token:
            further.append((token, replace(sheet, rows=sheet.rows[above:])))
        elif any(not blank(cell) for row in sheet.rows for cell in row):
            ignored.append(sheet.name)
    data = {t: found[t] for t in DATA if t in found}
    return Sheets(
        data, found.get(QUERY), found.get(HIDDEN), found.get(_PROBLEMS), tuple(ignored), tuple(further)
    )


def _by_name(sheet: Sheet, names: Mapping[str, frozenset[str]], ruleset: Ruleset) -> str | None:
    """What its name says that it is: not where somebody filled in the wrong sheet, or gave his own the name
    of one of ours.
    """
    token = next((t for t, known in names.items() if fold(sheet.name) in known), None)
    token = HIDDEN if sheet.name == "_vinbatch" else token
    if token is None or token in DATA or not _holds_data(sheet, ruleset):
        return token
    return None


def headings_below(token: str, sheet: Sheet, ruleset: Ruleset) -> int:
    """The Excel row that holds the headings, under a title; 0: none of the next few."""
    return next((above + 1 for above, told in _heads(sheet, ruleset) if above and told == token), 0)


def _heads(sheet: Sheet, ruleset: Ruleset) -> Iterator[tuple[int, str]]:
    """The first rows that are headings: how many stand above, and what they tell the sheet to be."""
    for above, row in enumerate(sheet.rows[: 1 + _MOST_ABOVE]):
        if token := _by_headings(row, ruleset):
            yield above, token


def _holds_data(sheet: Sheet, ruleset: Ruleset) -> bool:
    """Whether a sheet with the name of one that we do not read for data has the headings of one that we do.

    More of them than a sheet for queries has, which asks by VIN and number.
    """
    if any(original(row[0]) == "form" for row in sheet.rows[:3] if row):
        return False  # our own hidden one: its headings stand below each other
    return any(_by_headings(row, ruleset, parts=3) for row in sheet.rows[: 1 + _MOST_ABOVE])


def reads_as(token: str, cells: Sequence[Raw], ruleset: Ruleset) -> bool:
    """Whether a row of this sheet says the headings that make one."""
    return _by_headings(cells, ruleset) == token


def _by_headings(head: Sequence[Raw], ruleset: Ruleset, parts: int = 2) -> str | None:
    """Half of the headings that must be there, or so many quarters, are a sign; VIN tells of vehicles."""
    texts = [original(cell) for cell in head if not blank(cell)]
    for token, most in ((VEHICLE, "vin"), (STRUCTURE, "structure_no")):
        known = {f.key for t in texts if (f := ruleset.heading(token, t))}
        due = {f.key for f in ruleset.fields(token) if f.required == "always"}
        if most in known and len(known & due) * 4 >= len(due) * parts:
            return token
    return None


class _Column(Noun, frozen=True):
    """What a heading means: a field, a column of the program's own by its key, or a field that is no more."""

    field: Field | None = None
    own: str = ""
    gone: bool = False


def _meaning(token: str, text: str, former: Former, system: Mapping[str, str], ruleset: Ruleset) -> _Column:
    """By the form that it came from, if that tells; else by the rules as they are."""
    key = former.get(fold(text), "") if text else ""
    if key in ruleset.index(token):
        return _Column(ruleset.field(token, key))
    if key.startswith(SYSTEM):
        return _Column(own=key.removeprefix(SYSTEM))
    known = ruleset.heading(token, text) if text else None
    if known is not None:
        return _Column(known)
    own = system.get(fold(text), "") if text else ""
    return _Column(own=own, gone=not own and bool(key) and key not in ruleset.dropped[token])


def read_layout(token: str, sheet: Sheet, ruleset: Ruleset, former: Former | None = None) -> Layout:
    """The columns of a data sheet, from row 1; `former` is what `former_headings` tells of its workbook."""
    columns: dict[str, int] = {}
    doubles: dict[int, str] = {}
    extra: dict[int, str] = {}
    gone: dict[int, str] = {}
    own: dict[str, int] = {}
    system = {name: key for key, w in ruleset.words["column"].items() for name in w.forms}
    for i, cell in enumerate(sheet.rows[0] if sheet.rows else ()):
        text = original(cell).strip()
        column = _meaning(token, text, former or {}, system, ruleset)
        if column.field is not None:
            if columns.setdefault(column.field.key, i) != i:
                doubles[i] = column.field.key
        elif column.own:
            own.setdefault(column.own, i)
        elif text or _has_cells(sheet, i):
            extra[i] = text
            gone |= {i: text} if column.gone else {}
    unknown = {i: text for i, text in extra.items() if text and i not in gone}
    near = _near(token, unknown, columns, ruleset)
    findings = [_unknown(token, text, near.get(i), ruleset) for i, text in unknown.items()]
    twice = dict.fromkeys(doubles.values())
    findings += [ruleset.finding("HEADING-TWICE", sheet=token, field=key) for key in twice]
    return Layout(columns, doubles, own.get("mark"), extra, near, gone, tuple(findings), own)


def _has_cells(sheet: Sheet, column: int) -> bool:
    return any(column < len(row) and not blank(row[column]) for row in sheet.rows[1:])


def _near(
    token: str, unknown: Mapping[int, str], columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, str]:
    """Column → the field whose heading is most like its own, where that has no column: or had none in the
    file that this is the result of.
    """
    near: dict[int, str] = {}
    for i, text in unknown.items():
        own = ruleset.as_written(text)
        like = ruleset.nearest(token, own)
        if like is not None and (like.key not in columns or own != text):
            near[i] = like.key
    return near


def _unknown(token: str, text: str, like: str | None, ruleset: Ruleset) -> Finding:
    if like is None:
        return ruleset.finding("HEADING-UNKNOWN", sheet=token, value=text)
    return ruleset.finding("HEADING-NEAREST", sheet=token, value=text, nearest=f"@{token}.{like}")


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


def unread_cells(
    token: str, number: int, cells: Sequence[Raw], layout: Layout, ruleset: Ruleset
) -> Iterator[Finding]:
    """What a row holds in columns that may have been meant for a field: it is not declared unasked.

    A field that every row needs refuses the sheet where it has no column.
    """
    if not layout.near and not layout.gone:
        return
    for i, key in layout.near.items():
        given = key in layout.columns and not blank(cell_at(cells, layout.columns[key]))
        raw = cell_at(cells, i)
        if not (given or blank(raw)) and ruleset.field(token, key).required != "always":
            told = {"value": original(raw), "heading": ruleset.named_column(layout.extra[i])}
            yield ruleset.finding("CELL-UNREAD", sheet=token, row=number, field=key, **told)
    unkept = ((heading, cell_at(cells, i)) for i, heading in layout.gone.items())
    lost = [f"{heading}|{carried(raw)}" for heading, raw in unkept if not blank(raw)]
    if lost:
        yield gone_finding(token, number, lost, ruleset)


def gone_finding(token: str, number: int, lost: Sequence[str], ruleset: Ruleset) -> Finding:
    """Values of fields that the rules have no more: `heading|value`, or `key|value`."""
    names = first_of(["：".join(one.split("|", 1)) for one in lost], _MOST_GONE)
    key = NAMED_BY[token]
    return ruleset.finding("FIELD-GONE", sheet=token, row=number, field=key, names=names)
