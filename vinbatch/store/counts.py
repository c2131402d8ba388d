"""What of an outcome the overview counts, kept at its commit: nobody decodes outcomes to draw a page."""

from __future__ import annotations

import sqlite3
from collections import Counter

from vinbatch.model import Outcome, Severity
from vinbatch.store import opened
from vinbatch.store.codec import encode

QUERIES = ("query", "asked")  # counted beside (sheet, verdict)


def keep(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Keep what the overview tells of this batch, within the caller's transaction; may be said again.

    While others are not counted it is not counted for good: they may leave open what it takes over.
    """
    batch = outcome.batch
    rows = Counter((j.row.sheet, j.verdict.value) for j in outcome.rows)
    if outcome.reading.queries:
        rows[QUERIES] = len(outcome.reading.queries)
    # What leads to a row of parameters is counted there, once.
    codes = Counter(f.code for f in outcome.findings if f.severity is not Severity.NOTE and not f.linked)
    db.executemany(
        "INSERT OR REPLACE INTO verdict_count VALUES (?, ?, ?, ?)",
        [(batch, sheet, verdict, n) for (sheet, verdict), n in rows.items()],
    )
    db.executemany(
        "INSERT OR REPLACE INTO finding_count VALUES (?, ?, ?)", [(batch, c, n) for c, n in codes.items()]
    )
    opened.keep(db, outcome)
    db.execute(
        "UPDATE line SET refusal = :refusal, counted = NOT EXISTS"
        " (SELECT 1 FROM line AS other WHERE other.counted = 0 AND other.batch <> :batch)"
        " WHERE batch = :batch",
        {"batch": batch, "refusal": encode(outcome.refusal) if outcome.refusal else ""},
    )
