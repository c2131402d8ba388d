"""The chain of events: each is stored as text, and its hash covers the hash before it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from vinbatch.errors import AccessError
from vinbatch.model import Event
from vinbatch.store.codec import written

# Of a package, what the events of its vehicles tell already.
_TOLD = ("package", "receipt")
GENESIS = "0" * 64


def chained(before: str, text: str) -> str:
    """The hash of an event: SHA-256 over the hash before it and its stored text."""
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def append(db: sqlite3.Connection, events: Iterable[tuple[str, str, Mapping[str, object]]]) -> None:
    """Add events (vin, batch, body) at the end of the chain, within the caller's transaction."""
    chain(db, ((vin, batch, written(body)) for vin, batch, body in events))


def chain(db: sqlite3.Connection, events: Iterable[tuple[str, str, str]]) -> None:
    """The same, their bodies as texts."""
    before = head(db)
    rows = []
    for vin, batch, text in events:
        before = chained(before, f"{vin}\n{batch}\n{text}")
        rows.append((vin, batch, text, before))
    db.executemany("INSERT INTO event (vin, batch, body, hash) VALUES (?, ?, ?, ?)", rows)


def head(db: sqlite3.Connection) -> str:
    """The hash of the last event: whoever keeps it can prove that nothing before it was changed."""
    found = last(db)
    return found[1] if found else GENESIS


def last(db: sqlite3.Connection) -> tuple[int, str] | None:
    """Number and hash of the last event; None before the first."""
    row = db.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else None


def has(db: sqlite3.Connection, number: int, hashed: str) -> bool:
    """Whether the event of this number is the one of this hash."""
    return (
        db.execute("SELECT 1 FROM event WHERE id = ? AND hash = ?", (number, hashed)).fetchone() is not None
    )


def verify(db: sqlite3.Connection) -> int:
    """The number of events, when every one of them hangs on the one before; else AccessError with the first
    that does not, and how many these are.
    """
    before, count = GENESIS, 0
    breaks, first = 0, ("", "")
    for number, vin, batch, body, stored in db.execute(
        "SELECT id, vin, batch, body, hash FROM event ORDER BY id"
    ):
        before = chained(before, f"{vin}\n{batch}\n{body}")
        count += 1
        if before != stored:
            about = " ".join(filter(None, (vin, batch))) or "–"
            breaks, first = breaks + 1, first if breaks else (str(number), about)
            before = stored  # those behind it may be whole
    if breaks:
        raise AccessError("audit.broken", event=first[0], about=first[1], n=str(breaks))
    return count


def knows(db: sqlite3.Connection, wanted: str) -> bool:
    """Whether this head, printed in some result, is still one of the chain; that of no events always is."""
    found = db.execute("SELECT 1 FROM event WHERE hash = ?", (wanted,)).fetchone()
    return wanted == GENESIS or found is not None


def story(db: sqlite3.Connection, vin: str, batches: Iterable[str] = ()) -> tuple[Event, ...]:
    """`history`, and the events of the batches, packages and receipts that it came with, of the parameters
    that it names, and of restores since. `batches` are others with rows about it.
    """
    own = history(db, vin)
    numbers = _numbers(own)
    others = {*batches, *_learnt_in(db, numbers)}
    receipts, guids = ({e.body.get(key) for e in own} - {None, ""} for key in ("receipt", "guid"))
    there = {e.batch for e in own} | set(batches)
    told = {e.id: e for e in own}
    for event in _around(db, own, others):
        kind, body = event.body["kind"], event.body
        named = {"package": body.get("guid") in guids, "receipt": body.get("receipt") in receipts}
        if named.get(kind, body.get("number") in numbers or (kind == "batch" and event.batch in there)):
            told[event.id] = event
    since = min(told, default=0)
    told |= {e.id: e for e in restores(db) if since and e.id > since}
    return tuple(told[i] for i in sorted(told))


def _numbers(events: Iterable[Event]) -> set[str]:
    """The structure numbers that a vehicle ever named."""
    named = set()
    for event in events:
        named.add(event.body.get("data", {}).get("structure_no"))
        for diff in event.body.get("diff", ()):
            named |= {diff["old"], diff["new"]} if diff["field"] == "structure_no" else set()
    return named - {None, ""}


def _learnt_in(db: sqlite3.Connection, numbers: Iterable[str]) -> set[str]:
    """The batches with revisions of these numbers."""
    rows = db.execute(
        "SELECT batch FROM entry WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(numbers)),),
    )
    return {batch for (batch,) in rows}


def history(db: sqlite3.Connection, vin: str) -> tuple[Event, ...]:
    """All events of a VIN, and those of the packages that it went out with, oldest first."""
    own = _events(db, "vin = ?", (vin,))
    guids = {e.body["guid"] for e in own if e.body.get("guid")}
    around = _around(db, own)
    sent = [e for e in around if e.body.get("guid") in guids and e.body["kind"] not in _TOLD]
    return tuple(sorted((*own, *sent), key=lambda e: e.id))


def _around(db: sqlite3.Connection, own: Iterable[Event], others: Iterable[str] = ()) -> list[Event]:
    """What happened to the batches of these events, and to others, and was no vehicle's."""
    batches = json.dumps(sorted({e.batch for e in own} | set(others)))
    return _events(db, "vin = '' AND batch IN (SELECT value FROM json_each(?))", (batches,))


def last_acts(db: sqlite3.Connection, vins: Iterable[str]) -> dict[str, tuple[str, str]]:
    """VIN → kind and batch of what a workbook or command last did with it; answers of customs are no acts."""
    rows = db.execute(
        "SELECT vin, batch, json_extract(body, '$.kind') FROM event WHERE id IN"
        " (SELECT max(id) FROM event WHERE vin IN (SELECT value FROM json_each(?))"
        " AND substr(json_extract(body, '$.kind'), 1, 6) <> 'reply-' GROUP BY vin)",
        (json.dumps(list(vins)),),
    )
    return {vin: (kind, batch) for vin, batch, kind in rows}


def of_batch(db: sqlite3.Connection, batch: str) -> tuple[Event, ...]:
    """The events of a batch that are no vehicle's, oldest first."""
    return tuple(_events(db, "vin = '' AND batch = ?", (batch,)))


def restores(db: sqlite3.Connection) -> tuple[Event, ...]:
    """That the ledger was restored, oldest first."""
    return tuple(_events(db, "vin = '' AND batch = '' AND json_extract(body, '$.kind') = 'restored'", ()))


def moment(db: sqlite3.Connection, batch: str, kind: str, guid: str = "") -> datetime | None:
    """When this last happened to a batch, or to its package of this guid. UTC."""
    (at,) = db.execute(
        "SELECT max(json_extract(body, '$.time')) FROM event WHERE batch = ?"
        " AND json_extract(body, '$.kind') = ? AND ? IN ('', json_extract(body, '$.guid'))",
        (batch, kind, guid),
    ).fetchone()
    return datetime.fromisoformat(at) if at else None


def _events(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> list[Event]:
    return list(each_event(db, where, values))


def each_event(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> Iterator[Event]:
    """Those for which `where` holds, a text of ours with `values` for its question marks, oldest first."""
    rows = db.execute(
        f"SELECT id, vin, batch, body, hash FROM event WHERE {where} ORDER BY id",  # noqa: S608 - our own text
        values,
    )
    for number, vin, batch, body, hashed in rows:
        yield Event(number, vin, batch, json.loads(body), hashed)
