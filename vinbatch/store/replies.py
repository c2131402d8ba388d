"""Customs' answers in the ledger: what a receipt speaks for, and what came of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vinbatch.cut import first_of
from vinbatch.model import PUBLISHED, Effect, Heard, Receipt, Reply, Sent, State, Type
from vinbatch.noun import Noun
from vinbatch.store import audit, commits, mails, opened
from vinbatch.store.writing import utc

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

_OF_VEHICLES = (
    "RECEIPT-CONTRADICTS",
    "RECEIPT-BOTH",
    "RECEIPT-FOREIGN-VIN",
    "RECEIPT-UNDER-DRAFT",
)  # of the VIN that is their value
_MOST, _LONGEST = 5, 40  # VINs that a letter names, and characters of one: customs may write anything
_COLUMNS = "guid, vin, status, state, time, info, receipt, effect, user, doubted"


class Came(Noun, frozen=True):
    """A receipt as it came: its file's name, and for one recorded by command, who did it."""

    digest: str
    name: str
    user: str = ""
    waits: bool = False  # for a person's word about its package: it lies in no folder, and is no trouble yet


class Replies:
    """The answers of customs that a ledger keeps."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def sent(self, guid: str) -> Sent | None:
        """The package of this guid with what was declared in it; None where there is no such package."""
        row = self._ledger.db.execute("SELECT batch, type FROM package WHERE guid = ?", (guid,)).fetchone()
        if row is None:
            return None
        outcome = self._ledger.outcome(row[0])
        kind = Type(row[1])
        return Sent(guid, row[0], kind, tuple(d for d in outcome.declarations if d.type is kind))

    def of(self, guid: str) -> tuple[Reply, ...]:
        """The replies to this package, in the order in which they came."""
        return self._select("guid = ?", (guid,))

    def to(self, vins: Iterable[str], receipt: str) -> tuple[Reply, ...]:
        """The replies to these vehicles that what this receipt does may hang on, of whatever package, in the
        order in which they came: those that moved a record, and its own, where it was heard before.

        Not what is on its way: a gateway may tell that a thousand times, each time of two hundred vehicles.
        """
        moving = (Effect.APPLIED.value, Effect.OVERRODE.value)
        some = "vin IN (SELECT value FROM json_each(?)) AND (effect IN (?, ?) OR receipt = ?)"
        return self._select(some, (json.dumps(list(vins)), *moving, receipt))

    def of_batch(self, batch: str) -> tuple[Reply, ...]:
        """The replies to all packages of a batch, in the order in which they came."""
        return self._select("guid IN (SELECT guid FROM package WHERE batch = ?)", (batch,))

    def contradicted(self, vins: Iterable[str]) -> Mapping[str, tuple[Reply, ...]]:
        """All replies to those of these vehicles to which one was refused, since it contradicted another."""
        some = "vin IN (SELECT value FROM json_each(?))"
        found: dict[str, tuple[Reply, ...]] = {}
        where = f"vin IN (SELECT vin FROM reply WHERE {some} AND effect = 'refused')"  # noqa: S608 - our own text
        for reply in self._select(where, (json.dumps(sorted(set(vins))),)):
            found[reply.vin] = (*found.get(reply.vin, ()), reply)
        return found

    def waiting(self, guid: str) -> int:
        """How many receipts for this package were heard, and could not be used yet."""
        (count,) = self._ledger.db.execute(
            "SELECT count(*) FROM receipt WHERE guid = ? AND reasons <> ''", (guid,)
        ).fetchone()
        return int(count)

    def names(self) -> Mapping[str, str]:
        """Digest → the name that a receipt came under."""
        return dict(self._ledger.db.execute("SELECT digest, name FROM receipt").fetchall())

    def _select(self, where: str, values: Sequence[str]) -> tuple[Reply, ...]:
        query = f"SELECT {_COLUMNS} FROM reply WHERE {where} ORDER BY id"  # noqa: S608 - our own text
        return tuple(
            Reply(guid, vin, status, State(state), time, info, receipt, Effect(effect), *others)
            for guid, vin, status, state, time, info, receipt, effect, *others in self._ledger.db.execute(
                query, tuple(values)
            )
        )

    def commit(
        self,
        came: Came,
        receipt: Receipt | None,
        sent: Sent | None,
        heard: Heard,
        reasons: str,
        now: datetime,
    ) -> None:
        """One transaction: records, replies, events, the batch's answer due; nothing where nothing is new.

        `receipt` None: the file could not be read. `reasons` say what of it could not be used. A package that
        customs answers to was sent, whatever we thought of it.
        """
        known = self._ledger.db.execute(
            "SELECT reasons FROM receipt WHERE digest = ?", (came.digest,)
        ).fetchone()
        if known == (reasons,) and not heard.replies:
            return
        at = utc(now)
        guid = receipt.guid if receipt else ""
        with self._ledger.transaction() as db:
            proofs = commits.write_records(db, heard.records)
            db.executemany("INSERT OR IGNORE INTO agreed VALUES (?, ?)", heard.agreed)
            db.executemany(
                f"INSERT INTO reply ({_COLUMNS}, heard) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own columns
                [(*_row(r), at) for r in heard.replies],
            )
            db.execute(
                "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?)",
                (came.digest, came.name, guid, at, reasons),
            )
            settled = _settle(db, sent, at) if sent and heard.replies else ()
            if sent and heard.replies:
                db.execute("UPDATE batch SET answer_due = 1 WHERE number = ?", (sent.batch,))
                opened.tell_of(db, [change.vin for change in heard.records])
            audit.append(db, (*_events(came, guid, sent, heard, proofs, reasons, at), *settled))
            if self._ledger.mailing:
                _tell(db, came, sent, heard, reasons, at)

    def tell_aside(self, name: str, code: str, now: datetime) -> None:
        """By mail, that this file was set aside, of which the ledger hears nothing else."""
        if self._ledger.mailing:
            with self._ledger.transaction() as db:
                mails.trouble(db, "aside", "", {"name": name, "codes": code}, utc(now))


def _tell(db: sqlite3.Connection, came: Came, sent: Sent | None, heard: Heard, reasons: str, at: str) -> None:
    """By mail: the clerks of what is new, the operator of what was set aside."""
    if sent and heard.replies:
        mails.mark(db, [sent.batch])
    if reasons and not came.user and not came.waits:  # who recorded an answer by command is told at once
        about = {"name": came.name, "codes": reasons, **_named(heard)}
        mails.trouble(db, "aside", sent.batch if sent else "", about, at)


def _named(heard: Heard) -> dict[str, str]:
    """The vehicles whose answer could not be used: the first of them, and how many they are."""
    vins = [*dict.fromkeys(p.value for p in heard.problems if p.code in _OF_VEHICLES)]
    named = first_of([vin[:_LONGEST] for vin in vins], _MOST)
    return {"vins": ", ".join(named), "n": str(len(vins))} if vins else {}


def _row(reply: Reply) -> tuple[str, ...]:
    return (
        reply.guid,
        reply.vin,
        reply.status,
        reply.state.value,
        reply.time,
        reply.info,
        reply.receipt,
        reply.effect.value,
        reply.user,
        reply.doubted,
    )


def _settle(db: sqlite3.Connection, sent: Sent, at: str) -> tuple[tuple[str, str, Mapping[str, object]], ...]:
    """A package in doubt, or not yet published, is settled as sent (design section 5)."""
    done = db.execute(
        "UPDATE package SET state = ?, reason = '', published = ? WHERE guid = ? AND state <> ?",
        (PUBLISHED, at, sent.guid, PUBLISHED),
    )
    if not done.rowcount:
        return ()
    return (("", sent.batch, {"time": at, "kind": "released", "guid": sent.guid, "how": "receipt"}),)


def _events(
    came: Came,
    guid: str,
    sent: Sent | None,
    heard: Heard,
    proofs: Mapping[str, str],
    reasons: str,
    at: str,
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """One for the file, one for each vehicle that it speaks for; `proofs` are the digests of its records."""
    batch = sent.batch if sent else ""
    file: dict[str, object] = {"file": came.name, "receipt": came.digest, "guid": guid}
    who = {"user": came.user} if came.user else {}
    aside = {"set_aside": reasons} if reasons else {}
    yield "", batch, {"time": at, "kind": "receipt", **file, **who, **aside}
    for reply in heard.replies:
        proof = {"record": proofs[reply.vin]} if reply.vin in proofs else {}
        told = {**file, **who, **_said(reply), **proof}
        yield reply.vin, batch, {"time": at, "kind": f"reply-{reply.effect}", **told}


def _said(reply: Reply) -> dict[str, object]:
    told: dict[str, object] = {
        "status": reply.status,
        "state": reply.state.value,
        "at": reply.time,
        "info": reply.info,
    }
    return {**told, "doubted": reply.doubted} if reply.doubted else told
