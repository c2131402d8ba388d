"""What the checks say of a parameter set, and what is asked of one that lies in the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vinbatch.checks import across
from vinbatch.checks.parameters import structure_findings
from vinbatch.lifecycle.asks import (
    Asked,
    Before,
    release,
    unanswered,
)
from vinbatch.model import (
    STRUCTURE,
    AboutParameters,
    Entry,
    Finding,
    Record,
    Severity,
    Standing,
    Value,
    structure_of,
)
from vinbatch.ruleset import Ruleset


def entry_findings(
    ruleset: Ruleset,
    row: int,
    values: Mapping[str, Value],
    *,
    draft: bool,
    blocked: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What the checks say of a merged parameter set."""
    return (
        *across.required_findings(ruleset, STRUCTURE, row, values, values, draft=draft, blocked=blocked),
        *across.limit_findings(ruleset, STRUCTURE, row, values),
        *structure_findings(ruleset, row, values),
    )


def asked_of(ruleset: Ruleset, entry: Entry, row: int = 0) -> Asked:
    """What the checks say of parameters as the catalogue has them, and what was asked when they came."""

    def confirms(ask: str) -> bool:
        return ask in entry.confirmed

    found = entry_findings(ruleset, row, entry.values, draft=False)
    asked = release(ruleset, found, entry.values, confirms)
    return unanswered(ruleset, before_of(entry), asked, entry.values, row, confirms)


def what_is_asked(asked: Asked) -> tuple[str, ...]:
    """The open questions by what they are called; of one that its row alone showed with the cell."""
    told: list[str] = []
    for f in asked.findings:
        if f.severity is Severity.ASK:
            told.append(str(dict(f.params).get("asked", f"@title.{f.code}")))
            if f.code == "ASK-UNANSWERED":
                told.append(f"@{STRUCTURE}.{f.field}|{f.value}")
    return tuple(dict.fromkeys(told))


def before_of(entry: Entry) -> Before:
    """What was asked of parameters when they were stored."""
    return Before(STRUCTURE, entry.asked, entry.batch)


def stored_since(entry: Entry | None, standing: Standing) -> bool:
    """Whether the catalogue has learnt something of these parameters since a draft was made."""
    when, since = entry.updated if entry else None, standing.since
    return bool(when and since and when > since)


def awaits_answer(record: Record) -> bool:
    """Whether a draft is held for a question about its parameters that another workbook may answer."""
    return AboutParameters.of(record.held, structure_of(record.now)).elsewhere


def settled(ruleset: Ruleset, record: Record, entry: Entry | None) -> bool:
    """Whether what was asked of a draft's parameters was confirmed or mended since, in another workbook.

    What said 否 of them is taken back on their own row alone, and what that row alone showed answered there.
    """
    if not AboutParameters.of(record.open_asks, structure_of(record.now)).elsewhere:
        return False
    if entry is None or not stored_since(entry, record.now):
        return False
    return not any(f.severity is not Severity.NOTE for f in asked_of(ruleset, entry).findings)
