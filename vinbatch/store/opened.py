"""Which rows of a batch wait for a person, or for customs, until a later batch has taken them over.

A later batch takes a row over when it writes the record of its VIN or the entry of its number (triggers do
that, `schema.open`), or brings the row itself back: the mark of a row that is on no record travels with it,
whatever was mended in it, its VIN too. A record's mark stands on every extract: there the row number has to
be the same too, and the row is taken over only where it waits again. So is a vehicle that customs rejected,
by a row of its department that a later batch refused: until that is settled it waits there alone, and no
more in a row of a third batch that had nothing to do for it. A vehicle that stays held as it was waits where
its department brought it last, on whatever row: all of them are asked about there. A line that is no row,
such as a total, waits for nobody: it is watched until its file comes again, with it or without.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from vinbatch.model import (
    FOOTER,
    STRUCTURE,
    VEHICLE,
    Judged,
    Outcome,
    Reading,
    Severity,
    Verdict,
    tells_apart,
)
from vinbatch.noun import replace
from vinbatch.numbering import batches_named
from vinbatch.store.order import CAME_BEFORE, NEWEST_FIRST, OLDEST_FIRST

# Stops begin or end so of rows in which there is nothing to mend: old data, another's, or not yet.
_BARRED, _WAITS = ("MARK-", "RECORD-", "DEPARTMENT-", "VIN-FORGOTTEN"), "-WAITS"
_KINDS = {Verdict.REFUSED: "refused", Verdict.HELD: "held", Verdict.UNCHANGED: "watch"}
_EARLIER = (
    "EXISTS (SELECT 1 FROM batch AS old, batch AS new WHERE old.number = open_row.batch"  # noqa: S608 - our own text
    f" AND new.number = ? AND {CAME_BEFORE})"
)
# Not what a department has to see to of its own vehicle: another's refused row, whose number is the same by
# chance as in every extract, leads it nowhere.
_OWN = (
    f"(sheet <> '{VEHICLE}' OR (SELECT department FROM batch WHERE number = open_row.batch) = ?"  # noqa: S608 - our own text
    " OR EXISTS (SELECT 1 FROM record WHERE vin = name AND department = ?))"
)
# The row in which the batch of a rejected vehicle declared it; found by VIN, which has few events.
_DECLARED = (
    "coalesce((SELECT max(json_extract(body, '$.row')) FROM event WHERE event.vin = open_row.name"
    " AND event.vin <> '' AND +event.batch = open_row.batch), 0)"
)
_Row = tuple[str, str, int, str, str, str, str]


def keep(db: sqlite3.Connection, outcome: Outcome) -> None:
    """What this batch leaves open and takes over, within the caller's transaction; may be said again.

    What it leaves to a later batch waits there as before.
    """
    older = outcome.older
    if older:
        outcome = replace(outcome, rows=tuple(j for j in outcome.rows if j.row.place not in older))
    _take_over(db, outcome)
    db.execute("DELETE FROM open_row WHERE batch = ? AND kind <> 'rejected'", (outcome.batch,))
    db.executemany("INSERT INTO open_row VALUES (?, ?, ?, ?, ?, ?, ?)", list(_rows(outcome)))
    db.execute(
        "DELETE FROM open_row WHERE batch = ? AND kind = 'watch'"
        " AND name <> ? AND NOT EXISTS"
        " (SELECT 1 FROM record WHERE vin = name AND state IN ('declared', 'rejected'))",
        (outcome.batch, _file(outcome.reading)),
    )
    _close_late(db, outcome.batch)
    _reopen(db, outcome)


def _reopen(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Vehicles that customs rejected, and whose refused row came back as something else."""
    came = [j.row.mark.key for j in outcome.rows if j.row.mark is not None and not j.row.mark.revision]
    if came:
        db.execute(
            "INSERT INTO open_row (batch, sheet, row, kind, name)"
            " SELECT batch, :sheet, 0, 'rejected', vin FROM record"
            " WHERE state = 'rejected' AND vin IN (SELECT value FROM json_each(:came)) AND NOT EXISTS"
            " (SELECT 1 FROM open_row WHERE name = vin AND sheet = :sheet"
            " AND kind IN ('rejected', 'refused'))",
            {"sheet": VEHICLE, "came": json.dumps(came)},
        )


