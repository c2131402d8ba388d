"""What the checks say of a parameter set, and what is asked of one that lies in the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vinbatch.checks import across
from vinbatch.checks.parameters import structure_findings
from vinbatch.lifecycle.asks import Asked, Before, release, unanswered
from vinbatch.model import STRUCTURE, Entry, Finding, Value
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


def before_of(entry: Entry) -> Before:
    """What was asked of parameters when they were stored."""
    return Before(STRUCTURE, entry.asked, entry.batch)
