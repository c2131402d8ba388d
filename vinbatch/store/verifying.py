"""The tables against the events: the chain proves the events, and these prove what stands beside them.

What an event of an older version does not tell cannot be compared: such are counted as `partly`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from vinbatch.noun import Noun
from vinbatch.store.codec import digest_of, record_from
from vinbatch.store.commits import columns_of
from vinbatch.zipped import inflated

CHANGED, MISSING, STRANGER, GONE = "changed", "missing", "stranger", "gone"
_MOVES = {"published": "published", "doubt": "doubt", "resent": "due"}
_RELEASED = {"sent": "published", "receipt": "published", "send": "due"}
# Columns of a record that are its body's; `updated` and `declared` were filled otherwise by older versions.
_COPIED = ("type", "state", "batch", "structure_no", "certificate", "live", "firm", "held", "department")
_REPLY = ("guid", "status", "state", "time", "info", "receipt", "effect", "user")
# Batches whose last answer is not the one that index and reports/ show.
_LAST_GONE = """
SELECT line.batch, line.result FROM line LEFT JOIN written ON written.name = line.result
WHERE line.result <> '' AND NOT EXISTS (
    SELECT 1 FROM answer WHERE answer.id = (SELECT max(id) FROM answer WHERE batch = line.batch)
    AND answer.name = line.result AND answer.digest = written.digest
) ORDER BY line.batch
"""


class Wrong(Noun, frozen=True):
    """What does not agree: `how` is changed, missing, stranger, or gone where no event tells of it."""

    how: str
    what: str


@dataclass
class Part:
    """One kind of thing that was compared: how many, how many of them not in full, and what is wrong."""

    name: str
    count: int = 0
    partly: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    def note(self, how: str, what: str) -> None:
        """Something does not agree."""
        self.wrong.append(Wrong(how, what))


@dataclass
class _Told:
    """What the events say that are no vehicle's."""

    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)  # of packages
    receipts: set[str] = field(default_factory=set)
    entries: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # "" for an untold digest


def verify_tables(db: sqlite3.Connection) -> list[Part]:
    """Records, replies, catalogue, packages, batches, receipts and answers, as of one moment."""
    db.execute("BEGIN")
    try:
        told = _told(db)
        records, replies = _vehicles(db)
        return [
            records,
            replies,
            _entries(db, told),
            _packages(db, told),
            _batches(db, told),
            _heard(db, told),
            _answers(db),
        ]
    finally:
        db.execute("ROLLBACK")


def _told(db: sqlite3.Connection) -> _Told:
    told = _Told()
    for batch, text in db.execute("SELECT batch, body FROM event WHERE vin = '' ORDER BY id"):
        body = json.loads(text)
        kind = body["kind"]
        if kind == "batch":
            told.batches[batch] = body
        elif kind == "package":
            told.packages[body["guid"]] = {**body, "batch": batch}
            told.states[body["guid"]] = "due"
        elif kind in _MOVES:
            told.states[body["guid"]] = _MOVES[kind]
        elif kind == "released":
            told.states[body["guid"]] = _RELEASED[body["how"]]
        elif kind == "receipt":
            told.receipts.add(body["receipt"])
        elif kind.startswith("entry ") and body["revision"] is not None:
            key = body["number"], body["revision"]
            told.entries.setdefault(key, set()).add(body.get("entry", ""))
    return told


# ── vehicles: one walk through their events, in the order of the index ───────────────────────────


def _vehicles(db: sqlite3.Connection) -> tuple[Part, Part]:
    records, replies = Part("records"), Part("replies")
    said: set[int] = set()
    rows = _by_vin(db)
    row = next(rows, None)
    events = db.execute("SELECT vin, body FROM event WHERE vin <> '' ORDER BY vin, id")
    for vin, group in groupby(events, key=lambda event: str(event[0])):
        while row is not None and row[0] < vin:
            records.note(STRANGER, row[0])
            row = next(rows, None)
        due = _due(vin, group, said)
        stored = row if row is not None and row[0] == vin else None
        _compare(records, vin, due, stored)
        if stored is not None:
            row = next(rows, None)
    while row is not None:
        records.note(STRANGER, row[0])
        row = next(rows, None)
    _replies(db, replies, said)
    return records, replies


