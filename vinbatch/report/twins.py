"""Vehicles that had one engine or motor number, of which the other has been given another number since."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
    given_up = set(_given_up(outcome, known, ruleset))
    return tuple(_told(f, given_up) if f.code in NUMBERS else f for f in findings)


def _given_up(outcome: Outcome, known: Known, ruleset: Ruleset) -> Iterator[tuple[int, str, str]]:
    """Row, field and number that its vehicle had and has no more, by its act here or by a later batch."""
    fields = tuple(NUMBERS.values())
    for change in outcome.records:
        for d in change.diff:
            if d.field in fields and _number(d.old) != _number(d.new):
                yield change.row, d.field, _number(d.old)
    gone = rows_gone(outcome, known, ruleset)
    for judged in (j for j in outcome.rows if j.row.sheet == VEHICLE and (VEHICLE, j.row.number) in gone):
        record = known.records.get(vin_of(judged, ruleset))
        now = record.now.data if record is not None and record.live else {}
        for field in fields:
            had = _number(judged.row.values[ruleset.index(VEHICLE)[field]])
            if had != _number(now.get(field)):
                yield judged.row.number, field, had


def _told(f: Finding, given_up: Collection[tuple[int, str, str]]) -> Finding:
    params = dict(f.params)
    rows = str(params["rows"]).split(", ")
    if not all(n.isdecimal() and (int(n), NUMBERS[f.code], folded(f.value)) in given_up for n in rows):
        return f
    return replace(f, params=tuple({**params, "rows": f"@twice.apart|{params['rows']}"}.items()))


def _number(value: Value) -> str:
    return folded(str(value or ""))
