"""The queue of mail: what is to be told of, and the letters that tell it.

Batches are marked as `mail_due` in the transaction that changed them, troubles are written in theirs; the one
that has the mail's lock makes letters of both (`queue`), again in one transaction. So nothing is told twice
by two letters, and nothing is forgotten. How letters go out: `store.deliveries`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vinbatch.mail_settings import Mail
from vinbatch.model import Letter, Outcome
from vinbatch.noun import Noun
from vinbatch.store.codec import encode, encoded, texts_from
from vinbatch.store.order import OLDEST_FIRST
from vinbatch.store.writing import utc
from vinbatch.zipped import deflated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinbatch.store.ledger import Ledger

LIFETIME = timedelta(days=5)  # after which a server that always says later is believed to say never
_SHOWN = timedelta(days=7)  # so long status tells of a recipient that was refused


class DueBatch(Noun, frozen=True):
    """A batch that is to be told of. `marks` is how often it was marked: what comes later stays due."""

    batch: str
    marks: int


class Thread(Noun, frozen=True):
    """What was told of a batch last: in words of ours, when, and in how many letters."""

    told: str
    at: datetime
    letters: int


class Trouble(Noun, frozen=True):
    """Something that an operator must see to: a phrase `trouble.<kind>`, and what fills it."""

    id: int
    kind: str
    batch: str
    about: Mapping[str, str]
    at: datetime


class Posted(Noun, frozen=True):
    """A letter for the queue; `message` is its Message-ID."""

    message: str
    kind: str
    batch: str
    letter: Letter
    recipients: tuple[str, ...]


class Plan(Noun, frozen=True):
    """Letters, and what is told by them or need not be told: all of it is written, or nothing."""

    letters: tuple[Posted, ...] = ()
    told: tuple[tuple[DueBatch, str], ...] = ()  # what the thread of a batch says from now on; "": as before
    troubles: tuple[int, ...] = ()


class Post(Noun, frozen=True):
    """What `status` tells: recipients that wait, since when, the last reply; and those that were refused.

    `vain` is since when the oldest of those waits that were tried and not taken: `reply` is there with it.
    `turned_away` is since when the first of the refused is. `until` is there where the settings have no mail
    server any more: so long it tells of what is left.
    """

    waiting: int = 0
    oldest: datetime | None = None
    reply: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    until: datetime | None = None
    vain: datetime | None = None
    turned_away: datetime | None = None


def trouble(db: sqlite3.Connection, kind: str, batch: str, about: Mapping[str, str], at: str) -> None:
    """Tells the operator, once; within the caller's transaction. `at` is UTC."""
    db.execute(
        "INSERT INTO trouble (kind, batch, about, at) VALUES (?, ?, ?, ?)", (kind, batch, encode(about), at)
    )


def call_off(db: sqlite3.Connection, begun: str, ended: str, at: str) -> None:
    """A trouble is over, of which the operator is told; where he was not told of it yet, of neither."""
    if not db.execute("DELETE FROM trouble WHERE kind = ?", (begun,)).rowcount:
        trouble(db, ended, "", {}, at)


def mark(db: sqlite3.Connection, batches: Iterable[str]) -> None:
    """These batches are to be told of; within the caller's transaction."""
    db.executemany("UPDATE batch SET mail_due = mail_due + 1 WHERE number = ?", [(b,) for b in batches])


def sent(db: sqlite3.Connection, batches: Iterable[str]) -> None:
    """Packages of these went out: whoever was told that they had not is to be told so."""
    db.executemany(
        "UPDATE batch SET mail_due = mail_due + 1 WHERE number = ?"
        " AND EXISTS (SELECT 1 FROM thread WHERE thread.batch = batch.number)",
        [(b,) for b in batches],
    )


def worked(db: sqlite3.Connection, outcome: Outcome) -> None:
    """A batch is to be told of, and the operator of a bug of ours; within the transaction that commits it."""
    mark(db, [outcome.batch])
    if any(f.code == "VINBATCH-FAILED" for f in outcome.findings):
        about = {"name": outcome.reading.source.name}
        trouble(db, "failed", outcome.batch, about, utc(outcome.now))


def overdue(db: sqlite3.Connection, batches: Mapping[str, int], now: datetime) -> None:
    """So many more vehicles of these batches are overdue."""
    mark(db, batches)
    for batch, n in batches.items():
        trouble(db, "overdue", batch, {"n": str(n)}, utc(now))


