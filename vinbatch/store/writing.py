"""The ledger's one way to write: all or nothing, as the only writer from the start, and times in UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


@contextmanager
def only_writer(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that has read nothing before it may write: SQLite refuses at once to let one write over
    what another has committed since it read, however long it would wait for a lock.
    """
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite itself rolls back where the disk fails
            db.execute("ROLLBACK")
        raise


def utc(moment: datetime) -> str:
    """A time as the ledger keeps it."""
    return moment.astimezone(UTC).isoformat()
