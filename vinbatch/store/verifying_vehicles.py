"""Vehicles against their events: one walk through both, VIN by VIN, in the order of the index."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from vinbatch.model import Record
from vinbatch.store.codec import UndecodableError, record_from, stored_digest
from vinbatch.store.commits import beside_of, columns_of
from vinbatch.store.compared import CHANGED, MISSING, STRANGER, Part

_FILLED_OTHERWISE = frozenset({"updated", "declared"})  # by what wrote no digests
_REPLY = ("guid", "status", "state", "time", "info", "receipt", "effect", "user", "doubted", "heard")


@dataclass
class _Life:
    """What the events of a VIN come to. `due`: what its record must be, empty where there must be none."""

    due: dict[str, Any] = field(default_factory=dict)
    deleted: int = 0  # the last revision that a deletion took away
    highest: int = 0

    def stands(self, body: Mapping[str, Any]) -> None:
        """An event declared or saved it: so its record has to be."""
        self.due = {key: body.get(key) for key in ("type", "state", "revision", "record")}
        self.highest = max(self.highest, body["revision"])

    def answered(self, body: Mapping[str, Any], effect: str) -> None:
        """Customs answered it; only some answers move a record."""
        self.due |= {"record": body["record"]} if "record" in body else {}
        self.due |= {"state": body["state"]} if effect in ("applied", "overrode") else {}

    def ends(self) -> None:
        """It was deleted, or replaced by another VIN."""
        self.deleted = max(self.deleted, self.due.get("revision", 0))
        self.due = {}


@dataclass
class Vehicles:
    """What was compared, and what the events of vehicles say of other tables."""

    records: Part
    replies: Part
    declared: dict[str, Counter[str]] = field(default_factory=dict)  # guid → type → vehicles
    forgotten: dict[str, dict[str, object]] = field(default_factory=dict)  # guid → columns
    forgotten_vins: set[tuple[str, str]] = field(default_factory=set)
    said: dict[int, int] = field(default_factory=dict)  # a reply's hash → id of its event
    beside: dict[tuple[str, str], str] = field(default_factory=dict)  # number and VIN → certificate
    untrue: set[str] = field(default_factory=set)  # VINs whose record says nothing to go by

    def life(self, vin: str, events: Iterator[tuple[int, str, str, str]]) -> _Life:
        """What its events come to, and what they say of other tables."""
        life = _Life()
        for number, _, batch, text in events:
            body = json.loads(text)
            kind, _, effect = body["kind"].partition("-")
            if kind == "reply":
                self._reply(number, vin, body, effect)
                life.answered(body, effect)
            elif "state" in body:
                life.stands(body)
                if kind == "declared":
                    self.declared.setdefault(body["guid"], Counter())[body["type"]] += 1
            elif "row" in body:  # other events leave a record as it is
                life.ends()
            elif kind == "forgotten":
                self._forgotten(vin, batch, body)
        return life

    def _reply(self, number: int, vin: str, body: Mapping[str, Any], effect: str) -> None:
        named = {"time": body["at"], "heard": body["time"], "effect": effect, "user": body.get("user", "")}
        reply = {"doubted": "", **body, **named}
        self.said[hash((vin, *(reply[key] for key in _REPLY)))] = number

    def _forgotten(self, vin: str, batch: str, body: Mapping[str, Any]) -> None:
        told = {key: body[key] for key in ("type", "name", "digest", "vehicles", "made") if key in body}
        self.forgotten[body["guid"]] = {"batch": batch, **told}
        self.forgotten_vins.add((vin, body["guid"]))


def verify_vehicles(db: sqlite3.Connection) -> Vehicles:
    """Records and customs' answers; the sums that they make, for the other tables."""
    found = Vehicles(Part("records"), Part("replies"))
    records = found.records
    gone: dict[str, int] = dict(db.execute("SELECT vin, revision FROM gone").fetchall())
    rows = _by_vin(db)
    row = next(rows, None)
    events = db.execute("SELECT id, vin, batch, body FROM event WHERE vin <> '' ORDER BY vin, id")
    for vin, group in groupby(events, key=lambda event: str(event[1])):
        while row is not None and row["vin"] < vin:
            records.note(STRANGER, row["vin"])
            row = next(rows, None)
        stored = row if row is not None and row["vin"] == vin else None
        life = found.life(vin, group)
        _compare(found, vin, life.due, stored)
        # What brought the table into older ledgers counted deletions that left a record behind.
        if not life.deleted <= gone.pop(vin, 0) <= life.highest:
            records.note(CHANGED, f"{vin} · gone")
        if stored is not None:
            row = next(rows, None)
    while row is not None:
        records.note(STRANGER, row["vin"])
        row = next(rows, None)
    for vin in sorted(gone):
        records.note(STRANGER, f"{vin} · gone")
    _beside(db, found)
    _replies(db, found)
    return found


