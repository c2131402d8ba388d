"""What the ledger knows of a vehicle beyond its events: each row about it, also where nothing was stored, and
what went to people because of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from vinbatch.model import VEHICLE, Judged, Kept, Mailed, Outcome, Passage, Row, Version, column_letters
from vinbatch.store.codec import outcome_from
from vinbatch.store.order import OLDEST_FIRST
from vinbatch.zipped import inflated


def passages(db: sqlite3.Connection, vins: Collection[str]) -> Mapping[str, Sequence[Passage]]:
    """VIN → the rows about it, oldest batch first. Every outcome is unpacked: 2 ms for a full workbook."""
    found: dict[str, list[Passage]] = {vin: [] for vin in vins}
    stored = db.execute(
        f"SELECT outcome FROM batch WHERE outcome IS NOT NULL ORDER BY {OLDEST_FIRST}"  # noqa: S608 - our own text
    )
    for (packed,) in stored:
        data = inflated(packed)
        here = [vin for vin in vins if f'"{vin}'.encode() in data]
        if here:
            outcome = outcome_from(data)
            for vin in here:
                found[vin] += _of(vin, outcome)
    return found


def _of(vin: str, outcome: Outcome) -> Iterator[Passage]:
    sent = {d.row: d.entry for d in outcome.declarations if d.vin == vin}
    for judged in outcome.rows:
        row = judged.row
        if row.sheet == VEHICLE and _about(row, vin):
            entry = sent.get(row.number)
            yield _passage(judged, outcome, entry.number if entry else "", entry.revision if entry else None)


def _about(row: Row, vin: str) -> bool:
    """Whether it names the VIN, or came with the mark of its record and names another one now."""
    return (
        vin in row.values or (row.mark is not None and row.mark.key == vin) or ("vin", vin) in row.leftovers
    )


def _passage(judged: Judged, outcome: Outcome, number: str, revision: int | None) -> Passage:
    row, reading = judged.row, outcome.reading
    column = reading.columns.get(VEHICLE, {}).get("vin")
    return Passage(
        outcome.batch,
        reading.names.get(VEHICLE, ""),
        row.number,
        f"{column_letters(column)}{row.number}" if column else "",
        judged.verdict,
        {**dict(zip(reading.keys.get(VEHICLE, ()), row.values, strict=False)), **dict(row.leftovers)},
        tuple(f for f in outcome.findings if f.place == (VEHICLE, row.number)),
        number,
        revision,
    )


def versions(db: sqlite3.Connection, batches: Iterable[str]) -> Iterator[Version]:
    """Every version of the results of these batches, as they were written."""
    rows = db.execute(
        "SELECT batch, row_number() OVER (PARTITION BY batch ORDER BY id), name, digest, written FROM answer"
        " WHERE batch IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(batches)),),
    )
    for batch, number, name, digest, at in rows:
        yield Version(batch, number, name, digest, datetime.fromisoformat(at))


def posted(db: sqlite3.Connection, batches: Iterable[str]) -> Iterator[Mailed]:
    """The mails about these batches, in the order in which they were queued."""
    rows = db.execute(
        "SELECT batch, queued, subject, message, json_group_array(json_array(address, mailing.state, reply))"
        " FROM mail JOIN mailing ON mailing.mail = mail.id"
        " WHERE batch IN (SELECT value FROM json_each(?)) GROUP BY mail.id ORDER BY mail.id",
        (json.dumps(sorted(batches)),),
    )
    for batch, queued, subject, message, addresses in rows:
        to = tuple((str(a), str(s), str(r)) for a, s, r in json.loads(addresses))
        yield Mailed(batch, datetime.fromisoformat(queued), subject, to, message)


_BY_DIGEST = """
SELECT number, 'source', source_name, source_digest, taken FROM batch WHERE source_digest = :digest
UNION ALL SELECT package.batch, 'package', package.name, digest, taken FROM package
    JOIN batch ON number = package.batch WHERE digest = :digest
UNION ALL SELECT batch, 'package', name, digest, made FROM forgotten WHERE digest = :digest
    AND guid NOT IN (SELECT guid FROM package)
UNION ALL SELECT coalesce(package.batch, ''), 'receipt', receipt.name, receipt.digest, receipt.heard
    FROM receipt LEFT JOIN package ON package.guid = receipt.guid WHERE receipt.digest = :digest
UNION ALL SELECT batch, 'result', name, digest, written FROM answer WHERE digest = :digest
"""


def of_digest(db: sqlite3.Connection, digest: str) -> Iterator[Kept]:
    """What has these bytes: the same workbook may have been dropped several times."""
    for batch, kind, name, found, at in db.execute(_BY_DIGEST, {"digest": digest}):
        yield Kept(batch, kind, name, found, datetime.fromisoformat(at))
