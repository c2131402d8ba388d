"""Questions about records, batches and the catalogue; nothing here writes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from vinbatch.model import STRUCTURE, VEHICLE, Entry, Event, Finding, Origin, Place, Query, Record, Severity
from vinbatch.noun import Noun, replace
from vinbatch.store import audit, opened
from vinbatch.store.codec import entry_from, outcome_from, record_from
from vinbatch.store.conditions import conditions
from vinbatch.store.order import NEWEST_FIRST, OLDEST_FIRST
from vinbatch.store.writing import utc
from vinbatch.zipped import inflated

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Status(Noun, frozen=True):
    """What waits. `overdue` are declared VINs without an answer, oldest first, declared at `longest`.

    `clerks` are department, held and rejected vehicles, of the departments that have any.
    """

    counts: tuple[tuple[str, str, int], ...]
    held: int
    unfinished: tuple[str, ...]
    overdue: tuple[tuple[str, str], ...]
    entries: int
    clerks: tuple[tuple[str, int, int], ...] = ()
    longest: datetime | None = None


# By their day first, which the index knows.
_WORKED = "SELECT number, source_digest FROM line JOIN batch ON number = line.batch"
_FIRST_BATCH = f"{_WORKED} ORDER BY day, {OLDEST_FIRST} LIMIT 1"
_LATEST_BATCH = f"{_WORKED} ORDER BY day DESC, {NEWEST_FIRST} LIMIT 1"

# The keys of values; of the newest only: `doctor` is not to take minutes in a large home.
_NEWEST = 5000
_KEPT = {
    VEHICLE: "SELECT DISTINCT one.key FROM (SELECT body FROM record ORDER BY id DESC LIMIT ?) AS some,"
    " json_each(some.body, '$.now.data') AS one WHERE one.value IS NOT NULL",
    STRUCTURE: "SELECT DISTINCT one.key FROM (SELECT entry.body FROM shelf JOIN entry"
    " USING (number, generation, revision) ORDER BY entry.rowid DESC LIMIT ?) AS some,"
    " json_each(some.body, '$.values') AS one WHERE one.value IS NOT NULL",
}


class Queries:
    """The questions of `query`, `show`, `status` and `catalogue`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def outcome_sizes(self, batches: Iterable[str]) -> dict[str, int]:
        """The bytes that each outcome takes in the ledger."""
        return dict(
            self._db.execute(
                "SELECT number, length(outcome) FROM batch"
                " WHERE outcome IS NOT NULL AND number IN (SELECT value FROM json_each(?))",
                (json.dumps(list(batches)),),
            ).fetchall()
        )

    def records(self, query: Query, zone: ZoneInfo) -> Iterator[Record]:
        """The records that fit, in the order in which they were first declared or saved."""
        where, values = conditions(query, zone)
        sql = f"SELECT body FROM record WHERE {where} ORDER BY id"  # noqa: S608 - the conditions are our own text
        for (body,) in self._db.execute(sql, values):
            yield record_from(body)

    def answers(
        self, asked: Iterable[Query], zone: ZoneInfo, most: int
    ) -> tuple[Mapping[str, Record], list[int], bool]:
        """VIN → the records that fit any of these, in the order of the queries, the rows that fit none, and
        whether more would fit than the `most` that are given.

        Each query is asked once, and each record read once: a sheet is often filled down with one that finds
        all, or with many that find the same.
        """
        # As the overview has it: to count five million records takes seconds.
        (every,) = self._db.execute("SELECT coalesce(sum(number), 0) FROM tally").fetchone()
        known: set[int] = set()
        found: dict[str, Record] = {}
        fits: dict[Query, bool] = {}
        missed, more = [], False
        for query in asked:
            key = replace(query, row=0)
            if key not in fits:
                where, values = conditions(query, zone)
                full = more or len(known) == every  # all that is left to ask is whether it fits any
                few = "LIMIT 1" if full else f"ORDER BY id LIMIT {most + 1}"
                sql = f"SELECT id FROM record WHERE {where} {few}"  # noqa: S608 - our own text
                ids = [number for (number,) in self._db.execute(sql, values)]
                new = [number for number in ids if number not in known]
                more = more or len(known) + len(new) > most
                taken = new[: most - len(known)]
                known.update(taken)
                found.update(self._numbered(taken))
                fits[key] = bool(ids)
            if not fits[key] and query.row:
                missed.append(query.row)
        return found, missed, more

    def _numbered(self, ids: Sequence[int]) -> dict[str, Record]:
        """The records with these numbers, by VIN, in their order."""
        rows = self._db.execute(
            "SELECT vin, body FROM record WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(ids),),
        )
        return {vin: record_from(body) for vin, body in rows}

    def open_rows(self, batch: str) -> frozenset[Place] | None:
        """The rows of a batch (sheet, row) that no later one has taken over; None where that is not known."""
        return opened.rows_of(self._db, batch)

    def came_back(self, batch: str) -> Mapping[Place, str]:
        """The rows of a batch that are on no record and came in a later one → that batch."""
        return opened.later_of(self._db, batch)

    def later_than(self, batch: str, others: Iterable[str]) -> frozenset[str]:
        """Those of the other batches that were worked after this one."""
        return opened.later_than(self._db, batch, others)

    def latest(self, batches: Iterable[str]) -> str:
        """The latest of these batches and of all in which rows of theirs came back; "" for none."""
        return opened.last_of(self._db, batches)

    def last_acts(self, vins: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        """VIN → kind and batch of the last act on it."""
        return audit.last_acts(self._db, vins)

    def asks(self, records: Iterable[Record]) -> Mapping[str, tuple[Finding, ...]]:
        """VIN → the questions that its draft has open, held or saved, out of the outcomes that have them."""
        asked: dict[str, set[str]] = {}
        for record in records:
            if record.open_asks:
                asked.setdefault(record.now.batch, set()).add(record.vin)
        found: dict[str, tuple[Finding, ...]] = {}
        for batch, vins in asked.items():
            row = self._db.execute("SELECT outcome FROM batch WHERE number = ?", (batch,)).fetchone()
            if row is None or row[0] is None:
                continue
            outcome = outcome_from(inflated(row[0]))
            rows = {c.row: c.vin for c in outcome.records if c.vin in vins}
            for f in outcome.findings:
                if f.sheet == VEHICLE and f.row in rows and f.severity is Severity.ASK:
                    found[rows[f.row]] = (*found.get(rows[f.row], ()), f)
        return found

    def overdue(self, before: datetime) -> Mapping[str, int]:
        """Batch → how many of its vehicles were declared before this moment and are not answered."""
        # The sign keeps SQLite from walking all records in the order of their batches: every pass asks this.
        rows = self._db.execute(
            "SELECT batch, count(*) FROM record WHERE state = 'declared' AND declared < ? GROUP BY +batch",
            (utc(before),),
        )
        return dict(rows.fetchall())

    def history(self, vin: str) -> tuple[Event, ...]:
        """Every event of a VIN, oldest first."""
        return audit.history(self._db, vin)

    def story(self, vin: str, batches: Iterable[str] = ()) -> tuple[Event, ...]:
        """`history` with what it came with, for an auditor; `batches` are others with rows about it."""
        return audit.story(self._db, vin, batches)

    def knows_head(self, head: str) -> bool:
        """Whether a head that was printed somewhere is still one of the chain."""
        return audit.knows(self._db, head)

    def restores(self) -> tuple[Mapping[str, Any], ...]:
        """What is told of each restore of the ledger, oldest first."""
        return tuple(event.body for event in audit.restores(self._db))

    def moment(self, batch: str, kind: str, guid: str = "") -> datetime | None:
        """When an event of this kind last happened to a batch, or to its package of this guid."""
        return audit.moment(self._db, batch, kind, guid)

    def batch_events(self, batch: str) -> tuple[Event, ...]:
        """The events of a batch that are no vehicle's: worked, published, answered."""
        return audit.of_batch(self._db, batch)

    def sources(self, batches: Iterable[str]) -> Mapping[str, Origin]:
        """Where each of these batches came from, of those that are known."""
        rows = self._db.execute(
            "SELECT number, source_name, department, CASE user WHEN '' THEN owner ELSE user END, user <> ''"
            " FROM batch WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(set(batches))),),
        )
        return {
            number: Origin(name, department, who, bool(told)) for number, name, department, who, told in rows
        }

    def verify(self) -> int:
        """Checks the audit chain; the number of events."""
        return audit.verify(self._db)

    def status(self, now: datetime, overdue_days: int) -> Status:
        """Everything that `status` tells about the ledger."""
        counts = self._db.execute(
            "SELECT type, state, sum(number) FROM tally GROUP BY type, state HAVING sum(number) > 0"
        ).fetchall()
        (held,) = self._db.execute("SELECT coalesce(sum(number), 0) FROM tally WHERE held = 1").fetchone()
        unfinished = self._db.execute(
            f"SELECT number FROM batch WHERE committed = 0 ORDER BY {OLDEST_FIRST}"  # noqa: S608 - our own text
        )
        late = utc(now - timedelta(days=overdue_days))
        overdue = self._db.execute(
            "SELECT vin, batch, declared FROM record WHERE state = 'declared' AND declared < ?"
            " ORDER BY declared, id LIMIT 1000",
            (late,),
        ).fetchall()
        (entries,) = self._db.execute("SELECT count(*) FROM shelf").fetchone()
        clerks = self._db.execute(
            "SELECT department, total(held = 1), total(state = 'rejected') FROM record"
            " WHERE held = 1 OR state = 'rejected' GROUP BY department ORDER BY department"
        )
        return Status(
            tuple((t, s, n) for t, s, n in counts),
            held,
            tuple(number for (number,) in unfinished),
            tuple((v, b) for v, b, _ in overdue),
            entries,
            tuple((department, int(held), int(rejected)) for department, held, rejected in clerks),
            datetime.fromisoformat(overdue[0][2]) if overdue else None,
        )

    def open_with(self, code: str) -> tuple[str, ...]:
        """The batches with rows that wait and a finding of this code, in the order in which they came."""
        rows = self._db.execute(
            "SELECT line.batch FROM line JOIN finding_count USING (batch)"  # noqa: S608 - our own text
            " JOIN batch ON batch.number = line.batch WHERE open > 0 AND code = ?"
            f" ORDER BY {OLDEST_FIRST}",
            (code,),
        )
        return tuple(batch for (batch,) in rows)

    def outer_files(self) -> tuple[tuple[str, str], ...]:
        """The workbooks worked first and last, and the answer written last: batch and digest."""
        found = [
            self._db.execute(query).fetchone()
            for query in (
                _FIRST_BATCH,
                _LATEST_BATCH,
                "SELECT batch, digest FROM answer ORDER BY id DESC LIMIT 1",
            )
        ]
        return tuple((batch, digest) for batch, digest in filter(None, found))

    def newest_sources(self, most: int) -> tuple[str, ...]:
        """The digests of the workbooks that were worked last."""
        query = f"SELECT source_digest FROM batch WHERE committed = 1 ORDER BY {NEWEST_FIRST} LIMIT ?"  # noqa: S608 - our own text
        return tuple(digest for (digest,) in self._db.execute(query, (most,)))

    def last_batch(self) -> str:
        """The number that was given last; "" before the first."""
        found = self._db.execute(
            f"SELECT number FROM batch ORDER BY {NEWEST_FIRST} LIMIT 1"  # noqa: S608 - our own text
        ).fetchone()
        return str(found[0]) if found else ""

    def kept_keys(self) -> Mapping[str, frozenset[str]]:
        """Sheet → the keys under which the newest records and catalogue entries hold values."""
        found = {}
        for sheet, query in _KEPT.items():
            found[sheet] = frozenset(key for (key,) in self._db.execute(query, (_NEWEST,)))
        return found

    # ── the catalogue ────────────────────────────────────────────────────────────────────────────

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """The latest revisions, by number; those that begin with `prefix`."""
        rows = self._db.execute(
            "SELECT body FROM shelf JOIN entry USING (number, generation, revision)"
            " WHERE substr(number, 1, ?) = ? ORDER BY number",
            (len(prefix), prefix),
        )
        for (body,) in rows:
            yield entry_from(body)

    def revisions(self, number: str) -> tuple[Entry, ...]:
        """All revisions of a number that is on the shelf, oldest first."""
        rows = self._db.execute(
            "SELECT entry.body FROM entry JOIN shelf USING (number, generation)"
            " WHERE number = ? ORDER BY entry.revision",
            (number,),
        )
        return tuple(entry_from(body) for (body,) in rows)

    def users(self, number: str) -> int:
        """How many live records use it."""
        row = self._db.execute("SELECT live FROM usage WHERE number = ?", (number,)).fetchone()
        return int(row[0]) if row else 0
