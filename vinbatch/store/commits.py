"""Writing an outcome: everything that one batch changes, within the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vinbatch import __version__
from vinbatch.errors import VinbatchError
from vinbatch.model import (
    DUE,
    Entry,
    EntryChange,
    Outcome,
    Package,
    Record,
    RecordChange,
    State,
    Type,
    certificate_of,
    column_letters,
    structure_of,
)
from vinbatch.noun import Noun, field
from vinbatch.store import audit, counts
from vinbatch.store.codec import encode, encoded, stored_digest, written
from vinbatch.zipped import deflated


class StaleError(VinbatchError):
    """What was decided does not fit what the ledger holds now."""


class Law(Noun, frozen=True):
    """What outcomes were decided by: digest of the rules, and the settings that differ from the defaults."""

    rules: str
    settings: Mapping[str, object] = field(default_factory=dict)


class Proofs(Noun, frozen=True):
    """Digests of what was stored, for its events: records by VIN, entries in the order of the outcome's."""

    records: Mapping[str, str]
    entries: Sequence[str]
    outcome: str


class Prepared(Noun, frozen=True):
    """The texts of an outcome as the ledger stores them, each where it stands in the outcome.

    That of a record or entry that goes is "". `events` are vin, batch and body.
    """

    outcome: bytes
    records: tuple[str, ...]
    entries: tuple[str, ...]
    events: tuple[tuple[str, str, str], ...]


def prepare(outcome: Outcome, packages: Sequence[Package], law: Law, stored: bytes = b"") -> Prepared:
    """All that needs no ledger, so that workers can do it. `stored` is the outcome, where it is encoded."""
    stored = stored or encoded(outcome)
    records, entries = _bodies(c.record for c in outcome.records), _bodies(c.entry for c in outcome.entries)
    digests = dict(zip((c.vin for c in outcome.records), map(_proof, records), strict=True))
    proofs = Proofs(digests, tuple(map(_proof, entries)), stored_digest(stored))
    told = tuple((vin, batch, written(body)) for vin, batch, body in _events(outcome, packages, law, proofs))
    return Prepared(deflated(stored), records, entries, told)


def _bodies(things: Iterable[Record | Entry | None]) -> tuple[str, ...]:
    return tuple("" if thing is None else encode(thing) for thing in things)


def _proof(body: str) -> str:
    return stored_digest(body.encode()) if body else ""


def write(db: sqlite3.Connection, outcome: Outcome, packages: Sequence[Package], prepared: Prepared) -> None:
    """Records, entries, events, packages and the outcome itself."""
    _write_records(db, outcome.records, prepared.records)
    _write_entries(db, outcome, prepared.entries)
    db.executemany("INSERT OR IGNORE INTO agreed VALUES (?, ?)", outcome.agreed)
    db.executemany(
        "INSERT INTO package (guid, batch, type, name, digest, vehicles, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(p.guid, p.batch, p.type.value, p.name, p.digest, len(p.vins), DUE) for p in packages],
    )
    db.execute(
        "UPDATE batch SET committed = 1, refused = ?, outcome = ?, saved_by = ?, answer_due = 1"
        " WHERE number = ?",
        (outcome.refused, prepared.outcome, outcome.reading.saved_by, outcome.batch),
    )
    counts.keep(db, outcome)
    audit.chain(db, prepared.events)


def write_records(db: sqlite3.Connection, changes: Sequence[RecordChange]) -> dict[str, str]:
    """Compare-and-set on the version, which every change of data or state raises.

    The digests of the records as they are stored, by VIN: their events carry them.
    """
    bodies = _bodies(change.record for change in changes)
    _write_records(db, changes, bodies)
    return {change.vin: _proof(body) for change, body in zip(changes, bodies, strict=True) if body}


