"""What the clerk sees and we do not read: cells crossed out, commented, showing other things; hidden rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from vinbatch.checks.cells import original
from vinbatch.checks.headings import Layout, blank, cell_at
from vinbatch.checks.stand_ins import StandIn, stand_ins
from vinbatch.cut import first_of
from vinbatch.model import (
    COMMENT,
    NAMED_BY,
    NOT_DATA,
    STRUCTURE,
    UNANSWERING,
    VEHICLE,
    Finding,
    Param,
    Sheet,
    column_letters,
    number_ranges,
)
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible

_CONFIRMED = "confirmed"
_MOST_NAMED = 12  # ranges of rows, or columns
_MOST_SHOWN = 80  # characters of a comment from its beginning
_LAST_SHOWN = 40  # and from its end
_DROP = {VEHICLE: "@drop.draft", STRUCTURE: "@drop.row"}  # how who does not want the row is rid of it


def looked_otherwise(
    token: str, sheet: Sheet, layout: Layout, ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """By row: what is asked about cells crossed out, commented, or whose format shows something else."""
    columns = layout.columns
    found: dict[int, tuple[Finding, ...]] = {}
    if standing := stand_ins(token, sheet, layout, ruleset):
        found = _commented_before(token, sheet, standing, layout, ruleset)
        alone = {(one.row, columns[one.line] + 1) for one in standing if one.alone}
        sheet = replace(sheet, struck=tuple(place for place in sheet.struck if place not in alone))
    asks = [ask(token, sheet, columns, ruleset) for ask in (_crossed_out, _masked, _unanswering)]
    for asked_of in (*asks, _commented(token, sheet, layout, ruleset)):
        for row, asked in asked_of.items():
            found[row] = (*found.get(row, ()), *asked)
    return found


def _crossed_out(
    token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """A question about the whole row where its VIN or number is crossed out, else about each cell."""
    named_by = NAMED_BY[token]
    drop: dict[str, Param] = {"drop": _DROP[token]}
    rows: dict[int, dict[str, str]] = {}
    for (row, _), key, value in _filled(sheet, sheet.struck, columns):
        if key != _CONFIRMED:
            rows.setdefault(row, {})[key] = value
    found: dict[int, tuple[Finding, ...]] = {}
    for row, struck in rows.items():
        whole = {named_by: struck[named_by]} if named_by in struck else {}
        code, more = ("ROW-STRUCK", drop) if whole else ("CELL-STRUCK", {})
        found[row] = tuple(
            ruleset.finding(code, sheet=token, row=row, field=key, value=value, **more)
            for key, value in (whole or struck).items()
        )
    return found


def _masked(
    token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """A question about each cell whose format shows something else than it holds."""
    found: dict[int, tuple[Finding, ...]] = {}
    for (row, _), key, value in _filled(sheet, sheet.masked, columns):
        if key == _CONFIRMED:
            continue
        asked = ruleset.finding("CELL-MASKED", sheet=token, row=row, field=key, value=value)
        found[row] = (*found.get(row, ()), asked)
    return found


def _commented(token: str, sheet: Sheet, layout: Layout, ruleset: Ruleset) -> dict[int, tuple[Finding, ...]]:
    """A question about each cell of ours that somebody wrote something onto, empty ones too."""
    found: dict[int, tuple[Finding, ...]] = {}
    words = _words(token, layout) if sheet.comments else {}
    for row, column, text in sheet.comments:
        if 1 < row <= len(sheet.rows) and column in words:
            said = visible(text)
            # Of a long thread the newest answer counts most.
            if len(said) > _MOST_SHOWN + _LAST_SHOWN:
                said = f"{said[:_MOST_SHOWN]}…{said[-_LAST_SHOWN:]}"
            asked = _about_comment(token, sheet, row, (words[column], said), layout, ruleset)
            found[row] = (*found.get(row, ()), asked)
    return found


def _words(token: str, layout: Layout) -> dict[int, str]:
    """What our columns are called, by their number; nobody sees the mark."""
    own = {column + 1: f"@column.{key}" for key, column in layout.own.items() if key != "mark"}
    fields = [*layout.doubles.items(), *((column, key) for key, column in layout.columns.items())]
    return own | {column + 1: f"@{token}.{key}" for column, key in fields}


def _commented_before(
    token: str, sheet: Sheet, standing: Iterable[StandIn], layout: Layout, ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """The same of a result, where lines stand for comments: nobody crossed anything out there."""
    found: dict[int, tuple[Finding, ...]] = {}
    for one in standing:
        asked = _about_comment(token, sheet, one.row, (one.at, one.said), layout, ruleset, "@line.before")
        found[one.row] = (*found.get(one.row, ()), asked)
    return found


def _about_comment(
    token: str,
    sheet: Sheet,
    row: int,
    comment: tuple[str, str],
    layout: Layout,
    ruleset: Ruleset,
    line: str = "",
) -> Finding:
    """About the cell with it, of data; on all others it is about the row: another act or verdict, or 是,
    is none to “先不报”. `comment`: where it stands, a word of the rules, and what it says.
    """
    at, said = comment
    group, _, key = at[1:].partition(".")
    about = key if group == token and key not in NOT_DATA else NAMED_BY[token]
    raw = cell_at(sheet.rows[row - 1], layout.columns.get(about))
    told: dict[str, Any] = {"field": about, "value": "" if blank(raw) else original(raw).strip()}
    # Within quotes it is no word of the rules, whatever it begins with.
    told |= {"comment": f"“{said}”", "at": at, "line": line}
    return ruleset.finding(COMMENT, sheet=token, row=row, **told, drop=_DROP[token])


def _unanswering(
    token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """A question about each 核实确认 that looks so: it answers none, or it would answer this one itself."""
    places = (*sheet.struck, *sheet.masked)
    told: dict[str, Any] = {"sheet": token, "field": _CONFIRMED}
    return {
        row: (ruleset.finding(UNANSWERING, row=row, value=value, **told),)
        for (row, _), key, value in _filled(sheet, places, columns)
        if key == _CONFIRMED
    }


def hidden(token: str, sheet: Sheet, rows: Collection[int], ruleset: Ruleset) -> list[Finding]:
    """A note of which of these rows do not show; of a hidden sheet none does."""
    away = set(sheet.hidden_rows)
    lost = list(rows) if sheet.hidden else [row for row in rows if row in away]
    if not lost:
        return []
    named = first_of(number_ranges(lost), _MOST_NAMED)
    return [ruleset.finding("ROWS-HIDDEN", sheet=token, count=str(len(lost)), rows=named)]


def hidden_columns(
    token: str, sheet: Sheet, columns: Mapping[str, int], rows: Collection[int], ruleset: Ruleset
) -> list[Finding]:
    """A note of the fields whose column does not show, and holds something in one of these rows."""
    away = {column - 1 for column in sheet.hidden_columns}
    names = []
    for key, column in columns.items() if away else ():
        cells = (sheet.rows[row - 1] for row in rows)
        if column in away and any(column < len(line) and not blank(line[column]) for line in cells):
            names.append(f"@{token}.{key}")
    if not names:
        return []
    first = tuple(names[:_MOST_NAMED])
    return [ruleset.finding("COLUMNS-HIDDEN", sheet=token, count=str(len(names)), names=first)]


def unseen(token: str, sheet: Sheet, columns: Mapping[str, int], ruleset: Ruleset) -> list[Finding]:
    """A note of how many cells show nothing, and the first of them."""
    cells = [place for place, _, _ in _filled(sheet, sheet.unseen, columns)]
    if not cells:
        return []
    row, column = cells[0]
    first = f"{column_letters(column)}{row}"
    return [ruleset.finding("CELLS-UNSEEN", sheet=token, count=str(len(cells)), cell=first)]


def _filled(
    sheet: Sheet, places: Iterable[tuple[int, int]], columns: Mapping[str, int]
) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Of these places those below the headings, of our fields, that hold something: key and what it holds."""
    keys = {column + 1: key for key, column in columns.items()}
    for row, column in places:
        cells = sheet.rows[row - 1] if 1 < row <= len(sheet.rows) else ()
        raw = cell_at(cells, column - 1)
        if column in keys and not blank(raw):
            yield (row, column), keys[column], original(raw).strip()
