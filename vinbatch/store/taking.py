"""Batch numbers: reserved for a claimed file once, whatever comes between."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime

from vinbatch.model import Source
from vinbatch.noun import Noun
from vinbatch.numbering import batch_of, highest
from vinbatch.store.writing import utc


class Taken(Noun, frozen=True):
    """A batch as it was taken: its number and the time that everything about it is judged by."""

    batch: str
    now: datetime
    digest: str
    committed: bool
    tries: int = 0  # passes that began to judge it, and did not end


def taken(db: sqlite3.Connection, claim: str) -> Taken | None:
    """The batch of this claim, if it was taken already."""
    row = db.execute(
        "SELECT number, taken, source_digest, committed, tries FROM batch WHERE claim = ?", (claim,)
    ).fetchone()
    if row is None:
        return None
    return Taken(row[0], datetime.fromisoformat(row[1]), row[2], bool(row[3]), row[4])


def take(db: sqlite3.Connection, source: Source, claim: str, now: datetime, day: str) -> Taken:
    """The next number of this `day`, site and date, within the caller's transaction."""
    before = taken(db, claim)
    if before is not None and (before.committed or before.digest == source.digest):
        return before
    # The file changed in the claim before anything was told of it.
    db.execute("DELETE FROM batch WHERE committed = 0 AND claim = ?", (claim,))
    number = _next(db, day)
    told = source.department, source.owner, source.user, source.name, source.digest
    db.execute(
        "INSERT INTO batch"
        " (number, claim, taken, department, owner, user, source_name, source_digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, claim, utc(now), *told),
    )
    return Taken(number, now, source.digest, committed=False)


def _next(db: sqlite3.Connection, day: str) -> str:
    """No number of a package that a restore forgot: it went out under the guid that the number gives."""
    while True:
        db.execute(
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1", (day,)
        )
        (last,) = db.execute("SELECT last FROM counter WHERE day = ?", (day,)).fetchone()
        number = batch_of(day, last)
        if not db.execute("SELECT 1 FROM forgotten WHERE batch = ? LIMIT 1", (number,)).fetchone():
            return number


def go_on_above(db: sqlite3.Connection, found: Mapping[str, Collection[int]]) -> None:
    """Numbers of these days begin above what was found of them, as far as `highest` believes it."""
    given = dict(db.execute("SELECT day, last FROM counter"))
    db.executemany(
        "INSERT INTO counter VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET last = excluded.last",
        [(day, highest(given.get(day, 0), numbers)) for day, numbers in found.items()],
    )
