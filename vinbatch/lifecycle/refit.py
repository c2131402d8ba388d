"""A stored outcome under the rules of today: since it was stored fields may have come, gone, or moved."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from vinbatch.model import STRUCTURE, VEHICLE, Outcome, Row, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

_KEY = {VEHICLE: "vin", STRUCTURE: "structure_no"}
_Keys = Mapping[str, tuple[str, ...]]


def refit(outcome: Outcome, ruleset: Ruleset) -> Outcome:
    """The same outcome, the values of its rows in the order of today's fields.

    A field that came since is empty, one that is no more is left out.
    """
    now = {sheet: tuple(ruleset.index(sheet)) for sheet in ruleset.sheets}
    then = {sheet: _keys(outcome, sheet, keys) for sheet, keys in now.items()}
    if then == now:
        return outcome
    known = _known(outcome)

    def fit(row: Row, key: str) -> Row:
        keys = then[row.sheet]
        says = _says(row, keys) if keys else {_KEY[row.sheet]: key or None, **known.get(_place(row), {})}
        return replace(row, values=tuple(says.get(key) for key in now[row.sheet]))

    rows = tuple(replace(j, row=fit(j.row, j.mark.key if j.mark else "")) for j in outcome.rows)
    read = tuple(fit(row, row.mark.key if row.mark else "") for row in outcome.reading.rows)
    return replace(outcome, rows=rows, reading=replace(outcome.reading, rows=read, keys=now))


def _says(row: Row, keys: tuple[str, ...]) -> Mapping[str, Value]:
    return dict(zip(keys, row.values, strict=True))


def _place(row: Row) -> tuple[str, int]:
    return row.sheet, row.number


def _keys(outcome: Outcome, sheet: str, now: tuple[str, ...]) -> tuple[str, ...]:
    """The fields that the values of a sheet are of; () where nobody knows.

    What builds of before stored does not say: then as many as today are those of today, else the form's.
    """
    if sheet in outcome.reading.keys:
        return outcome.reading.keys[sheet]
    counts = {len(row.values) for row in _rows(outcome) if row.sheet == sheet}
    if counts <= {len(now)}:
        return now
    columns = outcome.reading.columns.get(sheet, {})
    return tuple(sorted(columns, key=columns.__getitem__)) if counts == {len(columns)} else ()


def _rows(outcome: Outcome) -> chain[Row]:
    return chain((j.row for j in outcome.rows), outcome.reading.rows)


def _known(outcome: Outcome) -> Mapping[tuple[str, int], Mapping[str, Value]]:
    """What is on record of the rows, whatever order their cells had."""
    filed = {(c.sheet, c.row): c.record.now.data for c in outcome.records if c.record is not None}
    stored = {(c.sheet, c.row): c.entry.values for c in outcome.entries if c.entry is not None}
    return {**filed, **stored}
