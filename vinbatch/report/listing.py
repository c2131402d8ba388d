"""Records for programs and spreadsheets: JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from vinbatch.errors import RulesError
from vinbatch.model import NOT_DATA, STRUCTURE, VEHICLE, Entry, Record, Reply, Standing, State, Type, Value
from vinbatch.noun import replace
from vinbatch.report.customs import contradicting, overdue_days, reply_words
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.fields import CORE
from vinbatch.visible import visible

# What a spreadsheet takes for a formula at the beginning of a field, full-width forms too.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def record_json(
    record: Record, entry: Entry | None, replies: Sequence[Reply], now: datetime, ruleset: Ruleset
) -> dict[str, Any]:
    """One record as `query --json` gives it: data in force; of an open change its differing values beside.

    `replies` are all answers to a vehicle that customs ever answered in contradiction, none of others.
    """
    force = record.in_force or record.now
    told: dict[str, Any] = {
        "vin": record.vin,
        "type": record.now.type.value,
        "state": record.now.state.value,
        "batch": record.now.batch,
        "structure_no": force.data.get("structure_no"),
    }
    for field in ruleset.fields(VEHICLE):
        if field.key not in told and field.key not in NOT_DATA:
            told[field.key] = force.data.get(field.key)
    if record.now.type is Type.REVOCATION:
        told["revocation_reason"] = record.now.data.get("revocation_reason")
    if record.now.type is Type.CHANGE and record.now is not force and record.now.data != force.data:
        told["pending"] = _pending(force.data, record.now.data)
    told["held"] = bool(record.held)
    told["held_for"] = list(record.held)
    told["overdue"] = overdue_days(record, now, ruleset) > 0
    told["receipt"] = _reply(record.now.heard)
    told["contradicted"] = _contradicted(replies)
    told["updated"] = record.updated.astimezone(ruleset.settings.zone).isoformat() if record.updated else None
    told["structure"] = _structure(entry, ruleset)
    return told


def beside(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    """Sheet → the keys that `record_json` has beside the fields: no field of a home can have one of them."""
    now = datetime.min.replace(tzinfo=UTC)
    bare = replace(ruleset, sheets={VEHICLE: (), STRUCTURE: ()})
    force = Standing(Type.FILING, State.ACCEPTED, "", {})
    record = Record("", 1, 1, Standing(Type.CHANGE, State.DRAFT, "", {"colour": ""}), accepted=force)
    told = record_json(record, Entry("", 1, {}), (), now, bare)
    return {VEHICLE: frozenset(told) - CORE[VEHICLE].keys(), STRUCTURE: frozenset(told["structure"])}


def prove(ruleset: Ruleset) -> None:
    """RulesError where a field would take the place of something else in the JSON, or be lost there."""
    for sheet, keys in beside(ruleset).items():
        for field in ruleset.fields(sheet):
            if field.key in keys:
                at = f"rules/fields.toml [{sheet}.{field.key}]"
                raise RulesError("rule.key_taken", at=at, keys=", ".join(sorted(keys)))


def _reply(heard: Reply | None) -> dict[str, str] | None:
    """What customs said; of the latest declaration its last word."""
    return {"code": heard.status, "time": heard.time, "info": heard.info} if heard else None


def _contradicted(replies: Sequence[Reply]) -> dict[str, Any] | None:
    """The answer that counts, and the one that contradicts it, as long as nobody has settled that."""
    found = contradicting(replies)
    if found is None:
        return None
    stands, other = ({"state": reply.state.value, **(_reply(reply) or {})} for reply in found)
    return {"stands": stands, "other": other}


def _pending(force: Mapping[str, Value], now: Mapping[str, Value]) -> dict[str, Any]:
    keys = dict.fromkeys((*force, *now))
    return {k: now.get(k) for k in keys if force.get(k) != now.get(k)}


def _structure(entry: Entry | None, ruleset: Ruleset) -> dict[str, Any] | None:
    if entry is None:
        return None
    keys = [f.key for f in ruleset.fields(STRUCTURE) if f.key not in NOT_DATA]
    return {"revision": entry.revision, **{k: entry.values.get(k) for k in keys}}


def records_csv(records: Sequence[Record], replies: Mapping[str, Sequence[Reply]], ruleset: Ruleset) -> bytes:
    """Records for spreadsheets.

    `replies` are all answers, by VIN, to the vehicles that customs ever answered in contradiction.
    """
    fields = [f for f in ruleset.fields(VEHICLE) if f.key not in NOT_DATA]
    heads = [f.heading(ruleset.settings.language) for f in fields]
    columns = [ruleset.word(f"@column.{k}") for k in ("type", "state", "batch", "receipt")]
    rows = [[*heads, *columns, ruleset.title("CUSTOMS-CONTRADICTED")]]
    for record in records:
        force = record.in_force or record.now
        odd = contradicting(replies.get(record.vin, ()))
        cells = [ruleset.shown(f, force.data.get(f.key)) for f in fields]
        cells += [
            ruleset.word(f"@type.{record.now.type}"),
            ruleset.word(f"@state.{record.now.state}"),
            record.now.batch,
            reply_words(record.now.heard, ruleset),
            reply_words(odd[1], ruleset) if odd else "",
        ]
        rows.append(cells)
    return table_csv(rows)


def table_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A table for spreadsheets: with a byte order mark, every field quoted, none of them active."""
    out = io.BytesIO()
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")  # of a million rows as text two gigabytes
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for cells in rows:
        writer.writerow([f"'{c}" if c.startswith(_ACTIVE) else c for c in map(visible, cells)])
    text.flush()
    return out.getvalue()
