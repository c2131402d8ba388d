"""audit verify|results: what an auditor asks for."""

from __future__ import annotations

from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.tables import say, table


@click.group()
def audit() -> None:
    """The chain of events, and what was told of a batch."""


@audit.command()
@pass_context
def verify(context: Context) -> int:
    """Check that no event was changed or is missing; exit 6 where the chain is broken."""
    with context.reading() as ledger:
        count, head = ledger.queries.verify(), ledger.head()
    click.echo(context.ruleset.phrase("cli.chain", n=count, head=head))
    return 0


@audit.command()
@click.argument("batch")
@click.option("-o", "--output", metavar="DIR", help="Write every version there, under its name and number.")
@pass_context
def results(context: Context, batch: str, output: str | None) -> int:
    """Every version of a batch's result workbook, from the first answer on."""
    from vinbatch.effects.archive import Archive
    from vinbatch.effects.disk import reaching, write_beside
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    with context.reading() as ledger:
        versions = ledger.answers(batch.strip().upper())
    rows = [(n, local_time(at, ruleset), name, digest) for n, (name, digest, at) in enumerate(versions, 1)]
    if not rows:
        say(ruleset.phrase("cli.nothing"))
        return 0
    table(["", ruleset.phrase("cli.time"), ruleset.phrase("cli.result"), "SHA-256"], rows)
    if output:
        archive, folder = Archive(context.home.archive), Path(output)
        with reaching(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for n, _, name, digest in rows:
                path = folder / f"{Path(name).stem}-v{n}.xlsx"
                write_beside(path, archive.get(digest))
                say(str(path))
    return 0
