"""Drafts as a headline tells them: which may be declared as they stand, and what the others lack."""

from __future__ import annotations

from vinbatch.lifecycle.missing import DRAFT, NOT_DECLARED, STILL_DRAFT
from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.model import STRUCTURE, VEHICLE, Act, Judged, Outcome, Place, Severity, Verdict
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset


class Drafts(Noun, frozen=True):
    """Rows saved as drafts that one `act` declares; `lacks` is "values", "answers" (open asks), or ""."""

    sheet: str
    act: str
    lacks: str
    rows: tuple[int, ...]


def drafts(outcome: Outcome, ruleset: Ruleset) -> tuple[Drafts, ...]:
    """The saved rows of an outcome by what they lack, the worst first; parameters stored for a draft too."""
    lacking = _lacking(outcome, ruleset)
    asked = {f.place for f in outcome.findings if f.severity is Severity.ASK}
    found: dict[tuple[str, str, str], list[int]] = {}
    for judged in outcome.rows:
        place = judged.row.place
        lacks = "values" if place in lacking else "answers" if place in asked else ""
        if judged.verdict is Verdict.SAVED or (judged.verdict is Verdict.STORED and lacks == "values"):
            found.setdefault((lacks, judged.row.sheet, _opens(judged)), []).append(judged.row.number)
    order = ("values", "answers", "")
    places = sorted(found, key=lambda key: (order.index(key[0]), key[1] != STRUCTURE, key[2]))
    return tuple(Drafts(sheet, act, lacks, tuple(found[lacks, sheet, act])) for lacks, sheet, act in places)


def _lacking(outcome: Outcome, ruleset: Ruleset) -> set[Place]:
    """Rows that lack a value; a vehicle lacks what its parameters lack."""
    found = {f.place for f in outcome.findings if f.code.endswith(DRAFT)}
    if not any(sheet == STRUCTURE for sheet, _ in found):
        return found
    column = {sheet: ruleset.index(sheet)["structure_no"] for sheet in (VEHICLE, STRUCTURE)}
    rows = [(j.row.sheet, j.row.number, j.row.values[column[j.row.sheet]]) for j in outcome.rows]
    short = {name for sheet, row, name in rows if sheet == STRUCTURE and (sheet, row) in found}
    return found | {(sheet, row) for sheet, row, name in rows if sheet == VEHICLE and name in short}


def lacking(outcome: Outcome, ruleset: Ruleset) -> int:
    """How many vehicles were saved that cannot be declared as they stand."""
    return sum(len(d.rows) for d in drafts(outcome, ruleset) if d.sheet == VEHICLE and d.lacks == "values")


def dropped_rows(outcome: Outcome) -> list[int]:
    """Rows whose draft is gone while the vehicle stays on record, as it stood before."""
    return [change.row for change in outcome.records if change.kind == "dropped"]


def deleted_sets(outcome: Outcome, ruleset: Ruleset) -> int:
    """How many parameter sets went with their vehicles and have no row here that says so."""
    column = ruleset.index(STRUCTURE)["structure_no"]
    told = {
        j.row.values[column]
        for j in outcome.rows
        if j.row.sheet == STRUCTURE and j.verdict is Verdict.DELETED
    }
    return sum(entry.kind == "deleted" and entry.number not in told for entry in outcome.entries)


def undeclared_rows(outcome: Outcome) -> list[int]:
    """Rows that asked for nothing new while their record is still to be declared."""
    return [row for rows in undeclared(outcome).values() for row in rows]


def undeclared(outcome: Outcome) -> dict[tuple[str, str], list[int]]:
    """The same by the act that declares them, and by what they lack for it, as of `Drafts`."""
    lacks = {f.row: "answers" for f in outcome.findings if f.code == TO_VERIFY}
    short = (f for f in outcome.findings if f.code.endswith(DRAFT) and f.code != STILL_DRAFT)
    lacks |= {f.row: "values" for f in short if f.sheet == VEHICLE}
    found: dict[tuple[str, str], list[int]] = {}
    for f in outcome.findings:
        if f.code in (NOT_DECLARED, STILL_DRAFT) and f.sheet == VEHICLE:
            act = str(dict(f.params).get("act", "")).removeprefix("@act.") or Act.DECLARE.value
            found.setdefault((act, lacks.get(f.row, "")), []).append(f.row)
    return found


def _opens(judged: Judged) -> str:
    """The act that declares a draft; none of parameters, which wait with their vehicles."""
    if judged.row.sheet == STRUCTURE:
        return ""
    return Act.CHANGE if judged.act is Act.SAVE_CHANGE else Act.DECLARE
