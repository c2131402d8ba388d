"""Findings as a page shows them: the rows that a person has to mend, and what was found, by code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vinbatch.model import NAMED_BY, STRUCTURE, VEHICLE, Finding, Judged, Outcome, Place, Severity, Verdict
from vinbatch.noun import Noun, replace
from vinbatch.report.customs import REJECTED
from vinbatch.report.following import followers, without_following
from vinbatch.report.words import listed, row_ranges
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.layout import QUERY, cell, letters

_WEIGHT = {Severity.STOP: 0, Severity.ASK: 1, Severity.NOTE: 2}
_TO_MEND = (Verdict.REFUSED, Verdict.HELD)
_MOST = 400  # findings: a page that is longer helps nobody, the workbook has them all


class Item(Noun, frozen=True):
    """One thing to mend. `cell` is its address in the result workbook, "" for the whole row."""

    cell: str
    field: str
    value: str
    key: str
    severity: str
    code: str
    what: str
    cure: str


class MendRow(Noun, frozen=True):
    """A row to mend; `name` is its VIN or structure number, `key` and `verdict` what became of it.

    `followers` vehicle rows need nothing but this one.
    """

    sheet: str
    row: int
    name: str
    key: str
    verdict: str
    items: tuple[Item, ...]
    followers: int = 0


class Group(Noun, frozen=True):
    """All findings of one code. `varied` says that `what` is the first of several; such a `cure` says so."""

    code: str
    key: str
    severity: str
    what: str
    varied: bool
    cure: str
    count: int
    rows: tuple[tuple[str, str], ...]


def rows_to_mend(outcome: Outcome, ruleset: Ruleset) -> tuple[MendRow, ...]:
    """Rows refused, held, or rejected by customs, sheet by sheet, but for those that follow their parameters;
    of an outcome `with_answers`.
    """
    judged = {j.row.place: j for j in outcome.rows}
    followed = Counter((STRUCTURE, row) for row in followers(outcome).values())
    found: dict[Place, list[Finding]] = {}
    for f in without_following(outcome).findings:
        if f.row and f.severity is not Severity.NOTE and _open(f, judged.get(f.place)):
            found.setdefault(f.place, []).append(f)
    return tuple(
        replace(_mend_row(place, judged.get(place), found[place], ruleset), followers=followed[place])
        for place in sorted(found, key=_order)
    )


def most_shown(rows: Sequence[MendRow]) -> int:
    """How many rows a page has room for."""
    items = 0
    for number, row in enumerate(rows):
        items += len(row.items)
        if items > _MOST:
            return number
    return len(rows)


def groups(outcome: Outcome, ruleset: Ruleset) -> tuple[Group, ...]:
    """What was found, by code: stops, then asks, then notes, the most frequent first. That a row follows its
    parameters is no problem beside theirs.
    """
    found: dict[tuple[str, Severity, bool, bool], list[Finding]] = {}
    for f in without_following(outcome).findings:
        found.setdefault((f.code, f.severity, f.released, bool(f.moot)), []).append(f)
    ordered = sorted(found, key=lambda k: (_WEIGHT[k[1]], k[2:], -len(found[k]), k[0]))
    return tuple(_group(found[key], ruleset) for key in ordered)


def _open(f: Finding, judged: Judged | None) -> bool:
    if judged is None:
        return f.sheet == "query"  # a query that cannot be understood
    return judged.verdict in _TO_MEND or f.code in REJECTED


def _order(place: Place) -> tuple[int, int]:
    return {STRUCTURE: 0, VEHICLE: 1}.get(place[0], 2), place[1]


def _mend_row(place: Place, judged: Judged | None, found: Sequence[Finding], ruleset: Ruleset) -> MendRow:
    sheet, row = place
    verdict = judged.verdict if judged else Verdict.REFUSED
    key, word = verdict.value, ruleset.word(f"@verdict.{verdict}")
    if any(f.code in REJECTED for f in found):
        key, word = "rejected", ruleset.word("@state.rejected")
    items = tuple(_item(f, ruleset) for f in sorted(found, key=lambda f: _WEIGHT[f.severity]))
    return MendRow(ruleset.word(f"@sheet.{sheet}"), row, _name(judged, ruleset), key, word, items)


def _name(judged: Judged | None, ruleset: Ruleset) -> str:
    """VIN or structure number, as it was read where nothing could be made of it."""
    if judged is None:
        return ""
    sheet = judged.row.sheet
    key = NAMED_BY[sheet]
    value = judged.row.values[ruleset.index(sheet)[key]]
    return value if isinstance(value, str) else dict(judged.row.leftovers).get(key, "")


def _item(f: Finding, ruleset: Ruleset) -> Item:
    told = ruleset.tell(f)
    field = listed((ruleset.word(f"@{f.sheet}.{key}") for key in ruleset.cells(f)), ruleset)
    severity = ruleset.word(f"@severity.{f.severity}")
    return Item(_cell(f, ruleset), field, f.value, f.severity.value, severity, f.code, told.what, told.cure)


def _cell(f: Finding, ruleset: Ruleset) -> str:
    """Its address in the result workbook, where it is to be mended."""
    if f.sheet == "query":
        return f"{letters(QUERY.index(f.field) if f.field in QUERY else 0)}{f.row}"
    keys = [key for key in ruleset.cells(f) if f.sheet in ruleset.sheets and key in ruleset.index(f.sheet)]
    return cell(ruleset, f.sheet, keys[0], f.row) if keys else ""


def _group(found: Sequence[Finding], ruleset: Ruleset) -> Group:
    first = found[0]
    told = ruleset.tell(first)
    severity = "released" if first.released else first.severity.value
    rows = []
    for sheet in dict.fromkeys(f.sheet for f in found if f.row):
        numbers = (f.row for f in found if f.sheet == sheet)
        rows.append((ruleset.word(f"@sheet.{sheet}"), row_ranges(numbers, ruleset, "result.more")))
    others = any(ruleset.tell(f).cure != told.cure for f in found[:_MOST])
    return Group(
        code=first.code,
        key=severity,
        severity=ruleset.word(f"@severity.{severity}"),
        what=told.what,
        varied=any(_said(f) != _said(first) for f in found),
        cure=f"{ruleset.phrase('report.each_its_own') if others else ''}{told.cure}",
        count=len(found),
        rows=tuple(rows),
    )


def _said(f: Finding) -> tuple[object, ...]:
    """What a text may speak of beside the row."""
    return f.params, f.field, f.value
