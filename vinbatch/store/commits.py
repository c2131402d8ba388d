"""Writing an outcome: everything that one batch changes, within the caller's transaction."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vinbatch import __version__
from vinbatch.errors import VinbatchError
from vinbatch.model import (
    Diff,
    EntryChange,
    Outcome,
    Package,
    Record,
    RecordChange,
    State,
    Type,
    column_letters,
)
from vinbatch.store import audit
from vinbatch.store.codec import encode


class StaleError(VinbatchError):
    """What was decided does not fit what the ledger holds now."""


@dataclass(frozen=True, slots=True)
class Law:
    """What outcomes were decided by: digest of the rules, and the settings that differ from the defaults."""

    rules: str
    settings: Mapping[str, object] = field(default_factory=dict)


def write(db: sqlite3.Connection, outcome: Outcome, packages: Sequence[Package], law: Law) -> None:
    """Records, entries, events, packages and the outcome itself."""
    for change in outcome.records:
        write_record(db, change)
    for entry in outcome.entries:
        _entry(db, entry, outcome)
    db.executemany("INSERT OR IGNORE INTO agreed VALUES (?, ?)", outcome.agreed)
    db.executemany(
        "INSERT INTO package (guid, batch, type, name, digest, vehicles, state)"
        " VALUES (?, ?, ?, ?, ?, ?, 'due')",
        [(p.guid, p.batch, p.type.value, p.name, p.digest, len(p.vins)) for p in packages],
    )
    db.execute(
        "UPDATE batch SET committed = 1, refused = ?, outcome = ?, saved_by = ?, answer_due = 1"
        " WHERE number = ?",
        (outcome.refused, packed(encode(outcome)), outcome.reading.saved_by, outcome.batch),
    )
    audit.append(db, _events(outcome, packages, law))


def packed(text: str) -> bytes:
    """An outcome as it lies in the ledger."""
    return zlib.compress(text.encode(), 1)


def unpacked(data: bytes) -> bytes:
    """The outcome's JSON."""
    return zlib.decompress(data)


def write_record(db: sqlite3.Connection, change: RecordChange) -> None:
    """Compare-and-set on the version, which every change of data or state raises."""
    if change.record is None:
        done = db.execute("DELETE FROM record WHERE vin = ? AND version = ?", (change.vin, change.expected))
    elif change.expected == 0:
        row = _columns(change.record)
        marks = ", ".join("?" * len(row))
        # A taken VIN raises: then what was decided is stale.
        done = db.execute(
            f"INSERT OR IGNORE INTO record ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 - our names
            tuple(row.values()),
        )
    else:
        row = _columns(change.record)
        sets = ", ".join(f"{name} = ?" for name in row)
        done = db.execute(
            f"UPDATE record SET {sets} WHERE vin = ? AND version = ?",  # noqa: S608 - our names
            (*row.values(), change.vin, change.expected),
        )
    if done.rowcount != 1:
        raise StaleError(f"{change.vin}: the record is not at version {change.expected} any more")


def _columns(record: Record) -> dict[str, object]:
    loose = record.now.type is Type.FILING and record.now.state in (State.DRAFT, State.REJECTED)
    return {
        "vin": record.vin,
        "version": record.version,
        "type": record.now.type.value,
        "state": record.now.state.value,
        "batch": record.now.batch,
        "structure_no": str(record.now.data.get("structure_no") or ""),
        "certificate": str(record.now.data.get("ccc_no") or "")[:16],
        "live": record.live,
        "firm": record.live and not loose,
        "held": bool(record.held),
        "department": record.department,
        "updated": record.updated.isoformat() if record.updated else "",
        "declared": _declared(record),
        "body": encode(record),
    }


def _declared(record: Record) -> str:
    """Since when customs has owed an answer; "" where it owes none."""
    since = record.now.since or record.updated
    return since.isoformat() if since and record.now.state is State.DECLARED else ""


def _entry(db: sqlite3.Connection, change: EntryChange, outcome: Outcome) -> None:
    """All revisions stay. A number that was deleted and is learnt again begins a new generation."""
    row = db.execute("SELECT generation, revision FROM shelf WHERE number = ?", (change.number,)).fetchone()
    if (row[1] if row else 0) != change.expected:
        raise StaleError(f"{change.number}: the catalogue is not at revision {change.expected} any more")
    if change.entry is None:
        db.execute("DELETE FROM shelf WHERE number = ?", (change.number,))
        return
    generation = row[0] if row else _next_generation(db, change.number)
    entry = change.entry
    updated = entry.updated.isoformat() if entry.updated else ""
    db.execute(
        "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        (entry.number, generation, entry.revision, outcome.batch, updated, encode(entry)),
    )
    db.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?)", (entry.number, generation, entry.revision))


def _next_generation(db: sqlite3.Connection, number: str) -> int:
    (last,) = db.execute("SELECT max(generation) FROM entry WHERE number = ?", (number,)).fetchone()
    return int(last or 0) + 1


def _events(
    outcome: Outcome, packages: Sequence[Package], law: Law
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """One for the batch, one for each record and entry, one for each package."""
    time, batch = outcome.now.isoformat(), outcome.batch
    by = {"rules": law.rules, "settings": law.settings, "program": __version__}
    yield "", batch, {"time": time, "kind": "batch", **_origin(outcome), **by}
    guids = {vin: p.guid for p in packages for vin in p.vins}
    for change in outcome.records:
        body = {"time": time, "kind": change.kind, **_where(change), **_cell(change, outcome)}
        body |= _state(change.record)
        if change.kind == "declared":
            body["guid"] = guids.get(change.vin, "")
        yield change.vin, batch, body
    for entry in outcome.entries:
        revision = entry.entry.revision if entry.entry else None
        body = {"time": time, "kind": f"entry {entry.kind}", "number": entry.number, "revision": revision}
        yield "", batch, {**body, **_where(entry)}
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
        told["diff"] = [_diff(d) for d in change.diff]
    if change.released:
        told["confirmed"] = list(change.released)
    return told


def _state(record: Record | None) -> dict[str, object]:
    if record is None:
        return {}
    told: dict[str, object] = {
        "type": record.now.type.value,
        "state": record.now.state.value,
        "revision": record.revision,
    }
    if record.held:
        told["held"] = list(record.held)
    return told


def _diff(diff: Diff) -> dict[str, object]:
    return {"sheet": diff.sheet, "field": diff.field, "old": diff.old, "new": diff.new}
