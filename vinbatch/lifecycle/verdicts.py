"""From weighed rows to verdicts, records to write, declarations and marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vinbatch.lifecycle.acts import TARGET
from vinbatch.lifecycle.bench import Weighed
from vinbatch.lifecycle.diffs import differences
from vinbatch.lifecycle.marks import kept_mark, make_mark, refused_mark, row_data, without_act
from vinbatch.lifecycle.older import is_older
from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import (
    BARE,
    COMMENT,
    DELETING,
    REASON_ALONE,
    SAYS_NO,
    VEHICLE,
    Act,
    Declaration,
    Diff,
    Facts,
    Judged,
    Param,
    Question,
    Record,
    RecordChange,
    Row,
    Severity,
    Standing,
    State,
    Type,
    Value,
    Verdict,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

# What is told of what was done with a row: of a refused one nothing was.
_NEWS = ("RECORD-REPLACED", TO_VERIFY, "CHANGE-DIFFERENCES", "CHANGE-HELD", "CHANGE-NOT-DECLARED")
# They say how to be rid of the draft that they held.
_DROPPED = (COMMENT, "VIN-REVOKED", "ROW-STRUCK", SAYS_NO)


class Decided(Noun, frozen=True):
    """One vehicle row's end: its verdict, what to write, what to declare."""

    judged: Judged
    weighed: Weighed
    changes: tuple[RecordChange, ...] = ()
    declaration: Declaration | None = None

    @property
    def acted(self) -> bool:
        """Whether anything is stored for it."""
        return bool(self.changes)


def decide_vehicle(
    ruleset: Ruleset, facts: Facts, weighed: Weighed, batch: str, now: datetime, dept: str
) -> Decided:
    """Verdict, change of record and declaration of one row."""
    intent = weighed.intent
    if weighed.stopped:
        return refused(ruleset, weighed)
    if intent.act is None:
        return _left_as_it_is(ruleset, weighed)
    if intent.act in DELETING:
        return _deleted(ruleset, facts, weighed, now)
    held = () if intent.drafting or intent.act is Act.REVOKE else weighed.open_asks
    kind, state = TARGET[intent.act]
    if held:
        state = State.DRAFT
    data = _data(ruleset, weighed)
    standing = Standing(kind, state, batch, data, _revision(weighed, state), now)
    record = _with_asks(_next_record(facts, weighed, standing, now), weighed, held)
    if intent.record is None:
        record = replace(record, department=dept)
    row = _shown_row(ruleset, intent.row, data)
    verdict = _verdict(state, held)
    old = intent.record or intent.revoked
    diff = weighed.change or _taken(ruleset, intent, data)
    change = RecordChange(
        record.vin,
        old.version if old else 0,
        verdict.value,
        record,
        VEHICLE,
        row.number,
        diff,
        weighed.released,
    )
    judged = Judged(row, verdict, intent.act, make_mark(ruleset, row, record.vin, record.revision))
    declaration = _declaration(weighed, standing, record.vin) if verdict is Verdict.DECLARED else None
    return Decided(judged, weighed, (*_replaced(facts, weighed, now), change), declaration)


def _with_asks(record: Record, weighed: Weighed, held: tuple[str, ...]) -> Record:
    """With what its draft was asked, and what of that was answered; a declaration keeps neither."""
    return replace(
        record,
        held=held,
        asked=weighed.open_asks if weighed.intent.drafting else (),
        asked_in=weighed.asked_in,
        confirmed=weighed.released if record.now.state is State.DRAFT else (),
    )


def _declaration(weighed: Weighed, standing: Standing, vin: str) -> Declaration:
    entry, row = weighed.entry, weighed.intent.row.number
    return Declaration(
        standing.type, vin, standing.data, entry, VEHICLE, row, weighed.entry_row, weighed.change
    )


def _taken(ruleset: Ruleset, intent: Intent, data: Mapping[str, Value]) -> tuple[Diff, ...]:
    """How the record changes: by the row's edits, or by the revocation of what is in force."""
    if intent.act is Act.REVOKE and intent.record is not None:
        return differences(ruleset, intent.record.now.data, data)
    return intent.diff


def refused(ruleset: Ruleset, weighed: Weighed) -> Decided:
    """A refused row keeps the mark it came with; one without gets revision 0. Nothing was saved or replaced,
    and it is not told so; what a home asks about it stays.
    """
    row = weighed.intent.row
    told = (f for f in weighed.findings if f.code not in _NEWS or f.severity is Severity.ASK)
    if weighed.intent.record is None or weighed.intent.act in BARE:
        told = (replace(f, params=_without_draft(f.params)) if f.code in _DROPPED else f for f in told)
    weighed = replace(weighed, findings=tuple(told))
    mark = refused_mark(ruleset, row, weighed.intent.vin)
    return Decided(Judged(row, Verdict.REFUSED, weighed.intent.act, mark), weighed)


def _without_draft(params: tuple[tuple[str, Param], ...]) -> tuple[tuple[str, Param], ...]:
    """Where nothing was saved there is no draft to delete: the row alone goes."""
    return tuple((name, "@drop.row" if name == "drop" else value) for name, value in params)


def _verdict(state: State, held: tuple[str, ...]) -> Verdict:
    if held:
        return Verdict.HELD
    return Verdict.SAVED if state is State.DRAFT else Verdict.DECLARED


