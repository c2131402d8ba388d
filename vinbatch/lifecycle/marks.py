"""Marks: how a row that comes back is told from one that was edited, and an extract that went stale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import getitem, itemgetter

from vinbatch.memo import Memo
from vinbatch.model import NOT_DATA, Mark, Row, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset


@lru_cache(maxsize=16)
def data_keys(ruleset: Ruleset, sheet: str) -> tuple[str, ...]:
    """The fields of a sheet that are data, in column order."""
    return tuple(f.key for f in ruleset.fields(sheet) if f.key not in NOT_DATA)


def digest_row(ruleset: Ruleset, sheet: str, values: Mapping[str, Value]) -> str:
    """The digest of a mark, 12 hex digits, over the shown form of every input cell that is not empty.

    Empty cells do not count, so that a field added to the rules leaves every old mark valid.
    """
    return _digest(map(getitem, _told(ruleset, sheet), map(values.get, data_keys(ruleset, sheet))))


def _digest_of(ruleset: Ruleset, row: Row) -> str:
    """The same of a row as it was read, with what is left of cells that hold no value."""
    parts = list(map(getitem, _told(ruleset, row.sheet), _data_of(ruleset, row.sheet)(row.values)))
    if row.leftovers:
        left = dict(row.leftovers)
        for i, key in enumerate(data_keys(ruleset, row.sheet)):
            parts[i] = f"{key}\x1f{left[key]}" if key in left else parts[i]
    return _digest(parts)


def _digest(parts: Iterable[str]) -> str:
    text = "\x1e".join(filter(None, parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@lru_cache(maxsize=16)
def _data_of(ruleset: Ruleset, sheet: str) -> Callable[[tuple[Value, ...]], tuple[Value, ...]]:
    """From the cells of a row those that are data."""
    index = ruleset.index(sheet)
    return itemgetter(*(index[key] for key in data_keys(ruleset, sheet)))


@lru_cache(maxsize=16)
def _told(ruleset: Ruleset, sheet: str) -> tuple[Memo[Value, str], ...]:
    """Value → what the digest covers of it, for each of the `data_keys`; "" for an empty cell."""

    def memo(key: str) -> Memo[Value, str]:
        field = ruleset.field(sheet, key)
        return Memo(lambda value: f"{key}\x1f{text}" if (text := ruleset.shown(field, value)) else "")

    return tuple(map(memo, data_keys(ruleset, sheet)))


def cell(ruleset: Ruleset, row: Row, key: str) -> Value:
    """One cleaned cell of a row."""
    return row.values[ruleset.index(row.sheet)[key]]


def row_values(ruleset: Ruleset, row: Row) -> dict[str, Value]:
    """The cleaned cells of a row by key."""
    return dict(zip(ruleset.index(row.sheet), row.values, strict=True))


def row_data(ruleset: Ruleset, row: Row) -> dict[str, Value]:
    """The data of a row by key, empty cells left out."""
    pairs = zip(ruleset.index(row.sheet), row.values, strict=True)
    data: dict[str, Value] = {key: value for key, value in pairs if value is not None}
    for key in NOT_DATA:
        data.pop(key, None)
    return data


def says_nothing(ruleset: Ruleset, row: Row) -> bool:
    """Whether no cell of it holds data: it was cleared, or only numbered."""
    data = _data_of(ruleset, row.sheet)(row.values)
    return not row.leftovers and all(value is None for value in data)


def make_mark(ruleset: Ruleset, row: Row, key: str, revision: int) -> Mark:
    """The mark of a row as the result workbook shows it."""
    return Mark(key, revision, _digest_of(ruleset, row))


def untouched(ruleset: Ruleset, row: Row) -> bool:
    """Whether a marked row says what it said when its mark was written."""
    return row.mark is not None and _digest_of(ruleset, row) == row.mark.digest


def without_act(ruleset: Ruleset, row: Row) -> Row:
    """The row without 操作 and 核实确认: only refused rows keep them, lest a thing is done twice."""
    fields = ruleset.fields(row.sheet)
    values = (None if f.key in NOT_DATA else v for f, v in zip(fields, row.values, strict=True))
    return replace(row, values=tuple(values))
