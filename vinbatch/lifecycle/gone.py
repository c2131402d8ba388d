"""Values on record under keys that the rules have no more: a field was removed, or called by another key.

Nobody can tell the two apart: a declaration that leaves them out is asked about, unless `off = true` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vinbatch.checks.headings import gone_finding
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import STRUCTURE, VEHICLE, Act, Entry, Finding, Value
from vinbatch.ruleset import Ruleset

GONE = "FIELD-GONE"


def gone_findings(ruleset: Ruleset, intent: Intent, entry: Entry | None) -> tuple[Finding, ...]:
    """What is on record of the vehicle, or of its parameters, and would no longer be declared."""
    lost = [*_of_record(ruleset, intent), *(_gone(ruleset, STRUCTURE, entry.values) if entry else ())]
    return (gone_finding(VEHICLE, intent.row.number, lost, ruleset),) if lost else ()


def _of_record(ruleset: Ruleset, intent: Intent) -> Iterator[str]:
    """A change is made of what is in force, all else of the last declaration or draft."""
    record = intent.record or intent.replaces
    if record is None:
        return iter(())
    changes = intent.act in (Act.CHANGE, Act.SAVE_CHANGE) and record.accepted is not None
    standing = record.accepted if changes and record.accepted else record.now
    return _gone(ruleset, VEHICLE, standing.data)


def _gone(ruleset: Ruleset, sheet: str, values: Mapping[str, Value]) -> Iterator[str]:
    if values.keys() <= ruleset.index(sheet).keys():
        return
    for key in sorted(ruleset.gone(sheet, values)):
        if values[key] is not None:
            yield f"{key}|{values[key]}"
