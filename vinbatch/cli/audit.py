"""audit verify|show|results: what an auditor asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, is_given, write_into
from vinbatch.cli.kept import files, find
from vinbatch.cli.kept_rules import rules
from vinbatch.cli.period import list_events
from vinbatch.cli.tables import in_json, say, table, tell
from vinbatch.cli.usage import Commands
from vinbatch.cli.vins import names_of, tell_missed
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Query

if TYPE_CHECKING:
    from vinbatch.store.compared import Part
    from vinbatch.store.ledger import Ledger

_NAMED = 20  # of what is wrong with a part; the rest is counted
_TRIES = 3


@click.group(cls=Commands)
@click.option(
    "--ledger",
    metavar="FILE",
    type=click.Path(readable=False),
    help="Ask a backup, or the ledger that a restore kept (.vinbatch/ledger-before-….db).",
)
@pass_context
def audit(context: Context, ledger: str | None) -> None:
    """What an auditor asks: a story, a period, files and rules as they were, the chain."""
    if ledger is not None:
        if not is_given(other := Path(ledger)):
            raise UsageError("backup.missing", at=readable(other))
        context.other = other


@audit.command()
@click.option(
    "--against", "heads", multiple=True, metavar="HEAD", help="A head that a result or a mail shows."
)
@click.option(
    "--chain-only", is_flag=True, help="The chain of events alone; no other page of the ledger is read."
)
@click.option("--no-files", is_flag=True, help="Leave out the archive and the outbox.")
@pass_context
def verify(context: Context, heads: Sequence[str], chain_only: bool, no_files: bool) -> int:
    """Check that no event was changed, removed or put in, and that all else is as the events say.

    Exit 6 where there is no ledger, or the chain is broken, or where records, answers of customs, catalogue,
    packages, batches or files of archive and outbox differ, or the last event is gone that a pass has noted,
    beside the ledger or in reports/ on a share.
    Where that note was changed too, events that were cut off or written anew show only against a head that
    was printed after them.
    """
    from vinbatch.effects import upkeep

    wanted = [_head(text) for text in heads]
    if context.other is None:
        context.home.check_ledger()
    whole = _verify_still(context, wanted, chain_only=chain_only, files=not no_files)
    if whole and context.other is None:
        upkeep.note(context.home, upkeep.CHECKED, context.now)
    return 0


def _verify_still(context: Context, wanted: Sequence[str], *, chain_only: bool, files: bool) -> bool:
    """Once more where a pass wrote meanwhile: who may only read cannot keep it out, and its parts would be of
    different moments. Whether everything was compared.
    """
    from vinbatch.store.looking import locked_out, stamp

    path = context.ledger
    for _ in range(_TRIES):
        open_to_others, seen = locked_out(path), stamp(path)
        try:
            return _verify(context, wanted, chain_only=chain_only, files=files)
        except AccessError:
            if not open_to_others or stamp(path) == seen:
                raise
        tell(context.ruleset.phrase("verify.again"))
    raise AccessError("audit.moving", at=str(path))


def _verify(context: Context, wanted: Sequence[str], *, chain_only: bool, files: bool) -> bool:
    from vinbatch.effects import last_event
    from vinbatch.run import ledger_guard
    from vinbatch.run.verifying import unknown_head, verify_beside

    noted, apart = _noted(context), None if context.other else last_event.known_apart(context.home)
    with context.reading() as ledger:
        if not chain_only:
            ledger.check_pages()
        count, head = ledger.queries.verify(), ledger.head()
        for printed in wanted:
            if not ledger.queries.knows_head(printed):
                raise unknown_head(ledger, context.home, printed)
        click.echo(context.ruleset.phrase("cli.chain", n=count, head=head))
        ledger_guard.check(context.home, ledger, noted)
        ledger_guard.check_apart(context.home, ledger, apart)
        if count and noted is None and context.other is None:
            tell(context.ruleset.phrase("verify.unnoted"))
        if chain_only:
            return False
        parts = verify_beside(ledger, context.home, files=files, outbox=context.other is None)
        wrong = sum(_tell(part, context) for part in parts)
    if wrong:
        raise AccessError("audit.differs", n=str(wrong))
    return files


def _noted(context: Context) -> tuple[int, str] | None:
    """The last event that a pass noted, which is one of the home's own ledger."""
    from vinbatch.effects import last_event

    return None if context.other else last_event.known(context.home)


