"""How long a ledger has been kept, and how much of it is new."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import datetime


def began(db: sqlite3.Connection) -> datetime | None:
    """When its first event was written; UTC. None before it, and where it tells no time.

    Only a ledger that others wrote into has such a one: the audit tells of it, and no status ends of it.
    """
    found = db.execute(
        "SELECT CASE WHEN json_valid(body) THEN json_extract(body, '$.time') END"
        " FROM event ORDER BY id LIMIT 1"
    ).fetchone()
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(found[0]) if found else None
    return None


def share_since(db: sqlite3.Connection, day: str) -> float:
    """The share of its events, 0 to 1, that came since this day of the site (YYYYMMDD).

    Events have no index by time; a batch of that day has one that was written in it, give or take the day.
    """
    (latest,) = db.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
    (first,) = db.execute(
        "SELECT min(id) FROM event WHERE batch ="
        " (SELECT batch FROM line WHERE day >= ? ORDER BY day LIMIT 1)",
        (day,),
    ).fetchone()
    return (latest - first + 1) / latest if first else 0.0
