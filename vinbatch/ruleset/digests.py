"""The digest of a mark: over what the input cells of a row show."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import getitem, itemgetter

from vinbatch.memo import Memo
from vinbatch.model import NOT_DATA, Row, Value
from vinbatch.ruleset.ruleset import Ruleset

TRACE = "trace"  # the hidden column of 问题清单
_MOST_TRACED = 2000  # characters
_ESCAPES = re.compile("_(?:x005F_)+")  # of what looks like an escape: some programs leave it as it is written


@lru_cache(maxsize=16)
def data_keys(ruleset: Ruleset, sheet: str) -> tuple[str, ...]:
    """The fields of a sheet that are data, in column order."""
    return tuple(f.key for f in ruleset.fields(sheet) if f.key not in NOT_DATA)


@lru_cache(maxsize=16)
def data_of(ruleset: Ruleset, sheet: str) -> Callable[[tuple[Value, ...]], tuple[Value, ...]]:
    """From the cells of a row those that are data."""
    index = ruleset.index(sheet)
    return itemgetter(*(index[key] for key in data_keys(ruleset, sheet)))


def digest_row(ruleset: Ruleset, sheet: str, values: Mapping[str, Value]) -> str:
    """The digest of a mark, 12 hex digits, over the shown form of every input cell that is not empty.

    Empty cells do not count, so that a field added to the rules leaves every old mark valid.
    """
    return _digest(map(getitem, _told(ruleset, sheet), map(values.get, data_keys(ruleset, sheet))))


def digest_read(ruleset: Ruleset, row: Row) -> str:
    """The same of a row as it was read, with what is left of cells that hold no value."""
    parts = list(map(getitem, _told(ruleset, row.sheet), data_of(ruleset, row.sheet)(row.values)))
    if row.leftovers:
        left = dict(row.leftovers)
        for i, key in enumerate(data_keys(ruleset, row.sheet)):
            parts[i] = f"{key}\x1f{left[key]}" if key in left else parts[i]
    return _digest(parts)


def digest_told(cells: Iterable[tuple[str, str]]) -> str:
    """The same of fields that other rules had: key and shown form, in the column order of those."""
    return _digest(_part(key, text) for key, text in cells)


def traces(cells: Iterable[str]) -> tuple[str, ...]:
    """For each cell of a line of 问题清单, as it is written or read, eight hex digits, by which what was
    written there since is known.

    White space does not count: programs end lines in their own way. Nobody edits only the end of a long text.
    """
    return tuple(map(_traced, cells))


def _traced(text: str) -> str:
    told = _ESCAPES.sub("_", "".join(text[: 2 * _MOST_TRACED].split()))[:_MOST_TRACED]
    return f"{zlib.crc32(told.encode('utf-8', 'surrogatepass')):08x}"


def _digest(parts: Iterable[str]) -> str:
    text = "\x1e".join(filter(None, parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _part(key: str, text: str) -> str:
    return f"{key}\x1f{text}" if text else ""


@lru_cache(maxsize=16)
def _told(ruleset: Ruleset, sheet: str) -> tuple[Memo[Value, str], ...]:
    """Value → what the digest covers of it, for each of the `data_keys`; "" for an empty cell."""

    def memo(key: str) -> Memo[Value, str]:
        field = ruleset.field(sheet, key)
        return Memo(lambda value: _part(key, ruleset.shown(field, value)))

    return tuple(map(memo, data_keys(ruleset, sheet)))
