"""What the next workbook of a pass sees: the facts with an outcome folded in.

Results are as if the workbooks of a pass had been worked one after another (semantics section 4), while
the ledger is asked once per chunk.
"""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.lifecycle.catalogued import awaits_answer
from vinbatch.model import (
    DONE,
    MOST_SAMPLED,
    Entry,
    Facts,
    Outcome,
    Place,
    Record,
    RecordChange,
    Standing,
    Users,
    Verdict,
    certificate_of,
    structure_of,
    tells_apart,
)
from vinbatch.noun import replace


def acted_rows(outcome: Outcome) -> dict[Place, str]:
    """The rows that must never be acted on again when the same bytes come back → the batch.

    Held and refused rows are decided anew; a row that was acted on by an earlier drop stays so.
    """
    return {j.row.place: outcome.batch for j in outcome.rows if j.verdict in DONE}


def after(facts: Facts, outcome: Outcome) -> Facts:
    """Facts as they stand once this outcome is committed."""
    records, gone = dict(facts.records), dict(facts.gone_vins)
    users = dict(facts.users)
    for change in outcome.records:
        _count(users, records.get(change.vin), -1)
        _write(records, gone, change)
        _count(users, change.record, +1)
    entries, taken = dict(facts.entries), dict(facts.gone_numbers)
    former = dict(facts.former)
    for entry in outcome.entries:
        _shelve(entries, former, taken, entry.number, entry.entry)
    seen = dict(facts.seen)
    digest = outcome.reading.source.digest
    if digest:
        seen[digest] = {**seen.get(digest, {}), **acted_rows(outcome)}
    return replace(
        facts,
        waiting=_waiting(facts, outcome),
        records=records,
        users=users,
        entries=entries,
        former=former,
        seen=seen,
        agreed=facts.agreed | frozenset(outcome.agreed),
        gone_vins=gone,
        gone_numbers=taken,
    )


def _waiting(facts: Facts, outcome: Outcome) -> dict[str, Mapping[str, str]]:
    """Where refused rows wait, as the ledger will have it: of a file refused as a whole none does."""
    done = {c.vin for c in outcome.records} | {e.number for e in outcome.entries}
    older = outcome.older
    waiting = {mark: has for mark, has in facts.waiting.items() if mark.rpartition("@")[0] not in done}
    for j in outcome.rows:
        mark = j.row.mark or j.mark
        if mark is None or mark.revision or j.row.place in older or not tells_apart(j.row, mark):
            continue
        before = {} if j.row.mark else waiting.get(mark.known_by, {})
        waits = j.mark if j.verdict is Verdict.REFUSED and not outcome.refused else None
        waiting[mark.known_by] = {**before, waits.says: outcome.batch} if waits else before
    return waiting


def _write(records: dict[str, Record], gone: dict[str, int], change: RecordChange) -> None:
    if change.record is None:
        old = records.pop(change.vin, None)
        if old is not None:
            gone[change.vin] = max(old.revision, gone.get(change.vin, 0))
    else:
        records[change.vin] = change.record


def _shelve(
    entries: dict[str, Entry],
    former: dict[tuple[str, int], Entry],
    gone: dict[str, int],
    number: str,
    entry: Entry | None,
) -> None:
    old = entries.get(number)
    if old is not None:
        former[(number, old.revision)] = old
    if entry is None:
        entries.pop(number, None)
        if old is not None:
            gone[number] = max(old.revision, gone.get(number, 0))
    else:
        entries[number] = entry


def _count(users: dict[str, Users], record: Record | None, by: int) -> None:
    if record is None or not record.live:
        return
    number = structure_of(record.now)
    _count_one(users, number, record.now, record, by if record.firm else 0, by)
    for other, standing in record.beside.items():
        _count_one(users, other, standing, record, by, by)
    if number and record.follows:
        old = users[number]
        waiting = by if awaits_answer(record) else 0
        users[number] = replace(
            old,
            drafts=_counted(old.drafts, record.department, by),
            waiting=_counted(old.waiting, record.department, waiting),
        )


def _counted(counts: Mapping[str, int], department: str, by: int) -> dict[str, int]:
    """The counts by department, without those that come to nothing."""
    count = counts.get(department, 0) + by
    left = {d: n for d, n in counts.items() if d != department}
    return {**left, department: count} if count > 0 else left


def _count_one(
    users: dict[str, Users], number: str, standing: Standing, record: Record, firm: int, by: int
) -> None:
    if not number:
        return
    old = users.get(number, Users())
    sample = tuple(v for v in old.sample if v != record.vin)
    certificate, holder = old.certificate, old.certificate_vin
    if by > 0:
        sample = (*sample, record.vin)[:MOST_SAMPLED]
        if not certificate:
            certificate, holder = certificate_of(standing.data), record.vin
    elif holder == record.vin:
        certificate = holder = ""
    live, firm = old.live + by, old.firm + firm
    users[number] = Users(live, firm, sample, certificate, holder, old.drafts, old.waiting)
