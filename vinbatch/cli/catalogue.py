"""catalogue import|export|list|show: structure parameters by command."""

from __future__ import annotations

import os
from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, given, must_exist, write_parts
from vinbatch.cli.tables import say, table, warn
from vinbatch.cli.usage import Commands
from vinbatch.errors import UsageError
from vinbatch.model import VEHICLE


@click.group(cls=Commands)
def catalogue() -> None:
    """The catalogue of structure parameters."""


@catalogue.command("import")
@click.argument("file", type=click.Path(readable=False))
@pass_context
def import_(context: Context, file: str) -> int:
    """Take in a workbook of parameters, as if it had been dropped into the inbox."""
    from vinbatch import flow
    from vinbatch.cli.work import EXIT_FILE, pass_code, print_pass
    from vinbatch.effects.owner import command_user
    from vinbatch.effects.pool import Pool
    from vinbatch.run.commands import hand_in
    from vinbatch.run.judging.judge import parse_all, too_large

    ruleset = context.ruleset
    worker = ruleset.settings.worker
    must_exist(Path(file))
    workbook = given(Path(file), ruleset.settings.limits.file_megabytes, command_user(os.environ))
    if workbook.data is None:
        told = ruleset.tell(too_large(workbook.size, ruleset))
        say(f"{told.what}\n{told.cure}")
        return EXIT_FILE
    with Pool(1, worker.memory_megabytes, worker.seconds, context.rulebook) as pool:
        (parsed,) = parse_all(pool, [workbook], ruleset)
    if parsed.refusal is None:
        (reading,) = flow.check([parsed], context.rulebook)
        if any(row.sheet == VEHICLE for row in reading.rows):
            raise UsageError("usage.vehicles", name=workbook.source.name)
    done = hand_in(context.machine(), workbook.source, workbook.data)
    print_pass(done, context)
    if done.unpublished:
        warn(str(done.unpublished.told(context.language)))
    return pass_code(done)


@catalogue.command("export")
@click.option("-o", "--output", required=True, metavar="FILE.xlsx", type=click.Path())
@click.option("--prefix", default="", help="Only numbers that begin with this.")
@force_option
@pass_context
def export(context: Context, output: str, prefix: str, force: bool) -> int:
    """Write the catalogue as a workbook. A file that is there is kept.

    Imported again it changes nothing. Entries that wait to be confirmed go on waiting,
    and are told of: exit code 3.
    """
    from vinbatch.report.extract import catalogue_workbook
    from vinbatch.workbook.fill import fill

    ruleset = context.ruleset
    with context.reading() as ledger:
        entries = list(ledger.queries.entries(prefix))
    most = ruleset.settings.limits.carried_rows
    parts = [entries[i : i + most] for i in range(0, len(entries), most)] or [[]]
    lang = ruleset.settings.language
    made = [fill(ruleset, catalogue_workbook(part, ruleset), lang) for part in parts]
    write_parts(Path(output), made, force=force)
    say(ruleset.phrase("cli.written", name=output, n=len(entries)))
    return 0


@catalogue.command("list")
@click.argument("prefix", default="")
@pass_context
def list_(context: Context, prefix: str) -> int:
    """One line for each number."""
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    keys = ("manufacturer", "brand_zh", "model", "category", "fuel")
    shown = [k for k in keys if k in ruleset.index("structure")]
    with context.reading() as ledger:
        rows = [
            (
                e.number,
                e.revision,
                *(ruleset.shown(ruleset.field("structure", k), e.values.get(k)) for k in shown),
                ledger.queries.users(e.number),
                local_time(e.updated, ruleset),
            )
            for e in ledger.queries.entries(prefix)
        ]
    number = ruleset.word("@structure.structure_no")
    heads = [number, "#", *(ruleset.word(f"@structure.{k}") for k in shown)]
    table([*heads, ruleset.phrase("cli.users"), ruleset.word("@column.updated")], rows)
    return 0


@catalogue.command()
@click.argument("number")
@pass_context
def show(context: Context, number: str) -> int:
    """All revisions of one number, side by side."""
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    with context.reading() as ledger:
        revisions = ledger.queries.revisions(number.strip().upper())
    if not revisions:
        raise UsageError("usage.no_entry", at=number)
    rows = [
        (ruleset.word(f"@structure.{f.key}"), *(ruleset.shown(f, e.values.get(f.key)) for e in revisions))
        for f in ruleset.fields("structure")
        if any(e.values.get(f.key) is not None for e in revisions)
    ]
    rows.append((ruleset.word("@column.batch"), *(e.batch for e in revisions)))
    rows.append((ruleset.word("@column.updated"), *(local_time(e.updated, ruleset) for e in revisions)))
    table(["", *(ruleset.phrase("cli.revision", n=e.revision) for e in revisions)], rows)
    return 0
