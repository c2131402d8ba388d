"""The read-only detail page of a vehicle: data in force, pending change, parameters, every event."""

from __future__ import annotations

import json
from typing import Any

import click

from vinbatch.cli.tables import table
from vinbatch.model import STRUCTURE, VEHICLE, Entry, Record, Type
from vinbatch.report.customs import reply_words
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.store.audit import Event
from vinbatch.store.ledger import Ledger


def print_detail(record: Record | str, entry: Entry | None, ledger: Ledger, ruleset: Ruleset) -> None:
    """Prints one vehicle; a VIN alone is one whose record was deleted."""
    vin = record if isinstance(record, str) else record.vin
    click.echo(f"\n{vin}")
    if isinstance(record, Record):
        _print_record(record, ruleset)
    if entry is not None:
        number = f"{entry.number} · {ruleset.phrase('cli.revision', n=entry.revision)}"
        click.echo(f"\n{ruleset.phrase('cli.parameters')} {number}")
        _values(STRUCTURE, entry.values, ruleset)
    click.echo(f"\n{ruleset.phrase('cli.history')}")
    for event in ledger.queries.history(vin):
        click.echo("  " + _event(event, ledger, ruleset))


def _print_record(record: Record, ruleset: Ruleset) -> None:
    place = f"{ruleset.word(f'@type.{record.now.type}')} · {ruleset.word(f'@state.{record.now.state}')}"
    told = [place, record.now.batch, local_time(record.updated, ruleset), record.department]
    click.echo("  ".join(t for t in told if t))
    if record.now.heard:
        click.echo(f"{ruleset.word('@column.receipt')}: {reply_words(record.now.heard, ruleset)}")
    if record.held:
        click.echo(f"{ruleset.word('@verdict.held')}: {', '.join(record.held)}")
    force = record.accepted or record.now
    title = "cli.in_force" if record.accepted else "cli.as_filed"
    click.echo(f"\n{ruleset.phrase(title)}")
    _values(VEHICLE, force.data, ruleset)
    if record.now.type is Type.CHANGE and record.now is not force:
        click.echo(f"\n{ruleset.phrase('cli.pending')}")
        keys = [k for k in {**force.data, **record.now.data} if force.data.get(k) != record.now.data.get(k)]
        _values(VEHICLE, {k: record.now.data.get(k) for k in keys}, ruleset)


def _values(sheet: str, values: Any, ruleset: Ruleset) -> None:
    rows = [
        (ruleset.word(f"@{sheet}.{f.key}"), ruleset.shown(f, values[f.key]))
        for f in ruleset.fields(sheet)
        if values.get(f.key) is not None
    ]
    table(["", ""], rows)


def _event(event: Event, ledger: Ledger, ruleset: Ruleset) -> str:
    from datetime import datetime

    body = event.body
    when = local_time(datetime.fromisoformat(body["time"]), ruleset)
    kind = ruleset.word(f"@event.{body['kind']}")
    kind = body["kind"] if kind.startswith("@") else kind
    file, department, who = ledger.queries.batch_source(event.batch)
    where = f"{file} {ruleset.word('@sheet.vehicle')}!{body['row']}" if body.get("row") else file
    told = [when, kind, event.batch, where, department, who, body.get("guid", "")]
    if body.get("diff"):
        told.append(json.dumps(body["diff"], ensure_ascii=False))
    return "  ".join(str(t) for t in told if t)
