"""declare, delete, revoke: acts on records by command, each with a verdict for every VIN."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.tables import say, table, warn
from vinbatch.cli.vins import names_of
from vinbatch.errors import UsageError, first_code
from vinbatch.model import VEHICLE, Act, Finding, Order, Outcome, Severity, Verdict

if TYPE_CHECKING:
    from vinbatch.ruleset import Ruleset
    from vinbatch.run.choosing import Choose, Left
    from vinbatch.run.commands import Done

_HELP_VIN = "A VIN, its last 6 or more, or @FILE; may be given several times."
_Row = tuple[str, str, str, str]


@click.command()
@click.argument("more", nargs=-1, metavar="")
@click.option("--vin", "vins", multiple=True, metavar="VIN..", help=_HELP_VIN)
@click.option("--batch", default="", metavar="BATCH", help="The drafts of a batch.")
@click.option("--all", "every", is_flag=True, help="All drafts.")
@click.option("--confirm", is_flag=True, help="Confirm what is asked: 核实确认 (Confirmed) = 是 for all.")
@pass_context
def declare(
    context: Context, more: Sequence[str], vins: Sequence[str], batch: str, every: bool, confirm: bool
) -> int:
    """Declare drafts of filings (备案) in bulk, checked; held ones only with --confirm."""
    from vinbatch.run import choosing

    if sum(map(bool, ((*vins, *more), batch, every))) != 1:
        raise UsageError("usage.drafts")
    choose = choosing.every_draft(context.rulebook)
    if batch:
        choose = choosing.of_batch(batch.strip().upper(), context.rulebook)
    elif not every:
        choose = choosing.by_vin(names_of((*vins, *more)), context.rulebook)
    drafts = choosing.only_drafts(choose, context.rulebook, named=not (batch or every), confirm=confirm)
    return _carry_out(context, "declare", Order(Act.DECLARE, confirmed=confirm, marked=False), drafts)


@click.command()
@click.argument("vins", nargs=-1, required=True, metavar="VIN...")
@click.option(
    "--with-structure", is_flag=True, help="And their structure parameters, where nobody else uses them."
)
@pass_context
def delete(context: Context, vins: Sequence[str], with_structure: bool) -> int:
    """Delete drafts: the vehicle's data alone, or with its structure parameters."""
    from vinbatch.run import choosing

    act = Act.DELETE_ALL if with_structure else Act.DELETE
    return _carry_out(context, "delete", Order(act), choosing.by_vin(names_of(vins), context.rulebook))


@click.command()
@click.argument("vins", nargs=-1, required=True, metavar="VIN...")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is revoked; customs reads it.")
@pass_context
def revoke(context: Context, vins: Sequence[str], reason: str) -> int:
    """Revoke what customs has accepted, with a reason."""
    from vinbatch.run import choosing

    if not reason.strip():
        raise UsageError("usage.reason")
    choose = choosing.by_vin(names_of(vins), context.rulebook)
    return _carry_out(context, "revoke", Order(Act.REVOKE, reason=reason.strip()), choose)


def _carry_out(context: Context, name: str, order: Order, choose: Choose) -> int:
    from vinbatch.cli.work import EXIT_ROWS, pass_code
    from vinbatch.effects.owner import command_user
    from vinbatch.run import commands

    done = commands.carry_out(context.machine(), name, order, choose, command_user(os.environ))
    _print(done, context.ruleset)
    return first_code((pass_code(done.report), EXIT_ROWS if done.left else 0))


def _print(done: Done, ruleset: Ruleset) -> None:
    """A line for every VIN: the verdict, and what to mend."""
    from vinbatch.cli.work import say_unsent

    rows = [row for outcome in done.outcomes for row in _rows(outcome, ruleset)]
    rows += [_left(left, ruleset) for left in done.left]
    if not rows:
        say(ruleset.phrase("cli.nothing"))
        return
    heads = [ruleset.word(f"@column.{k}") for k in ("verdict", "problems", "batch")]
    table(["VIN", *heads], rows)
    if done.report.unpublished:
        warn(str(done.report.unpublished.told(ruleset.settings.language)))
    say_unsent(done.report, ruleset.settings.language)


def _rows(outcome: Outcome, ruleset: Ruleset) -> Iterator[_Row]:
    index = ruleset.index(VEHICLE)["vin"]
    for judged in outcome.rows:
        if judged.row.sheet != VEHICLE:
            continue
        told = [
            _told(f, ruleset)
            for f in outcome.findings
            if f.place == (VEHICLE, judged.row.number) and _counts(f.severity, judged.verdict)
        ]
        words = " ".join(told)
        verdict = ruleset.word(f"@verdict.{judged.verdict}")
        yield str(judged.row.values[index] or ""), verdict, words, outcome.batch
    for f in outcome.findings:
        if not f.row:
            yield "", ruleset.word(f"@severity.{f.severity}"), ruleset.tell(f).what, outcome.batch


def _told(finding: Finding, ruleset: Ruleset) -> str:
    told = ruleset.tell(finding)
    if finding.released:
        return f"{ruleset.word('@severity.released')}: {told.what}"
    if finding.severity is Severity.NOTE:
        return told.what
    if finding.severity is Severity.ASK:
        return ruleset.phrase("cli.confirm", asks=told.what)
    instead = ruleset.words["instead"].get(finding.code)
    return f"{told.what} → {instead.told(ruleset.settings.language) if instead else told.cure}"


def _counts(severity: Severity, verdict: Verdict) -> bool:
    """Notes are for those who are refused nothing: beside a stop they only hide it."""
    return severity is not Severity.NOTE or verdict not in (Verdict.REFUSED, Verdict.HELD)


def _left(left: Left, ruleset: Ruleset) -> _Row:
    if left.verdict is Verdict.HELD:
        stop = "；" if ruleset.settings.language == "zh" else "; "
        asks = stop.join(ruleset.tell(f).what for f in left.findings)
        words = ruleset.phrase("cli.confirm", asks=asks)
    else:
        words = " ".join(_told(f, ruleset) for f in left.findings)
    return left.vin, ruleset.word(f"@verdict.{left.verdict}"), words, ""
