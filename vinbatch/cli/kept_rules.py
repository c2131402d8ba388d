"""audit rules: by which rules batches were decided, and what those said."""

from __future__ import annotations

from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, write_into
from vinbatch.cli.tables import say, table
from vinbatch.effects import kept_rules
from vinbatch.effects.archive import Archive
from vinbatch.errors import UsageError
from vinbatch.model import Rulebook


@click.command()
@click.argument("digest", required=False, default="")
@click.option("-o", "--output", metavar="DIR", type=click.Path(), help="Write them there as they were.")
@force_option
@pass_context
def rules(context: Context, digest: str, output: str | None, force: bool) -> int:
    """By which rules batches were decided; of one DIGEST, or its beginning, the texts as they were (-o DIR).

    They are compared with their digest, which the event of each batch has. Exit 6 where they differ.
    """
    from vinbatch.report.words import local_time
    from vinbatch.store.period import laws

    ruleset, archive = context.ruleset, Archive(context.home.archive)
    with context.reading() as ledger:
        found = [law for law in laws(ledger.db) if law.rules.startswith(digest.strip().lower())]
    if digest.strip() and not found:
        raise UsageError("audit.no_rules", at=digest)
    marks = {law.rules: "✓" if kept_rules.has(archive, law.rules) else "–" for law in found}
    keys = ("rules", "rules_first", "time", "rules_last", "batches", "rules_kept")
    rows = [
        (
            f"{law.program} {law.rules}",
            law.first,
            local_time(law.since, ruleset),
            law.last,
            law.batches,
            marks[law.rules],
        )
        for law in found
    ]
    table([ruleset.phrase(f"cli.{key}") for key in keys], rows)
    if output:
        only = set(marks)
        rulebook = kept_rules.read(archive, only.pop()) if len(only) == 1 else None
        if rulebook is None:
            raise UsageError("audit.no_rules", at=digest or "–")
        _write(Path(output), rulebook, force=force)
        say(ruleset.phrase("cli.rules_written", name=output))
    return 0


def _write(folder: Path, rulebook: Rulebook, *, force: bool) -> None:
    files = {
        f"{part}/{Path(name).name}": text.encode("utf-8", "surrogatepass")
        for part, texts in (
            ("home", rulebook.home),
            ("packaged", rulebook.packaged),
            ("templates", rulebook.templates),
        )
        for name, text in texts
    }
    write_into(folder, files, force=force)
