"""A stored outcome under the rules of today: since it was stored fields may have come, gone, or moved."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from vinbatch.model import NAMED_BY, NOT_DATA, Judged, Mark, Outcome, Place, Row, Value, Verdict
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, digest_read, digest_told, show_decimal

# Rows that come back to be mended or confirmed.
_OPEN = (Verdict.REFUSED, Verdict.HELD)


def refit(outcome: Outcome, ruleset: Ruleset) -> Outcome:
    """The same outcome, the values of its rows in the order of today's fields.

    A field that came since is empty, one that is no more is left out. The marks of rows that nobody has to
    mend are those of today's fields, by which their answer is written; the others stay, for the ledger knows
    the rows by them.
    """
    now = {sheet: tuple(ruleset.index(sheet)) for sheet in ruleset.sheets}
    then = {sheet: _keys(outcome, sheet, keys) for sheet, keys in now.items()}
    if then == now:
        return outcome
    known = _known(outcome)

    def fit(row: Row, key: str) -> Row:
        keys = then[row.sheet]
        says = _says(row, keys) if keys else {NAMED_BY[row.sheet]: key or None, **known.get(row.place, {})}
        return replace(row, values=tuple(says.get(key) for key in now[row.sheet]))

    def judged(was: Judged) -> Judged:
        row = fit(was.row, was.mark.key if was.mark else "")
        renewed = was.mark if was.verdict in _OPEN else _renewed(was, row, then[was.row.sheet], ruleset)
        return replace(was, row=row, mark=renewed)

    rows = tuple(map(judged, outcome.rows))
    read = tuple(fit(row, row.mark.key if row.mark else "") for row in outcome.reading.rows)
    return replace(outcome, rows=rows, reading=replace(outcome.reading, rows=read, keys=now))


def _renewed(was: Judged, row: Row, keys: tuple[str, ...], ruleset: Ruleset) -> Mark | None:
    """The mark of a row by today's fields, where it was that of its values by the `keys` of then."""
    mark, left = was.mark, dict(was.row.leftovers)
    if mark is None or not mark.revision or not keys:
        return mark
    now = ruleset.index(row.sheet)

    def shown(key: str, value: Value) -> str:
        return ruleset.shown(ruleset.field(row.sheet, key), value) if key in now else _bare(value)

    data = {key: value for key, value in _says(was.row, keys).items() if key not in NOT_DATA}
    before = digest_told((key, left.get(key) or shown(key, value)) for key, value in data.items())
    return replace(mark, digest=digest_read(ruleset, row)) if before == mark.digest else mark


def _bare(value: Value) -> str:
    """The shown form of a value whose field is no more, as far as anybody can tell without it."""
    if isinstance(value, tuple):
        return "/".join(map(str, value))
    return show_decimal(value) if isinstance(value, float) else "" if value is None else str(value)


def _says(row: Row, keys: tuple[str, ...]) -> Mapping[str, Value]:
    return dict(zip(keys, row.values, strict=True))


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


def _known(outcome: Outcome) -> Mapping[Place, Mapping[str, Value]]:
    """What is on record of the rows, whatever order their cells had."""
    filed = {(c.sheet, c.row): c.record.now.data for c in outcome.records if c.record is not None}
    stored = {(c.sheet, c.row): c.entry.values for c in outcome.entries if c.entry is not None}
    return {**filed, **stored}