def _by_vin(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    rows = db.execute("SELECT * FROM record ORDER BY vin")
    names = [name for name, *_ in rows.description]
    for row in rows:
        yield dict(zip(names, row, strict=True))


def _compare(found: Vehicles, vin: str, due: dict[str, Any], stored: dict[str, Any] | None) -> None:
    part = found.records
    if stored is None:
        if due:
            part.count += 1
            part.note(MISSING, vin)
        return
    if not due:
        part.note(STRANGER, vin)
        return
    part.count += 1
    part.partly += not due.get("record")
    record = _record(vin, due, stored)
    if record is None:
        part.note(CHANGED, f"{vin} · body")
        found.untrue.add(vin)
        return
    otherwise = frozenset() if due.get("record") else _FILLED_OTHERWISE
    copied = {name: value for name, value in columns_of(record).items() if name not in otherwise}
    part.compare(vin, stored, copied)
    found.beside |= {(number, vin): certificate for number, certificate in beside_of(record)}


def _record(vin: str, due: Mapping[str, Any], stored: Mapping[str, Any]) -> Record | None:
    """The record as it is stored; None where that is not what the events say."""
    body = str(stored["body"])
    if due.get("record") and stored_digest(body.encode()) != due["record"]:
        return None
    try:
        record = record_from(body)
    except UndecodableError:
        return None
    said = record.vin, record.now.type, record.now.state, record.revision
    return record if due.get("record") or said == (vin, due["type"], due["state"], due["revision"]) else None


def _beside(db: sqlite3.Connection, found: Vehicles) -> None:
    """The numbers that records stand on beside that of their latest declaration: their bodies say it all."""
    due = found.beside
    for number, vin, certificate in db.execute("SELECT number, vin, certificate FROM beside"):
        stands = due.pop((number, vin), None)
        if stands is None and vin not in found.untrue:
            found.records.note(STRANGER, f"{vin} · beside {number}")
        elif stands not in (certificate, None):
            found.records.note(CHANGED, f"{vin} · beside {number}")
    for number, vin in sorted(due):
        found.records.note(MISSING, f"{vin} · beside {number}")


def _replies(db: sqlite3.Connection, found: Vehicles) -> None:
    """Each as its event says it, and in the order in which they came: the first final one holds."""
    part, last = found.replies, 0
    for row in db.execute(f"SELECT vin, {', '.join(_REPLY)} FROM reply ORDER BY id"):  # noqa: S608 - our names
        part.count += 1
        number = found.said.pop(hash(tuple(row)), None)
        if number is None:
            part.note(CHANGED, f"{row[0]} {row[1]}")
        elif number < last:
            part.note(CHANGED, f"{row[0]} {row[1]} · id")
        last = max(last, number or 0)
    events = "SELECT vin, json_extract(body, '$.guid'), id FROM event WHERE id = ?"
    for number in sorted(found.said.values()):
        vin, guid, event = db.execute(events, (number,)).fetchone()
        part.note(MISSING, f"{vin} {guid} · event {event}")
