"""How long a ledger has been kept, and how much of it is new."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def began(db: sqlite3.Connection) -> datetime | None:
    """When its first event was written; None before it. UTC."""
    found = db.execute("SELECT json_extract(body, '$.time') FROM event ORDER BY id LIMIT 1").fetchone()
    return datetime.fromisoformat(found[0]) if found else None


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
