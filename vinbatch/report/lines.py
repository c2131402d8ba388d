"""Lines through the cells of a result: what is still to be answered, and no draft keeps, they ask again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.model import (
    BARE,
    COMMENT,
    COMMENT_LEFT_ALONE,
    HEADED,
    LEFT_ALONE,
    NAMED_BY,
    STRUCTURE,
    UNANSWERING,
    VEHICLE,
    Act,
    Finding,
    Judged,
    Known,
    Outcome,
    Place,
    Record,
    Severity,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.since import vin_of
from vinbatch.ruleset import Ruleset

_CROSSED = ("ROW-STRUCK", "CELL-STRUCK", UNANSWERING)
# What is asked of a value as it was written: the result shows it as it is read, and would ask no more.
_AS_WRITTEN = ("CELL-CLEANED", "CELL-MASKED", "DATE-CELL", "DATE-OCTOBER")
# What a home may refuse of how a cell looked: a line would be asked about, and 是 would answer.
_STRICT = ("CELL-MASKED", COMMENT)
_READ_OF_BARE = ("vin", "action", "revocation_reason")
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


def refilled(judged: Judged, findings: Sequence[Finding], ruleset: Ruleset) -> frozenset[str]:
    """Cells that somebody has to fill in anew: the home refuses how they looked, or they stand below the
    heading of another column, which their values do not show.
    """
    if keeps(judged):
        return frozenset()
    told = (f for f in findings if is_open(f) and _is_strict(f, ruleset))
    return _below_others(judged, findings, ruleset).union(_to_refill(judged, f, ruleset) for f in told)


def _below_others(judged: Judged, findings: Sequence[Finding], ruleset: Ruleset) -> frozenset[str]:
    """The filled cells below other headings: once those are deleted nothing else would tell of them."""
    headed = next((f for f in findings if f.code == HEADED), None)
    if headed is None or judged.verdict is not Verdict.REFUSED:
        return frozenset()
    at = ruleset.index(headed.sheet)
    keys = {*ruleset.cells(headed)} - {NAMED_BY[headed.sheet], "confirmed"}
    return frozenset(k for k in keys if k in at and judged.row.values[at[k]] is not None)


def _to_refill(judged: Judged, found: Finding, ruleset: Ruleset) -> str:
    """Its cell, or one beside it: 是 in 核实确认 would be an answer, grey columns are not read, a revocation
    looks at three cells, and without its number a row of parameters is that of no vehicle.
    """
    at = str(dict(found.params)["at"]) if found.code == COMMENT else f"@{found.sheet}.{found.field}"
    key = at.removeprefix(f"@{found.sheet}.")
    is_read = key in ruleset.index(found.sheet) and key != "confirmed"
    if found.sheet == VEHICLE:
        return key if is_read and (judged.act not in BARE or key in _READ_OF_BARE) else "action"
    cells = zip(ruleset.index(STRUCTURE), judged.row.values, strict=True)
    filled = (k for k, value in cells if value is not None and k not in ("confirmed", NAMED_BY[STRUCTURE]))
    return key if is_read and key != NAMED_BY[STRUCTURE] else next(filled, NAMED_BY[STRUCTURE])


def _is_strict(found: Finding, ruleset: Ruleset) -> bool:
    return found.code in _STRICT and ruleset.severity(found.code) is Severity.STOP


def lines_of(
    judged: Judged, findings: Sequence[Finding], record: Record | None, ruleset: Ruleset
) -> frozenset[str]:
    """And those that were asked about as they were written, or had a comment, where nothing else would ask
    again. Who types over a cell has answered; one that cannot be read is a stop. `record` is the row's.

    A comment on a row that asks for nothing is news where the vehicle could yet be declared as it stands;
    where customs has it, a line would say that it is void.
    """
    keys = _drawn(judged, findings, ruleset)
    keys |= {key for _, key in _stood_for(judged, findings, record, ruleset)}
    return frozenset(keys - _not_drawn(judged, findings, ruleset))


def with_lines_told(outcome: Outcome, known: Known, ruleset: Ruleset) -> Outcome:
    """With what is told of comments saying where a line stands for them: the next workbook is read for it."""
    if not any(f.code in (COMMENT, COMMENT_LEFT_ALONE) for f in outcome.findings):
        return outcome
    found: dict[Place, list[Finding]] = {}
    for f in outcome.findings:
        found.setdefault(f.place, []).append(f)
    told: dict[Finding, Finding] = {}
    for judged in outcome.rows:
        sheet = judged.row.sheet
        record = known.records.get(vin_of(judged, ruleset)) if sheet == VEHICLE else None
        told |= _told_of_lines(judged, found.get((sheet, judged.row.number), ()), record, ruleset)
    return replace(outcome, findings=tuple(told.get(f, f) for f in outcome.findings))


def _told_of_lines(
    judged: Judged, findings: Sequence[Finding], record: Record | None, ruleset: Ruleset
) -> Mapping[Finding, Finding]:
    told: dict[Finding, Finding] = {}
    drawn, never = _drawn(judged, findings, ruleset), _not_drawn(judged, findings, ruleset)
    for f, key in _stood_for(judged, findings, record, ruleset):
        if key not in never:
            word = "@line.too" if key in drawn else "@line.instead"
            line = f"{word}|{ruleset.word(f'@{f.sheet}.{key}')}"
            told[f] = replace(f, params=tuple({**dict(f.params), "line": line}.items()))
    return told


def says_where_its_line_is(found: Finding) -> bool:
    """Whether it is told of a comment that has a line instead."""
    return str(dict(found.params).get("line", "")).startswith(("@line.instead", "@line.too"))


def _drawn(judged: Judged, findings: Sequence[Finding], ruleset: Ruleset) -> set[str]:
    """The lines that stand for no comment."""
    asked = () if keeps(judged) else (f for f in findings if is_open(f) and not _is_strict(f, ruleset))
    return {*crossed(findings), *(f.field for f in asked if f.code in _AS_WRITTEN)}


def _not_drawn(judged: Judged, findings: Sequence[Finding], ruleset: Ruleset) -> frozenset[str]:
    return refilled(judged, findings, ruleset).union(key for key, _ in judged.row.leftovers)


def _stood_for(
    judged: Judged, findings: Sequence[Finding], record: Record | None, ruleset: Ruleset
) -> list[tuple[Finding, str]]:
    """Comments, and the cell of each where a result, which has none, asks again what they were asked about.

    It is their own cell; where that shows nothing, or the row is meant, one that nobody has to type anew. Of
    a revocation only what names it, its act and its reason count.
    """
    due = record is not None and record.follows
    about = [f for f in findings if f.code == COMMENT_LEFT_ALONE and due]
    if not keeps(judged):
        about += [f for f in findings if f.code == COMMENT and is_open(f) and not _is_strict(f, ruleset)]
    if not about or ruleset.severity(COMMENT) is Severity.NOTE:  # a home may ask about none
        return []
    keys, left = ruleset.index(judged.row.sheet), {key for key, _ in judged.row.leftovers}
    wrong = (f for f in findings if f.severity is Severity.STOP and f.code != COMMENT)
    typed = left.union({"confirmed"}, *map(ruleset.cells, wrong))
    filled = {key for key, at in keys.items() if judged.row.values[at] is not None}
    named_by = NAMED_BY[judged.row.sheet]
    # An act is chosen anew when a row is mended; a revocation looks at two other cells alone.
    others = ("revocation_reason",) if judged.act is Act.REVOKE else (k for k in keys if k != "action")
    stand_in = next((key for key in (named_by, *others, "action") if key in filled - typed), named_by)
    own = filled | left
    if judged.act is Act.REVOKE:
        own &= {named_by, "revocation_reason"}
    return [(f, f.field if _on_its_own(f) and f.field in own else stand_in) for f in about]


def _on_its_own(commented: Finding) -> bool:
    """Whether what is asked is about the cell with the comment, and not about its row."""
    return dict(commented.params)["at"] == f"@{commented.sheet}.{commented.field}"
