"""check: the sheets of a chunk of workbooks → readings. All findings at once; one bad cell hides no other.

What needs the catalogue, the ledger or another row is decide's question; here is what a workbook says alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from vinbatch.checks.answered_list import answered_list
from vinbatch.checks.cells import carried, clean_cell, lost, original
from vinbatch.checks.crossed import hidden, hidden_columns, looked_otherwise, unseen
from vinbatch.checks.diagnose import diagnose
from vinbatch.checks.footers import alone, footers
from vinbatch.checks.former import Former, form_findings, former_headings, unedited
from vinbatch.checks.headed import headed
from vinbatch.checks.headings import (
    DATA,
    QUERY,
    Layout,
    blank,
    cell_at,
    headings_below,
    missing_headings,
    query_columns,
    query_rows,
    read_layout,
    sort_sheets,
    unread_cells,
)
from vinbatch.checks.marked import read_mark
from vinbatch.checks.query_sheet import read_queries
from vinbatch.checks.quick import Quick
from vinbatch.checks.shifted import slipped
from vinbatch.checks.unread import not_read
from vinbatch.checks.unsaid import unsaid
from vinbatch.model import BARE, VEHICLE, Finding, Parsed, Raw, Reading, Row, Sheet, Value
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

_MOST_FINDINGS = 30_000  # of a workbook; every cell of 200 vehicles and as many parameter sets are 17,000
_Line = tuple[int, tuple[Raw, ...]]


class _Typed(Noun, frozen=True):
    """A row whose cells are typed, with what was found in them."""

    row: Row
    findings: tuple[Finding, ...]


def check(parsed: Sequence[Parsed], ruleset: Ruleset) -> list[Reading]:
    """One reading a workbook, in order."""
    typed = [_typed(p, ruleset) for p in parsed]
    for sheet in DATA:
        _through_schema(typed, sheet, ruleset)
    return [_reading(p, draft, rows, ruleset) for p, (draft, rows) in zip(parsed, typed, strict=True)]


_Draft = tuple[Reading, dict[str, list[_Typed]]]


def _reading(parsed: Parsed, draft: Reading, rows: dict[str, list[_Typed]], ruleset: Ruleset) -> Reading:
    findings = list(draft.findings)
    for sheet in DATA:
        index = ruleset.index(sheet)
        instead = _slipped(parsed, draft, sheet, rows.get(sheet, ()), ruleset)
        for typed in rows.get(sheet, ()):
            told = instead.get(typed.row.number, typed.findings)
            findings += sorted(alone(told), key=lambda f: index.get(f.field, -1))
    every = tuple(t.row for sheet in DATA for t in rows.get(sheet, ()))
    keys = {sheet: tuple(ruleset.index(sheet)) for sheet in DATA if sheet in rows}
    return replace(draft, rows=every, findings=tuple(findings), keys=keys)


def _slipped(
    parsed: Parsed, draft: Reading, token: str, rows: Sequence[_Typed], ruleset: Ruleset
) -> dict[int, tuple[Finding, ...]]:
    """What is told of the rows that slipped by a column, in the place of what is wrong with their cells."""
    sheet = next((s for s in parsed.sheets if s.name == draft.names.get(token)), None)
    if sheet is None or not rows:
        return {}
    columns = {key: column - 1 for key, column in draft.columns[token].items()}
    return dict(slipped(token, sheet, columns, [(t.row, t.findings) for t in rows], ruleset))


# ── one workbook ─────────────────────────────────────────────────────────────────────────────────


def _typed(parsed: Parsed, ruleset: Ruleset) -> _Draft:
    start = Reading(parsed.source, parsed.saved_by)
    if parsed.refusal is not None:
        return replace(start, findings=(parsed.refusal,)), {}
    sheets = sort_sheets(parsed.sheets, ruleset)
    whole = [*form_findings(sheets.hidden, ruleset), *not_read(sheets, ruleset)]
    whole += answered_list(sheets.problems, ruleset)
    if not sheets.data and sheets.query is None:
        names = tuple(s.name for s in parsed.sheets)
        return replace(start, findings=(ruleset.finding("FILE-NO-SHEET", names=names), *whole)), {}
    former = {t: former_headings(sheets.hidden, t) for t in sheets.data}
    layouts = {t: read_layout(t, s, ruleset, former[t]) for t, s in sheets.data.items()}
    lines = {t: list(_lines(s, layouts[t])) for t, s in sheets.data.items()}
    asked = tuple(query_rows(sheets.query, ruleset))
    if long := _too_long({**lines, QUERY: asked}, ruleset):
        # Nobody mends a hundred thousand rows in a result; to look at them all would keep the others waiting.
        return replace(start, names={t: s.name for t, s in sheets.data.items()}, findings=(*long, *whole)), {}
    rows = _typed_rows(lines, layouts, ruleset)
    if rows is None:
        return _hopeless(start, ruleset), {}
    rows = {t: _compared(sheets.data[t], former[t], some, ruleset) for t, some in rows.items()}
    queries, unclear, misread = read_queries(asked, ruleset)
    for token, sheet in sheets.data.items():
        rows[token] = _looked_at(token, sheet, layouts[token], rows[token], ruleset)
        whole += _of_sheet(token, sheet, layouts[token], rows[token], ruleset)
    if not asked and not any(rows.values()) and not any(f.code == "HEADING-BELOW" for f in whole):
        whole.append(ruleset.finding("FILE-NO-ROWS"))
    columns = {t: {k: c + 1 for k, c in layout.columns.items()} for t, layout in layouts.items()}
    if asked:
        columns[QUERY] = {k: c + 1 for c, k in query_columns(sheets.query, ruleset).items()}
    reading = replace(
        start,
        columns=columns,
        extra={t: tuple(layout.extra.values()) for t, layout in layouts.items()},
        names={t: s.name for t, s in sheets.data.items()},
        findings=(*whole, *misread),
        queries=queries,
        unclear=unclear,
    )
    return reading, rows


def _of_sheet(
    token: str, sheet: Sheet, layout: Layout, rows: Sequence[_Typed], ruleset: Ruleset
) -> Iterator[Finding]:
    """What is told of a sheet as a whole."""
    numbers = [t.row.number for t in rows]
    yield from hidden(token, sheet, numbers, ruleset)
    yield from hidden_columns(token, sheet, layout.columns, numbers, ruleset)
    yield from unseen(token, sheet, layout.columns, ruleset)
    yield from _headings(token, sheet, layout, rows, ruleset)


def _compared(sheet: Sheet, former: Former, rows: list[_Typed], ruleset: Ruleset) -> list[_Typed]:
    """With what tells rows that somebody edited from those that the rules changed."""
    same = unedited(sheet, former, [t.row for t in rows], ruleset)
    if not same:
        return rows
    return [replace(t, row=replace(t.row, unedited=True)) if t.row.number in same else t for t in rows]


def _looked_at(
    token: str, sheet: Sheet, layout: Layout, rows: list[_Typed], ruleset: Ruleset
) -> list[_Typed]:
    """With what is told of whole rows: how they look, and that they are none."""
    of_row = looked_otherwise(token, sheet, layout, ruleset)
    below = footers(token, sheet, layout, [t.row.number for t in rows], ruleset)
    quiet = (t.row for t in rows if all(f.field != "action" for f in t.findings))
    acts = unsaid(sheet, layout, quiet, ruleset) if token == VEHICLE else ()
    others = headed(token, sheet, layout, [t.row.number for t in rows], below, ruleset)
    for number, found in (*below.items(), *others.items(), *acts):
        of_row[number] = (*of_row.get(number, ()), found)
    return (
        [replace(t, findings=(*t.findings, *of_row.get(t.row.number, ()))) for t in rows] if of_row else rows
    )


def _headings(
    token: str, sheet: Sheet, layout: Layout, rows: Sequence[_Typed], ruleset: Ruleset
) -> Sequence[Finding]:
    """A required heading may be missing where no row needs it: marked rows, revocations, deletions."""
    missing = missing_headings(token, layout, ruleset)
    if missing and (at := headings_below(token, sheet, ruleset)):  # row 1 is a title, or empty
        return [ruleset.finding("HEADING-BELOW", sheet=token, at=str(at))]
    if not missing or all(_excused(t.row, ruleset) for t in rows):
        return layout.findings if rows else ()
    names = tuple(f"@{token}.{f.key}" for f in missing)
    like = layout.like({f.key for f in missing})
    return [*layout.findings, ruleset.finding("HEADING-MISSING", sheet=token, names=names, like=like)]


def _excused(row: Row, ruleset: Ruleset) -> bool:
    return row.marked or (row.sheet == VEHICLE and row.values[ruleset.index(VEHICLE)["action"]] in BARE)


def _too_long(rows: Mapping[str, Sequence[object]], ruleset: Ruleset) -> list[Finding]:
    limit = ruleset.settings.limits.carried_rows
    return [
        ruleset.finding("FILE-TOO-MANY-ROWS", sheet=token, count=str(len(some)), limit=str(limit))
        for token, some in rows.items()
        if len(some) > limit
    ]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _typed_rows(
    lines: Mapping[str, Sequence[_Line]], layouts: Mapping[str, Layout], ruleset: Ruleset
) -> dict[str, list[_Typed]] | None:
    """None where so much is wrong that columns must have slipped: nobody reads, or waits for, all that."""
    rows: dict[str, list[_Typed]] = {}
    found = 0
    for token, some in lines.items():
        layout = layouts[token]
        quick = Quick.of(token, layout.columns, ruleset)
        rows[token] = []
        for number, cells in some:
            values = None if layout.doubles else quick.values(cells)
            if values is None:
                rows[token].append(_row(token, number, cells, layout, ruleset))
            else:
                rows[token].append(_clean(token, number, cells, values, layout, ruleset))
            found += len(rows[token][-1].findings)
            if found > _MOST_FINDINGS:
                return None
    return rows


def _hopeless(reading: Reading, ruleset: Ruleset) -> Reading:
    too_many = ruleset.finding("FILE-TOO-MANY-FINDINGS", limit=str(_MOST_FINDINGS))
    return Reading(reading.source, reading.saved_by, findings=(too_many,))


def _lines(sheet: Sheet, layout: Layout) -> Iterator[_Line]:
    """The rows that hold anything in a column that counts, by their numbers."""
    ours = (*layout.columns.values(), *layout.doubles, *layout.extra)
    watched = ours if layout.mark is None else (*ours, layout.mark)
    for number, cells in enumerate(sheet.rows[1:], start=2):
        width = len(cells)
        if any(i < width and not blank(cells[i]) for i in watched):
            yield number, cells


def _clean(
    token: str, number: int, cells: tuple[Raw, ...], values: list[Value], layout: Layout, ruleset: Ruleset
) -> _Typed:
    """A row in whose cells nothing was found."""
    _empty_zeros(token, values, ruleset)
    mark, broken = read_mark(token, number, cell_at(cells, layout.mark), ruleset)
    found = (*broken, *unread_cells(token, number, cells, layout, ruleset))
    extra = tuple(carried(cell_at(cells, i)) for i in layout.extra)
    return _Typed(Row(token, number, tuple(values), mark, (), extra), found)


def _row(token: str, number: int, cells: tuple[Raw, ...], layout: Layout, ruleset: Ruleset) -> _Typed:
    """Cell by cell, with everything that was found."""
    values: list[Value] = []
    leftovers: list[tuple[str, str]] = []
    findings: list[Finding] = []
    differing = dict(_differing(cells, layout))
    for field in ruleset.fields(token):
        raw = cell_at(cells, layout.columns.get(field.key))
        if raw is None and field.key not in differing:
            values.append(None)
            continue
        cleaned = clean_cell(field, raw, ruleset)
        found = [(code, params, raw) for code, params in cleaned.found]
        if field.key in differing:
            cleaned = lost("CELL-TWICE")
            found += [(code, params, differing[field.key]) for code, params in cleaned.found]
        values.append(cleaned.value)
        if cleaned.leftover:
            leftovers.append((field.key, cleaned.leftover))
        findings += [
            ruleset.finding(code, sheet=token, row=number, field=field.key, value=original(typed), **params)
            for code, params, typed in found
        ]
    _empty_zeros(token, values, ruleset)
    mark, broken = read_mark(token, number, cell_at(cells, layout.mark), ruleset)
    findings += (*broken, *unread_cells(token, number, cells, layout, ruleset))
    extra = tuple(carried(cell_at(cells, i)) for i in layout.extra)
    return _Typed(Row(token, number, tuple(values), mark, tuple(leftovers), extra), tuple(findings))


def _empty_zeros(token: str, values: list[Value], ruleset: Ruleset) -> None:
    """0 counts as empty for displacement and CO2 of an electric vehicle (domain section 5)."""
    index = ruleset.index(token)
    if "fuel" not in index or values[index["fuel"]] != "电":
        return
    for field in ruleset.fields(token):
        if field.zero_empty and values[index[field.key]] == 0:
            values[index[field.key]] = None


def _differing(cells: tuple[Raw, ...], layout: Layout) -> Iterator[tuple[str, Raw]]:
    """Fields with two columns that say different things: nobody can know which is meant.

    An empty further column says nothing.
    """
    for column, key in layout.doubles.items():
        first, other = cell_at(cells, layout.columns[key]), cell_at(cells, column)
        if not blank(other) and original(first).strip() != original(other).strip():
            yield key, other


# ── the schemas ──────────────────────────────────────────────────────────────────────────────────


def _through_schema(drafts: list[_Draft], sheet: str, ruleset: Ruleset) -> None:
    """One call for the rows of all workbooks; a value that fails leaves its cell and becomes a finding."""
    places = [(n, i) for n, (_, rows) in enumerate(drafts) for i in range(len(rows.get(sheet, ())))]
    if not places:
        return
    from vinbatch.checks.schema import failing_cells  # brings pandas and pandera: only where there are rows

    failing: dict[int, list[tuple[str, str]]] = {}
    table = [drafts[n][1][sheet][i].row.values for n, i in places]
    for at, key, name in failing_cells(ruleset, sheet, table):
        failing.setdefault(at, []).append((key, name))
    count = Counter(n for at, cells in failing.items() for n in [places[at][0]] * len(cells))
    for n in (n for n, most in count.items() if most > _MOST_FINDINGS):
        drafts[n] = _hopeless(drafts[n][0], ruleset), {}
    vins = {n: _vins(drafts[n][1], ruleset) for n in {places[at][0] for at in failing}}
    for at, cells in failing.items():
        n, i = places[at]
        rows = drafts[n][1].get(sheet)
        if rows is not None:
            rows[i] = _marked_wrong(rows[i], cells, vins[n], ruleset)


def _vins(rows: Mapping[str, Sequence[_Typed]], ruleset: Ruleset) -> frozenset[str]:
    """The VINs of a workbook as they stand, right or wrong."""
    at = ruleset.index(VEHICLE)["vin"]
    return frozenset(str(t.row.values[at]) for t in rows.get(VEHICLE, ()))


def _marked_wrong(
    typed: _Typed, cells: Sequence[tuple[str, str]], vins: Collection[str], ruleset: Ruleset
) -> _Typed:
    row, findings = typed.row, list(typed.findings)
    values = list(row.values)
    leftovers = dict(row.leftovers)
    for key, name in cells:
        at = ruleset.index(row.sheet)[key]
        field, value = ruleset.field(row.sheet, key), row.values[at]
        shown = ruleset.shown(field, value)
        for code, params in diagnose(field, value, name, ruleset, vins):
            findings.append(
                ruleset.finding(code, sheet=row.sheet, row=row.number, field=key, value=shown, **params)
            )
        values[at], leftovers[key] = None, shown
    kept = replace(row, values=tuple(values), leftovers=tuple(leftovers.items()))
    return _Typed(kept, tuple(findings))
