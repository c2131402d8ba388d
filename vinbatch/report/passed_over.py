"""Lines about what nobody read, and about what was read though nobody saw it."""

from __future__ import annotations

from vinbatch.model import LIST_ANSWERED, UNREAD, Finding, Outcome
from vinbatch.report.words import listed
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible

_MOST_SHEETS = 4  # named of those that nobody read


def unread(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """Second sheets of vehicles or parameters, a line for each of the first."""
    found: dict[str, list[Finding]] = {}
    for f in outcome.findings:
        if f.code == UNREAD:
            found.setdefault(str(dict(f.params)["first"]), []).append(f)
    told = []
    for first, same in found.items():
        names = listed((f"“{visible(f.value)}”" for f in same[:_MOST_SHEETS]), ruleset)
        names += ruleset.phrase("result.more_sheets", n=len(same)) if same[_MOST_SHEETS:] else ""
        n = sum(int(str(dict(f.params)["count"])) for f in same)
        told.append(ruleset.phrase("result.unread", names=names, n=n, first=ruleset.word(first)))
    return told


def hidden(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """Rows that a filter or the like hides, a line for each sheet."""
    told = []
    for f in outcome.findings:
        if f.code == "ROWS-HIDDEN":
            params = dict(f.params)
            rows = listed(params.get("rows", ()), ruleset)
            sheet, n = ruleset.word(f"@sheet.{f.sheet}"), int(str(params["count"]))
            told.append(ruleset.phrase("result.hidden", sheet=sheet, n=n, rows=rows))
    return told


def answered(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """What somebody wrote into the list of findings, where nobody reads it."""
    told = [dict(f.params) for f in outcome.findings if f.code == LIST_ANSWERED]
    return [
        ruleset.phrase("result.answered", n=int(str(f["count"])), names=listed(f["names"], ruleset))
        for f in told
    ]
