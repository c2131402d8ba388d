"""Rows of vehicles that another department filed, where the home leaves these to it (semantics section 7).

Whatever such a row asks for is refused for that, and for that first: what else is wrong with it is not to be
mended there. One that asks for nothing is left alone: nobody is asked to verify, to complete or to declare
what he may not.
"""

from __future__ import annotations

from vinbatch.lifecycle.acts import closed_to
from vinbatch.lifecycle.bench import Weighed, finding_on
from vinbatch.lifecycle.missing import DRAFT, NOT_DECLARED, STILL_DRAFT
from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.model import Facts, Record, Source, State, Verdict
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

REFUSED = "DEPARTMENT-REFUSED"
THEIRS = "DEPARTMENT-THEIRS"


def left_to_its_own(ruleset: Ruleset, facts: Facts, source: Source, weighed: Weighed) -> Weighed:
    """The row as it was weighed; of another department's vehicle as the setting has it."""
    intent = weighed.intent
    record = intent.record or intent.replaces or facts.records.get(intent.vin)
    if record is None or not closed_to(record, source, ruleset):
        return weighed
    told = {"department": record.filed_by}
    asking = NOT_DECLARED, STILL_DRAFT, TO_VERIFY
    found = tuple(f for f in weighed.findings if f.code not in asking and not f.code.endswith(DRAFT))
    if intent.act is not None or weighed.stopped:
        told_already = any(f.code == REFUSED for f in found)
        why = () if told_already else (finding_on(ruleset, intent, REFUSED, **told),)
        return replace(weighed, findings=(*found, *why))
    if not unfinished(record):
        return weighed
    note = finding_on(ruleset, intent, THEIRS, **told)
    return replace(weighed, intent=replace(intent, verdict=Verdict.UNCHANGED), findings=(*found, note))


def unfinished(record: Record) -> bool:
    """Whether somebody is to go on with it: a draft, held or not, and what customs rejected."""
    return record.now.state in (State.DRAFT, State.REJECTED)
