"""Rows that may mean something else than they say: another vehicle than that of their mark, a revocation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.bench import finding_on
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import REASON_ALONE, VEHICLE, Diff, Finding, Row
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
    return (finding_on(ruleset, intent, "CHANGE-OTHER-VEHICLE", changed[0], names=names),)


def reason_alone(ruleset: Ruleset, intent: Intent) -> tuple[Finding, ...]:
    """An ask where a row that revokes nothing gives a reason to; not for one that its record has brought."""
    reason, record = intent.values.get("revocation_reason"), intent.record or intent.revoked
    if not isinstance(reason, str) or (record and record.now.data.get("revocation_reason") == reason):
        return ()
    return (finding_on(ruleset, intent, REASON_ALONE, "revocation_reason", act=f"@act.{intent.act}"),)