def _close_late(db: sqlite3.Connection, batch: str) -> None:
    """Of a batch that is counted late: what was dealt with meanwhile, as the triggers would have told it."""
    db.execute(
        "DELETE FROM open_row WHERE batch = :batch AND sheet = :sheet AND EXISTS"  # noqa: S608 - our own text
        " (SELECT 1 FROM record JOIN batch AS new ON new.number = record.batch"
        f" JOIN batch AS old ON old.number = :batch WHERE vin = name AND {CAME_BEFORE})",
        {"batch": batch, "sheet": VEHICLE},
    )
    db.execute(
        "DELETE FROM open_row WHERE batch = ? AND kind = 'held' AND sheet = ?"
        " AND NOT EXISTS (SELECT 1 FROM record WHERE vin = name)",
        (batch, VEHICLE),
    )
    # Within a pass the numbers do not tell which came first: parameters go before.
    db.execute(
        "DELETE FROM open_row WHERE batch = :batch AND sheet = :sheet AND EXISTS"
        " (SELECT 1 FROM entry JOIN batch AS new ON new.number = entry.batch WHERE entry.number = name"
        " AND new.taken > (SELECT taken FROM batch WHERE number = :batch))",
        {"batch": batch, "sheet": STRUCTURE},
    )


def rows_of(db: sqlite3.Connection, batch: str) -> frozenset[tuple[str, int]] | None:
    """The rows of a batch that still wait; None where they were not counted yet."""
    if not db.execute("SELECT 1 FROM line WHERE batch = ? AND counted = 1", (batch,)).fetchone():
        return None
    return frozenset(db.execute("SELECT sheet, row FROM open_row WHERE batch = ?", (batch,)).fetchall())


