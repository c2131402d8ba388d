"""Sums that are kept by triggers and at commit, counted anew from what they were made of."""

from __future__ import annotations

import sqlite3

from vinbatch.store.compared import MISCOUNTED, Part

# Table of sums → its rows, and the query that names those which are not what is counted.
_KEPT = {
    "usage": """
SELECT number FROM (
    SELECT number, live, firm FROM usage
    UNION ALL SELECT structure_no, -1, -firm FROM record WHERE live
    UNION ALL SELECT number, -1, -1 FROM beside
) GROUP BY number HAVING sum(live) <> 0 OR sum(firm) <> 0
""",
    "tally": """
SELECT type || ' ' || state || ' ' || held FROM (
    SELECT type, state, held, number FROM tally
    UNION ALL SELECT type, state, held, -1 FROM record
) GROUP BY type, state, held HAVING sum(number) <> 0
""",
    "line": """
WITH answered AS (
    SELECT package.batch AS batch, iif(reply.state = 'accepted', 1, iif(effect = 'overrode', -1, 0)) AS yes,
        iif(reply.state = 'rejected', 1, iif(effect = 'overrode', -1, 0)) AS no
    FROM reply JOIN package USING (guid) WHERE effect IN ('applied', 'overrode')
)
SELECT batch FROM (
    SELECT batch, 1 AS lines, accepted, rejected, doubt FROM line
    UNION ALL SELECT number, -1, 0, 0, 0 FROM batch WHERE committed
    UNION ALL SELECT batch, 0, -yes, -no, 0 FROM answered
    UNION ALL SELECT batch, 0, 0, 0, -1 FROM package WHERE state = 'doubt'
) GROUP BY batch
HAVING sum(lines) <> 0 OR sum(accepted) <> 0 OR sum(rejected) <> 0 OR sum(doubt) <> 0
""",
}


def recount(db: sqlite3.Connection) -> Part:
    """Users of structure numbers, vehicles by state, customs' answers by batch, and batch numbers."""
    part = Part("sums")
    for table, query in _KEPT.items():
        (rows,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        part.count += rows
        for (key,) in db.execute(query):
            part.note(MISCOUNTED, f"{table} {key}")
    _numbers(db, part)
    return part


def _numbers(db: sqlite3.Connection, part: Part) -> None:
    """The counter of a day is not below a number that was given: it would be given again."""
    highest: dict[str, int] = {}
    for (number,) in db.execute("SELECT number FROM batch"):
        day, _, last = number.rpartition("-")
        if last.isdecimal():
            highest[day] = max(highest.get(day, 0), int(last))
    kept = dict(db.execute("SELECT day, last FROM counter").fetchall())
    part.count += len(kept)
    for day, last in sorted(highest.items()):
        if kept.get(day, 0) < last:
            part.note(MISCOUNTED, f"counter {day}")