def _head(text: str) -> str:
    """As it is stored, however it was copied. UsageError where it can be none."""
    head = "".join(text.split()).lower()
    if not re.fullmatch("[0-9a-f]{64}", head):
        raise UsageError("audit.no_head", at=repr(text))
    return head


def _tell(part: Part, context: Context) -> int:
    """A line for the part, and one for what is wrong with it; how much that is."""
    ruleset = context.ruleset
    less = "verify.unkept" if part.name == "rules" else "verify.partly"
    partly = ruleset.phrase(less, n=part.partly) if part.partly else ""
    tell(ruleset.phrase(f"verify.{part.name}", n=part.count, wrong=len(part.wrong)) + partly)
    for name in part.added[:_NAMED]:
        tell("  " + ruleset.phrase("verify.added", what=name))
    for one in part.wrong[:_NAMED]:
        tell("  " + ruleset.phrase(f"verify.{one.how}", what=one.what))
    if len(part.wrong) > _NAMED:
        tell("  " + ruleset.phrase("verify.more", n=len(part.wrong) - _NAMED))
    return len(part.wrong)


@audit.command()
@click.argument("vins", nargs=-1, required=True, metavar="VIN...")
@click.option("--json", "as_json", is_flag=True, help="The events as they are stored, each with its hash.")
@pass_context
def show(context: Context, vins: Sequence[str], as_json: bool) -> int:
    """The whole story of a VIN: who asked, when, by which file and cell; what each row was answered, also one
    that was refused; old and new values, packages, what customs said, results and mails. And whether the
    chain is whole that it is read from.

    Exit 6 where it is not, with --json too. Every batch is looked through: 2 ms for each full one.
    """
    from vinbatch.cli.detail import print_story
    from vinbatch.store.passages import passages as passages_of

    ruleset, noted = context.ruleset, _noted(context)
    names = names_of(vins)
    told: list[Mapping[str, object]] = []
    with context.auditing() as ledger:
        zone = ruleset.settings.zone
        found = {name: [r.vin for r in ledger.queries.records(Query(vins=(name,)), zone)] for name in names}
        wanted = tuple(dict.fromkeys(vin for name in names for vin in found[name] or [name]))
        passages = passages_of(ledger.db, wanted)
        for vin in wanted:
            events = ledger.queries.story(vin, {one.batch for one in passages[vin]})
            told += [{"id": e.id, "vin": e.vin, "batch": e.batch, **e.body, "hash": e.hash} for e in events]
            if (events or passages[vin]) and not as_json:
                print_story(vin, events, passages[vin], ledger, ruleset)
        if as_json:
            click.echo(in_json(told))
        if told or any(passages.values()):
            _prove(ledger, noted, context, quietly=as_json)
    known = {vin for vin in wanted if passages[vin]} | {str(event["vin"]) for event in told}
    tell_missed(names, known)
    return 0


def _prove(ledger: Ledger, noted: tuple[int, str] | None, context: Context, *, quietly: bool) -> None:
    """What the story is worth: AccessError where the chain that it was read from is broken, or has not the
    event that was `noted` before.
    """
    from vinbatch.cli.detail import tell_folded
    from vinbatch.run import ledger_guard

    if not quietly:
        tell("")
        tell_folded(context.ruleset.phrase("cli.story_unnumbered"))
    count, head = ledger.queries.verify(), ledger.head()
    ledger_guard.check(context.home, ledger, noted)
    if not quietly:
        tell_folded(context.ruleset.phrase("cli.chain", n=count, head=head))


@audit.command()
@click.argument("batch")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(),
    help="Write every version there, under its name and number.",
)
@force_option
@pass_context
def results(context: Context, batch: str, output: str | None, force: bool) -> int:
    """Every version of a batch's result workbook, from the first answer on. A file that is there is kept."""
    from vinbatch.effects.archive import Archive
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    with context.reading() as ledger:
        versions = ledger.answers.of(batch.strip().upper())
    rows = [(n, local_time(at, ruleset), name, digest) for n, (name, digest, at) in enumerate(versions, 1)]
    if not rows:
        raise UsageError("ledger.no_batch", at=batch)
    table(["", ruleset.phrase("cli.time"), ruleset.phrase("cli.result"), "SHA-256"], rows)
    if output:
        archive, folder = Archive(context.home.archive), Path(output)
        files = {f"{Path(name).stem}-v{n}.xlsx": archive.get(d) for n, _, name, d in rows}
        write_into(folder, files, force=force)
        for name in files:
            say(str(folder / name))
    return 0


for command in (list_events, files, find, rules):
    audit.add_command(command)
