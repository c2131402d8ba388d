"""decide: a reading, facts and the time → an outcome. Cheap, in order of arrival, nothing looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from vinbatch.lifecycle.acts import acts_on, closed_to
from vinbatch.lifecycle.asks import NO, YES
from vinbatch.lifecycle.barred import left_to_its_own
from vinbatch.lifecycle.bench import Bench, Weighed, finding_on
from vinbatch.lifecycle.catalogued import awaits_answer
from vinbatch.lifecycle.contents import weigh_vehicles
from vinbatch.lifecycle.forgotten import forgotten_intent
from vinbatch.lifecycle.identity import marks_of
from vinbatch.lifecycle.intent import read_intent
from vinbatch.lifecycle.marks import cell, refused_mark, row_values, says_nothing, untouched
from vinbatch.lifecycle.older import older_rows
from vinbatch.lifecycle.removal import with_structures
from vinbatch.lifecycle.row_numbers import row_numbers
from vinbatch.lifecycle.shelf import Shelved, removed_entries, shelve
from vinbatch.lifecycle.structures import Desk, Parameters, judge_structures
from vinbatch.lifecycle.twice import BESIDE, TWICE, told_twice
from vinbatch.lifecycle.uses import Uses
from vinbatch.lifecycle.verdicts import Decided, decide_vehicle, refused, seen_row
from vinbatch.lifecycle.wanted import Intent, RowCase
from vinbatch.model import (
    COUNTRY,
    NAMED_BY,
    STRUCTURE,
    UNANSWERING,
    VEHICLE,
    Act,
    EntryChange,
    Facts,
    Finding,
    Judged,
    Outcome,
    Param,
    Place,
    Reading,
    Row,
    Verdict,
    denied_numbers,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset


class Case(Noun, frozen=True):
    """One workbook on the table."""

    reading: Reading
    facts: Facts
    ruleset: Ruleset
    batch: str
    now: datetime

    @property
    def department(self) -> str | None:
        """Whose workbook it is; None of a command, which belongs to none."""
        return None if self.reading.source.user else self.reading.source.department

    def rows(self, sheet: str) -> tuple[Row, ...]:
        """The data rows of a sheet."""
        return tuple(r for r in self.reading.rows if r.sheet == sheet)

    def found(self, sheet: str) -> dict[int, tuple[Finding, ...]]:
        """What the checks found, by row."""
        out: dict[int, list[Finding]] = {}
        for f in self.reading.findings:
            if f.sheet == sheet and f.row:
                out.setdefault(f.row, []).append(f)
        return {row: tuple(found) for row, found in out.items()}

    def doubtful(self, sheet: str) -> frozenset[int]:
        """Rows whose 核实确认 answers nothing."""
        return frozenset(f.row for f in self.reading.findings if f.sheet == sheet and f.code == UNANSWERING)

    def seen(self, sheet: str) -> dict[int, str]:
        """Rows that an earlier drop of the same bytes acted on → its batch."""
        seen = self.facts.seen.get(self.reading.source.digest, {})
        return {row: batch for (where, row), batch in seen.items() if where == sheet}


def decide(reading: Reading, facts: Facts, ruleset: Ruleset, batch: str, now: datetime) -> Outcome:
    """Judge every row of one workbook. Rows in are rows out, each with one verdict."""
    case = Case(reading, facts, ruleset, batch, now)
    whole = tuple(f for f in reading.findings if not f.row or f.sheet not in (VEHICLE, STRUCTURE))
    if reading.refused:
        return _refuse_all(case)
    answered = _numbers_that_say(case, YES) | _mended_numbers(case)
    older = older_rows(ruleset, facts, reading.rows)
    intents = _intents(case, answered, older)
    too_many = _too_many(case, intents)
    if too_many:
        return _refuse_all(case, too_many)
    parameters = _parameters(case, intents, older)
    weighed = weigh_vehicles(_bench(case, parameters, answered), intents)
    weighed = with_structures(ruleset, facts, weighed)
    decided = [_decided(case, w) for w in weighed]
    shelved = shelve(ruleset, parameters, decided, alone=not case.rows(VEHICLE))
    if ruleset.settings.all_or_nothing:
        decided, shelved = _all_or_nothing(case, decided, shelved)
    return _outcome(case, whole, decided, shelved)


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def _intents(case: Case, answered: frozenset[str], older: Mapping[Place, str]) -> list[Intent]:
    rows = case.rows(VEHICLE)
    index = case.ruleset.index(VEHICLE)
    vins = {r.number: str(r.values[index["vin"]] or "") for r in rows}
    columns = case.reading.columns.get(VEHICLE, {})
    seen = case.seen(VEHICLE)
    counts = Counter(vins.values())
    marks = marks_of(rows, vins)
    doubtful = case.doubtful(VEHICLE)
    twice = _twice(case, rows, vins)
    whole = case.ruleset, case.facts, case.reading.source
    cases = (
        RowCase(
            *whole, row, columns, answered, counts, marks, row.number in doubtful, older.get(row.place, "")
        )
        for row in rows
    )
    return [_intent(one, seen, twice) for one in cases]


def _intent(case: RowCase, seen: Mapping[int, str], twice: Mapping[int, dict[str, Param]]) -> Intent:
    """What a row asks for. Refused: its vehicle is in a forgotten package; nothing: it was done before."""
    row = case.row
    lost = forgotten_intent(case)
    if lost is not None:
        return lost
    if row.number in seen:
        note = case.finding("ROW-ALREADY-DONE", batch=seen[row.number])
        return Intent(row, row_values(case.ruleset, row), verdict=Verdict.UNCHANGED, findings=(note,))
    intent = read_intent(case)
    if row.number not in twice:
        return intent
    told = tuple(f for f in intent.findings if f.code not in BESIDE)
    return replace(intent, findings=(*told, case.finding(TWICE, **twice[row.number])))


def _twice(case: Case, rows: Sequence[Row], vins: Mapping[int, str]) -> dict[int, dict[str, Param]]:
    by_vin: dict[str, list[Row]] = {}
    for row in rows:
        if vins[row.number]:
            by_vin.setdefault(vins[row.number], []).append(row)
    found: dict[int, dict[str, Param]] = {}
    for vin, same in by_vin.items():
        if len(same) > 1:
            found |= told_twice(case.ruleset, case.facts.records.get(vin), same)
    return found


def _numbers_that_say(case: Case, word: str) -> frozenset[str]:
    """Numbers with this word in 核实确认 of any of their rows."""
    index = case.ruleset.index(STRUCTURE)
    at, number = index["confirmed"], index["structure_no"]
    rows, doubtful = case.rows(STRUCTURE), case.doubtful(STRUCTURE) if word == YES else ()
    said = (r for r in rows if r.values[at] == word and r.number not in doubtful)
    return frozenset(str(r.values[number] or "") for r in said)


def _denied_before(intents: Sequence[Intent]) -> frozenset[str]:
    """Numbers whose parameters said 否 when a draft of these rows was made: it says 是, or they wait on."""
    denied = denied_numbers(ask for i in intents for ask in i.open_asks)
    return denied & {i.structure_no for i in intents} if denied else denied


def _mended_numbers(case: Case) -> frozenset[str]:
    """Numbers whose marked row is no more what it was: who mends a doubted value need not confirm it."""
    number = case.ruleset.index(STRUCTURE)["structure_no"]
    rows = (r for r in case.rows(STRUCTURE) if r.mark is not None and not untouched(case.ruleset, r))
    return frozenset(str(r.values[number] or "") for r in rows)


def _too_many(case: Case, intents: Sequence[Intent]) -> tuple[Finding, ...]:
    """The official limit of 200 counts rows that ask for something (semantics section 4)."""
    limit = case.ruleset.settings.limits.rows
    asking = sum(1 for i in intents if _asks(case, i))
    out = []
    if asking > limit:
        out.append(case.ruleset.finding("FILE-TOO-MANY-VEHICLES", count=str(asking), limit=str(limit)))
    edited = 0
    for row in case.rows(STRUCTURE) if case.rows(VEHICLE) else ():
        still = row.marked and untouched(case.ruleset, row)
        edited += not (still or says_nothing(case.ruleset, row))
    if edited > limit:
        out.append(case.ruleset.finding("FILE-TOO-MANY-STRUCTURES", count=str(edited), limit=str(limit)))
    return tuple(out)


def _asks(case: Case, intent: Intent) -> bool:
    """Whether the row asks for something; one that a restore forgot is refused though it asks for nothing."""
    if intent.act is not None:
        return True
    if not intent.marked:
        return not says_nothing(case.ruleset, intent.row)
    return intent.verdict is Verdict.REFUSED and not untouched(case.ruleset, intent.row)


def _parameters(case: Case, intents: Sequence[Intent], older: Mapping[Place, str]) -> dict[int, Parameters]:
    uses: dict[str, list[Intent]] = {}
    for intent in intents:
        if intent.structure_no:
            uses.setdefault(intent.structure_no, []).append(intent)
    desk = Desk(
        case.ruleset,
        case.facts,
        case.found(STRUCTURE),
        case.reading.columns.get(STRUCTURE, {}),
        {number: _uses(case, same) for number, same in uses.items()},
        not case.rows(VEHICLE),
        case.seen(STRUCTURE),
        older,
        _numbers_that_say(case, YES),
        _numbers_that_say(case, NO) | _denied_before(intents),
        case.department,
    )
    return judge_structures(desk, case.rows(STRUCTURE))


def _uses(case: Case, intents: Sequence[Intent]) -> Uses:
    records = case.facts.records
    changes = (Act.CHANGE in acts_on(records.get(i.vin), i.row.mark, i.vin) for i in intents)
    own = {i.vin: records[i.vin] for i in intents if i.vin in records}
    # Those that are left to another department do not go on with this workbook: they wait as any other.
    waiting = Counter(
        record.department
        for record in own.values()
        if awaits_answer(record) and not closed_to(record, case.reading.source, case.ruleset)
    )
    return Uses(tuple((i.row.number, i.act) for i in intents), all(changes), waiting)


def _bench(case: Case, parameters: Mapping[int, Parameters], answered: frozenset[str]) -> Bench:
    first: dict[str, Parameters] = {}
    for params in parameters.values():
        if params.number and (params.stopped or not (params.repeats or params.number in first)):
            first[params.number] = params
    return Bench(
        case.ruleset,
        case.facts,
        case.now,
        case.department,
        case.found(VEHICLE),
        first,
        frozenset(str(cell(case.ruleset, row, "vin")) for row in case.rows(VEHICLE)),
        answered,
    )


def _decided(case: Case, weighed: Weighed) -> Decided:
    intent = weighed.intent
    if intent.row.number in case.seen(VEHICLE) and not intent.stopped:
        return seen_row(case.ruleset, weighed, case.facts.records.get(intent.vin))
    source = case.reading.source
    weighed = left_to_its_own(case.ruleset, case.facts, source, weighed)
    return decide_vehicle(case.ruleset, case.facts, weighed, case.batch, case.now, source.department)


def _all_or_nothing(
    case: Case, decided: Sequence[Decided], shelved: Sequence[Shelved]
) -> tuple[list[Decided], list[Shelved]]:
    """One stop or open ask keeps the whole workbook: nothing is saved or learnt."""
    rows = (*_bad(VEHICLE, decided), *_bad(STRUCTURE, shelved))
    if not rows:
        return list(decided), list(shelved)
    vehicles = []
    for s in decided:
        if not s.acted:
            vehicles.append(s)
            continue
        finding = finding_on(case.ruleset, s.weighed.intent, "BATCH-INCOMPLETE", rows=rows)
        kept = s.weighed.noted(finding)
        vehicles.append(refused(case.ruleset, kept))
    return vehicles, [s.withdrawn(case.ruleset, rows) for s in shelved]


def _bad(sheet: str, ends: Sequence[Decided | Shelved]) -> tuple[str, ...]:
    """The rows of this sheet that keep the workbook back, as a word of the rules."""
    bad = [e.judged.row.number for e in ends if e.judged.verdict in (Verdict.REFUSED, Verdict.HELD)]
    return (f"@link.{sheet}_rows|{row_numbers(bad)}",) if bad else ()


def _outcome(
    case: Case, whole: tuple[Finding, ...], decided: Sequence[Decided], shelved: Sequence[Shelved]
) -> Outcome:
    revisions = {number: entry.revision for number, entry in case.facts.entries.items()}
    findings = (*whole, *(f for s in decided for f in s.weighed.findings))
    findings += tuple(f for s in shelved for f in s.findings)
    return Outcome(
        case.batch,
        case.now,
        case.reading,
        (*(s.judged for s in decided), *(s.judged for s in shelved)),
        findings,
        tuple(c for s in decided for c in s.changes),
        (*(_dated(c, case) for s in shelved for c in s.changes), *removed_entries(decided, revisions)),
        tuple(s.declaration for s in decided if s.declaration is not None),
        _agreed(decided),
    )


def _dated(change: EntryChange, case: Case) -> EntryChange:
    if change.entry is None:
        return change
    return replace(change, entry=replace(change.entry, batch=case.batch, updated=case.now))


def _agreed(decided: Sequence[Decided]) -> tuple[tuple[str, str], ...]:
    """(WMI, country) pairs that a person confirmed: a note from then on, lest MINI hold for ever."""
    pairs = []
    for s in decided:
        entry = s.weighed.entry
        if entry is None or not s.acted:
            continue
        if any(f.released and f.code == COUNTRY for f in s.weighed.findings):
            pairs.append((s.weighed.intent.vin[:3], str(entry.values.get("country") or "")))
    return tuple(dict.fromkeys(pairs))


def _refuse_all(case: Case, more: tuple[Finding, ...] = ()) -> Outcome:
    """A file refused as a whole: every row comes back as it was, 未通过."""
    rows = []
    for row in case.reading.rows:
        key = str(cell(case.ruleset, row, NAMED_BY[row.sheet]) or "")
        rows.append(Judged(row, Verdict.REFUSED, None, refused_mark(case.ruleset, row, key)))
    findings = (*more, *case.reading.findings)
    return Outcome(case.batch, case.now, case.reading, tuple(rows), findings)
