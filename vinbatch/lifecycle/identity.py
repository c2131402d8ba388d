"""Rows that may speak of another vehicle than their mark: sorted without it, copied, or mixed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.intent import Intent
from vinbatch.model import VEHICLE, Diff, Finding, Row, Value
from vinbatch.ruleset import Ruleset

# What a vehicle keeps for good. One or two of them may have been filed wrong.
_KEPT = ("structure_no", "ccc_no", "production_date", "engine_no", "motor_no")
_TOO_MANY = 3


def marks_of(rows: Sequence[Row], vins: Mapping[int, str]) -> dict[str, bool]:
    """Key of each record's mark → whether a row carries it with that VIN."""
    marked = [(row.mark.key, vins[row.number]) for row in rows if row.mark is not None]
    at_home = {key for key, vin in marked if key == vin}
    return {key: key in at_home for key, _ in marked}


def another_vehicle(ruleset: Ruleset, intent: Intent, diff: Sequence[Diff]) -> tuple[Finding, ...]:
    """An ask where a change would make another vehicle of it; `diff` is against the data in force."""
    changed = [key for key in _KEPT if any(d.field == key for d in diff)]
    if len(changed) < _TOO_MANY:
        return ()
    names = tuple(f"@{VEHICLE}.{key}" for key in changed)
    value: Value = intent.values.get(changed[0])
    shown = ruleset.shown(ruleset.field(VEHICLE, changed[0]), value) if value is not None else ""
    told = {"sheet": VEHICLE, "field": changed[0], "value": shown}
    return (ruleset.finding("CHANGE-OTHER-VEHICLE", row=intent.row.number, names=names, **told),)