def _by_vin(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    yield from db.execute(f"SELECT vin, body, {', '.join(_COPIED)} FROM record ORDER BY vin")  # noqa: S608


def _due(vin: str, events: Iterator[tuple[str, str]], said: set[int]) -> dict[str, Any]:
    """What the record must be after the last of these; empty where there must be none."""
    due: dict[str, Any] = {}
    for _, text in events:
        body = json.loads(text)
        kind, _, effect = body["kind"].partition("-")
        if kind == "reply":
            reply = {**body, "time": body["at"], "effect": effect, "user": body.get("user", "")}
            said.add(hash((vin, *(reply[key] for key in _REPLY))))
            if "record" in body:
                due["record"] = body["record"]
            if effect in ("applied", "overrode"):
                due["state"] = body["state"]
        elif "state" in body:
            due = {key: body.get(key) for key in ("type", "state", "revision", "record")}
        elif "row" in body:  # deleted, or replaced by another VIN; other events leave a record as it is
            due = {}
    return due


def _compare(part: Part, vin: str, due: dict[str, Any], stored: tuple[Any, ...] | None) -> None:
    if stored is None:
        if due:
            part.count += 1
            part.note(MISSING, vin)
        return
    if not due:
        part.note(STRANGER, vin)
        return
    part.count += 1
    body = str(stored[1])
    record = record_from(body)
    copied = columns_of(record)
    same = all(stored[2 + i] == copied[name] for i, name in enumerate(_COPIED)) and record.vin == vin
    if due.get("record"):
        same = same and digest_of(body.encode()) == due["record"]
    else:
        part.partly += 1
        seen = record.now.type, record.now.state, record.revision
        same = same and seen == (due["type"], due["state"], due["revision"])
    if not same:
        part.note(CHANGED, vin)


def _replies(db: sqlite3.Connection, part: Part, said: set[int]) -> None:
    for row in db.execute(f"SELECT vin, {', '.join(_REPLY)} FROM reply ORDER BY id"):  # noqa: S608 - our names
        part.count += 1
        key = hash(tuple(row))
        if key in said:
            said.discard(key)
        else:
            part.note(CHANGED, f"{row[0]} {row[1]}")
    if said:
        part.note(MISSING, str(len(said)))


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────


def _entries(db: sqlite3.Connection, told: _Told) -> Part:
    part = Part("entries")
    due = set(told.entries)
    for number, revision, body in db.execute("SELECT number, revision, body FROM entry"):
        part.count += 1
        digests = told.entries.get((number, revision))
        due.discard((number, revision))
        if digests is None:
            part.note(STRANGER, f"{number} · {revision}")
        elif "" in digests:
            part.partly += 1
        elif digest_of(body.encode()) not in digests:
            part.note(CHANGED, f"{number} · {revision}")
    for number, revision in sorted(due):
        part.note(MISSING, f"{number} · {revision}")
    return part


def _packages(db: sqlite3.Connection, told: _Told) -> Part:
    part = Part("packages")
    due = set(told.packages)
    for guid, batch, name, digest, state in db.execute(
        "SELECT guid, batch, name, digest, state FROM package ORDER BY guid"
    ):
        part.count += 1
        body = told.packages.get(guid)
        due.discard(guid)
        stands = "due" if state == "publishing" else state
        if body is None:
            part.note(STRANGER, name)
        elif (batch, name, digest, stands) != (
            body["batch"],
            body["name"],
            body["digest"],
            told.states[guid],
        ):
            part.note(CHANGED, name)
    for guid in sorted(due):
        part.note(MISSING, told.packages[guid]["name"])
    return part


def _batches(db: sqlite3.Connection, told: _Told) -> Part:
    part = Part("batches")
    due = set(told.batches)
    query = (
        "SELECT number, source_name, source_digest, outcome FROM batch WHERE committed = 1 ORDER BY number"
    )
    for number, name, digest, outcome in db.execute(query):
        part.count += 1
        body = told.batches.get(number)
        due.discard(number)
        if body is None:
            part.note(STRANGER, number)
        elif (name, digest) != (body["file"], body["digest"]):
            part.note(CHANGED, number)
        elif "outcome" not in body:
            part.partly += 1
        elif digest_of(inflated(outcome)) != body["outcome"]:
            part.note(CHANGED, number)
    for number in sorted(due):
        part.note(MISSING, number)
    return part


def _heard(db: sqlite3.Connection, told: _Told) -> Part:
    part = Part("receipts")
    due = set(told.receipts)
    for (digest,) in db.execute("SELECT digest FROM receipt ORDER BY digest"):
        part.count += 1
        if digest not in due:
            part.note(STRANGER, digest)
        due.discard(digest)
    for digest in sorted(due):
        part.note(MISSING, digest)
    return part


def _answers(db: sqlite3.Connection) -> Part:
    """They have no event; but their numbers have no gaps, and the last of a batch is the one in reports/."""
    part = Part("answers")
    due = 1
    for (number,) in db.execute("SELECT id FROM answer ORDER BY id"):
        part.count += 1
        if number != due:
            part.note(GONE, f"#{due}–{number - 1}")
        due = number + 1
    for batch, name in db.execute(_LAST_GONE):
        part.note(GONE, f"{batch} {name}")
    return part


def kept_files(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """(what it is, its digest) of every file that the archive must hold, as the events say.

    Answers have no event: theirs are those of the table.
    """
    for batch, text in db.execute("SELECT batch, body FROM event WHERE vin = '' ORDER BY id"):
        body = json.loads(text)
        if body["kind"] in ("batch", "package"):
            yield body["name"] if body["kind"] == "package" else f"{batch} {body['file']}", body["digest"]
        elif body["kind"] == "receipt":
            yield body["file"], body["receipt"]
    yield from db.execute("SELECT name, digest FROM answer ORDER BY id")
