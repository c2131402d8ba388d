"""What is wrong in the cells of a row that cannot be worked before something else is seen to.

Side by side both would be asked for: to type a value again, and to leave the row and query anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from vinbatch.lifecycle.barred import REFUSED
from vinbatch.lifecycle.refusals import WAITS
from vinbatch.model import Finding, Place, Severity
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

_ELSEWHERE = ("query", "form")  # places, as the rules call them: the row itself is of no use any more
_FIRST = (*WAITS, REFUSED, "VIN-FORGOTTEN")  # another department's vehicle before all else
_HERE = ("cell", "diff")


def with_moot(findings: Sequence[Finding], ruleset: Ruleset) -> tuple[Finding, ...]:
    """The findings; of such rows those about cells as notes that name what comes first.

    The row is refused all the same, and what stood in the cell stays told: it may be gone from the workbook.
    """
    first: dict[Place, str] = {}
    for f in findings:
        if f.row and f.severity is Severity.STOP and _comes_first(f, ruleset):
            place = f.place
            first[place] = f.code if f.code == REFUSED else first.get(place, f.code)
    if not first:
        return tuple(findings)
    return tuple(_told(f, first.get(f.place, ""), ruleset) for f in findings)


def _told(f: Finding, code: str, ruleset: Ruleset) -> Finding:
    if not code or f.severity is Severity.NOTE or f.code not in ruleset.findings:
        return f
    barred = code == REFUSED and f.code != code
    if not barred and (_comes_first(f, ruleset) or ruleset.findings[f.code].where not in _HERE):
        return f
    return replace(f, severity=Severity.NOTE, moot=f"@moot.first|{ruleset.title(code)}")


def _comes_first(f: Finding, ruleset: Ruleset) -> bool:
    rule = ruleset.findings.get(f.code)
    return f.code in _FIRST or (rule is not None and rule.where in _ELSEWHERE)
