"""status, query, show: the commands that only look."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, write_parts
from vinbatch.cli.tables import in_json, say, table, tell
from vinbatch.cli.usage import day
from vinbatch.cli.vins import names_of, tell_missed
from vinbatch.errors import AccessError, RulesError, UsageError, VinbatchError
from vinbatch.model import Entry, Query, Record, Reply, State, Type, structure_of
from vinbatch.noun import replace

if TYPE_CHECKING:
    from vinbatch.run.condition.health import Health
    from vinbatch.run.condition.stock import Stock
    from vinbatch.store.ledger import Ledger

# ── status ───────────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")
@pass_context
def status(context: Context, as_json: bool) -> int:
    """All is well, or the one thing to do; then what waits. Exit 1 or 4 to 8 where an operator is needed."""
    if as_json:
        return _status_json(context)
    try:
        found, stock = _looked(context)
    except VinbatchError as e:
        if not _read_together():  # else it would be read twice
            tell(str(e.told(context.language)))
        raise
    ruleset = context.ruleset
    first, *rest = found.lines or (ruleset.phrase("cli.well"),)
    tell(first)
    for line in rest:
        tell(f"  {line}")
    _print_undecided(stock, context)
    if found.counts:
        heads = [ruleset.word("@column.type"), ruleset.word("@column.state"), ruleset.phrase("cli.number")]
        table(
            heads, [(ruleset.word(f"@type.{t}"), ruleset.word(f"@state.{s}"), n) for t, s, n in found.counts]
        )
    return found.exit_code


def _read_together() -> bool:
    """Whether who reads stdout reads stderr too: at a terminal, or under `2>&1`, as of the crontab's line."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (AttributeError, OSError, ValueError):  # one of them is closed, or no file
        return False


def _looked(context: Context) -> tuple[Health, Stock]:
    from vinbatch.run.condition.health import health

    stock = replace(_stock(context), refused=_refused(context))
    return health(context.home, stock, context.now, context.ruleset), stock


def _status_json(context: Context) -> int:
    """Whoever monitors reads stdout: an answer stands there also where there is nothing to look at."""
    from vinbatch.run.condition.health import unseen

    try:
        found, _ = _looked(context)
    except VinbatchError as e:
        click.echo(in_json(unseen(e, context.language)))
        raise
    click.echo(in_json(found.as_json()))
    return found.exit_code


def _print_undecided(stock: Stock, context: Context) -> None:
    """The packages about which a person decides, oldest first, and the commands to do so with the first."""
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    columns = [ruleset.word(f"@column.{k}") for k in ("batch", "type")]
    heads = ["guid", *columns, ruleset.phrase("cli.number")]
    if stock.doubtful:
        table(heads, [(p.guid, p.batch, ruleset.word(f"@type.{p.type}"), p.vehicles) for p in stock.doubtful])
        _print_release(stock.doubtful[0].guid, ("sent", "send"), context)
    if stock.forgotten:
        rows = [
            (p.guid, p.batch, ruleset.word(f"@type.{p.type}"), p.vehicles, local_time(p.made, ruleset))
            for p in stock.forgotten
        ]
        table([*heads, ruleset.phrase("cli.made_at")], rows)
        _print_release(stock.forgotten[0].guid, ("sent", "send", "void"), context)


def _print_release(guid: str, ways: Sequence[str], context: Context) -> None:
    """Commands as they can be copied, each with when it is the right one."""
    home = f" --home {shlex.quote(str(context.option))}" if context.option else ""
    for way in ways:
        options = {"void": "--void --reason '…'"}.get(way, f"--{way}")
        told = context.ruleset.phrase(f"cli.release_{way}")
        tell(f"  vinbatch{home} release {guid} {options}    # {told}")


def _refused(context: Context) -> str:
    """Why the next pass would not begin; a folder of ours that cannot be read is told by the ledger."""
    try:
        context.machine().check_rules(keep=False)
        context.check_site()
    except RulesError as e:
        return str(e.told(context.language))
    except AccessError:
        return ""
    return ""


def _stock(context: Context) -> Stock:
    from vinbatch.run.condition.stock import Stock

    try:
        with context.reading() as ledger:
            return Stock.of(ledger, context.now, context.ruleset)
    except VinbatchError as e:
        return Stock(unread=str(e.told(context.language)))


