"""`vinbatch`: the commands, and what their failures are for the shell.

Exit codes are an interface: 0 done or nothing to do · 1 a bug · 2 usage · 3 done, some rows refused or held ·
4 a file was refused · 5 rules or settings invalid · 6 folder or database not accessible · 7 cannot publish ·
8 mail could not be sent · 11 another run holds this home · 130 interrupted.
Messages go to stderr, data to stdout.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from vinbatch import __version__
from vinbatch.cli.acts import declare, delete, revoke
from vinbatch.cli.audit import audit
from vinbatch.cli.catalogue import catalogue
from vinbatch.cli.completion import completion
from vinbatch.cli.context import Context
from vinbatch.cli.customs import receipt, release, resend, sandbox
from vinbatch.cli.doctor import doctor
from vinbatch.cli.keep import backup, restore
from vinbatch.cli.look import query, show, status
from vinbatch.cli.make import demo, init, template
from vinbatch.cli.tables import say
from vinbatch.cli.work import check, run, watch
from vinbatch.errors import VinbatchError
from vinbatch.wording import USUAL


class Group(click.Group):
    """Commands in the order in which one meets them, not in that of the alphabet; tells their failures."""

    def invoke(self, ctx: click.Context) -> object:
        """A failure in the language of the home that the command was for, and its exit code."""
        try:
            return super().invoke(ctx)
        except VinbatchError as e:
            say(f"vinbatch: {e.told(ctx.obj.language if ctx.obj else USUAL)}")
            raise click.exceptions.Exit(e.exit_code) from e

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names as registered."""
        del ctx
        return list(self.commands)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--home", metavar="DIR", type=click.Path(), help="The home; else VINBATCH_HOME, else the current folder."
)
@click.version_option(__version__, prog_name="vinbatch")
@click.pass_context
def vinbatch(ctx: click.Context, home: str | None) -> None:
    """Declare imported vehicles in bulk, from spreadsheets."""
    ctx.obj = Context(home)


def main(args: Sequence[str] | None = None) -> None:
    """The entry point: runs a command and leaves with its exit code."""
    try:
        code = vinbatch.main(args=args, standalone_mode=False)
    except click.exceptions.Exit as e:
        code = e.exit_code
    except click.ClickException as e:
        e.show()
        code = e.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe (head, less) went away: no fault of ours, and nothing is left to say.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


_COMMANDS = (
    init,
    template,
    check,
    run,
    watch,
    status,
    query,
    show,
    declare,
    delete,
    revoke,
    release,
    resend,
    receipt,
    catalogue,
    audit,
    doctor,
    backup,
    restore,
    sandbox,
    demo,
    completion,
)
for _command in _COMMANDS:
    vinbatch.add_command(_command)