def _write_records(db: sqlite3.Connection, changes: Sequence[RecordChange], bodies: Sequence[str]) -> None:
    new = []
    for change, body in zip(changes, bodies, strict=True):
        if change.record is None:
            done = db.execute(
                "DELETE FROM record WHERE vin = ? AND version = ?", (change.vin, change.expected)
            )
            _must_be(change.vin, change.expected, done.rowcount == 1)
            continue
        row = {**columns_of(change.record), "body": body}
        if not change.expected:
            new.append(row)
            continue
        sets = ", ".join(f"{name} = ?" for name in row)
        done = db.execute(
            f"UPDATE record SET {sets} WHERE vin = ? AND version = ?",  # noqa: S608 - our names
            (*row.values(), change.vin, change.expected),
        )
        _must_be(change.vin, change.expected, done.rowcount == 1)
    _insert_records(db, new)
    _write_beside(db, changes)


def _insert_records(db: sqlite3.Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """A taken VIN is not written over: then what was decided is stale."""
    if not rows:
        return
    names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
    done = db.executemany(
        f"INSERT OR IGNORE INTO record ({names}) VALUES ({marks})",  # noqa: S608 - our names
        [tuple(row.values()) for row in rows],
    )
    _must_be(f"one of {len(rows)} new VINs, such as {rows[0]['vin']}", 0, done.rowcount == len(rows))


def _must_be(vin: str, version: int, is_so: bool) -> None:
    if not is_so:
        raise StaleError("stale.record", at=vin, version=str(version))


def columns_of(record: Record) -> dict[str, object]:
    """What a record is searched by, beside its body."""
    return {
        "vin": record.vin,
        "version": record.version,
        "type": record.now.type,
        "state": record.now.state,
        "batch": record.now.batch,
        "structure_no": structure_of(record.now),
        "certificate": certificate_of(record.now.data),
        "live": record.live,
        "firm": record.firm,
        "held": bool(record.held),
        "department": record.department,
        "updated": record.updated.isoformat() if record.updated else "",
        "declared": _declared(record),
    }


def _write_beside(db: sqlite3.Connection, changes: Sequence[RecordChange]) -> None:
    """The numbers that these records stand on beside their latest declaration's: few have any."""
    db.executemany("DELETE FROM beside WHERE vin = ?", [(c.vin,) for c in changes if c.expected])
    db.executemany(
        "INSERT INTO beside VALUES (?, ?, ?)",
        [
            (number, change.vin, certificate)
            for change in changes
            if change.record is not None
            for number, certificate in beside_of(change.record)
        ],
    )


def beside_of(record: Record) -> list[tuple[str, str]]:
    """(structure number, certificate) of all that it stands on beside its latest declaration."""
    return [(number, certificate_of(standing.data)) for number, standing in record.beside.items()]


def _declared(record: Record) -> str:
    """Since when customs has owed an answer; "" where it owes none."""
    since = record.now.since or record.updated
    return since.isoformat() if since and record.now.state is State.DECLARED else ""


def _write_entries(db: sqlite3.Connection, outcome: Outcome, bodies: Sequence[str]) -> None:
    """All revisions stay. A number that was deleted and is learnt again begins a new generation."""
    numbers = json.dumps([change.number for change in outcome.entries])
    rows = db.execute(
        "SELECT number, generation, revision FROM shelf WHERE number IN (SELECT value FROM json_each(?))",
        (numbers,),
    )
    shelf = {number: (generation, revision) for number, generation, revision in rows}
    past = dict(
        db.execute(
            "SELECT number, max(generation) FROM entry WHERE number IN (SELECT value FROM json_each(?))"
            " GROUP BY number",
            (numbers,),
        ).fetchall()
    )
    kept: list[tuple[Entry, int, str]] = []
    for change, body in zip(outcome.entries, bodies, strict=True):
        generation, revision = shelf.get(change.number, (past.get(change.number, 0) + 1, 0))
        if revision != change.expected:
            raise StaleError("stale.catalogue", at=change.number, revision=str(change.expected))
        if change.entry is not None:
            kept.append((change.entry, generation, body))
            shelf[change.number] = generation, change.entry.revision
    _insert_entries(db, kept, outcome.batch)
    gone = [(change.number,) for change in outcome.entries if change.entry is None]
    db.executemany("DELETE FROM shelf WHERE number = ?", gone)


def _insert_entries(db: sqlite3.Connection, kept: Sequence[tuple[Entry, int, str]], batch: str) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        [
            (e.number, generation, e.revision, batch, e.updated.isoformat() if e.updated else "", body)
            for e, generation, body in kept
        ],
    )
    db.executemany(
        "INSERT OR REPLACE INTO shelf VALUES (?, ?, ?)", [(e.number, g, e.revision) for e, g, _ in kept]
    )


