"""Marks: how a row that comes back is told from one that was edited, and an extract that went stale."""

from __future__ import annotations

from vinbatch.model import NOT_DATA, Mark, Row, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, data_of, digest_read


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
    data = data_of(ruleset, row.sheet)(row.values)
    return not row.leftovers and all(value is None for value in data)


def make_mark(ruleset: Ruleset, row: Row, key: str, revision: int) -> Mark:
    """The mark of a row as the result workbook shows it."""
    return Mark(key, revision, digest_read(ruleset, row))


def refused_mark(ruleset: Ruleset, row: Row, key: str) -> Mark:
    """The mark of a row of which nothing was stored: the one that it came with, and what it says now; one of
    revision 0 for a row without.
    """
    mark = row.mark
    if mark is None:
        return make_mark(ruleset, row, key, 0)
    if mark.revision:
        return mark
    return replace(mark, now="" if untouched(ruleset, row) else digest_read(ruleset, row))


def untouched(ruleset: Ruleset, row: Row) -> bool:
    """Whether a marked row says what it said when its mark was written, by these rules or its form's."""
    return row.mark is not None and (row.unedited or digest_read(ruleset, row) == row.mark.digest)


def kept_mark(ruleset: Ruleset, row: Row) -> Mark | None:
    """The mark of a row for which nothing is done: by today's rules, which fill its result."""
    if row.mark is None or not row.unedited:
        return row.mark
    return replace(row.mark, digest=digest_read(ruleset, row))


def without_act(ruleset: Ruleset, row: Row) -> Row:
    """The row without 操作 and 核实确认: only refused rows keep them, lest a thing is done twice."""
    fields = ruleset.fields(row.sheet)
    values = (None if f.key in NOT_DATA else v for f, v in zip(fields, row.values, strict=True))
    return replace(row, values=tuple(values))
