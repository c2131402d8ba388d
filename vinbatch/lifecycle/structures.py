"""Structure parameters: looked up, agreed, learnt and revised (semantics section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from vinbatch.lifecycle.asks import DENIED, Asked, denied, lasting, release, unanswered
from vinbatch.lifecycle.catalogued import before_of, entry_findings
from vinbatch.lifecycle.diffs import differences, shown_diff
from vinbatch.lifecycle.marks import cell, row_data, says_nothing, untouched
from vinbatch.lifecycle.row_numbers import row_numbers
from vinbatch.lifecycle.uses import Uses
from vinbatch.model import (
    MISPLACED,
    NOT_MEANT,
    OLDER,
    ROOT,
    STRUCTURE,
    Diff,
    Entry,
    Facts,
    Finding,
    Param,
    Place,
    Row,
    Severity,
    Users,
    Value,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset, data_keys, digest_row

WAITED_FOR = "STRUCTURE-WAITED"
WAITED_BY_OTHERS = "STRUCTURE-WAITED-OTHERS"


class Step(StrEnum):
    """What a structure row would do to the catalogue, were it used."""

    NOTHING = "nothing"
    LEARN = "learnt"
    REVISE = "revised"
    CONFIRM = "confirmed"


class Parameters(Noun, frozen=True):
    """A structure row; `values` are its own, merged with those that the catalogue has under its number."""

    row: Row
    number: str
    catalogued: Entry | None  # before its step
    values: Mapping[str, Value]
    coming: int = 1  # the revision that a step would give
    findings: tuple[Finding, ...] = ()
    step: Step = Step.NOTHING
    diff: tuple[Diff, ...] = ()
    open_asks: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    waits: bool = False  # a revision that is stored only once it is confirmed
    seen: bool = False  # an earlier drop of the same bytes stored it
    stale: bool = False  # another revision came since its mark was written
    gone: bool = False  # the entry that its mark is of was deleted
    repeats: bool = False  # another row has the same parameters, and counts

    @property
    def stopped(self) -> bool:
        """Whether the row is refused."""
        return _has_stop(self.findings)

    @property
    def past(self) -> bool:
        """Whether it says nothing of what a vehicle takes from the catalogue, as if it were not there."""
        return self.seen or (self.stale and not self.stopped and not self.open_asks)

    @property
    def entry(self) -> Entry | None:
        """The entry as it stands once the step is taken."""
        if self.step is Step.NOTHING:
            return self.catalogued
        revision = self.catalogued.revision if self.catalogued and self.step is Step.CONFIRM else self.coming
        before = self.catalogued.confirmed if self.catalogued and self.step is Step.CONFIRM else ()
        confirmed = tuple(dict.fromkeys((*before, *self.released)))
        return Entry(self.number, revision, self.values, confirmed, asked=lasting(self.open_asks))


class Desk(Noun, frozen=True):
    """Everything that structure rows are judged by."""

    ruleset: Ruleset
    facts: Facts
    found: Mapping[int, tuple[Finding, ...]]  # findings of the checks by Excel row
    columns: Mapping[str, int]  # of the source: which input columns its sheet has
    uses: Mapping[str, Uses]
    parameters_only: bool
    seen: Mapping[int, str]  # rows that an earlier drop of the same bytes stored → its batch
    older: Mapping[Place, str]  # rows of an older result → the batch that they are left to
    confirmed: frozenset[str]  # numbers with 核实确认=是 on any of their rows
    denied: frozenset[str]  # those with 否 on any
    department: str | None = None  # None: a command, which belongs to none

    def finding(self, row: Row, code: str, /, **params: Param) -> Finding:
        """A finding about the number of a structure row."""
        number = cell(self.ruleset, row, "structure_no")
        return self.ruleset.finding(
            code,
            sheet=STRUCTURE,
            row=row.number,
            field="structure_no",
            value=str(number or ""),
            **params,
        )


def judge_structures(desk: Desk, rows: Sequence[Row]) -> dict[int, Parameters]:
    """Every structure row by its Excel row; rows stand alone but for repeated numbers."""
    judged = {row.number: _judge(desk, row) for row in rows}
    by_number: dict[str, list[Parameters]] = {}
    for params in judged.values():
        if params.number:
            by_number.setdefault(params.number, []).append(params)
    for number, same in by_number.items():
        judged.update(_repeated(desk, number, same))
    return judged


def _repeated(desk: Desk, number: str, same: list[Parameters]) -> dict[int, Parameters]:
    """A number on several rows: equal parameters are told, different ones refuse all of them."""
    rows = [p.row.number for p in same]
    equal = all(p.values == same[0].values for p in same)
    # That one counts of which most is asked: the same value elsewhere says nothing of a crossed-out cell.
    counts = max(same, key=lambda p: len(p.open_asks)) if equal else None
    changed = {}
    if counts is not None and counts.open_asks:
        # And what else the others are asked: the catalogue keeps the questions of this one alone.
        asks = dict.fromkeys(ask for p in (counts, *same) for ask in p.open_asks)
        changed[counts.row.number] = replace(counts, open_asks=tuple(asks))
    for params in same:
        if params is counts:
            continue
        others = row_numbers(rows, params.row.number)
        code = "STRUCTURE-REPEATED" if equal else "STRUCTURE-TWICE"
        finding = desk.finding(params.row, code, number=number, rows=others)
        step = Step.NOTHING if equal else params.step
        findings = (*params.findings, finding)
        changed[params.row.number] = replace(params, findings=findings, step=step, repeats=equal)
    return changed


def _judge(desk: Desk, row: Row) -> Parameters:
    own = row_data(desk.ruleset, row)
    number = str(own.get("structure_no") or "")
    known = desk.facts.entries.get(number)
    found = desk.found.get(row.number, ())
    coming = desk.facts.next_entry_revision(number, known.revision if known else 0)
    start = Parameters(row, number, known, own, coming, found)
    if row.number in desk.seen:
        note = desk.finding(row, "ROW-ALREADY-DONE", batch=desk.seen[row.number])
        return replace(start, findings=(note,), values=known.values if known else own, seen=True)
    later = desk.older.get(row.place)
    if later and not desk.uses.get(number, Uses()).acts:
        return replace(start, findings=(desk.finding(row, OLDER, batch=later),))
    if says_nothing(desk.ruleset, row):
        cleared = row.mark is not None or cell(desk.ruleset, row, "confirmed") is not None
        return replace(start, findings=(desk.finding(row, "ROW-EMPTY"),) if cleared else ())
    if any(f.code in NOT_MEANT or f.code in MISPLACED for f in found):
        return start
    if row.marked:
        return _marked(desk, start)
    return _weigh(desk, _merged(desk, start, cleared=False))


def _marked(desk: Desk, start: Parameters) -> Parameters:
    mark = start.row.mark
    still = untouched(desk.ruleset, start.row)
    if mark is None or start.catalogued is None or mark.key != start.number:
        # The number was edited, or its entry is gone: the row is a new one.
        weighed = _weigh(desk, _merged(desk, start, cleared=False))
        # Or there is no catalogue to look into: then nobody asked for anything, as where there is one.
        idle = desk.facts.blind and still and not desk.uses.get(start.number, Uses()).acts
        gone = mark is not None and mark.key == start.number and not desk.facts.blind
        return replace(weighed, step=Step.NOTHING) if idle else replace(weighed, gone=gone)
    if mark.revision != start.catalogued.revision:
        return _stale(desk, start, start.catalogued, still=still)
    if start.row.unedited and _shows(desk, start, start.catalogued) == mark.digest:
        # The rules of today read another value from a cell that shows what is stored, and may not take that.
        same = _weigh(desk, replace(start, values=start.catalogued.values))
        if not same.stopped:
            return same
    return _weigh(desk, _merged(desk, start, cleared=not still))


def _shows(desk: Desk, start: Parameters, known: Entry) -> str:
    """The digest of a row that has what the catalogue has in every cell that this one has filled."""
    filled = {key: value for key, value in known.values.items() if key in start.values}
    return digest_row(desk.ruleset, STRUCTURE, filled)


def _stale(desk: Desk, start: Parameters, known: Entry, *, still: bool) -> Parameters:
    """A row that another revision has come after: what the catalogue has by now counts."""
    words: dict[str, Param] = {
        "number": start.number,
        "revision": str(known.revision),
        "batch": known.batch,
    }
    if not still:
        says = _merged(desk, start, cleared=True).values
        diff = differences(desk.ruleset, says, known.values, STRUCTURE)
        still = not diff  # what it asks for is in the catalogue by now
        words |= {"diff": shown_diff(desk.ruleset, diff)} if diff else {}
    code = "STRUCTURE-STALE-NOTE" if still else "STRUCTURE-STALE"
    findings = (*start.findings, desk.finding(start.row, code, **words))
    stale = replace(start, findings=findings, values=known.values, stale=True)
    if stale.stopped or not desk.uses.get(start.number, Uses()).acts:
        return stale
    confirmed = start.number in desk.confirmed
    asked = release(desk.ruleset, findings, known.values, lambda _ask: confirmed)
    if start.number in desk.denied and not confirmed:
        asked = denied(desk.ruleset, asked, STRUCTURE, start.row.number, "@drop.users")
    waits = DENIED in asked.open_asks
    return replace(stale, findings=asked.findings, open_asks=asked.open_asks, waits=waits)


def _merged(desk: Desk, start: Parameters, *, cleared: bool) -> Parameters:
    """Fill in from the catalogue: an empty cell is not stated, save on an edited row with a mark.

    There a column that the sheet has and whose cell was emptied means cleared (semantics section 2).
    """
    if start.catalogued is None:
        return start
    base = dict(start.catalogued.values)
    if cleared:
        present = {k for k in data_keys(desk.ruleset, STRUCTURE) if k in desk.columns}
        base = {k: v for k, v in base.items() if k not in present}
    merged = {**base, **start.values}
    return replace(
        start, values=merged, diff=differences(desk.ruleset, start.catalogued.values, merged, STRUCTURE)
    )


def _weigh(desk: Desk, params: Parameters) -> Parameters:
    """Findings on the merged set, the step, and what a confirmation of its number releases."""
    uses = desk.uses.get(params.number, Uses())
    row, blocked = params.row.number, dict(params.row.leftovers)
    judged = entry_findings(desk.ruleset, row, params.values, draft=uses.only_drafts, blocked=blocked)
    step, news = _step(desk, params, uses)
    confirmed = params.number in desk.confirmed
    before = frozenset(params.catalogued.confirmed if params.catalogued and step is Step.NOTHING else ())

    def confirms(ask: str) -> bool:
        return confirmed or ask in before

    asked = release(desk.ruleset, (*params.findings, *judged, *news), params.values, confirms)
    if params.catalogued is not None:
        asked = unanswered(desk.ruleset, before_of(params.catalogued), asked, params.values, row, confirms)
    if step is Step.NOTHING and set(asked.released) - before:
        step = Step.CONFIRM
    if step is not Step.NOTHING:
        asked = _awaited(desk, params, uses, asked)
    waits = step is Step.REVISE and any(f.severity is Severity.ASK for f in news) and not confirmed
    matters = step is not Step.NOTHING or bool(uses.acts)
    if matters and params.number in desk.denied and not confirmed and not _has_stop(asked.findings):
        asked = denied(desk.ruleset, asked, STRUCTURE, row, "@drop.users" if uses.rows else "@drop.row")
        waits = waits or DENIED in asked.open_asks
    of_asked = {"findings": asked.findings, "open_asks": asked.open_asks, "released": asked.released}
    return replace(params, step=step, waits=waits, **of_asked)


def _step(desk: Desk, params: Parameters, uses: Uses) -> tuple[Step, tuple[Finding, ...]]:
    """What the row would do to the catalogue, and what is told of a revision: of it first, then of others."""
    if params.number and params.catalogued is None:
        return Step.LEARN, ()
    if not params.diff:
        return Step.NOTHING, ()
    return Step.REVISE, (_revision(desk, params, uses), *_following(desk, params))


def _has_stop(findings: Collection[Finding]) -> bool:
    return any(f.severity is Severity.STOP for f in findings)


def _revision(desk: Desk, params: Parameters, uses: Uses) -> Finding:
    """A differing row revises the entry where no declared vehicle stands on it; else it must be meant."""
    users = desk.facts.users.get(params.number, Users())
    words: dict[str, Param] = {
        "number": params.number,
        "diff": shown_diff(desk.ruleset, params.diff),
    }
    refuse = desk.ruleset.settings.foreign_department == "refuse"
    if refuse and (others := _others(desk, users.drafts)):
        names = tuple(d or ROOT for d in others)
        return desk.finding(params.row, "STRUCTURE-DEPARTMENT", departments=names, **words)
    if users.firm == 0:
        return desk.finding(params.row, "STRUCTURE-REVISED", **words)
    words["count"] = str(users.firm)
    confirmed = params.number in desk.confirmed
    if desk.parameters_only or (confirmed and uses.only_changes):
        return desk.finding(params.row, "STRUCTURE-IN-USE", **words)
    rows = uses.others or tuple(row for row, _ in uses.rows)
    how = f"@revise.together|{row_numbers(rows)}" if uses.may_change else "@revise.alone"
    batch = params.catalogued.batch if params.catalogued else ""
    words["source"] = f"@entry_source.batch|{batch}" if batch else ""
    return desk.finding(params.row, "STRUCTURE-DIFFERS", how=how, **words)


def _awaited(desk: Desk, params: Parameters, uses: Uses, asked: Asked) -> Asked:
    """With notes of the held vehicles of other workbooks that this row answers for: none of them goes on by
    it alone (semantics section 2), and those of another department are left to it.
    """
    if asked.open_asks or _has_stop(asked.findings):
        return asked
    counts = Counter(desk.facts.users.get(params.number, Users()).waiting)
    counts.subtract(uses.waiting)
    waiting = +counts
    theirs = _others(desk, waiting)
    own = waiting.total() - sum(theirs.values())
    number, notes = params.number, []
    if own:
        notes.append(desk.finding(params.row, WAITED_FOR, number=number, count=str(own)))
    for d, n in theirs.items():
        words = {"number": number, "count": str(n), "department": d or ROOT}
        notes.append(desk.finding(params.row, WAITED_BY_OTHERS, **words))
    return replace(asked, findings=(*asked.findings, *notes))


def _others(desk: Desk, counts: Mapping[str, int]) -> dict[str, int]:
    """Of these counts by department those of others; for a command, which belongs to none, there are none."""
    return {d: n for d, n in sorted(counts.items()) if desk.department not in (None, d)}


def _following(desk: Desk, params: Parameters) -> list[Finding]:
    """What is said of them, here and to that department (semantics section 7)."""
    drafts = _others(desk, desk.facts.users.get(params.number, Users()).drafts)
    words = {"number": params.number}
    return [
        desk.finding(params.row, "STRUCTURE-OTHERS", department=d or ROOT, count=str(n), **words)
        for d, n in drafts.items()
    ]
