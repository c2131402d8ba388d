"""release, resend, receipt, sandbox: packages on their way, and answers that came by other ways."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.tables import say, table, warn
from vinbatch.errors import UsageError, first_code

if TYPE_CHECKING:
    from vinbatch.effects.sandbox import Played


@click.command()
@click.argument("guid")
@click.option("--sent", is_flag=True, help="Customs has it: note it as sent.")
@click.option("--send", is_flag=True, help="Customs does not have it: the next run sends it.")
@click.option("--void", is_flag=True, help="Customs does not have it, and it shall not be sent.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the audit; --void needs it.")
@pass_context
def release(context: Context, guid: str, sent: bool, send: bool, void: bool, reason: str) -> int:
    """Decide about a package in doubt after a power cut, or unknown to a restored ledger."""
    from vinbatch.cli.work import print_heard
    from vinbatch.effects.owner import command_user
    from vinbatch.run import commands

    if sent + send + void != 1:
        raise UsageError("usage.sent")
    how = "sent" if sent else "send" if send else "void"
    if how == "void" and not reason.strip():
        raise UsageError("usage.void")
    user = command_user(os.environ)
    done = commands.release(context.machine(), guid, user, how, reason.strip())
    ruleset = context.ruleset
    told = "went" if done.out and how == "send" else how
    say(ruleset.phrase("cli.released", name=done.name, how=ruleset.phrase(f"cli.{told}")))
    print_heard(done.heard, context)
    return 0


@click.command()
@click.argument("guid")
@pass_context
def resend(context: Context, guid: str) -> int:
    """Send a package again: same bytes, same guid; only while there is no final answer."""
    from vinbatch.cli.work import pass_code, say_unsent
    from vinbatch.effects.owner import command_user
    from vinbatch.run import commands

    name, report = commands.resend(context.machine(), guid, command_user(os.environ))
    if report.unpublished:
        warn(str(report.unpublished.told(context.language)))
    elif not report.doubtful:
        say(context.ruleset.phrase("cli.resent", name=name))
    say_unsent(report, context.language)
    return pass_code(report)


@click.command()
@click.option(
    "--every", type=click.FloatRange(0.1, 86_400), metavar="SECONDS", help="Stay, and play so often."
)
@pass_context
def sandbox(context: Context, every: float | None) -> int:
    """Play customs on a trial home: take packages, check them, answer with receipts.

    \b
    The last two characters of the VIN say how a vehicle is answered:
      91 rejected        92 in review, accepted at the next call    93 accepted, and repeated
      94 out of order    95 accepted, then rejected                 96 processing error
    All others are accepted. A package in another format stays in the outbox, and it leaves with 4.
    """  # noqa: D301 - click's mark for text that keeps its lines
    import math
    import time

    from vinbatch.cli.work import EXIT_FILE
    from vinbatch.effects.sandbox import Sandbox

    if every is not None and math.isnan(every):
        raise click.BadParameter("nan", param_hint="--every")
    context.check_site()
    customs = Sandbox(context.home, context.ruleset)
    left: set[str] = set()  # said once
    while True:
        played = customs.play(context.fresh_now())
        print_played([one for one in played if one.name not in left], context)
        left = {one.name for one in played if one.left}
        if every is None:
            return EXIT_FILE if left else 0
        time.sleep(every)


def print_played(played: Sequence[Played], context: Context, *, err: bool = False) -> None:
    """A line for each package that was looked at."""
    ruleset = context.ruleset
    rows = []
    for one in played:
        told = [f"{ruleset.word(f'@play.{play}')} {n}" for play, n in one.plays]
        rows.append((one.name, " · ".join(told), one.receipts, one.problem))
    if rows:
        heads = [ruleset.phrase(f"cli.{k}") for k in ("packages", "answer", "receipts", "problem")]
        table(heads, rows, err=err)


@click.command()
@click.option("--guid", required=True, metavar="GUID", help="The package that customs answered to.")
@click.option("--vin", metavar="VIN", help="One vehicle of it; else all of them.")
@click.option("--accepted", is_flag=True, help="Customs accepted: 海关接收成功.")
@click.option("--rejected", is_flag=True, help="Customs rejected: 海关接收失败.")
@click.option("--info", default="", metavar="TEXT", help="Customs' own words, and how they came.")
@click.option("--override", is_flag=True, help="Settle a contradiction: this answer counts; needs --info.")
@pass_context
def receipt(
    context: Context, guid: str, vin: str | None, accepted: bool, rejected: bool, info: str, override: bool
) -> int:
    """Record an answer of customs that came by other ways than a receipt."""
    from vinbatch.cli.work import EXIT_BUG, EXIT_FILE, pass_code, say_unsent
    from vinbatch.effects.owner import command_user
    from vinbatch.run.commands import ByHand, record_answer

    if accepted == rejected:
        raise UsageError("usage.answer")
    if override and not info.strip():
        raise UsageError("usage.override")
    if vin is not None and not vin.strip():
        raise UsageError("usage.blank")
    by_hand = ByHand(guid, accepted, info.strip(), vin or "", override)
    heard, report = record_answer(context.machine(), by_hand, command_user(os.environ))
    ruleset = context.ruleset
    rows = [
        (r.vin, ruleset.word(f"@state.{r.state}"), ruleset.word(f"@effect.{r.effect}"), r.info)
        for r in heard.replies
    ]
    if rows:
        table(["VIN", *(ruleset.phrase(f"cli.{k}") for k in ("answer", "effect", "info"))], rows)
    for problem in heard.problems:
        told = ruleset.tell(problem)
        say(f"{told.what}\n{told.cure}")
    say_unsent(report, context.language)
    codes = (EXIT_BUG if heard.failed else 0, EXIT_FILE if heard.problems else 0, pass_code(report))
    return first_code(codes)
