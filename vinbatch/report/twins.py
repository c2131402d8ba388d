"""Vehicles that had one engine or motor number, of which the other has been given another number since."""

from __future__ import annotations

from collections.abc import Iterator

from vinbatch.lifecycle.engine_numbers import NUMBERS, folded
from vinbatch.model import VEHICLE, Finding, Known, Outcome, Severity, Value
from vinbatch.noun import replace
from vinbatch.report.since import rows_gone, vin_of
from vinbatch.ruleset import Ruleset


def told_apart(
    findings: tuple[Finding, ...], outcome: Outcome, known: Known, ruleset: Ruleset
) -> tuple[Finding, ...]:
    """The findings of an outcome; those that name rows with the same number say where that is past."""
    if not any(f.code in NUMBERS and f.severity is Severity.ASK for f in findings):
        return findings
    moved = set(_moved(outcome, known, ruleset))
    return tuple(_told(f, moved) if f.code in NUMBERS else f for f in findings)


def _moved(outcome: Outcome, known: Known, ruleset: Ruleset) -> Iterator[tuple[int, str, str]]:
    """Row, field and number that its vehicle had and has no more, by its act here or by a later batch."""
    for change in outcome.records:
        for d in change.diff:
            if d.field in NUMBERS.values() and folded(_text(d.old)) != folded(_text(d.new)):
                yield change.row, d.field, folded(_text(d.old))
    gone = rows_gone(outcome, known, ruleset)
    for j in outcome.rows:
        if (j.row.sheet, j.row.number) in gone and j.row.sheet == VEHICLE:
            record = known.records.get(vin_of(j, ruleset))
            now = record.now.data if record is not None and record.live else {}
            for field in NUMBERS.values():
                had = folded(_text(j.row.values[ruleset.index(VEHICLE)[field]]))
                if had != folded(_text(now.get(field))):
                    yield j.row.number, field, had


def _told(f: Finding, moved: set[tuple[int, str, str]]) -> Finding:
    params = dict(f.params)
    rows = str(params["rows"]).split(", ")
    if not all(n.isdecimal() and (int(n), NUMBERS[f.code], folded(f.value)) in moved for n in rows):
        return f
    return replace(f, params=tuple({**params, "rows": f"@twice.apart|{params['rows']}"}.items()))


def _text(value: Value) -> str:
    return "" if value is None else str(value)
