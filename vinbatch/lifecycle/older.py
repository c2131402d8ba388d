"""Rows of an older result: they say what they said in it, and a later batch has refused them again since.

There they wait, and there they are gone on with: worked here they would take the edits of the later batch out
of sight, or be declared without them. A result of which nothing was edited since is no older one: its rows
are decided anew, since rules or catalogue may have been mended.
"""

from __future__ import annotations

from collections.abc import Iterable

from vinbatch.lifecycle.marks import row_values, untouched
from vinbatch.lifecycle.wanted import Intent, RowCase
from vinbatch.model import OLDER, Facts, Finding, Mark, Place, Row, Verdict
from vinbatch.ruleset import Ruleset, digest_read


def older_rows(ruleset: Ruleset, facts: Facts, rows: Iterable[Row]) -> dict[Place, str]:
    """Of the rows of a workbook those that are left to a later batch, with that batch: where it has another
    content of one, all that were not edited here and wait in it.
    """
    waits = {}
    for row in rows if facts.waiting else ():
        mark = row.mark
        there = facts.waiting.get(mark.known_by) if mark is not None and not mark.revision else None
        if mark is not None and there and _as_issued(ruleset, row, mark):
            waits[row.place] = (list(there.values())[-1], mark.says in there)
    later = {batch for batch, same in waits.values() if not same}
    return {place: batch for place, (batch, _) in waits.items() if batch in later}


def _as_issued(ruleset: Ruleset, row: Row, mark: Mark) -> bool:
    return digest_read(ruleset, row) == mark.now if mark.now else untouched(ruleset, row)


def left_to_later(case: RowCase) -> Intent:
    """A vehicle row of an older result asks for nothing."""
    values, told = row_values(case.ruleset, case.row), case.finding(OLDER, batch=case.later)
    return Intent(case.row, values, verdict=Verdict.UNCHANGED, findings=(told,))


def is_older(findings: Iterable[Finding]) -> bool:
    """Whether the row with these findings is left to a later batch."""
    return any(f.code == OLDER for f in findings)