def _data(ruleset: Ruleset, weighed: Weighed) -> Mapping[str, Value]:
    """The data of the new standing: a revocation repeats what is in force, all else drops its reason; a draft
    that is asked about it keeps it, for what is shown nowhere nobody can answer.
    """
    intent = weighed.intent
    if intent.act is Act.REVOKE and intent.record is not None:
        return {**_force(intent.record).data, "revocation_reason": intent.values.get("revocation_reason")}
    data = row_data(ruleset, intent.row)
    asked = any(Question.read(ask).code == REASON_ALONE for ask in weighed.open_asks)
    if intent.act in (Act.CHANGE, Act.SAVE_CHANGE, Act.DECLARE) and not asked:
        data.pop("revocation_reason", None)
    return data


def _force(record: Record) -> Standing:
    """What is revoked: the data that customs accepted last, not those of a change that it rejected."""
    return record.in_force or record.now


def _revision(weighed: Weighed, state: State) -> int | None:
    """A declared record keeps the catalogue revision it was declared with; a draft follows the latest."""
    if weighed.intent.act is Act.REVOKE and weighed.intent.record is not None:
        return _force(weighed.intent.record).structure_revision
    if state is State.DRAFT or weighed.entry is None:
        return None
    return weighed.entry.revision


def _next_record(facts: Facts, weighed: Weighed, standing: Standing, now: datetime) -> Record:
    intent = weighed.intent
    old = intent.record or intent.revoked
    if old is None:
        vin = intent.vin
        return Record(vin, 1, facts.next_revision(vin), standing, updated=now)
    changed = dict(old.now.data) != dict(standing.data) or intent.record is None
    # A new filing leaves the past behind it, its draft does not: dropped, the revocation stands as it did.
    kept = standing.type is not Type.FILING or standing.state is State.DRAFT
    return replace(
        old,
        version=old.version + 1,
        revision=facts.next_revision(old.vin, old.revision) if changed else old.revision,
        now=standing,
        accepted=old.accepted if kept else None,
        previous=old.previous if kept else None,
        before=_before(old, standing),
        revoked=old.revoked if kept else "",
        updated=now,
    )


def _before(old: Record, standing: Standing) -> Standing | None:
    """What a draft returns to when it is dropped: the last standing that was no such draft."""
    if standing.state is not State.DRAFT:
        return None
    if old.now.state is State.DRAFT:
        return old.before
    returns = standing.type is Type.CHANGE or not old.live
    return old.now if returns else None


def _replaced(facts: Facts, weighed: Weighed, now: datetime) -> tuple[RecordChange, ...]:
    """The draft under the VIN that a marked row no longer names."""
    old = weighed.intent.replaces
    if old is None:
        return ()
    return (
        RecordChange(
            old.vin, old.version, "replaced", _dropped(facts, old, now), VEHICLE, weighed.intent.row.number
        ),
    )


def _dropped(facts: Facts, record: Record, now: datetime) -> Record | None:
    """A record after its draft is deleted: what it was before, or nothing."""
    left = record.undrafted
    if left is None:
        return None
    revision = facts.next_revision(left.vin, left.revision)
    return replace(left, version=left.version + 1, revision=revision, updated=now)


def _deleted(ruleset: Ruleset, facts: Facts, weighed: Weighed, now: datetime) -> Decided:
    intent = weighed.intent
    record = intent.record
    if record is None:
        raise ValueError("the legal acts let no deletion pass without a record")
    after = _dropped(facts, record, now)
    change = RecordChange(
        record.vin, record.version, "dropped" if after else "deleted", after, VEHICLE, intent.row.number
    )
    # The row keeps a mark of the deleted revision, so that the result dropped again asks for nothing.
    row = without_act(ruleset, intent.row)
    mark = make_mark(ruleset, row, record.vin, record.revision)
    return Decided(Judged(row, Verdict.DELETED, intent.act, mark), weighed, (change,))


def _left_as_it_is(ruleset: Ruleset, weighed: Weighed) -> Decided:
    """Nothing is stored. An unmarked row gets the record's mark; a marked one keeps its own.

    One that waits in a later batch stays whole, with its act: it may be edited here and come again.
    """
    intent = weighed.intent
    if is_older(intent.findings):
        return Decided(Judged(intent.row, Verdict.UNCHANGED, None, intent.row.mark), weighed)
    row = without_act(ruleset, intent.row)
    # The ledger knows a row that waits by its mark as it came.
    own = row.mark if intent.verdict is Verdict.HELD else kept_mark(ruleset, row)
    mark = own if intent.marked else None
    if mark is None and intent.record is not None:
        mark = make_mark(ruleset, row, intent.vin, intent.record.revision)
    return Decided(Judged(row, intent.verdict or Verdict.UNCHANGED, None, mark), weighed)


def _shown_row(ruleset: Ruleset, row: Row, data: Mapping[str, Value]) -> Row:
    """The row as the result shows it: the data that now stands, and no act to do again."""
    return replace(row, values=tuple(map(data.get, ruleset.index(row.sheet))), leftovers=())


def seen_row(ruleset: Ruleset, weighed: Weighed, record: Record | None) -> Decided:
    """A row that an earlier drop of the same bytes acted on: 无变化, whatever happened to the record since.

    Its mark is one that no later drop can mistake for a new row: untouched it asks for nothing.
    """
    row = without_act(ruleset, weighed.intent.row)
    mark = kept_mark(ruleset, row) if weighed.intent.marked else None
    if mark is None:
        revision = 1
        if record is not None:
            same = dict(record.now.data) == row_data(ruleset, row)
            revision = record.revision if same else max(1, record.revision - 1)
        mark = make_mark(ruleset, row, weighed.intent.vin, revision)
    return Decided(Judged(row, Verdict.UNCHANGED, None, mark), weighed)
