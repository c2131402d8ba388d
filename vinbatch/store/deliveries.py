"""Letters on their way, and what became of each recipient.

A recipient is `queued`, `sending` from the moment before the content goes out, then `sent` or `refused`. Who
is found `sending` may have the letter: it goes out again, and says so. What waits because of an outage, and
not of itself, goes out with the first letter that goes through.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vinbatch.model import Letter
from vinbatch.noun import Noun
from vinbatch.store.codec import encode, letter_from
from vinbatch.store.mails import LIFETIME
from vinbatch.store.writing import utc
from vinbatch.zipped import inflated

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

QUEUED, SENT, REFUSED = "queued", "sent", "refused"
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_LONGEST_IN_DOUBT = timedelta(days=1)  # each try may be one more copy
_LONGEST_REPLY = 500
_NO_REPLY = "no reply yet to its content"


class Waiting(Noun, frozen=True):
    """A letter with those of its recipients who get it now; `again` where they may have it already."""

    id: int
    message: str
    kind: str
    batch: str
    letter: Letter
    queued: datetime
    recipients: tuple[str, ...]
    again: bool


class Deliveries:
    """The letters of a ledger that wait. Only the one that has the mail's lock touches them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._db = ledger.db

    def ready(self, now: datetime) -> tuple[tuple[int, bool], ...]:
        """Letters with recipients whose time has come, oldest first: number, and whether it is repeated.

        What something stood against that was no outage comes last: it may be what breaks the connection.
        """
        rows = self._db.execute(
            "SELECT mail, doubt OR state = 'sending' AS again FROM mailing"
            " WHERE state IN ('queued', 'sending') AND due <= ?"
            " GROUP BY mail, again ORDER BY max(reply <> '' AND NOT outage), mail, again",
            (utc(now),),
        )
        return tuple((number, bool(again)) for number, again in rows)

    def waiting(self, number: int, again: bool, now: datetime) -> Waiting:
        """A letter that is ready, with its recipients."""
        message, kind, batch, queued, letter = self._db.execute(
            "SELECT message, kind, batch, queued, letter FROM mail WHERE id = ?", (number,)
        ).fetchone()
        return Waiting(
            number,
            message,
            kind,
            batch,
            letter_from(inflated(letter)),
            datetime.fromisoformat(queued),
            self.recipients(number, again, now),
            again,
        )

    def recipients(self, number: int, again: bool, now: datetime) -> tuple[str, ...]:
        """Who gets a letter that is ready."""
        rows = self._db.execute(
            "SELECT address FROM mailing WHERE mail = ? AND state IN ('queued', 'sending') AND due <= ?"
            " AND (doubt OR state = 'sending') = ? ORDER BY address",
            (number, utc(now), again),
        )
        return tuple(address for (address,) in rows)

    def sending(self, number: int, recipients: Iterable[str]) -> None:
        """Said before the content goes out, so that a crash leaves a trace of what was under way.

        With words for `status`: who is killed while he waits for a reply, each time, notes no other.
        """
        with self._ledger.transaction() as db:
            db.executemany(
                "UPDATE mailing SET state = 'sending', reply = ? WHERE mail = ? AND address = ?",
                [(_NO_REPLY, number, address) for address in recipients],
            )

    def done(self, number: int, sent: Mapping[str, str], refused: Mapping[str, str], now: datetime) -> None:
        """What the server said of these recipients for good; who has the letter, and who never gets it."""
        ends = [(SENT, address, reply) for address, reply in sent.items()]
        ends += [(REFUSED, address, reply) for address, reply in refused.items()]
        with self._ledger.transaction() as db:
            db.executemany(
                "UPDATE mailing SET state = ?, reply = ?, due = ? WHERE mail = ? AND address = ?",
                [(state, reply[:_LONGEST_REPLY], utc(now), number, a) for state, a, reply in ends],
            )
            if sent:
                _wake(db, sent, utc(now))
            _put_away(db, number)

    def later(self, number: int, replies: Mapping[str, str], now: datetime, *, doubt: bool = False) -> None:
        """Tried again after a while that doubles from a minute to an hour; given up after some days.

        `doubt`: they may have the letter already, and the while doubles up to a day.
        """
        with self._ledger.transaction() as db:
            for address, reply in replies.items():
                _later(db, number, address, reply, now, doubt=doubt)

    def put_off(self, reply: str, now: datetime) -> int:
        """Nothing goes out now: everything that is ready waits as by `later`; how many recipients do."""
        rows = self._db.execute(
            "SELECT mail, address, state = 'sending' FROM mailing"
            " WHERE state IN ('queued', 'sending') AND due <= ?",
            (utc(now),),
        ).fetchall()
        with self._ledger.transaction() as db:
            for number, address, doubt in rows:
                _later(db, number, address, reply, now, doubt=bool(doubt), outage=True)
        return len(rows)

    def retry(self, now: datetime) -> None:
        """What stood against letters may be mended: they go out now, but those in doubt for themselves."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE mailing SET due = min(due, ?) WHERE state = 'queued' AND (outage OR NOT doubt)",
                (utc(now),),
            )

    def doubt_all(self) -> None:
        """What waits may have been sent since the ledger that was restored was copied."""
        with self._ledger.transaction() as db:
            db.execute("UPDATE mailing SET doubt = 1 WHERE state IN ('queued', 'sending')")


def _wake(db: sqlite3.Connection, sent: Iterable[str], at: str) -> None:
    """What stood against a letter stands no more: the outage, or what was said of an address that took one.

    One in doubt for itself keeps its time: each try may be a copy.
    """
    db.execute(
        "UPDATE mailing SET outage = 0, reply = '', due = min(due, ?) WHERE state IN ('queued', 'sending')"
        " AND (outage OR (NOT doubt AND address IN (SELECT value FROM json_each(?))))",
        (at, encode(sorted(sent))),
    )


def _later(
    db: sqlite3.Connection,
    number: int,
    address: str,
    reply: str,
    now: datetime,
    *,
    doubt: bool,
    outage: bool = False,
) -> None:
    place = (number, address)
    tries, queued = db.execute(
        "SELECT tries, queued FROM mailing JOIN mail ON mail = id WHERE mail = ? AND address = ?", place
    ).fetchone()
    old = now - datetime.fromisoformat(queued) > LIFETIME
    longest = _LONGEST_IN_DOUBT if doubt and not outage else _LONGEST_WAIT
    due = now if old else now + min(_FIRST_WAIT * 2 ** min(tries, 11), longest)
    db.execute(
        "UPDATE mailing SET state = ?, doubt = doubt OR ?, tries = tries + 1, due = ?, reply = ?, outage = ?"
        " WHERE mail = ? AND address = ?",
        (REFUSED if old else QUEUED, doubt, utc(due), reply[:_LONGEST_REPLY], outage, *place),
    )
    _put_away(db, number)


def _put_away(db: sqlite3.Connection, number: int) -> None:
    """A letter that nobody waits for any more: that it was, stays; what it said is in the ledger anyhow."""
    db.execute(
        "UPDATE mail SET letter = NULL WHERE id = :mail AND NOT EXISTS"
        " (SELECT 1 FROM mailing WHERE mail = :mail AND state IN ('queued', 'sending'))",
        {"mail": number},
    )