def waiting(db: sqlite3.Connection, marks: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of refused rows with these marks: what they say where they wait → that batch, the latest last."""
    found: dict[str, dict[str, str]] = {}
    rows = db.execute(
        "SELECT mark, says, batch FROM open_row JOIN batch ON number = batch"  # noqa: S608 - our own text
        " WHERE kind = 'refused' AND mark <> '' AND says <> '' AND mark IN (SELECT value FROM json_each(?))"
        f" ORDER BY {OLDEST_FIRST}",
        (json.dumps(sorted(marks)),),
    )
    for mark, says, batch in rows:
        found.setdefault(mark, {})[says] = batch
    return found


def unsay(db: sqlite3.Connection) -> None:
    """In a restored ledger rows may wait as they were before edits that it forgot: none is left to them."""
    db.execute("UPDATE open_row SET says = ''")


def later_of(db: sqlite3.Connection, batch: str) -> dict[tuple[str, int], str]:
    """Rows of a batch (sheet, row) that came back and were not done → the later batch in which they did; not
    those that wait here again, since customs' rejection is what stands.
    """
    rows = db.execute(
        "SELECT sheet, row, later FROM taken_over WHERE batch = :batch AND (sheet, row) NOT IN"  # noqa: S608 - our own text
        f" (SELECT sheet, {_DECLARED} FROM open_row WHERE batch = :batch AND kind = 'rejected')",
        {"batch": batch},
    )
    return {(sheet, row): later for sheet, row, later in rows}


def later_than(db: sqlite3.Connection, batch: str, others: Iterable[str]) -> frozenset[str]:
    """Those of the other batches that were worked after this one."""
    rows = db.execute(
        "SELECT new.number FROM batch AS old, batch AS new"  # noqa: S608 - our own text
        f" WHERE old.number = ? AND new.number IN (SELECT value FROM json_each(?)) AND {CAME_BEFORE}",
        (batch, json.dumps(sorted(set(others)))),
    )
    return frozenset(number for (number,) in rows)


def last_of(db: sqlite3.Connection, batches: Iterable[str]) -> str:
    """The latest of these batches and of all in which rows of theirs came back; "" for none."""
    found = db.execute(
        "WITH RECURSIVE chain(number) AS (SELECT value FROM json_each(?)"  # noqa: S608 - our own text
        " UNION SELECT later FROM taken_over JOIN chain ON batch = chain.number)"
        " SELECT number FROM batch JOIN chain USING (number)"
        f" ORDER BY {NEWEST_FIRST} LIMIT 1",
        (json.dumps(sorted(set(batches))),),
    ).fetchone()
    return found[0] if found else ""


def tell_of(db: sqlite3.Connection, vins: Iterable[str]) -> None:
    """Customs answered about these: the batches whose rows waited for it have another answer to give."""
    db.execute(
        "UPDATE batch SET answer_due = 1 WHERE number IN"
        " (SELECT batch FROM open_row WHERE sheet = ? AND name IN (SELECT value FROM json_each(?)))",
        (VEHICLE, json.dumps(list(vins))),
    )


def _take_over(db: sqlite3.Connection, outcome: Outcome) -> None:
    new = [(j.row, j.row.mark) for j in outcome.rows if j.row.mark is not None and not j.row.mark.revision]
    clear: list[str] = []
    vague: list[str] = []
    for row, mark in new:
        (clear if tells_apart(row, mark) else vague).append(mark.known_by)
    came = f"mark IN (SELECT value FROM json_each(?)) AND {_EARLIER}"  # noqa: S608 - our own text
    if clear:
        _come(db, came, (json.dumps(clear), outcome.batch), outcome.batch)
    if vague:
        of = json.dumps(batches_named(outcome.reading.source.name))
        told = f"batch IN (SELECT value FROM json_each(?)) AND {came}"  # noqa: S608 - our own text
        _come(db, told, (of, json.dumps(vague), outcome.batch), outcome.batch)
    waiting = [
        (j.row.sheet, j.row.number, str(j.mark), j.mark.key)
        for j in outcome.rows
        if j.mark is not None and j.mark.revision and _waits_again(j)
    ]
    if waiting:
        again = f"name IN ({_part(3)}) AND (sheet, row, mark) IN ({_part(0, 1, 2)}) AND {_OWN} AND {_EARLIER}"
        told, own = json.dumps(waiting), outcome.reading.source.department
        _close(db, again, (told, told, own, own, outcome.batch), outcome.batch)
    _take_over_held(db, outcome)
    _take_over_rejected(db, outcome)
    _close_gone(db, outcome)
    file = _file(outcome.reading)
    _close(db, f"sheet = '' AND name = ? AND {_EARLIER}", (file, outcome.batch), outcome.batch)
    named = json.dumps(batches_named(outcome.reading.source.name))
    lines = "kind = 'watch' AND mark LIKE '@%'"  # of totals and the like, which rarely come again
    again = f"{lines} AND (name = ? OR batch IN (SELECT value FROM json_each(?))) AND {_EARLIER}"  # noqa: S608 - our own text
    _close(db, again, (file, named, outcome.batch), outcome.batch)


def _waits_again(judged: Judged) -> bool:
    """Whether a row with a record's mark is known by its number; held vehicles are by their VIN."""
    return judged.verdict is Verdict.REFUSED or (judged.verdict, judged.row.sheet) == (
        Verdict.HELD,
        STRUCTURE,
    )


def _come(db: sqlite3.Connection, where: str, values: tuple[str, ...], later: str) -> None:
    """These rows came back, and with them what of their files was refused as a whole.

    The same parameters stand in many workbooks: they tell that a file came back where it had no vehicles.
    """
    vehicles = f"sheet = '{VEHICLE}' OR batch NOT IN (SELECT batch FROM open_row WHERE sheet = '{VEHICLE}')"  # noqa: S608 - our own text
    whole = f"sheet = '' AND batch IN (SELECT batch FROM open_row WHERE {where} AND ({vehicles}))"  # noqa: S608 - our own text
    _close(db, whole, values, later)
    _close(db, where, values, later)


def _take_over_held(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Vehicles that this batch left held as they were. Another department's file leaves them where they wait:
    who is to verify them reads his own results.
    """
    held = [
        (j.mark.key, str(j.mark))
        for j in outcome.rows
        if j.row.sheet == VEHICLE and j.verdict is Verdict.HELD and j.mark is not None
    ]
    if held:
        where = (
            f"sheet = '{VEHICLE}' AND kind = 'held'"  # noqa: S608 - our own text
            f" AND name IN ({_part(0)}) AND (name, mark) IN ({_part(0, 1)})"
            f" AND EXISTS (SELECT 1 FROM record WHERE vin = name AND department = ?) AND {_EARLIER}"
        )
        told = json.dumps(held)
        values = (told, told, outcome.reading.source.department, outcome.batch)
        _close(db, where, values, outcome.batch)


def _close_gone(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Rows of records that this batch deleted: nobody can go on with them. One without such a record, which
    was refused beside it, may be declared yet.
    """
    gone = [change.vin for change in outcome.records if change.record is None]
    if gone:
        db.execute(
            f"DELETE FROM open_row WHERE sheet = '{VEHICLE}' AND kind = 'refused'"  # noqa: S608 - our own text
            f" AND name IN (SELECT value FROM json_each(?)) AND mark NOT LIKE '%@0:%' AND {_EARLIER}",
            (json.dumps(gone), outcome.batch),
        )


def _take_over_rejected(db: sqlite3.Connection, outcome: Outcome) -> None:
    """Vehicles that customs rejected, and that this batch was to declare anew: in its refused rows they are
    to be mended, and neither where they were declared nor where they came unedited.
    """
    barred = {
        f.row
        for f in outcome.findings
        if (f.sheet, f.severity) == (VEHICLE, Severity.STOP)
        and (f.code.startswith(_BARRED) or f.code.endswith(_WAITS))
    }
    vins = [
        j.mark.key
        for j in outcome.rows
        if j.row.sheet == VEHICLE and j.verdict is Verdict.REFUSED and j.mark and j.row.number not in barred
    ]
    if not vins:
        return
    where = (
        "kind IN ('rejected', 'watch') AND name IN (SELECT value FROM json_each(?)) AND EXISTS"  # noqa: S608 - our own text
        f" (SELECT 1 FROM record WHERE vin = name AND state = 'rejected' AND department = ?) AND {_EARLIER}"
    )
    values = (json.dumps(vins), outcome.reading.source.department, outcome.batch)
    _close(db, where, values, outcome.batch, f"CASE kind WHEN 'watch' THEN row ELSE {_DECLARED} END")


def _part(*places: int) -> str:
    """These places of every row of a list."""
    parts = ", ".join(f"json_extract(value, '$[{n}]')" for n in places)
    return f"SELECT {parts} FROM json_each(?)"  # noqa: S608 - our own numbers


def _close(db: sqlite3.Connection, where: str, values: tuple[str, ...], later: str, row: str = "row") -> None:
    """These rows came back in this batch; `row` gives their number."""
    db.execute(
        "INSERT OR REPLACE INTO taken_over"  # noqa: S608 - our own text
        f" SELECT batch, sheet, {row}, ? FROM open_row WHERE {where}",
        (later, *values),
    )
    db.execute(f"DELETE FROM open_row WHERE {where}", values)  # noqa: S608 - our own text


def _rows(outcome: Outcome) -> Iterator[_Row]:
    if outcome.refused:
        yield outcome.batch, "", 0, "refused", _file(outcome.reading), "", ""
    elif outcome.unread:  # closed when the file comes again; the row says how many
        yield outcome.batch, "", outcome.unread, "refused", _file(outcome.reading), "", ""
    none = frozenset() if outcome.refused else {f.place for f in outcome.findings if f.code == FOOTER}
    for judged in outcome.rows:
        kind = _KINDS.get(judged.verdict)
        if judged.row.place in none:  # a total: nobody has to do anything
            file, mark = _file(outcome.reading), _named(judged)[1]
            yield outcome.batch, judged.row.sheet, judged.row.number, "watch", file, mark, ""
            continue
        if kind is None or (kind == "watch" and judged.row.sheet != VEHICLE):
            continue
        name, mark = _named(judged)
        # In the result of a file that was refused as a whole nobody goes on with a row.
        says = judged.mark.says if judged.mark is not None and not outcome.refused else ""
        yield outcome.batch, judged.row.sheet, judged.row.number, kind, name, mark, says


def _named(judged: Judged) -> tuple[str, str]:
    """Its VIN or number, and the mark by which it is known again."""
    return (judged.mark.key, judged.mark.known_by) if judged.mark is not None else ("", "")


def _file(reading: Reading) -> str:
    """What a workbook is known by when it comes again in another format."""
    return f"{reading.source.department}/{PurePosixPath(reading.source.name).stem}"
