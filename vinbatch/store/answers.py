"""The answers to batches: due until they lie in reports/, and every version that ever lay there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from vinbatch.store import mails, placing
from vinbatch.store.order import OLDEST_FIRST
from vinbatch.store.writing import utc

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger


class Answers:
    """The answers of a ledger's batches."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self) -> tuple[str, ...]:
        """Batches whose result has to be written, oldest first."""
        rows = self._ledger.db.execute(
            f"SELECT number FROM batch WHERE answer_due = 1 ORDER BY {OLDEST_FIRST}"  # noqa: S608 - our own text
        )
        return tuple(row[0] for row in rows)

    def untold(self) -> tuple[str, ...]:
        """Batches whose answer could not be made and is a plain one, oldest first."""
        rows = self._ledger.db.execute(f"SELECT number FROM batch WHERE untold <> '' ORDER BY {OLDEST_FIRST}")  # noqa: S608 - our own text
        return tuple(row[0] for row in rows)

    def failed(self, batches: Collection[str], law: str) -> None:
        """They stay due, for a bug of this program under these rules: `status` tells of them until then."""
        with self._ledger.transaction() as db:
            told = [(law, batch) for batch in batches]
            db.executemany("UPDATE batch SET untold = ? WHERE number = ? AND answer_due = 1", told)

    def tell_again(self, law: str) -> None:
        """Answers are due that could not be made by another program or other rules than these."""
        other = "untold <> '' AND untold <> ?"
        found = self._ledger.db.execute(f"SELECT 1 FROM batch WHERE {other}", (law,))  # noqa: S608 - our text
        if found.fetchone():
            with self._ledger.transaction() as db:
                db.execute(f"UPDATE batch SET answer_due = 1 WHERE {other}", (law,))  # noqa: S608 - our own text

    def older(self) -> int:
        """How many batches have an answer that a later batch has made old, and that is not due yet."""
        (count,) = self._ledger.db.execute("SELECT count(*) FROM renewal").fetchone()
        return int(count)

    def renew(self, most: int) -> None:
        """The answers of at most so many of them are due, oldest first."""
        with self._ledger.transaction() as db:
            some = db.execute(
                "SELECT renewal.batch FROM renewal LEFT JOIN batch ON number = renewal.batch"  # noqa: S608 - our own text
                f" ORDER BY {OLDEST_FIRST} LIMIT ?",
                (most,),
            ).fetchall()
            db.executemany("UPDATE batch SET answer_due = 1 WHERE number = ?", some)
            db.executemany("DELETE FROM renewal WHERE batch = ?", some)

    def answered(
        self,
        batch: str,
        name: str,
        digest: str,
        now: datetime,
        beside: Mapping[str, str] = MappingProxyType({}),
        announced: Collection[str] = (),
        *,
        hooked: bool = False,
        untold: str = "",
    ) -> None:
        """The result of this batch lies in reports/ under this name, with these bytes.

        `beside` are the other files of the answer, name → digest; `announced` the names that they were to
        have. `hooked`: after_batch is due for it. `untold`: it is a plain one, since the real one cannot be
        made by this program and these rules.
        """
        with self._ledger.transaction() as db:
            placing.placed(db, batch, {name: digest, **beside}, announced)
            answer = db.execute(
                "INSERT INTO answer (batch, name, digest, written) VALUES (?, ?, ?, ?)",
                (batch, name, digest, utc(now)),
            ).lastrowid
            if hooked:
                db.execute("INSERT OR REPLACE INTO after_batch VALUES (?, ?)", (batch, answer))
            db.execute("UPDATE batch SET answer_due = 0, untold = ? WHERE number = ?", (untold, batch))

    def mark_overdue(self, before: datetime, now: datetime) -> int:
        """Makes the answers of batches due where vehicles became overdue; how many did."""
        late = self._ledger.queries.overdue(before)
        known = dict(
            self._ledger.db.execute("SELECT number, overdue FROM batch WHERE overdue > 0").fetchall()
        )
        new = {b: n for b, n in late.items() if n > known.get(b, 0)}
        gone = {b: late.get(b, 0) for b, n in known.items() if late.get(b, 0) < n}
        if new or gone:
            with self._ledger.transaction() as db:
                db.executemany(
                    "UPDATE batch SET overdue = ?, answer_due = 1 WHERE number = ?",
                    [(n, b) for b, n in new.items()],
                )
                if self._ledger.mailing:
                    mails.overdue(db, new, now)
                db.executemany(
                    "UPDATE batch SET overdue = ? WHERE number = ?", [(n, b) for b, n in gone.items()]
                )
        return sum(n - known.get(b, 0) for b, n in new.items())

    def of(self, batch: str) -> tuple[tuple[str, str, datetime], ...]:
        """Every version of a batch's result, oldest first: name, digest in the archive, and when."""
        rows = self._ledger.db.execute(
            "SELECT name, digest, written FROM answer WHERE batch = ? ORDER BY id", (batch,)
        )
        return tuple((name, digest, datetime.fromisoformat(at)) for name, digest, at in rows)
