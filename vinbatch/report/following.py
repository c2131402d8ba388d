"""Vehicle rows that follow their parameters: what is wrong there is one problem, however many use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vinbatch.model import PARAMETERS, STRUCTURE, VEHICLE, Finding, Outcome, Severity, Verdict
from vinbatch.noun import replace

_BY_STRUCTURE = ("STRUCTURE-REFUSED", PARAMETERS)
_IN_FORCE = "CHANGE-IN-FORCE"  # says that there is nothing to do
_OPEN = (Verdict.REFUSED, Verdict.HELD)


def follows(f: Finding) -> bool:
    """Whether it says no more than that the row's parameters, on a row of the workbook, are to be seen to."""
    return f.code in _BY_STRUCTURE and f.severity is not Severity.NOTE and f.linked > 0


def without_following(outcome: Outcome) -> Outcome:
    """The outcome with what is to be seen to, each thing once."""
    kept = (f for f in outcome.findings if not follows(f) and f.code != _IN_FORCE)
    return replace(outcome, findings=tuple(kept))


def followers(outcome: Outcome) -> Mapping[int, int]:
    """Vehicle row refused or held for its structure row alone → that row: to see to it is enough."""
    found: dict[int, int] = {}
    own: set[int] = set()
    for f in outcome.findings:
        if f.sheet == VEHICLE and f.row and f.severity is not Severity.NOTE:
            if follows(f):
                found[f.row] = f.linked
            else:
                own.add(f.row)
    open_rows = {j.row.number for j in outcome.rows if j.row.sheet == VEHICLE and j.verdict in _OPEN}
    return {row: there for row, there in found.items() if row in open_rows and row not in own}


def left_behind(outcome: Outcome) -> list[int]:
    """Those whose parameters a later batch has dealt with, of an outcome that is `still_open`."""
    there = {j.row.number for j in outcome.rows if j.row.sheet == STRUCTURE}
    return [row for row, leader in followers(outcome).items() if leader not in there]


def following(outcome: Outcome) -> Counter[Verdict]:
    """How many vehicle rows follow their parameters, by verdict."""
    rows = followers(outcome)
    judged = (j for j in outcome.rows if j.row.sheet == VEHICLE and j.row.number in rows)
    return Counter(j.verdict for j in judged)
