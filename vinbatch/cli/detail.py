"""The read-only detail page of a vehicle: data in force, pending change, parameters, every event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vinbatch.cli.tables import table, tell
from vinbatch.model import STRUCTURE, VEHICLE, Entry, Known, Record, Reply, State, Type, Value
from vinbatch.report.customs import overdue_days, reply_words
from vinbatch.report.result import record_columns
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.store.audit import Event
from vinbatch.store.ledger import Ledger


def print_detail(
    record: Record | str, entry: Entry | None, known: Known, ledger: Ledger, ruleset: Ruleset
) -> None:
    """Prints one vehicle; a VIN alone is one whose record was deleted."""
    vin = record if isinstance(record, str) else record.vin
    _title(vin)
    if isinstance(record, Record):
        _head(record, known, ruleset)
        _data(record, ruleset)
    if entry is not None:
        number = f"{entry.number} · {ruleset.phrase('cli.revision', n=entry.revision)}"
        _title(f"{ruleset.phrase('cli.parameters')} {number}")
        table(["", ""], _rows(STRUCTURE, entry.values, ruleset))
    _title(ruleset.phrase("cli.history"))
    print_history(vin, ledger, ruleset)


def print_history(vin: str, ledger: Ledger, ruleset: Ruleset, *, err: bool = False) -> None:
    """Every event of a VIN and of the packages that it went out with."""
    heads = [ruleset.phrase(f"cli.{k}") for k in ("time", "event", "detail", "source", "who")]
    table(heads, [_event(e, ledger, ruleset) for e in ledger.queries.history(vin)], err=err)


def _title(text: str) -> None:
    tell(f"\n── {text} " + "─" * max(3, 60 - len(text.encode("gb18030", "replace"))))


def _head(record: Record, known: Known, ruleset: Ruleset) -> None:
    """Where it stands, what it waits for, what may be done with it."""
    late = overdue_days(record, known.now, ruleset)
    state = [ruleset.word(f"@type.{record.now.type}"), ruleset.word(f"@state.{record.now.state}")]
    state += [ruleset.word("@verdict.held")] if record.held else []
    state += [ruleset.phrase("cli.late", days=late)] if late else []
    asks = "\n".join(ruleset.tell(f).what for f in known.asks.get(record.vin, ()))
    told = [
        (ruleset.word("@column.state"), " · ".join(state)),
        (ruleset.word("@column.batch"), record.now.batch),
        (ruleset.word("@column.updated"), local_time(record.updated, ruleset)),
        (ruleset.phrase("fact.department"), record.department),
        (ruleset.word("@column.receipt"), reply_words(record.now.heard, ruleset)),
        (ruleset.word("@verdict.held"), asks),
        (ruleset.word("@column.acts"), record_columns(record, ruleset)["acts"]),
    ]
    table(["", ""], [(label, text) for label, text in told if text])


def _data(record: Record, ruleset: Ruleset) -> None:
    """The data in force, and beside it what an open change would make of them."""
    force = record.in_force
    if force is None:
        _title(ruleset.phrase("cli.as_revoked" if not record.live else f"cli.as_{record.now.type}"))
        table(["", ""], _rows(VEHICLE, record.now.data, ruleset))
        return
    _title(ruleset.phrase("cli.in_force"))
    pending = record.now.type is Type.CHANGE and record.now.state is not State.ACCEPTED
    if not pending:
        data = {**force.data, **_reason(record)}
        table(["", ""], _rows(VEHICLE, data, ruleset))
        return
    new = {k: v for k, v in record.now.data.items() if force.data.get(k) != v}
    gone = {k: "–" for k in force.data if k not in record.now.data}
    rows = dict(_rows(VEHICLE, force.data, ruleset))
    beside = {
        **dict(_rows(VEHICLE, new, ruleset)),
        **{ruleset.word(f"@{VEHICLE}.{k}"): v for k, v in gone.items()},
    }
    heads = ["", ruleset.phrase("cli.in_force"), ruleset.phrase("cli.pending")]
    order = [ruleset.word(f"@{VEHICLE}.{f.key}") for f in ruleset.fields(VEHICLE)]
    table(heads, [(n, rows.get(n, ""), beside.get(n, "")) for n in order if n in rows or n in beside])


def _reason(record: Record) -> Mapping[str, Value]:
    if record.now.type is not Type.REVOCATION:
        return {}
    return {"revocation_reason": record.now.data.get("revocation_reason")}


def _rows(sheet: str, values: Mapping[str, Value], ruleset: Ruleset) -> list[tuple[str, str]]:
    return [
        (ruleset.word(f"@{sheet}.{f.key}"), ruleset.shown(f, values[f.key]))
        for f in ruleset.fields(sheet)
        if values.get(f.key) is not None
    ]


# ── history ──────────────────────────────────────────────────────────────────────────────────────


def print_story(events: Sequence[Event], ledger: Ledger, ruleset: Ruleset) -> None:
    """Events with number and hash, as an auditor compares them."""
    heads = [
        "",
        *(ruleset.phrase(f"cli.{k}") for k in ("time", "event", "detail", "source", "who")),
        "SHA-256",
    ]
    table(heads, [(e.id, *_event(e, ledger, ruleset), e.hash[:16]) for e in events])


def _event(event: Event, ledger: Ledger, ruleset: Ruleset) -> tuple[str, ...]:
    """Time, what happened, its particulars, where it came from, who."""
    body = event.body
    kind = ruleset.word(f"@event.{body['kind']}")
    kind = body["kind"] if kind.startswith("@") else kind
    file, department, who = ledger.queries.batch_source(event.batch)
    if body["kind"].startswith("reply-"):
        file, who = body["file"], body.get("user", "")
    sheet = ruleset.word(f"@sheet.{body.get('sheet')}")
    place = f"{sheet}!{body.get('cell') or body['row']}" if body.get("row") else ""
    source = " ".join(t for t in (file, place, event.batch) if t)
    when = local_time(datetime.fromisoformat(body["time"]), ruleset)
    return when, kind, _particulars(body, ruleset), source, " ".join(t for t in (department, who) if t)


def _particulars(body: Mapping[str, Any], ruleset: Ruleset) -> str:
    told = []
    if "type" in body:
        told.append(ruleset.word(f"@type.{body['type']}"))
    if body["kind"].startswith("reply-"):
        state = State(body["state"])
        told.append(
            reply_words(Reply(body["guid"], "", body["status"], state, body["at"], body["info"]), ruleset)
        )
    told += [_difference(d, ruleset) for d in body.get("diff", ())]
    told += [f"{ruleset.word('@severity.released')} {code}" for code in body.get("confirmed", ())]
    told += [ruleset.word(body["reason"])] if body.get("reason") else []
    told += [body["guid"]] if body.get("guid") else []
    if body["kind"] == "batch":
        told.append(f"{body['program']} · {ruleset.phrase('cli.rules')} {body['rules'][:16]}")
        told += [f"{key} = {_toml(value)}" for key, value in body.get("settings", {}).items()]
    if body["kind"] == "receipt":
        told.append(f"{body['file']} {body.get('set_aside', '')}".strip())
    return "\n".join(told)


def _toml(value: Any) -> str:
    """A setting about as it was written; tables on one line."""
    return json.dumps(value, ensure_ascii=False)


def _difference(diff: Mapping[str, Any], ruleset: Ruleset) -> str:
    """`车身颜色：白 → 红`."""
    sheet, key = diff["sheet"], diff["field"]
    known = key in ruleset.index(sheet)
    field = ruleset.field(sheet, key) if known else None

    def shown(value: Any) -> str:
        if value is None:
            return "–"
        value = tuple(value) if isinstance(value, list) else value
        return ruleset.shown(field, value) if field else str(value)

    return ruleset.word(f"@{sheet}.{key}|{shown(diff['old'])} → {shown(diff['new'])}")
