"""check, run, watch: the commands that work on what was dropped."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import given, must_exist
from vinbatch.cli.logs import configure
from vinbatch.cli.tables import for_programs, in_json, say, table, tell, warn
from vinbatch.errors import UsageError, first_code
from vinbatch.model import Effect, Outcome
from vinbatch.wording import sentence

if TYPE_CHECKING:
    from vinbatch.ruleset import Ruleset
    from vinbatch.run.answers.telling import Answered
    from vinbatch.run.passed import Pass
    from vinbatch.run.passing import Machine
    from vinbatch.run.receipts import HeardFile

EXIT_ROWS, EXIT_FILE, EXIT_FOLDER, EXIT_PUBLISH, EXIT_MAIL, EXIT_BUG = 3, 4, 6, 7, 8, 1
_MOST_UNUSED = 20  # receipts told one by one: cron mails what a run says
_MOST_PROBLEMS = 5  # of one receipt; all of them stand beside it


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(readable=False))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")
@pass_context
def check(context: Context, files: Sequence[str], as_json: bool) -> int:
    """Say what a run would do with these files; nothing is changed and no trace is left."""
    from vinbatch.effects.pool import Pool
    from vinbatch.run.judging import dry

    ruleset = context.ruleset
    worker = ruleset.settings.worker
    megabytes = ruleset.settings.limits.file_megabytes
    for name in files:
        must_exist(Path(name))
    dropped = [partial(given, Path(name), megabytes) for name in files]
    with Pool(worker.processes, worker.memory_megabytes, worker.seconds, context.rulebook) as pool:
        found = dry.check_files(dropped, pool, dry.looker(context.maybe_root), context.rulebook, context.now)
        told, code = [], 0
        if not as_json and context.maybe_root is None:
            say(ruleset.phrase("cli.left_out"))
        for name, outcome in zip(files, found, strict=True):
            code = first_code((code, exit_code(outcome)))
            if as_json:
                told.append(dry.as_json(outcome, name, ruleset))
            else:
                _print_check(name, outcome, context)
    if as_json:
        click.echo(in_json({"version": 1, "files": told}))
    return code


def exit_code(outcome: Outcome) -> int:
    """1: we have a bug; 4: the file was refused; 3: there are rows to mend; else 0."""
    if any(f.code == "VINBATCH-FAILED" for f in outcome.findings):
        return EXIT_BUG
    if outcome.refused:
        return EXIT_FILE
    return EXIT_ROWS if outcome.to_mend else 0


def _print_check(name: str, outcome: Outcome, context: Context) -> None:
    from vinbatch.effects.names import readable
    from vinbatch.report.sentence import headline
    from vinbatch.run.judging.dry import in_sheet_order, sheet_name, source_cell

    ruleset = context.ruleset
    tell(f"{readable(name)}: {headline(outcome, ruleset)}")
    rows = []
    for f in in_sheet_order(outcome):
        told = ruleset.tell(f)
        where = sheet_name(f.sheet, outcome.reading, ruleset) if f.sheet else ""
        cell = source_cell(f, outcome.reading.columns.get(f.sheet, {})) or (str(f.row) if f.row else "")
        severity = ruleset.word(f"@severity.{'released' if f.released else f.severity}")
        rows.append((f"{where} {cell}".strip(), severity, f.code, told.what, told.cure))
    if rows:
        heads = [ruleset.word(f"@problem.{k}") for k in ("cell", "severity", "code", "what", "cure")]
        table(heads, rows)


@click.command()
@click.option(
    "--engine",
    type=click.Choice(["pool", "serial", "dask"]),
    default="pool",
    help="pool: foreign files are opened in workers with limits; serial: in this process, for tracing;"
    " dask: on a cluster.",
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Of the Dask cluster; else one is started.")
@pass_context
def run(context: Context, engine: str, scheduler: str) -> int:
    """One pass over the inbox, then exit: for cron. Silent when there was nothing to do."""
    from vinbatch.cli.progress import progress
    from vinbatch.effects import idle
    from vinbatch.run.engines import DASK, Engine
    from vinbatch.run.mail.posting import post
    from vinbatch.run.passing import Clock, Machine

    if scheduler and engine != DASK:
        raise UsageError("usage.scheduler", engine=DASK)
    configure(context.settings.log)
    with progress(context) as moved:
        clock = Clock(context.fresh_now)
        machine = Machine(context.home, context.rulebook, clock, moved, Engine(engine, scheduler))
        done = machine.run()
    post(machine, done)
    if done.at_rest and not context.settings.staging:  # which may lie where nothing is compared
        idle.leave(str(context.root))
    print_pass(done, context)
    print_leaving(done, context)
    return pass_code(done)


@click.command()
@pass_context
def watch(context: Context) -> int:
    """Stay and work: a scan every few seconds, until SIGTERM. One watch per home."""
    import time

    from vinbatch.watch import watch as stay

    configure(context.settings.log)

    def machine() -> Machine:
        # Rules and settings may have been edited since the last pass.
        return Context(str(context.root)).machine()

    return stay(
        context.home,
        machine,
        lambda done: print_pass(done, context),
        time.monotonic,
        context.fresh_now,
        lambda: say(context.ruleset.phrase("cli.watching", place=str(context.home.inbox))),
    )


def pass_code(done: Pass) -> int:
    """The first that applies: 1 a bug, 6 another folder of receipts, 7 a package in doubt, 8 mail, 4, 3."""
    return first_code(
        (
            EXIT_BUG if done.failed else 0,
            EXIT_FOLDER if done.unheard else 0,
            EXIT_PUBLISH if done.doubtful or done.unpublished else 0,
            EXIT_MAIL if done.unsent or done.unmailed else 0,
            EXIT_FILE if done.refused else 0,
            EXIT_ROWS if done.to_mend else 0,
        )
    )


def print_leaving(done: Pass, context: Context) -> None:
    """Why it leaves with another code than 0, and what to do: a line for each reason.

    The last is the one that counts, and names the code. Mail has its own line already, which is enough alone.
    """
    if pass_code(done) == 0:
        return  # before the rules are compiled for a sentence: cron calls a pass every minute
    ruleset = context.ruleset
    told = []
    if done.to_mend:
        told.append(ruleset.phrase("cli.left_rows"))
    if done.refused:
        told.append(ruleset.phrase("cli.left_refused"))
    if told and pass_code(done) == EXIT_MAIL:
        told.append(ruleset.phrase("cli.left_mail"))
    if done.doubtful:
        told.append(ruleset.phrase("cli.doubt", n=len(done.doubtful), guid=done.doubtful[0]))
    if done.unpublished:
        told.append(str(done.unpublished.told(context.language)))
    if done.unheard:
        told.append(str(done.unheard.told(context.language)))
    if done.failed:
        told.append(ruleset.phrase("cli.left_failed", n=done.failed))
    if told:
        told[-1] = ruleset.phrase("cli.leaving", why=told[-1], code=pass_code(done))
    for why in told:
        warn(why)


def print_pass(done: Pass, context: Context) -> None:
    """A line for each workbook, on stderr; nothing at all when there was nothing to do."""
    from vinbatch.run.condition.alarms import waits

    say_unsent(done, context.language)
    if done.idle and not (done.unready and sys.stderr.isatty()):
        return  # what only waits is told to a person, and not to cron every minute
    ruleset = context.ruleset
    for skipped in done.unready:
        say(waits(skipped, ruleset))
    if done.caught_up:
        say(ruleset.phrase("cli.caught_up", n=done.caught_up))
    print_heard(done.heard, context)
    if done.lines:
        _print_lines(done, ruleset)


def _print_lines(done: Pass, ruleset: Ruleset) -> None:
    results = {a.batch: a for a in done.answered}
    rows = []
    for line in done.lines:
        packages = ", ".join(_told_package(done, *package, ruleset) for package in line.packages)
        rows.append((line.file, line.headline, packages, _told_result(results.get(line.batch), ruleset)))
    if for_programs.handlers:
        for line, cells in zip(done.lines, rows, strict=True):
            say(ruleset.phrase("cli.comma").join(filter(None, cells)), batch=line.batch)
        return
    heads = [ruleset.phrase(f"cli.{k}") for k in ("file", "verdicts", "packages", "result")]
    table(heads, rows, err=True)


def _told_result(answered: Answered | None, ruleset: Ruleset) -> str:
    """The name of the result workbook; "" where it is not written yet."""
    if answered is None:
        return ""
    return ruleset.phrase("cli.beside", name=answered.name) if answered.beside else answered.name


def _told_package(done: Pass, guid: str, told: str, ruleset: Ruleset) -> str:
    """With where it is, unless it is out."""
    if guid in done.published:
        return told
    return ruleset.phrase("cli.package_doubt" if guid in done.doubtful else "cli.package_waits", name=told)


def say_unsent(done: Pass, lang: str) -> None:
    """Mail that waits or was refused: the work itself is done."""
    if done.unsent:
        warn(str(done.unsent.told(lang)))
    for address, reply in done.unmailed.items():
        warn(sentence("log.unmailed", lang, address=address, reply=reply))


def print_heard(heard: Sequence[HeardFile], context: Context) -> None:
    """What customs answered, in one line; and lines for the first receipts that could not be used."""
    if not heard:
        return
    ruleset = context.ruleset
    states = Counter(
        r.state for h in heard for r in h.replies if r.effect in (Effect.APPLIED, Effect.OVERRODE)
    )
    parts = [f"{ruleset.word(f'@state.{state}')} {n}" for state, n in sorted(states.items())]
    told = ruleset.phrase("cli.comma").join(parts) or ruleset.phrase("cli.no_final")
    say(ruleset.phrase("cli.heard", n=len(heard), told=told))
    unused = [h for h in heard if h.problems]
    for h in unused[:_MOST_UNUSED]:
        for problem in h.problems[:_MOST_PROBLEMS]:
            where = f"reports/set-aside/{h.set_aside}" if h.set_aside else h.name
            say(ruleset.phrase("cli.set_aside", name=where, why=ruleset.tell(problem).what))
    if more := len(unused[_MOST_UNUSED:]):
        say(ruleset.phrase("cli.more_aside", n=more))