def _events(
    outcome: Outcome, packages: Sequence[Package], law: Law, proofs: Proofs
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """One for the batch, one for each record and entry, one for each package."""
    time, batch = outcome.now.isoformat(), outcome.batch
    by = {"rules": law.rules, "settings": law.settings, "program": __version__}
    yield "", batch, {"time": time, "kind": "batch", **_origin(outcome), **by, "outcome": proofs.outcome}
    guids = {vin: p.guid for p in packages for vin in p.vins}
    for change in outcome.records:
        body = {"time": time, "kind": change.kind, **_where(change), **_cell(change, outcome)}
        body |= _named(change, outcome) | _state(change, proofs) | _data(change)
        if change.kind == "declared":
            body["guid"] = guids.get(change.vin, "")
        yield change.vin, batch, body
    for entry, digest in zip(outcome.entries, proofs.entries, strict=True):
        revision = entry.entry.revision if entry.entry else None
        body = {"time": time, "kind": f"entry {entry.kind}", "number": entry.number, "revision": revision}
        proof = {"entry": digest} if digest else {}
        yield "", batch, {**body, **_where(entry), **_named(entry, outcome), **proof}
    for p in packages:
        yield "", batch, {"time": time, "kind": "package", "guid": p.guid, "name": p.name, "digest": p.digest}


def _origin(outcome: Outcome) -> dict[str, object]:
    source = outcome.reading.source
    return {
        "file": source.name,
        "digest": source.digest,
        "department": source.department,
        "owner": source.owner,
        "user": source.user,
        "saved_by": outcome.reading.saved_by,
        "rows": len(outcome.rows),
        "refused": outcome.refused,
    }


def _cell(change: RecordChange, outcome: Outcome) -> dict[str, object]:
    """The cell that names the vehicle, where the source has one."""
    column = outcome.reading.columns.get(change.sheet, {}).get("vin")
    return {"cell": f"{column_letters(column)}{change.row}"} if column and change.row else {}


def _where(change: RecordChange | EntryChange) -> dict[str, object]:
    told: dict[str, object] = {"sheet": change.sheet, "row": change.row}
    if change.diff:
        told["diff"] = [d.told for d in change.diff]
    if change.released:
        told["confirmed"] = list(change.released)
    return told


def _named(change: RecordChange | EntryChange, outcome: Outcome) -> dict[str, object]:
    """The sheet by the name that it had in the workbook."""
    name = outcome.reading.names.get(change.sheet) if change.row else None
    return {"sheet_name": name} if name else {}


def _data(change: RecordChange) -> dict[str, object]:
    """What a filing says where no difference tells it; later events tell old and new."""
    record = change.record
    if record is None or change.diff or record.now.type is not Type.FILING:
        return {}
    # Sorted, as in what is stored: an event reads alike whether or not its outcome went to a worker and back.
    return {"data": {key: value for key, value in sorted(record.now.data.items()) if value is not None}}


def _state(change: RecordChange, proofs: Proofs) -> dict[str, object]:
    record = change.record
    if record is None:
        return {}
    told: dict[str, object] = {
        "type": record.now.type,
        "state": record.now.state,
        "revision": record.revision,
        "record": proofs.records[change.vin],
    }
    if record.held:
        told["held"] = list(record.held)
    return told
