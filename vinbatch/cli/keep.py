"""backup, restore: the ledger as one file, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import is_given
from vinbatch.cli.tables import say, table
from vinbatch.errors import AccessError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_context
def backup(context: Context, file: Path) -> int:
    """Copy the ledger into FILE, also while a run or a watch works."""
    from vinbatch.effects import upkeep
    from vinbatch.run import keeping

    events = keeping.backup(context.home, file)
    upkeep.note(context.home, upkeep.COPIED, context.now, str(file.absolute()))
    say(context.ruleset.phrase("cli.backed_up", name=str(file), n=events))
    return 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@pass_context
def restore(context: Context, file: Path) -> int:
    """Put a backup in the place of the ledger; the present one is kept beside it."""
    from vinbatch.effects.owner import command_user
    from vinbatch.run import keeping

    if not is_given(file):
        raise AccessError("backup.missing", at=str(file))
    ruleset = context.ruleset
    done = keeping.restore(context.home, file, context.now, command_user(os.environ))
    say(ruleset.phrase("cli.restored", name=str(file), n=done.events))
    if done.kept:
        say(ruleset.phrase("cli.restored_kept", name=str(done.kept)))
    if done.strange:
        say(ruleset.phrase("cli.restored_strange", name=str(done.kept or "…")))
    if done.doubtful:
        say(ruleset.phrase("cli.restored_doubt", n=len(done.doubtful)))
    if done.unknown:
        say(ruleset.phrase("cli.restored_unknown", n=len(done.unknown)))
        heads = [
            "guid",
            ruleset.word("@column.batch"),
            ruleset.phrase("cli.number"),
            ruleset.phrase("cli.file"),
        ]
        table(heads, [(t.guid, t.batch, t.vehicles, t.path) for t in done.unknown])
    if done.bare:
        names = ruleset.phrase("cli.comma").join(done.bare)
        say(ruleset.phrase("cli.restored_bare", n=len(done.bare), names=names))
    if done.drafted:
        names = ruleset.phrase("cli.comma").join(done.drafted)
        say(ruleset.phrase("cli.restored_drafted", n=len(done.drafted), names=names))
    return 7 if done.doubtful or done.unknown or done.bare or done.strange else 0
