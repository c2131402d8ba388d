"""What becomes of structure rows once the vehicle rows are decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.marks import kept_mark, make_mark, refused_mark, without_act
from vinbatch.lifecycle.structures import WAITED_BY_OTHERS, WAITED_FOR, Parameters, Step
from vinbatch.lifecycle.verdicts import Decided
from vinbatch.model import (
    STRUCTURE,
    Act,
    Entry,
    EntryChange,
    Finding,
    Judged,
    Row,
    Severity,
    Verdict,
    structure_of,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

_NEWS = ("STRUCTURE-REVISED", "STRUCTURE-OTHERS", WAITED_FOR, WAITED_BY_OTHERS)  # of what is stored


class Shelved(Noun, frozen=True):
    """One structure row's end."""

    judged: Judged
    findings: tuple[Finding, ...] = ()
    changes: tuple[EntryChange, ...] = ()

    def withdrawn(self, ruleset: Ruleset, rows: tuple[str, ...]) -> Shelved:
        """The same row when the whole workbook is kept back."""
        row = self.judged.row
        if self.judged.verdict is Verdict.DELETED:
            return replace(self, judged=replace(self.judged, verdict=Verdict.UNCHANGED))
        if not self.changes:
            return self
        finding = ruleset.finding(
            "BATCH-INCOMPLETE", sheet=STRUCTURE, row=row.number, field="structure_no", rows=rows
        )
        mark = refused_mark(ruleset, row, self.judged.mark.key if self.judged.mark else "")
        judged = Judged(row, Verdict.REFUSED, None, mark)
        return replace(self, judged=judged, findings=(*_not_revised(self.findings), finding), changes=())


def shelve(
    ruleset: Ruleset,
    parameters: Mapping[int, Parameters],
    decided: Sequence[Decided],
    *,
    alone: bool,
) -> list[Shelved]:
    """Verdicts and catalogue changes of the structure rows. `alone`: the workbook holds parameters only."""
    used = {
        s.weighed.intent.structure_no
        for s in decided
        if s.judged.verdict in (Verdict.DECLARED, Verdict.SAVED, Verdict.HELD) and s.acted
    }
    waiting = {s.weighed.intent.structure_no for s in decided if s.judged.verdict is Verdict.HELD}
    gone = set(_left_by_all(decided))
    return [
        _gone(ruleset, p, p.catalogued)
        if p.catalogued and p.number in gone
        else _row(ruleset, p, p.number in used or alone or (p.waits and p.number in waiting))
        for p in parameters.values()
    ]


def _gone(ruleset: Ruleset, params: Parameters, known: Entry) -> Shelved:
    """The entry is deleted with its vehicles: what the row says of it matters no more."""
    row = without_act(ruleset, params.row)
    mark = params.row.mark or make_mark(ruleset, row, params.number, known.revision)
    return Shelved(Judged(row, Verdict.DELETED, None, mark))


def _row(ruleset: Ruleset, params: Parameters, stored: bool) -> Shelved:
    row = params.row
    if params.stopped:
        return Shelved(_as_it_came(ruleset, params, Verdict.REFUSED), _not_revised(params.findings))
    entry = params.entry
    acts = params.step is not Step.NOTHING and not params.waits and (stored or params.step is Step.CONFIRM)
    if not acts or entry is None:
        return _kept(ruleset, params, stored)
    change = EntryChange(
        params.number,
        params.catalogued.revision if params.catalogued else 0,
        params.step.value,
        entry,
        STRUCTURE,
        row.number,
        params.diff,
        params.released,
    )
    shown = _merged_row(ruleset, params)
    verdict = Verdict.HELD if params.open_asks else Verdict.STORED
    mark = make_mark(ruleset, shown, params.number, entry.revision)
    return Shelved(Judged(shown, verdict, None, mark), params.findings, (change,))


def _kept(ruleset: Ruleset, params: Parameters, stored: bool) -> Shelved:
    """Nothing is stored: it agrees, waits for a confirmation, or no vehicle uses it."""
    row, entry = params.row, params.catalogued
    findings = _not_revised(params.findings)
    if params.waits and stored:
        return Shelved(_as_it_came(ruleset, params, Verdict.HELD), findings)
    if params.step is not Step.NOTHING:
        code, number = "STRUCTURE-DELETED" if params.gone else "STRUCTURE-UNUSED", params.number
        note = ruleset.finding(code, sheet=STRUCTURE, row=row.number, field="structure_no", number=number)
        return Shelved(_as_it_came(ruleset, params, Verdict.UNCHANGED), (*findings, note))
    if entry is None:
        return Shelved(_as_it_came(ruleset, params, Verdict.UNCHANGED), findings)
    verdict = Verdict.HELD if params.open_asks else Verdict.UNCHANGED
    own = (row.mark if verdict is Verdict.HELD else kept_mark(ruleset, row)) if row.marked else None
    shown = without_act(ruleset, row) if own else _merged_row(ruleset, params)
    mark = own or make_mark(ruleset, shown, params.number, entry.revision)
    return Shelved(Judged(shown, verdict, None, mark), findings)


def _as_it_came(ruleset: Ruleset, params: Parameters, verdict: Verdict) -> Judged:
    """The row with the mark that it came with, else one that is of no entry."""
    row = params.row
    return Judged(row, verdict, None, refused_mark(ruleset, row, params.number))


def _not_revised(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without the news of a revision, where there came none of it. A home may ask about it: that stays."""
    return tuple(f for f in findings if f.code not in _NEWS or f.severity is Severity.ASK)


def _merged_row(ruleset: Ruleset, params: Parameters) -> Row:
    """The row with what the catalogue filled in, and no confirmation to give again."""
    index = ruleset.index(STRUCTURE)
    values = list(map(params.values.get, index))
    values[index["confirmed"]] = None
    return replace(params.row, values=tuple(values), leftovers=())


def removed_entries(decided: Sequence[Decided], entries: Mapping[str, int]) -> tuple[EntryChange, ...]:
    """One removal per number whose last users are deleted."""
    return tuple(
        EntryChange(number, entries[number], "deleted", None, row.sheet, row.number)
        for number, row in _left_by_all(decided).items()
        if number in entries
    )


def _left_by_all(decided: Sequence[Decided]) -> dict[str, Row]:
    """The numbers that 删除含结构参数 takes along → the first row that asked for it."""
    out: dict[str, Row] = {}
    for s in decided:
        intent = s.weighed.intent
        if intent.act is Act.DELETE_ALL and s.acted and intent.record is not None:
            out.setdefault(structure_of(intent.record.now), intent.row)
    return out
