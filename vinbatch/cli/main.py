"""`vinbatch`: the commands, and what their failures are for the shell.

Exit codes are an interface: 0 done or nothing to do · 1 a bug · 2 usage · 3 done, some rows refused or held ·
4 a file was refused · 5 rules or settings invalid · 6 folder or database not accessible · 7 cannot publish ·
8 mail could not be sent · 11 another run holds this home · 130 interrupted.
Data go to stdout, messages to stderr, and with them the table of what a run or a watch did.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING

import click

from vinbatch.cli.usage import Commands, tell
from vinbatch.errors import AccessError, VinbatchError

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Command → its module, and its line in --help: the first sentence of its docstring (a test compares them).
# Nothing of a command is loaded before it is called: cron calls one every minute.
COMMANDS = {
    "init": ("make", "Make a home; on an existing one, add what is missing."),
    "template": ("make", "Write the empty form."),
    "check": ("work", "Say what a run would do with these files; nothing is changed and no trace is left."),
    "run": ("work", "One pass over the inbox, then exit: for cron."),
    "watch": ("work", "Stay and work: a scan every few seconds, until SIGTERM."),
    "status": ("look", "All is well, or the one thing to do; then what waits."),
    "query": ("look", "Find records: a table, or a file to read, to edit and to drop again."),
    "show": (
        "look",
        "Detail of a vehicle with its history; VINs also by their last 6 or more, or @FILE.",
    ),
    "declare": ("acts", "Declare drafts of filings (备案) in bulk, checked; held ones only with --confirm."),
    "delete": ("acts", "Delete drafts: the vehicle's data alone, or with its structure parameters."),
    "revoke": ("acts", "Revoke what customs has accepted, with a reason."),
    "release": (
        "customs",
        "Decide about a package in doubt after a power cut, or unknown to a restored ledger.",
    ),
    "resend": (
        "customs",
        "Send a package again: same bytes, same guid; only while there is no final answer.",
    ),
    "receipt": ("customs", "Record an answer of customs that came by other ways than a receipt."),
    "catalogue": ("catalogue", "The catalogue of structure parameters."),
    "audit": ("audit", "What an auditor asks: a story, a period, files and rules as they were, the chain."),
    "operations": (
        "operations",
        "Write systemd units, crontab, log rotation and shares, filled in for this home.",
    ),
    "doctor": (
        "doctor",
        "Check folders, rights, file systems, clock, rules and disks; say what to do.",
    ),
    "backup": ("keep", "Copy the ledger into FILE, also while a run or a watch works."),
    "restore": ("keep", "Put a backup in the place of the ledger; the present one is kept beside it."),
    "xsd": ("make", "Print the XSD that the packages of this home are checked against."),
    "sandbox": ("customs", "Play customs on a trial home: take packages, check them, answer with receipts."),
    "demo": ("make", "Run the main job on sample workbooks, in a scratch home, and show what came out."),
    "completion": ("completion", 'Print the completion of a shell: eval "$(vinbatch completion bash)".'),
}


class Group(Commands):
    """Commands in the order in which one meets them, not in that of the alphabet; tells their failures."""

    def invoke(self, ctx: click.Context) -> object:
        """A failure in the language of the home that the command was for, and its exit code."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except (VinbatchError, MemoryError) as e:
            from vinbatch.cli.context import Context

            context = ctx.obj or Context(ctx.params.get("home"))  # a command that there is not has none yet
            error = e if isinstance(e, VinbatchError) else AccessError("machine.memory")
            raise click.exceptions.Exit(_told(error, context.language)) from e

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, loaded now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"vinbatch.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their lines, without loading one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--home",
    metavar="DIR",
    type=click.Path(readable=False),
    help="The home; else VINBATCH_HOME, else the current folder.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _, asked: _version(ctx) if asked and not ctx.resilient_parsing else None,
    help="Show version and build, and exit.",
)
@click.pass_context
def vinbatch(ctx: click.Context, home: str | None) -> None:
    """Declare imported vehicles in bulk, from spreadsheets."""
    from vinbatch.cli.context import Context

    ctx.obj = Context(home)


def _version(ctx: click.Context) -> None:
    from vinbatch.effects.build import program

    click.echo(f"vinbatch {program()}")
    ctx.exit()


def _told(error: VinbatchError, lang: str) -> int:
    """Says it, and gives its exit code."""
    from logging import ERROR

    from vinbatch.cli.tables import warn

    warn(str(error.told(lang)), ERROR)
    return error.exit_code


def main(args: Sequence[str] | None = None) -> None:
    """The entry point: runs a command and leaves with its exit code."""
    _stand_in()
    if isinstance(sys.stdout, TextIOWrapper):  # what the locale cannot write is no reason to say nothing
        sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout = _lasting(sys.stdout)
    try:
        _check_names()
        code = vinbatch.main(args=args, standalone_mode=False)
    except click.exceptions.Exit as e:
        code = e.exit_code
    except click.ClickException as e:
        from vinbatch.cli.context import Context

        root = e.ctx.find_root().obj if isinstance(e, click.UsageError) and e.ctx else None
        tell(e, (root or Context()).language)
        code = e.exit_code
    except VinbatchError as e:  # what click itself shows, such as help, could not be written
        from vinbatch.cli.context import Context

        code = _told(e, Context().language)
    except MemoryError:  # there is not even enough for the words
        click.echo("vinbatch: 内存不足 · out of memory", err=True)
        code = AccessError.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _stand_in() -> None:
    """Opens what the shell closed of the standard streams, on nothing, for this process and its workers.

    Else the next file that is opened has that number, and the last words of a dying reader go into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free: this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _check_names() -> None:
    """AccessError where file names are not read as UTF-8: our own guide would be taken for a workbook."""
    spoken = sys.getfilesystemencoding()
    if spoken != "utf-8":
        raise AccessError("usage.names", spoken=spoken)


class _Out(FileIO):
    """Standard output. Of a pipe the reader (head, less) may go away: the command ends with its own code.

    Any other failure is told once; what comes after it is for nobody.
    """

    _lost = False

    def write(self, data: Buffer) -> int:
        """How much was taken: all where nobody reads any more. AccessError where it cannot be written."""
        size = len(memoryview(data))
        if self._lost:
            return size
        try:
            return super().write(data)
        except BrokenPipeError:
            return size
        except OSError as e:
            from vinbatch.effects.disk import why

            self._lost = True
            raise AccessError("usage.stdout", why=why(e)) from e


def _lasting(out: TextIOWrapper) -> TextIOWrapper:
    """The same stream, on which a write fails as a failure of ours; where it is no file, that itself."""
    raw = getattr(out.buffer, "raw", out.buffer)  # itself the file where Python runs unbuffered
    if not isinstance(raw, FileIO):
        return out
    file = BufferedWriter(_Out(raw.fileno(), "w", closefd=False))
    return TextIOWrapper(
        file, out.encoding, out.errors, line_buffering=out.line_buffering, write_through=out.write_through
    )
