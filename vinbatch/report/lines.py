"""Lines through the cells of a result: what is still to be answered, and no draft keeps, they ask again."""

from __future__ import annotations

from collections.abc import Sequence

from vinbatch.model import (
    COMMENT,
    COMMENT_LEFT_ALONE,
    LEFT_ALONE,
    NAMED_BY,
    STRUCTURE,
    UNANSWERING,
    VEHICLE,
    Act,
    Finding,
    Judged,
    Record,
    Severity,
    Verdict,
)
from vinbatch.ruleset import Ruleset

_CROSSED = ("ROW-STRUCK", "CELL-STRUCK", UNANSWERING)
# What is asked of a value as it was written: the result shows it as it is read, and would ask no more.
_AS_WRITTEN = ("CELL-CLEANED", "CELL-MASKED", "DATE-CELL", "DATE-OCTOBER")
_KEPT = frozenset({(VEHICLE, Verdict.HELD), (VEHICLE, Verdict.SAVED), (STRUCTURE, Verdict.STORED)})


def keeps(judged: Judged) -> bool:
    """Whether a draft, or an entry, keeps what is asked about the row; of other rows nothing is stored."""
    return (judged.row.sheet, judged.verdict) in _KEPT


def crossed(findings: Sequence[Finding]) -> frozenset[str]:
    """Cells that stay crossed out until it is answered why they were, whatever else is wrong with them."""
    asked = (f for f in findings if f.code == LEFT_ALONE or (f.code in _CROSSED and is_open(f)))
    return frozenset(f.field for f in asked)


def is_open(asked: Finding) -> bool:
    """Whether it has no answer; so has none of a row that something else is to be seen to first."""
    return asked.severity is not Severity.NOTE or asked.moot != ""


def lines_of(
    judged: Judged, findings: Sequence[Finding], record: Record | None, ruleset: Ruleset
) -> frozenset[str]:
    """And those that were asked about as they were written, or had a comment, where nothing else would ask
    again. Who types over a cell has answered; one that cannot be read is a stop. `record` is the row's.

    A comment on a row that asks for nothing is news where the vehicle could yet be declared as it stands;
    where customs has it, a line would say that it is void.
    """
    keys = set(crossed(findings))
    due = record is not None and record.follows
    commented = [f for f in findings if f.code == COMMENT_LEFT_ALONE and due]
    if not keeps(judged):
        keys |= {f.field for f in findings if f.code in _AS_WRITTEN and is_open(f)}
        commented += [f for f in findings if f.code == COMMENT and is_open(f)]
    if commented and ruleset.severity(COMMENT) is not Severity.NOTE:  # a home may ask about none
        keys |= _commented(judged, commented, findings, ruleset)
    return frozenset(keys - dict(judged.row.leftovers).keys())


def _commented(
    judged: Judged, about: Sequence[Finding], findings: Sequence[Finding], ruleset: Ruleset
) -> set[str]:
    """Where a result, which has no comments, asks again what they were asked about.

    It is their own cell; where that shows nothing, or the row is meant, one that nobody has to type anew. Of
    a revocation only what names it, its act and its reason count.
    """
    keys, left = ruleset.index(judged.row.sheet), {key for key, _ in judged.row.leftovers}
    wrong = (f for f in findings if f.severity is Severity.STOP and f.code != COMMENT)
    typed = left.union({"confirmed"}, *map(ruleset.cells, wrong))
    filled = {key for key, at in keys.items() if judged.row.values[at] is not None}
    named_by = NAMED_BY[judged.row.sheet]
    stand_in = next((key for key in (named_by, "action", *keys) if key in filled - typed), named_by)
    own = filled | left
    if judged.act is Act.REVOKE:
        own &= {named_by, "revocation_reason"}
    return {f.field if _on_its_own(f) and f.field in own else stand_in for f in about}


def _on_its_own(commented: Finding) -> bool:
    """Whether what is asked is about the cell with the comment, and not about its row."""
    return dict(commented.params)["at"] == f"@{commented.sheet}.{commented.field}"
