"""What a draft lacks, told again where its row comes back and asks for nothing."""

from __future__ import annotations

from vinbatch.checks import across
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import VEHICLE, Facts, Finding, State, Type, Verdict
from vinbatch.ruleset import Ruleset

NOT_DECLARED, STILL_DRAFT = "RECORD-NOT-DECLARED", "RECORD-STILL-DRAFT"  # they say how it would be declared
DRAFT = "-DRAFT"  # so end the codes of what is told of a draft where a declaration would be refused


def is_idle_draft(intent: Intent) -> bool:
    """Whether the row leaves a draft as it was; that of a revocation lacks nothing: its data are in force."""
    record = intent.record
    if record is None or intent.verdict is not Verdict.UNCHANGED or record.now.state is not State.DRAFT:
        return False
    return record.now.type is not Type.REVOCATION


def still_missing(ruleset: Ruleset, facts: Facts, intent: Intent) -> tuple[Finding, ...]:
    """The required fields that a draft left as it was has not filled in: a note each, on the row.

    Without them its only word would be to ask for the declaration, which would be refused for each. A cell
    that holds what later rules do not take is not empty.
    """
    entry = facts.entries.get(intent.structure_no)
    return across.required_findings(
        ruleset,
        VEHICLE,
        intent.row.number,
        intent.values,
        entry.values if entry else None,
        draft=True,
        blocked=dict(intent.row.leftovers),
    )
