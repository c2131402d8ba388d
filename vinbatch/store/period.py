"""The events of a period, and what must agree about it: declarations, packages, and what customs answered."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

from vinbatch.model import Event, Law, Period
from vinbatch.store.audit import each_event, restores

_LAST = "~"  # after every time
_THEN = "json_extract(body, '$.time') >= ? AND json_extract(body, '$.time') < ?"
_DECLARED = (
    "SELECT json_extract(body, '$.type'), count(*) FROM event"  # noqa: S608 - our own text
    f" WHERE json_extract(body, '$.kind') = 'declared' AND {_THEN} GROUP BY 1"
)
_MADE = (
    "SELECT json_extract(body, '$.guid') FROM event"  # noqa: S608 - our own text
    f" WHERE json_extract(body, '$.kind') = 'package' AND {_THEN}"
)
_PACKAGES = f"SELECT count(*), coalesce(sum(vehicles), 0) FROM package WHERE guid IN ({_MADE})"  # noqa: S608
_ANSWERED = (
    "SELECT state, count(*) FROM (SELECT state, max(id) FROM reply WHERE effect IN ('applied', 'overrode')"  # noqa: S608
    f" AND state IN ('accepted', 'rejected') AND guid IN ({_MADE}) GROUP BY guid, vin) GROUP BY state"
)

_BEFORE = (
    "SELECT max(json_extract(body, '$.time')) FROM event WHERE id < ? AND json_extract(body, '$.time') < ?"
)
_BATCH_OF = "SELECT batch, json_extract(body, '$.time') FROM event WHERE id = ?"


def events(db: sqlite3.Connection, until: datetime | None) -> Iterator[Event]:
    """All events up to this moment, in the order of the chain: 5 seconds for a million.

    A package that was brought back after a restore has the times that it had: later ones may stand before.
    """
    before = until.isoformat() if until else _LAST
    return each_event(db, "json_extract(body, '$.time') < ?", (before,))


def of_numbers(db: sqlite3.Connection, numbers: Collection[int]) -> Iterator[Event]:
    """The events of these numbers, oldest first."""
    return each_event(db, "id IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),))


def commanded(db: sqlite3.Connection) -> frozenset[str]:
    """The batches that no file brought but a command."""
    return frozenset(number for (number,) in db.execute("SELECT number FROM batch WHERE user <> ''"))


def counted(db: sqlite3.Connection, since: datetime | None, until: datetime | None) -> Period:
    """What the events of a period declare, and what the tables say of the same: each from another place."""
    times = (since.isoformat() if since else "", until.isoformat() if until else _LAST)
    types = dict(db.execute(_DECLARED, times).fetchall())
    packages, vehicles = db.execute(_PACKAGES, times).fetchone()
    final = dict(db.execute(_ANSWERED, times).fetchall())
    return Period(types, packages, vehicles, final.get("accepted", 0), final.get("rejected", 0))


def gaps(
    db: sqlite3.Connection, since: datetime | None, until: datetime | None
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Of each restore that reaches into the period: when the backup had its last event, when it was, and
    whether the ledger that was taken away may have had later ones.
    """
    for event in restores(db):
        restored = datetime.fromisoformat(event.body["time"])
        (last,) = db.execute(_BEFORE, (event.id, event.body["time"])).fetchone()
        begin = datetime.fromisoformat(last) if last else None
        if begin and (since is None or restored > since) and (until is None or begin < until):
            yield begin, restored, event.body.get("left", math.inf) > event.body["events"]


def laws(db: sqlite3.Connection) -> Iterator[Law]:
    """By which rules batches were decided, as they came."""
    rows = db.execute(
        "SELECT json_extract(body, '$.rules'), json_extract(body, '$.program'), count(*), min(id), max(id)"
        " FROM event WHERE vin = '' AND json_extract(body, '$.kind') = 'batch' GROUP BY 1, 2 ORDER BY min(id)"
    ).fetchall()
    for rules, program, count, first, last in rows:
        begun, since = db.execute(_BATCH_OF, (first,)).fetchone()
        ended, _ = db.execute(_BATCH_OF, (last,)).fetchone()
        yield Law(rules, program, count, begun, datetime.fromisoformat(since), ended)
