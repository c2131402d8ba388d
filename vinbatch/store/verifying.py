"""The tables against the events: the chain proves the events, and these prove what stands beside them.

What an event of an older version does not tell cannot be compared: such are counted as `partly`. The columns
that no event tells of, and nothing is counted from, are listed in docs/security.md.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from vinbatch.model import DUE, PUBLISHING
from vinbatch.store.codec import entry_from, stored_digest
from vinbatch.store.compared import CHANGED, GONE, MISSING, STRANGER, Part
from vinbatch.store.forgotten import OPEN
from vinbatch.store.recounting import recount
from vinbatch.store.testimony import Testimony, heard
from vinbatch.store.verifying_vehicles import Vehicles, verify_vehicles
from vinbatch.zipped import inflated

_BATCH = ("source_name", "source_digest", "refused", "department", "owner", "user", "saved_by", "taken")
_PACKAGE = ("batch", "name", "digest", "state", "reason", "published", "type", "vehicles")
_RECEIPT = ("name", "guid", "heard", "reasons")
_FORGOTTEN = ("batch", "type", "name", "digest", "vehicles", "made", "state", "settled", "user", "reason")
_UNDECIDED = {"state": OPEN, "settled": "", "user": "", "reason": ""}
# Batches whose last answer is not the one that index and reports/ show.
_LAST_GONE = """
SELECT line.batch, line.result FROM line LEFT JOIN written ON written.name = line.result
WHERE line.result <> '' AND NOT EXISTS (
    SELECT 1 FROM answer WHERE answer.id = (SELECT max(id) FROM answer WHERE batch = line.batch)
    AND answer.name = line.result AND answer.digest = written.digest
) ORDER BY line.batch
"""


def verify_tables(db: sqlite3.Connection) -> list[Part]:
    """Everything that an event tells of, part by part, then the answers and the sums; as of one moment."""
    db.execute("BEGIN")
    try:
        said = heard(db)
        vehicles = verify_vehicles(db)
        return [
            vehicles.records,
            vehicles.replies,
            _entries(db, said),
            _packages(db, said, vehicles),
            _batches(db, said),
            _receipts(db, said),
            _forgotten(db, said, vehicles),
            _answers(db),
            recount(db),
        ]
    finally:
        db.execute("ROLLBACK")


def _rows(
    db: sqlite3.Connection, part: Part, table: str, key: str, columns: tuple[str, ...], where: str = "1"
) -> Iterator[tuple[str, dict[str, object]]]:
    query = f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE {where} ORDER BY {key}"  # noqa: S608 - ours
    for first, *others in db.execute(query):
        part.count += 1
        yield first, dict(zip(columns, others, strict=True))


def _entries(db: sqlite3.Connection, said: Testimony) -> Part:
    """Every revision, and which of them is the latest; a number that was deleted has none."""
    part = Part("entries")
    (part.count,) = db.execute("SELECT count(*) FROM entry").fetchone()
    rows = db.execute("SELECT number, generation, revision, batch, updated, body FROM entry")
    keyed = ((tuple(row[:3]), row[3:]) for row in rows)
    for key, (batch, updated, body), told in part.matched(keyed, said.entries, _revision):
        name = _revision(key)
        part.partly += not told.digest
        if told.digest and stored_digest(str(body).encode()) != told.digest:
            part.note(CHANGED, f"{name} · body")
            continue
        stored = {"batch": batch, "updated": updated}
        own = {"updated": _updated(str(body))} if told.digest else {}
        part.compare(name, stored, {"batch": told.batch, **own})
    _shelf(db, said, part)
    return part


def _revision(key: tuple[str, int, int], _row: object = None) -> str:
    number, _, revision = key
    return f"{number} · {revision}"


def _updated(body: str) -> str:
    entry = entry_from(body)
    return entry.updated.isoformat() if entry.updated else ""


def _shelf(db: sqlite3.Connection, said: Testimony, part: Part) -> None:
    rows = db.execute("SELECT number, generation, revision FROM shelf")
    lying = ((number, (generation, revision)) for number, generation, revision in rows)
    for number, stored, told in part.matched(lying, said.shelf, lambda number, _: f"{number} · shelf"):
        if stored != told:
            part.note(CHANGED, f"{number} · shelf")


def _packages(db: sqlite3.Connection, said: Testimony, vehicles: Vehicles) -> Part:
    part = Part("packages")
    rows = _rows(db, part, "package", "guid", _PACKAGE)
    for guid, stored, told in part.matched(rows, said.packages, lambda _, row: str(row["name"])):
        if stored["state"] == PUBLISHING:
            stored["state"] = DUE
        kinds = vehicles.declared.get(guid, Counter())
        part.compare(str(told["name"]), stored, {**told, "type": " ".join(kinds), "vehicles": kinds.total()})
    return part


def _batches(db: sqlite3.Connection, said: Testimony) -> Part:
    part = Part("batches")
    rows = _rows(db, part, "batch", "number", (*_BATCH, "committed", "outcome"), "committed")
    for number, stored, told in part.matched(rows, said.batches):
        due = {**told, "committed": 1}
        stored["taken"] = _moment(stored["taken"])
        digest = said.outcomes.get(number)
        if digest:
            stored["outcome"] = _digest(stored["outcome"])
            due |= {"outcome": digest}
        part.partly += not digest or any(name not in due for name in _BATCH)
        part.compare(number, stored, due)
    return part


def _moment(text: object) -> object:
    """The time that a text names, however it is written; the text itself where it names none."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return text


def _digest(outcome: object) -> str:
    """Of an outcome as it lies there; "" where it cannot be unpacked."""
    if not isinstance(outcome, bytes):
        return ""
    try:
        return stored_digest(inflated(outcome))
    except zlib.error:
        return ""


def _receipts(db: sqlite3.Connection, said: Testimony) -> Part:
    part = Part("receipts")
    rows = _rows(db, part, "receipt", "digest", _RECEIPT)
    for digest, stored, told in part.matched(rows, said.receipts):
        part.compare(digest, stored, told)
    return part


def _forgotten(db: sqlite3.Connection, said: Testimony, vehicles: Vehicles) -> Part:
    """What a restore forgot: while a package is open, the rows of its VINs are refused."""
    part = Part("forgotten")
    rows = _rows(db, part, "forgotten", "guid", _FORGOTTEN)
    for guid, stored, told in part.matched(rows, vehicles.forgotten):
        part.partly += len(told) + len(_UNDECIDED) < len(_FORGOTTEN)
        part.compare(guid, stored, {**_UNDECIDED, **told, **said.decided.get(guid, {})})
    _floors(db, said, part)
    lying = set(db.execute("SELECT vin, guid FROM forgotten_vin"))
    for vin, guid in sorted(lying ^ vehicles.forgotten_vins):
        part.note(STRANGER if (vin, guid) in lying else MISSING, f"{vin} {guid}")
    return part


def _floors(db: sqlite3.Connection, said: Testimony, part: Part) -> None:
    """The lowest revision after each restore; of those of an older version nothing is told."""
    told = [floor for floor in said.floors if floor is not None]
    stored = [floor for (floor,) in db.execute("SELECT revision FROM revision_floor ORDER BY revision")]
    for floor in sorted(set(told) - set(stored)):
        part.note(MISSING, f"revision_floor {floor}")
    if len(told) == len(said.floors):
        for floor in sorted(set(stored) - set(told)):
            part.note(STRANGER, f"revision_floor {floor}")


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
