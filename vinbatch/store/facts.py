"""Looking up what a chunk is decided by. Lists travel as one JSON parameter: no limit, one plan."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from vinbatch.model import DONE, MOST_SAMPLED, AboutParameters, Entry, Facts, Record, Users, structure_of
from vinbatch.store import forgotten, opened
from vinbatch.store.codec import entry_from, outcome_from, record_from
from vinbatch.store.order import OLDEST_FIRST
from vinbatch.zipped import inflated


def look_up(
    db: sqlite3.Connection,
    vins: Collection[str],
    numbers: Collection[str],
    digests: Collection[str],
    marks: Collection[str] = (),
) -> Facts:
    """Records, catalogue entries with their users, earlier drops of the same bytes, rows that wait, agreed
    pairs.
    """
    found = records(db, vins)
    wanted = {*numbers, *(n for r in found.values() for n in _numbers_of(r))}
    latest = entries(db, wanted)
    return Facts(
        records=found,
        entries=latest,
        former=_former(db, found.values(), latest),
        users=_users(db, wanted),
        seen=_seen(db, digests),
        waiting=opened.waiting(db, marks),
        agreed=frozenset((w, c) for w, c in db.execute("SELECT wmi, country FROM agreed")),
        forgotten=forgotten.by_vin(db, vins),
        gone_vins=_gone_vins(db, vins),
        gone_numbers=_gone_numbers(db, wanted - latest.keys()),
        floor=floor_of(db),
    )


def _gone_vins(db: sqlite3.Connection, vins: Collection[str]) -> dict[str, int]:
    rows = db.execute(
        "SELECT vin, revision FROM gone WHERE vin IN (SELECT value FROM json_each(?))", (_list(vins),)
    )
    return dict(rows.fetchall())


def _gone_numbers(db: sqlite3.Connection, numbers: Collection[str]) -> dict[str, int]:
    """Of numbers that are not on the shelf: an entry that left it keeps all its revisions."""
    rows = db.execute(
        "SELECT number, max(revision) FROM entry WHERE number IN (SELECT value FROM json_each(?))"
        " GROUP BY number",
        (_list(numbers),),
    )
    return dict(rows.fetchall())


def floor_of(db: sqlite3.Connection) -> int:
    """The lowest revision that may be given; 0 where no restore has set one."""
    (floor,) = db.execute("SELECT coalesce(max(revision), 0) FROM revision_floor").fetchone()
    return int(floor)


def records(db: sqlite3.Connection, vins: Collection[str]) -> dict[str, Record]:
    """The records of these VINs."""
    rows = db.execute("SELECT body FROM record WHERE vin IN (SELECT value FROM json_each(?))", (_list(vins),))
    return {r.vin: r for r in (record_from(body) for (body,) in rows)}


def entries(db: sqlite3.Connection, numbers: Collection[str]) -> dict[str, Entry]:
    """The latest revisions of these numbers."""
    rows = db.execute(
        "SELECT body FROM shelf JOIN entry USING (number, generation, revision)"
        " WHERE number IN (SELECT value FROM json_each(?))",
        (_list(numbers),),
    )
    return {e.number: e for e in (entry_from(body) for (body,) in rows)}


def _list(items: Collection[str]) -> str:
    return json.dumps(sorted(items))


def _numbers_of(record: Record) -> Iterable[str]:
    for standing in (record.now, record.accepted, record.before):
        if standing is not None and structure_of(standing):
            yield structure_of(standing)


def _former(
    db: sqlite3.Connection, found: Iterable[Record], latest: Mapping[str, Entry]
) -> dict[tuple[str, int], Entry]:
    """The revisions that these records stand on, where a newer one came since."""
    wanted = {
        (str(s.data.get("structure_no")), s.structure_revision)
        for r in found
        for s in (r.now, r.accepted, r.before)
        if s is not None and s.structure_revision is not None
    }
    former = {}
    for number, revision in sorted(wanted):
        if number in latest and latest[number].revision == revision:
            continue
        row = db.execute(
            "SELECT body FROM entry WHERE number = ? AND revision = ? ORDER BY generation DESC LIMIT 1",
            (number, revision),
        ).fetchone()
        if row is not None:
            former[(number, revision)] = entry_from(row[0])
    return former


# Both halves come in order of their index, so that only as many rows are read as are wanted.
_SAMPLE = (
    "SELECT id, vin, certificate FROM record WHERE structure_no = ? AND live = 1"
    " UNION ALL SELECT record.id, beside.vin, beside.certificate FROM beside JOIN record USING (vin)"
    " WHERE number = ? ORDER BY 1 LIMIT ?"
)


# By their index: of a hundred thousand users none is read.
_FOLLOWING = (
    "SELECT structure_no, department, count(*) FROM record"
    " WHERE structure_no IN (SELECT value FROM json_each(?)) AND live = 1 AND (state = 'draft' OR firm = 0)"
    " GROUP BY structure_no, department"
)


# What those are held for. Held drafts are few; no other's body is looked into.
_HELD = (
    "SELECT structure_no, department, json_extract(body, '$.held') FROM record INDEXED BY record_follows"
    " WHERE structure_no IN (SELECT value FROM json_each(?)) AND live = 1 AND (state = 'draft' OR firm = 0)"
    " AND held = 1"
)


def _users(db: sqlite3.Connection, numbers: Collection[str]) -> dict[str, Users]:
    """Counts are kept by triggers: a number with a hundred thousand users costs what one with two does."""
    users = {}
    drafts: dict[str, dict[str, int]] = {}
    for number, department, count in db.execute(_FOLLOWING, (_list(numbers),)):
        drafts.setdefault(number, {})[department] = count
    held = db.execute(_HELD, (_list(drafts),)) if drafts else ()
    waiting: dict[str, Counter[str]] = {}
    for number, department, asks in held:
        if AboutParameters.of(json.loads(asks), number).elsewhere:
            waiting.setdefault(number, Counter())[department] += 1
    rows = db.execute(
        "SELECT number, live, firm FROM usage WHERE live > 0 AND number IN (SELECT value FROM json_each(?))",
        (_list(numbers),),
    ).fetchall()
    for number, live, firm in rows:
        sample = db.execute(_SAMPLE, (number, number, MOST_SAMPLED)).fetchall()
        holder, certificate = next(((v, c) for _, v, c in sample if c), ("", ""))
        vins = tuple(v for _, v, _ in sample)
        following = drafts.get(number, {})
        users[number] = Users(live, firm, vins, certificate, holder, following, waiting.get(number, {}))
    return users


def _seen(db: sqlite3.Connection, digests: Collection[str]) -> Mapping[str, Mapping[tuple[str, int], str]]:
    """What earlier drops of these bytes did, out of their stored outcomes: such drops are rare."""
    seen: dict[str, dict[tuple[str, int], str]] = {}
    rows = db.execute(
        "SELECT source_digest, outcome FROM batch WHERE committed = 1"  # noqa: S608 - our own text
        " AND source_digest IN (SELECT value FROM json_each(?))"
        f" ORDER BY {OLDEST_FIRST}",
        (_list(digests),),
    )
    for digest, stored in rows:
        outcome = outcome_from(inflated(stored))
        done = {j.row.place: outcome.batch for j in outcome.rows if j.verdict in DONE}
        seen.setdefault(digest, {}).update(done)
    return seen