# ── query ────────────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.option("--vin", "vins", multiple=True, help="Whole, its last 6 or more, or @FILE.")
@click.option("--batch", "batches", multiple=True, help="What it dealt with, wherever that is now.")
@click.option("--type", "types", multiple=True, type=click.Choice([t.value for t in Type]))
@click.option("--state", "states", multiple=True, type=click.Choice([s.value for s in State]))
@click.option("--structure", "structures", multiple=True, help="Structure parameter number.")
@click.option("--held", is_flag=True, help="Only what waits for a confirmation.")
@click.option("--overdue", is_flag=True, help="Only what customs has owed an answer for too long.")
@click.option("--from", "since", metavar="YYYY-MM-DD", help="Updated on this day or later.")
@click.option("--to", "until", metavar="YYYY-MM-DD", help="Updated on this day or before.")
@click.option("-o", "--output", metavar="FILE.xlsx|.csv|.json", type=click.Path())
@force_option
@click.option("--json", "as_json", is_flag=True)
@pass_context
def query(
    context: Context,
    vins: Sequence[str],
    batches: Sequence[str],
    types: Sequence[str],
    states: Sequence[str],
    structures: Sequence[str],
    held: bool,
    overdue: bool,
    since: str | None,
    until: str | None,
    output: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Find records: a table, or a file to read, to edit and to drop again. A file that is there is kept."""
    late = context.now - timedelta(days=context.ruleset.settings.overdue_days)
    conditions = Query(
        vins=tuple(names_of(vins)),
        batches=tuple(b.strip().upper() for b in batches),
        types=tuple(Type(t) for t in types),
        states=tuple(State(s) for s in states),
        structures=tuple(s.strip().upper() for s in structures),
        held=True if held else None,
        since=day(since),
        until=day(until),
        owed_since=late if overdue else None,
    )
    with context.reading() as ledger:
        records = list(ledger.queries.records(conditions, context.ruleset.settings.zone))
        if as_json:
            click.echo(_json(records, ledger, context))
        elif output:
            _write(Path(output), records, ledger, context, force=force)
        else:
            _print(records, ledger, context)
    return 0


def _json(records: Sequence[Record], ledger: Ledger, context: Context) -> str:
    from vinbatch.report.listing import record_json

    ruleset, now = context.ruleset, context.now
    odd = _odd(records, ledger)
    told = [
        record_json(r, entry, odd.get(r.vin, ()), now, ruleset) for r, entry in _with_entries(records, ledger)
    ]
    return in_json(told)


def _odd(records: Sequence[Record], ledger: Ledger) -> Mapping[str, Sequence[Reply]]:
    """All answers to those that customs ever answered in contradiction."""
    return ledger.replies.contradicted(r.vin for r in records)


def _with_entries(records: Sequence[Record], ledger: Ledger) -> Iterator[tuple[Record, Entry | None]]:
    """Each record with the parameters that its data in force stand on."""
    facts = ledger.facts([r.vin for r in records], [], [])
    for record in records:
        force = record.in_force or record.now
        number = structure_of(force)
        entry = facts.entries.get(number)
        revision = force.structure_revision
        if revision is not None and (entry is None or entry.revision != revision):
            entry = facts.former.get((number, revision), entry)
        yield record, entry


def _write(path: Path, records: Sequence[Record], ledger: Ledger, context: Context, *, force: bool) -> None:
    from vinbatch.report.listing import records_csv

    ruleset = context.ruleset
    if path.suffix == ".json":
        parts = [(_json(records, ledger, context) + "\n").encode()]
    elif path.suffix == ".csv":
        parts = [records_csv(records, _odd(records, ledger), ruleset)]
    elif path.suffix == ".xlsx":
        parts = _workbooks(records, ledger, context)
    else:
        raise UsageError("usage.kind", at=path.name)
    most = ruleset.settings.limits.part if path.suffix == ".xlsx" else max(1, len(records))
    for i, written in enumerate(write_parts(path, parts, force=force)):
        here = len(records[i * most : (i + 1) * most])
        say(ruleset.phrase("cli.written", name=str(written), n=here))


def _workbooks(records: Sequence[Record], ledger: Ledger, context: Context) -> list[bytes]:
    """Extracts of at most 200 records each: what may be dropped again as one workbook."""
    from vinbatch import flow
    from vinbatch.report.words import local_time
    from vinbatch.run.answers.basis import known_of

    ruleset = context.ruleset
    most = ruleset.settings.limits.part
    made = []
    for i in range(0, max(1, len(records)), most):
        known = known_of(ledger, records[i : i + most], context.now)
        made.append(flow.extract(known, context.rulebook, about=local_time(context.now, ruleset)))
    return made


def _print(records: Sequence[Record], ledger: Ledger, context: Context) -> None:
    from vinbatch.report.customs import contradicting
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    odd = {vin for vin, some in _odd(records, ledger).items() if contradicting(some)}
    if not records:
        say(ruleset.phrase("cli.nothing"))
        return
    rows = [
        (
            r.vin,
            ruleset.word(f"@type.{r.now.type}"),
            _state(r, context, contradicted=r.vin in odd),
            r.now.batch,
            structure_of(r.now),
            local_time(r.updated, ruleset),
        )
        for r in records
    ]
    columns = [ruleset.word(f"@column.{k}") for k in ("type", "state", "batch")]
    number = ruleset.word("@query.structure_no")
    table(["VIN", *columns, number, ruleset.word("@column.updated")], rows)


def _state(record: Record, context: Context, *, contradicted: bool) -> str:
    """The state, and what it waits for."""
    from vinbatch.report.customs import overdue_days, state_words

    ruleset = context.ruleset
    late = overdue_days(record, context.now, ruleset)
    told = [state_words(record.now, ruleset)]
    told += [ruleset.word("@verdict.held")] if record.held else []
    told += [ruleset.phrase("cli.late", days=late)] if late else []
    told += [ruleset.title("CUSTOMS-CONTRADICTED")] if contradicted else []
    return " · ".join(told)


# ── show ─────────────────────────────────────────────────────────────────────────────────────────


@click.command()
@click.argument("vins", nargs=-1, required=True, metavar="VIN...")
@pass_context
def show(context: Context, vins: Sequence[str]) -> int:
    """Detail of a vehicle with its history; VINs also by their last 6 or more, or @FILE."""
    from vinbatch.cli.detail import print_detail
    from vinbatch.run.answers.basis import known_of

    ruleset = context.ruleset
    with context.reading() as ledger:
        names = names_of(vins)
        records = list(ledger.queries.records(Query(vins=tuple(names)), ruleset.settings.zone))
        known = known_of(ledger, records, context.now)
        for record, entry in _with_entries(records, ledger):
            print_detail(record, entry, known, ledger, ruleset)
        found = {r.vin for r in records}
        # A deleted draft has no record any more, but its history stays.
        gone = [v for v in names if len(v) == 17 and v not in found and ledger.queries.history(v)]
        for vin in gone:
            print_detail(vin, None, known, ledger, ruleset)
    tell_missed(names, (*found, *gone))
    return 0
