"""A ledger that has seen years: millions of accepted VINs, written by SQL with the store's own columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from vinbatch.model import Entry, Record, Standing, State, Type
from vinbatch.store import commits
from vinbatch.store.codec import encode
from vinbatch.store.ledger import Ledger

_OLD = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
_BATCH = 200
_A_DAY = 25  # batches
_STEP = 200_000  # records of a transaction
_NUMBERS = 20_000  # parameter sets in the catalogue
_VIN = "LVHRW1850N{:07d}"


def grow(ledger: Ledger, records: int) -> None:
    """So many records, a catalogue, their batches and events, without the outcomes.

    All of it is told: register and overview were written in their time.
    """
    ledger.db.execute("PRAGMA cache_size = -1000000")
    with ledger.transaction() as db:
        for number in range(min(_NUMBERS, records)):
            entry = Entry(
                _number(number), 1, {"structure_no": _number(number), "length": 4900}, (), "OLD", _OLD
            )
            db.execute(
                "INSERT INTO entry VALUES (?, 1, 1, 'OLD', ?, ?)",
                (entry.number, _OLD.isoformat(), encode(entry)),
            )
            db.execute("INSERT INTO shelf VALUES (?, 1, 1)", (entry.number,))
    for start in range(0, records, _STEP):
        with ledger.transaction() as db:
            _insert(db, range(start, min(start + _STEP, records)))
    with ledger.transaction() as db:
        db.execute("DELETE FROM register_due")
        db.execute("DELETE FROM page_due")
    ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(db: sqlite3.Connection, some: range) -> None:
    columns = _written(_record(0))
    db.executemany(
        f"INSERT INTO record ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        _rows(some),
    )
    db.executemany(
        "INSERT INTO event (vin, batch, body, hash) VALUES (?, ?, ?, ?)",
        ((_VIN.format(i), _name(i), "{}", f"{i:064x}") for i in some),
    )
    batches = some[::_BATCH]
    db.executemany(
        "INSERT INTO batch (number, claim, taken, department, owner, user, source_name, source_digest,"
        " committed) VALUES (?, ?, ?, '', '', '', 'old.xlsx', ?, 1)",
        ((_name(i), f"old/{i}", _OLD.isoformat(), f"{i:064x}") for i in batches),
    )
    db.executemany(
        "INSERT INTO line (batch, day, counted) VALUES (?, ?, 1)", ((_name(i), _day(i)) for i in batches)
    )


def _rows(some: range) -> Iterator[tuple[object, ...]]:
    """One record as the store writes it, with other VINs in it: encoding a million would take a minute."""
    template = _written(_record(0))
    old = {"vin": _VIN.format(0), "batch": _name(0), "structure_no": _number(0)}
    body = str(template["body"])
    for i in some:
        new = {"vin": _VIN.format(i), "batch": _name(i), "structure_no": _number(i % _NUMBERS)}
        text = body
        for key, value in old.items():
            text = text.replace(value, new[key])
        yield tuple({**template, **new, "body": text}.values())


def _written(record: Record) -> dict[str, object]:
    return {**commits.columns_of(record), "body": encode(record)}


def _record(i: int) -> Record:
    data = {
        "vin": _VIN.format(i),
        "structure_no": _number(i % _NUMBERS),
        "ccc_no": "2020011101345678",
        "production_date": "2021.05",
        "engine_no": "B48B20B 12345678",
        "colour": "碳黑色",
    }
    standing = Standing(Type.FILING, State.ACCEPTED, _name(i), data, 1, _OLD)
    return Record(data["vin"], 2, 1, standing, accepted=standing, updated=_OLD)


def _name(i: int) -> str:
    return f"TRIAL-{_day(i)}-{i // _BATCH:06d}"  # of the home that it is put into


def _day(i: int) -> str:
    return f"{_OLD - timedelta(days=i // _BATCH // _A_DAY):%Y%m%d}"


def _number(i: int) -> str:
    return f"OLD-{i:06d}"
