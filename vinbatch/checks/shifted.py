"""Rows that slipped by one column: somebody deleted or inserted a cell, or pasted one column too far.

Each cell is wrong then, and each for the same reason: one finding says so in their place. Nothing is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from vinbatch.checks.cells import carried, clean_cell
from vinbatch.checks.headings import blank
from vinbatch.checks.limits import broken
from vinbatch.checks.vin import is_valid
from vinbatch.cut import cut
from vinbatch.memo import Memo
from vinbatch.model import (
    BARE,
    HEADED,
    NAMED_BY,
    NOT_MEANT,
    SHIFTED,
    VEHICLE,
    Act,
    Field,
    Finding,
    Kind,
    Raw,
    Row,
    Severity,
    Sheet,
)
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset

# Kinds that know their values: one of these in the next column tells where it belongs; a number or a text
# does not, but for one that looks like a VIN, a certificate or a month.
_TELLING = frozenset({Kind.VIN, Kind.CCC, Kind.MONTH, Kind.CHOICE, Kind.YESNO, Kind.COUNTRY})
_ELSEWHERE = re.compile(r"[0-9]{16}|(?:19|20)[0-9]{2}\.(?:0[1-9]|1[0-2])")
_LEAST = 2  # cells that fit again: one alone may be a value in the wrong column, and nothing else wrong
_MOST_ROWS = 400  # of a sheet that are looked at: of parameters each has a hundred cells
_MOST_NAMED = 6  # cells
_LONGEST = 30  # characters of a cell that are shown
_DRAFTS = frozenset({Act.SAVE, Act.SAVE_CHANGE})
_BAD, _SILENT, _GOOD = -1, 0, 1
Typed = tuple[Row, tuple[Finding, ...]]
_Places = Sequence[tuple[int, Field]]  # 0-based columns of the fields, from left to right


class _Slip(Noun, frozen=True):
    """A shift that would be undone: `by` is +1 where cells go back to the right, -1 to the left, from the
    field with the number `at` on; `after` tells of every field how its cell would be judged then.
    """

    at: int
    by: int
    after: tuple[int, ...]


def slipped(
    token: str, sheet: Sheet, columns: Mapping[str, int], rows: Sequence[Typed], ruleset: Ruleset
) -> Iterator[tuple[int, tuple[Finding, ...]]]:
    """The numbers of the rows that are seen to have slipped, each with what is to be told of it.

    `columns` are the 0-based columns of the fields. Only a row that is refused anyway is looked at.
    """
    if NAMED_BY[token] not in columns:
        return
    known = ((columns[f.key], f) for f in ruleset.fields(token) if f.key in columns)
    places = sorted(known, key=itemgetter(0))
    width = places[-1][0] + 2
    padded = ((typed, _padded(sheet.rows[typed[0].number - 1], width)) for typed in rows)
    doubted = ((typed, cells) for typed, cells in padded if _is_doubted(typed, places, cells, ruleset))
    for ((row, found), cells), _ in zip(doubted, range(_MOST_ROWS), strict=False):
        now = _judgements(places, cells, 0, ruleset)
        if (slip := _slip(token, places, cells, now, ruleset)) is not None:
            before = {field.key for _, field in places[: slip.at]}
            kept = (f for f in found if f.field in before or f.severity is not Severity.STOP)
            yield row.number, (_told(row, places, cells, now, slip, ruleset), *kept)


def _padded(cells: tuple[Raw, ...], width: int) -> tuple[Raw, ...]:
    return (*cells, *(None,) * (width - len(cells)))


def _is_doubted(typed: Typed, places: _Places, cells: Sequence[Raw], ruleset: Ruleset) -> bool:
    """Whether several cells are refused or lack what is due; or one lacks it, and the next is filled.

    Of 撤销 and the deletions no cell is looked at.
    """
    row, found = typed
    at = ruleset.index(row.sheet).get("action")
    act = None if at is None else row.values[at]
    if act in BARE or any(f.code in NOT_MEANT or f.code == HEADED for f in found):
        return False
    refused = {f.field for f in found if f.severity is Severity.STOP}
    # 暂存 takes a row that lacks something, the catalogue fills it in, and a row of ours may ask for nothing.
    if not refused and (row.sheet != VEHICLE or row.marked or act in _DRAFTS):
        return False
    lacking = [column for column, f in places if f.required == "always" and blank(cells[column])]
    alone = not refused and len(lacking) == 1 and not blank(cells[lacking[0] + 1])
    return alone or len(refused) + len(lacking) > 1


def _slip(
    token: str, places: _Places, cells: Sequence[Raw], now: Sequence[int], ruleset: Ruleset
) -> _Slip | None:
    """The shift after whose undoing most cells are right; None where that is not plain.

    It is plain where fewer cells fail, more say what only their column may say, several that failed fit, and
    the row has a name; and where no cell that moves is left wrong, or much is gained: what slipped may be
    wrong besides.
    """
    tried = [_best(places, cells, now, 1, ruleset), _best(places, cells, now, -1, ruleset)]
    slip = min(tried, key=lambda one: (one.after.count(_BAD), -one.after.count(_GOOD), -one.at))
    fewer, more = now.count(_BAD) - slip.after.count(_BAD), slip.after.count(_GOOD) - now.count(_GOOD)
    if fewer <= 0 or more <= 0 or _fitting(places, cells, now, slip) < _LEAST:
        return None
    much = fewer > 1 and more > 1
    if _BAD in slip.after[slip.at + (slip.by > 0) :] and not much:
        return None
    return slip if _is_named(token, places, slip, much=much) else None


def _best(places: _Places, cells: Sequence[Raw], now: Sequence[int], by: int, ruleset: Ruleset) -> _Slip:
    """Of the fields whose cell may have been deleted, or, where it is empty, inserted, the one after
    whose undoing most cells are right; the last of those that are alike.
    """
    moved = _judgements(places, cells, by, ruleset)
    gone = [_BAD if field.required == "always" else _SILENT for _, field in places]
    # From the right to the left: what is not moved at all, then one cell more, and what that changes.
    best, at = (now.count(_BAD), -now.count(_GOOD)), len(places)
    bad, good = best[0], -best[1]
    for i in reversed(range(len(places))):
        bad += (moved[i] is _BAD) - (now[i] is _BAD)
        good += (moved[i] is _GOOD) - (now[i] is _GOOD)
        score = bad, -good
        if by > 0:
            score = bad + (gone[i] is _BAD) - (moved[i] is _BAD), (moved[i] is _GOOD) - good
        if score < best and (by > 0 or blank(cells[places[i][0]])):
            best, at = score, i
    return _Slip(
        at, by, (*now[:at], *(gone[at : at + 1] if by > 0 else moved[at : at + 1]), *moved[at + 1 :])
    )


def _judgements(places: _Places, cells: Sequence[Raw], by: int, ruleset: Ruleset) -> list[int]:
    """How the cell of each field is judged, or the one that would stand there."""
    judges = _judges(ruleset, places[0][1].sheet)
    given = ((field.key, cells[column - by] if column >= by else None) for column, field in places)
    return [judges[key][type(raw), raw] for key, raw in given]


@lru_cache(maxsize=8)
def _judges(ruleset: Ruleset, sheet: str) -> Mapping[str, Memo[tuple[type, Raw], int]]:
    """Key → what a cell is judged as, remembered: where whole blocks slipped most cells are alike."""

    def memo(field: Field) -> Memo[tuple[type, Raw], int]:
        return Memo(lambda given: _judged(field, given[1], ruleset))

    return {field.key: memo(field) for field in ruleset.fields(sheet)}


def _judged(field: Field, raw: Raw, ruleset: Ruleset) -> int:
    """Whether a cell may stand in this column: `_GOOD` where hardly any other value could."""
    if blank(raw):
        return _BAD if field.required == "always" else _SILENT
    cleaned = clean_cell(field, raw, ruleset)
    if cleaned.value is None:
        return _BAD if cleaned.bad else _SILENT
    if broken(ruleset, field.sheet, field.key, cleaned.value) or field.required == "if_revocation":
        return _BAD  # none of these rows revokes
    if field.kind is Kind.VIN:
        return _GOOD if is_valid(str(cleaned.value)) else _SILENT
    if field.kind in _TELLING:
        return _GOOD
    return _BAD if field.sheet == VEHICLE and not field.free and _belongs_elsewhere(raw) else _SILENT


def _belongs_elsewhere(raw: Raw) -> bool:
    text = carried(raw).strip()
    return is_valid(text) or _ELSEWHERE.fullmatch(text) is not None


def _fitting(places: _Places, cells: Sequence[Raw], now: Sequence[int], slip: _Slip) -> int:
    """How many cells that are wrong where they stand would be right where they go."""
    goes = {column - slip.by: judged for (column, _), judged in zip(places, slip.after, strict=True)}
    wrong = [column for (column, _), judged in zip(places, now, strict=True) if judged is _BAD]
    start = places[slip.at][0]
    return sum(
        goes.get(column, _BAD) is not _BAD for column in wrong if column >= start and not blank(cells[column])
    )


def _is_named(token: str, places: _Places, slip: _Slip, *, much: bool) -> bool:
    """Whether the row has a VIN or a number afterwards. A VIN that moves must be right by its check digit;
    of one that was deleted all the others have to tell.
    """
    at, field = next((i, f) for i, (_, f) in enumerate(places) if f.key == NAMED_BY[token])
    if at < slip.at:
        return True
    if at == slip.at and slip.by > 0:
        return much
    return slip.after[at] is _GOOD or (slip.after[at] is _SILENT and field.kind is not Kind.VIN)


def _told(
    row: Row, places: _Places, cells: Sequence[Raw], now: Sequence[int], slip: _Slip, ruleset: Ruleset
) -> Finding:
    moving = places[slip.at :]
    column, first = next(((c, f) for c, f in moving if not blank(cells[c])), moving[0])
    lost = places[slip.at][0] if slip.by > 0 else -1
    diff = [
        f"@{row.sheet}.{f.key}|{_shown(cells[c])} → {_shown(None if c == lost else cells[c - slip.by])}"
        for (c, f), judged in zip(moving, now[slip.at :], strict=True)
        if judged is _BAD
    ]
    way = "left" if slip.by > 0 else "right"
    return ruleset.finding(
        SHIFTED,
        sheet=row.sheet,
        row=row.number,
        field=first.key,
        value=carried(cells[column]),
        how=f"@shifted.{way}",
        back=f"@shifted.back_from_{way}",
        diff=tuple(diff[:_MOST_NAMED]),
    )


def _shown(raw: Raw) -> str:
    text = " ".join(carried(raw).split())
    return cut(text, _LONGEST) or "–"
