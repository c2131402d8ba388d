"""The ledger: batches, records, catalogue, packages, events, in one SQLite file on a local disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Entry, Facts, Outcome, Package, Record, Source
from vinbatch.paths import is_there
from vinbatch.store import (
    answers,
    audit,
    commits,
    deliveries,
    facts,
    forgotten,
    hooks,
    mails,
    packages,
    placing,
    queries,
    replies,
    taking,
)
from vinbatch.store.codec import outcome_from
from vinbatch.store.commits import Law
from vinbatch.store.disk import is_full, require_local
from vinbatch.store.looking import (
    BUSY_SECONDS,
    FAILURES,
    closed_on_failure,
    code_of,
    damage,
    held,
    is_damage,
    look_at,
)
from vinbatch.store.migrating import migrate, refuse_newer, statements
from vinbatch.store.schema import SCRIPTS
from vinbatch.store.taking import Taken
from vinbatch.store.writing import only_writer, utc
from vinbatch.zipped import inflated

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_REGAINED = "regained/"  # how the claims of batches begin that come back out of the archive
# Errors of SQLite that are bugs of ours, as is a statement that it cannot read (SQLITE_ERROR); all others are
# the disk's or the file's.
_OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError)


def _is_ours(error: sqlite3.DatabaseError) -> bool:
    return not is_damage(error) and (isinstance(error, _OURS) or code_of(error) == sqlite3.SQLITE_ERROR)


class Ledger:
    """An open ledger. Use as a context manager; writers hold the home's lock.

    A disk that is full or failing while it is open ends as AccessError: nothing half done is kept.
    """

    def __init__(self, db: sqlite3.Connection, place: str = "ledger", *, mailing: bool = False) -> None:
        self.db = db
        self.place = place
        self.mailing = mailing  # whether anybody is to be told by mail; without, nothing piles up
        self._last: Mapping[str, Outcome] = {}  # what was committed last: its answers are due next

    @classmethod
    def open(cls, path: Path, *, create: bool = False, mailing: bool = False) -> Ledger:
        """Open for writing; WAL, synchronous FULL. AccessError where it is not there, ours, or local."""
        require_local(path.parent)
        if not create and not is_there(path):
            raise AccessError("ledger.none", at=str(path))
        try:
            db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            with closed_on_failure(db):
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA cache_size = -32768")  # KB: a chunk is committed without spilling
                db.execute("PRAGMA foreign_keys = ON")
                migrate(db)
                refuse_newer(db, path)  # after it: meanwhile a newer program may have had its turn
        except FAILURES as e:
            if is_full(path.parent):
                raise AccessError("ledger.full", at=str(path)) from e
            unopened = AccessError("ledger.unopened", at=str(path), said=str(e))
            raise damage(e, str(path)) or held(e, str(path)) or unopened from e
        return cls(db, str(path), mailing=mailing)

    @classmethod
    def read_only(cls, path: Path, *, traceless: bool = False, made: bool = False) -> Ledger:
        """Open for looking: nothing is changed, and nothing is left behind. `traceless` as of `look_at`;
        `made`: an empty file is none, and not one in which nothing was kept yet.
        """
        if not is_there(path):
            raise AccessError("ledger.none", at=str(path))
        db = look_at(path, traceless=traceless)
        if db is None and made:
            raise AccessError("backup.none", at=str(path))
        return cls.empty() if db is None else cls(db, str(path))

    @classmethod
    def empty(cls) -> Ledger:
        """A ledger in memory that knows nothing: for looking at a home where nothing was worked yet."""
        db = sqlite3.connect(":memory:", isolation_level=None)
        for statement in statements("".join(SCRIPTS)):
            db.execute(statement)
        return cls(db)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError) and not _is_ours(error):
            raise self._failed(error) from error
        if error and (broken := damage(error, self.place)):
            raise broken from error

    def close(self) -> None:
        """Close it; the last writer folds the WAL into the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and the write lock from the start. AccessError where the disk does not take it.

        Within another one it is a part of that.
        """
        within = self.db.in_transaction
        if within:
            yield self.db
            return
        try:
            with only_writer(self.db):
                yield self.db
        except sqlite3.DatabaseError as e:
            if _is_ours(e):
                raise
            raise self._failed(e) from e

    def _failed(self, error: sqlite3.DatabaseError) -> AccessError:
        known = damage(error, self.place) or held(error, self.place)
        return known or AccessError("ledger.failed", at=self.place, said=str(error))

    def sort_in_memory(self) -> None:
        """What is too much for SQLite's cache goes into no temporary file."""
        self.db.execute("PRAGMA temp_store = MEMORY")

    def check_pages(self) -> None:
        """AccessError where the file is damaged, also in places that nothing has read yet."""
        (said,) = self.db.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise AccessError("ledger.damaged", at=self.place, said=" ".join(said.split()))

    # ── batches ──────────────────────────────────────────────────────────────────────────────────

    def trying(self, batches: Sequence[str]) -> None:
        """These are about to be judged: if the pass dies over it, the next one knows which they were."""
        with self.transaction() as db:
            db.executemany("UPDATE batch SET tries = tries + 1 WHERE number = ?", [(b,) for b in batches])

    def take(self, source: Source, claim: str, now: datetime, site: str, zone: ZoneInfo) -> Taken:
        """Reserve the next batch number for a claimed file; the same claim gets the same batch again."""
        return self.take_all([(source, claim)], now, site, zone)[0]

    def take_all(
        self, claimed: Sequence[tuple[Source, str]], now: datetime, site: str, zone: ZoneInfo
    ) -> list[Taken]:
        """The same for each of these files and its claim, in one transaction."""
        day = f"{site}-{now.astimezone(zone):%Y%m%d}"
        with self.transaction() as db:
            return [taking.take(db, source, claim, now, day) for source, claim in claimed]

    def readmit(self, source: Source, number: str, taken: datetime) -> None:
        """A batch that was committed once, and forgotten by a restore, under its own number."""
        told = source.department, source.owner, source.user, source.name, source.digest
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO batch"
                " (number, claim, taken, department, owner, user, source_name, source_digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, f"{_REGAINED}{number}", utc(taken), *told),
            )

    def abandon(self, claim: str, *, whole: bool = True) -> None:
        """Forget what was reserved for this claim and never worked; its number is not used again.

        With `whole` False, for every claim that begins so.
        """
        where = "claim = :claim" if whole else "substr(claim, 1, length(:claim)) = :claim"
        told = {"claim": claim}
        query = f"DELETE FROM batch WHERE committed = 0 AND {where}"  # noqa: S608 - our own text
        if self.db.execute(f"SELECT 1 FROM batch WHERE committed = 0 AND {where}", told).fetchone():  # noqa: S608 - our own text
            with self.transaction() as db:
                db.execute(query, told)

    def abandon_lost(self, kept: Collection[str]) -> None:
        """The same for every claim of a file that is not among these: a person took it away."""
        open_ = self.db.execute("SELECT claim FROM batch WHERE committed = 0").fetchall()
        for (claim,) in open_:
            if claim not in kept and not claim.startswith(_REGAINED):
                self.abandon(claim)

    def commit(
        self,
        outcomes: Sequence[tuple[Outcome, Sequence[Package]]],
        law: Law,
        prepared: Mapping[str, commits.Prepared] = MappingProxyType({}),
    ) -> None:
        """One transaction: records, catalogue, events, outcomes, packages to publish, answers due.

        StaleError where a record or entry is not what the outcome was decided on: our bug, as the home's
        lock keeps others out. `law` is what they were decided by, for the audit; `prepared` what workers
        made ready of them already, by batch.
        """
        with self.transaction() as db:
            for outcome, made in outcomes:
                ready = prepared.get(outcome.batch) or commits.prepare(outcome, made, law)
                commits.write(db, outcome, made, ready)
                if self.mailing:
                    mails.worked(db, outcome)
            # Their own answers, due now, are made from all of this.
            db.executemany("DELETE FROM renewal WHERE batch = ?", [(o.batch,) for o, _ in outcomes])
        self._last = {outcome.batch: outcome for outcome, _ in outcomes}

    def outcome(self, batch: str) -> Outcome:
        """The stored outcome, whole."""
        if batch in self._last:
            return self._last[batch]
        return outcome_from(inflated(self.stored_outcome(batch)))

    def stored_outcome(self, batch: str) -> bytes:
        """The same as it is kept, for others to unpack."""
        row = self.db.execute("SELECT outcome FROM batch WHERE number = ?", (batch,)).fetchone()
        if row is None or row[0] is None:
            raise UsageError("ledger.no_batch", at=batch)
        return bytes(row[0])

    def unknown(self, batches: Sequence[str]) -> tuple[str, ...]:
        """Those of these batches that it does not know."""
        known = {number for (number,) in self.db.execute("SELECT number FROM batch")}
        return tuple(b for b in batches if b not in known)

    def results_only(self) -> tuple[str, ...]:
        """Batches of which restores found nothing but a result in reports/, as far as still unknown."""
        told = {batch for event in self.queries.restores() for batch in event.get("results_only", ())}
        return self.unknown(sorted(told)) if told else ()

    def go_on_above(self, found: Mapping[str, Collection[int]]) -> None:
        """Batch numbers of these days begin above these, as far as they can be believed."""
        with self.transaction() as db:
            taking.go_on_above(db, found)

    def revise_above(self, now: datetime) -> int:
        """Revisions begin above all that the ledger forgot: with the digits of this moment, to the second.

        The lowest that may be given from now on.

        No count would do: two restores from one backup would give the same revisions to other data.
        """
        moment = int(f"{now.astimezone(UTC):%y%m%d%H%M%S}")
        with self.transaction() as db:
            floor = max(moment, facts.floor_of(db) + 1)
            db.execute("INSERT INTO revision_floor VALUES (?)", (floor,))
        return floor

    def note(self, kind: str, now: datetime, told: Mapping[str, object]) -> None:
        """An event about the ledger itself."""
        with self.transaction() as db:
            audit.append(db, [("", "", {"time": utc(now), "kind": kind, **told})])

    # ── what others ask ──────────────────────────────────────────────────────────────────────────

    def facts(
        self, vins: Sequence[str], numbers: Sequence[str], digests: Sequence[str], marks: Sequence[str] = ()
    ) -> Facts:
        """Everything a chunk of readings is decided by, in one look-up."""
        return facts.look_up(self.db, vins, numbers, digests, marks)

    def records(self, vins: Sequence[str]) -> Mapping[str, Record]:
        """The records of these VINs, as they stand."""
        return facts.records(self.db, vins)

    def entries(self, numbers: Sequence[str]) -> Mapping[str, Entry]:
        """The latest revisions of these numbers."""
        return facts.entries(self.db, numbers)

    def head(self) -> str:
        """The head of the audit chain."""
        return audit.head(self.db)

    @property
    def answers(self) -> answers.Answers:
        """The answers to batches: which are due, and every version of each."""
        return answers.Answers(self)

    @property
    def packages(self) -> packages.Packages:
        """The packages and where they stand."""
        return packages.Packages(self)

    @property
    def forgotten(self) -> forgotten.Forgettings:
        """The packages that a restored ledger does not know."""
        return forgotten.Forgettings(self)

    @property
    def placing(self) -> placing.Placing:
        """What lies in reports/ and is ours."""
        return placing.Placing(self)

    @property
    def hooks(self) -> hooks.Hooks:
        """What after_batch has still to be run for."""
        return hooks.Hooks(self)

    @property
    def replies(self) -> replies.Replies:
        """What customs answered."""
        return replies.Replies(self)

    @property
    def mails(self) -> mails.Mails:
        """What is to be mailed, and what became of it."""
        return mails.Mails(self)

    @property
    def deliveries(self) -> deliveries.Deliveries:
        """Letters on their way."""
        return deliveries.Deliveries(self)

    @property
    def queries(self) -> queries.Queries:
        """Questions about records and batches."""
        return queries.Queries(self.db)
