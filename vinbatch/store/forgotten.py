"""Packages that a restored ledger does not know: open until a person has decided, their VINs refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vinbatch.model import Forgotten, Type
from vinbatch.noun import Noun
from vinbatch.store import audit, opened
from vinbatch.store.order import MADE_FIRST
from vinbatch.store.writing import utc

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

OPEN, VOID, REGAINED = "open", "void", "regained"
_COLUMNS = "guid, batch, type, name, digest, vehicles, made"


def by_vin(db: sqlite3.Connection, vins: Collection[str]) -> dict[str, Forgotten]:
    """Those of these VINs that an open one holds → the oldest of them."""
    rows = db.execute(
        f"SELECT vin, {_COLUMNS} FROM forgotten_vin JOIN forgotten USING (guid)"  # noqa: S608 - our own text
        f" WHERE state = '{OPEN}' AND vin IN (SELECT value FROM json_each(?))"
        f" ORDER BY {MADE_FIRST}",
        (json.dumps(sorted(vins)),),
    ).fetchall()
    return {row[0]: _forgotten(row[1:]) for row in reversed(rows)}


def _forgotten(row: Sequence[str]) -> Forgotten:
    guid, batch, kind, name, digest, vehicles, made = row
    return Forgotten(guid, batch, Type(kind), name, digest, int(vehicles), datetime.fromisoformat(made))


class Decision(Noun, frozen=True):
    """Who decided, and why; `how` is the word of the command."""

    user: str
    reason: str
    how: str


class Forgettings:
    """What a ledger was told that it forgot."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, found: Sequence[tuple[Forgotten, Sequence[str]]], now: datetime) -> None:
        """Packages with their VINs, each VIN an event. One that is known, decided or not, stays as it is."""
        at = utc(now)
        with self._ledger.transaction() as db:
            opened.unsay(db)
            for one, vins in found:
                made = utc(one.made)
                added = db.execute(
                    f"INSERT OR IGNORE INTO forgotten ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own columns
                    (one.guid, one.batch, one.type.value, one.name, one.digest, one.vehicles, made),
                )
                if not added.rowcount:
                    continue
                db.executemany("INSERT INTO forgotten_vin VALUES (?, ?)", [(vin, one.guid) for vin in vins])
                told: dict[str, object] = {
                    "time": at,
                    "kind": "forgotten",
                    "guid": one.guid,
                    "type": one.type,
                    "name": one.name,
                }
                told |= {"digest": one.digest, "vehicles": one.vehicles, "made": made}
                audit.append(db, ((vin, one.batch, told) for vin in vins))

    def open(self) -> tuple[Forgotten, ...]:
        """Those that a person has to decide about, oldest first."""
        rows = self._ledger.db.execute(
            f"SELECT {_COLUMNS} FROM forgotten WHERE state = '{OPEN}' ORDER BY {MADE_FIRST}"  # noqa: S608 - our own columns
        )
        return tuple(_forgotten(row) for row in rows)

    def get(self, guid: str) -> Forgotten | None:
        """The open one of this guid, if it is one."""
        wanted = guid.strip().upper()
        return next((one for one in self.open() if one.guid == wanted), None)

    def state(self, guid: str) -> str:
        """Open, or what a person has said of it; "" where it never was forgotten."""
        found = self._ledger.db.execute("SELECT state FROM forgotten WHERE guid = ?", (guid,)).fetchone()
        return str(found[0]) if found else ""

    def settle(self, some: Sequence[Forgotten], state: str, by: Decision, now: datetime) -> None:
        """A person has decided: the vehicles are no longer refused."""
        at = utc(now)
        with self._ledger.transaction() as db:
            db.executemany(
                "UPDATE forgotten SET state = ?, settled = ?, user = ?, reason = ? WHERE guid = ?",
                [(state, at, by.user, by.reason, one.guid) for one in some],
            )
            told = {"time": at, "kind": state, "user": by.user, "reason": by.reason, "how": by.how}
            audit.append(db, (("", one.batch, {**told, "guid": one.guid, "name": one.name}) for one in some))

    def settled(self) -> frozenset[str]:
        """The guids of those about which a person has decided."""
        return frozenset(
            g for (g,) in self._ledger.db.execute("SELECT guid FROM forgotten WHERE state <> ?", (OPEN,))
        )

    def batches(self) -> frozenset[str]:
        """Those of all of them, decided or not."""
        return frozenset(b for (b,) in self._ledger.db.execute("SELECT batch FROM forgotten"))

    def holding(self, guid: str) -> Forgotten | None:
        """The oldest open one that has a vehicle of this package, which the ledger knows."""
        sent = self._ledger.replies.sent(guid)
        found = by_vin(self._ledger.db, [d.vin for d in sent.declarations] if sent and self.open() else [])
        return min(found.values(), key=lambda one: one.made, default=None)

    def vins(self, guid: str) -> tuple[str, ...]:
        """The vehicles of one of these packages."""
        rows = self._ledger.db.execute(
            "SELECT vin FROM forgotten_vin WHERE guid = ? ORDER BY vin", (guid,)
        ).fetchall()
        return tuple(vin for (vin,) in rows)