class Mails:
    """The mail of a ledger. All but the marks and troubles is written by the one that has the mail's lock."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._db = ledger.db

    def any(self, now: datetime) -> bool:
        """Whether there is anything to tell or to send."""
        queries = (
            "SELECT EXISTS (SELECT 1 FROM batch WHERE mail_due > 0)",
            "SELECT EXISTS (SELECT 1 FROM trouble)",
            "SELECT EXISTS (SELECT 1 FROM mailing WHERE state IN ('queued', 'sending') AND due <= ?)",
        )
        return any(self._db.execute(query, (utc(now),) * query.count("?")).fetchone()[0] for query in queries)

    def open(self) -> bool:
        """Whether a letter waits, now or for its next try."""
        query = "SELECT EXISTS (SELECT 1 FROM mailing WHERE state IN ('queued', 'sending'))"
        return bool(self._db.execute(query).fetchone()[0])

    # ── what is to be told ───────────────────────────────────────────────────────────────────────

    @contextmanager
    def looking(self) -> Iterator[None]:
        """One moment of the ledger, while a pass goes on writing to it."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def due(self) -> tuple[DueBatch, ...]:
        """Batches whose result is written and that are to be told of, oldest first."""
        rows = self._db.execute(
            "SELECT number, mail_due FROM batch"  # noqa: S608 - our own text
            f" WHERE mail_due > 0 AND answer_due = 0 AND committed = 1 ORDER BY {OLDEST_FIRST}"
        )
        return tuple(DueBatch(*row) for row in rows)

    def thread(self, batch: str) -> Thread | None:
        """What was told of a batch; None where nothing was."""
        row = self._db.execute("SELECT told, at, letters FROM thread WHERE batch = ?", (batch,)).fetchone()
        return Thread(row[0], datetime.fromisoformat(row[1]), row[2]) if row else None

    def troubles(self) -> tuple[Trouble, ...]:
        """What the operator has not been told of, oldest first."""
        rows = self._db.execute("SELECT id, kind, batch, about, at FROM trouble ORDER BY id")
        return tuple(
            Trouble(number, kind, batch, texts_from(about), datetime.fromisoformat(at))
            for number, kind, batch, about, at in rows
        )

    def queue(self, plan: Plan, now: datetime) -> None:
        """One transaction: the letters, and that what they tell is told."""
        at = utc(now)
        with self._ledger.transaction() as db:
            for letter in plan.letters:
                _queue(db, letter, at)
            for due, told in plan.told:
                db.execute(
                    "UPDATE batch SET mail_due = mail_due - ? WHERE number = ?", (due.marks, due.batch)
                )
                if told:
                    db.execute(
                        "INSERT INTO thread VALUES (?, ?, ?, 1) ON CONFLICT (batch) DO UPDATE"
                        " SET told = excluded.told, at = excluded.at, letters = letters + 1",
                        (due.batch, told, at),
                    )
            db.executemany("DELETE FROM trouble WHERE id = ?", [(number,) for number in plan.troubles])

    # ── what became of it ────────────────────────────────────────────────────────────────────────

    def status(self, now: datetime, mail: Mail) -> Post:
        """What waits, and who was refused of late; of those alone whom the settings still name.

        Without a mail server nothing goes out any more: what is left is told until it would have been given
        up, and is nobody's fault.
        """
        if not mail.host:
            return self._left(now)
        waiting, oldest = self._db.execute(
            "SELECT count(*), min(queued) FROM mailing JOIN mail ON mail = id"
            " WHERE state IN ('queued', 'sending')"
        ).fetchone()
        readers = encode(sorted(mail.readers))
        tried = self._db.execute(
            "SELECT reply, min(queued) OVER () FROM mailing JOIN mail ON mail = id"
            " WHERE state IN ('queued', 'sending') AND reply <> ''"
            " AND address IN (SELECT value FROM json_each(?)) ORDER BY due DESC LIMIT 1",
            (readers,),
        ).fetchone()
        refused = self._db.execute(
            "SELECT mail, address, reply, due FROM mailing WHERE state = 'refused' AND due > ?"
            " AND address IN (SELECT value FROM json_each(?)) ORDER BY due DESC",
            (utc(now - _SHOWN), readers),
        ).fetchall()
        still = list(self._still_refused(refused))
        return Post(
            waiting,
            datetime.fromisoformat(oldest) if oldest else None,
            tried[0] if tried else "",
            tuple(dict.fromkeys((address, reply) for address, reply, _ in still)),
            vain=datetime.fromisoformat(tried[1]) if tried else None,
            turned_away=datetime.fromisoformat(still[-1][2]) if still else None,
        )

    def _left(self, now: datetime) -> Post:
        waiting, oldest, newest = self._db.execute(
            "SELECT count(*), min(queued), max(queued) FROM mailing JOIN mail ON mail = id"
            " WHERE state IN ('queued', 'sending') AND queued > ?",
            (utc(now - LIFETIME),),
        ).fetchone()
        if not waiting:
            return Post()
        until = datetime.fromisoformat(newest) + LIFETIME
        return Post(waiting, datetime.fromisoformat(oldest), until=until)

    def _still_refused(self, refused: Sequence[tuple[int, str, str, str]]) -> Iterator[tuple[str, str, str]]:
        """Addresses with their reply and its time, but those that took a later letter."""
        if not refused:
            return
        took: dict[str, str] = dict(
            self._db.execute(
                "SELECT address, max(due) FROM mailing WHERE mail > ? AND state = 'sent' GROUP BY address",
                (min(number for number, *_ in refused),),
            )
        )
        for _, address, reply, at in refused:
            if took.get(address, "") < at:
                yield address, reply, at


def _queue(db: sqlite3.Connection, posted: Posted, at: str) -> None:
    letter = deflated(encoded(posted.letter))
    done = db.execute(
        "INSERT INTO mail (message, kind, batch, subject, queued, letter) VALUES (?, ?, ?, ?, ?, ?)",
        (posted.message, posted.kind, posted.batch, posted.letter.subject, at, letter),
    )
    db.executemany(
        "INSERT INTO mailing (mail, address, due) VALUES (?, ?, ?)",
        [(done.lastrowid, address, at) for address in posted.recipients],
    )
