"""What a change says: against the data in force, parameters included; without a difference it is none."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.lifecycle.asks import CONFIRMED
from vinbatch.lifecycle.bench import Bench, Weighed, finding_on
from vinbatch.lifecycle.diffs import differences, shown_diff
from vinbatch.lifecycle.identity import another_vehicle
from vinbatch.lifecycle.marks import row_data
from vinbatch.model import (
    STRUCTURE,
    Act,
    Diff,
    Entry,
    Facts,
    Judged,
    Param,
    Record,
    Standing,
    State,
    Type,
    structure_of,
)
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset


def compared(bench: Bench, weighed: Weighed) -> Weighed:
    """A change is compared with the data in force, parameters included; without a difference it is none."""
    intent = weighed.intent
    record = intent.record
    if record is None or intent.act not in (Act.CHANGE, Act.SAVE_CHANGE) or record.accepted is None:
        return weighed
    force = record.accepted  # a filing or a change: neither has a reason for a revocation
    mine = {k: v for k, v in row_data(bench.ruleset, intent.row).items() if k != "revocation_reason"}
    diff = differences(bench.ruleset, force.data, mine)
    asks = another_vehicle(bench.ruleset, intent, diff)
    diff += _parameters_diff(bench, force, weighed.entry)
    if not diff and intent.act is Act.CHANGE and not _edit_lost(weighed):
        code, told = _nothing_new(record)
        finding = finding_on(bench.ruleset, intent, code, "action", **told)
        return weighed.noted(finding)
    return replace(weighed.noted(*asks), change=diff)


def _edit_lost(weighed: Weighed) -> bool:
    """Whether the row is refused for a cell of which nothing was made: who filled in an empty one with what
    cannot stand has changed something, and is told of that cell alone.
    """
    cells = dict(weighed.intent.row.leftovers).keys() - {"action", CONFIRMED}
    return bool(cells) and weighed.stopped


def _nothing_new(record: Record) -> tuple[str, dict[str, Param]]:
    """Of a change that says what is in force."""
    if record.now.type is Type.CHANGE and record.now.state is State.ACCEPTED:
        return "CHANGE-IN-FORCE", {"batch": record.now.batch}
    return "CHANGE-WITHOUT-DIFFERENCE", {}


def no_difference(
    ruleset: Ruleset, record: Record, judged: Judged, entries: Mapping[str, Entry]
) -> tuple[str, dict[str, Param]] | None:
    """Why a change that waited for customs would be refused now; `entries` are what the catalogue has."""
    force = record.accepted
    if judged.act is not Act.CHANGE or force is None or judged.row.leftovers:
        return None
    latest = entries.get(structure_of(force))
    if latest is not None and latest.revision != force.structure_revision:
        return None
    mine = {**row_data(ruleset, judged.row), "revocation_reason": None}
    return None if differences(ruleset, force.data, mine) else _nothing_new(record)


def told_change(bench: Bench, weighed: Weighed) -> Weighed:
    """With what a change says: of a draft, and of one that is held, nobody has declared it yet."""
    if not weighed.change or weighed.stopped:
        return weighed
    draft, held = weighed.intent.drafting, weighed.open_asks
    code = "CHANGE-NOT-DECLARED" if draft else "CHANGE-HELD" if held else "CHANGE-DIFFERENCES"
    diff = shown_diff(bench.ruleset, weighed.change)
    finding = finding_on(bench.ruleset, weighed.intent, code, "action", diff=diff)
    return weighed.noted(finding)


def _parameters_diff(bench: Bench, force: Standing, entry: Entry | None) -> tuple[Diff, ...]:
    if entry is None or force.structure_revision is None:
        return ()
    number = structure_of(force)
    old = former_entry(bench.facts, number, force.structure_revision)
    if old is None:
        return ()
    diff = differences(bench.ruleset, old.values, entry.values, STRUCTURE)
    return tuple(d for d in diff if d.field != "structure_no")  # the vehicle has said so


def former_entry(facts: Facts, number: str, revision: int) -> Entry | None:
    """A revision of a catalogue entry, the latest or a former one."""
    latest = facts.entries.get(number)
    if latest is not None and latest.revision == revision:
        return latest
    return facts.former.get((number, revision))
