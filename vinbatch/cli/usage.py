"""What is wrong with a command line, told in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from vinbatch.effects.names import readable
from vinbatch.errors import UsageError
from vinbatch.slips import hint

# Of newer versions of click: what stands there is the help.
_HELP: type[BaseException] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())


class Commands(click.Group):
    """A group that tells which of its commands may have been meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first. UsageError where there is none."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            raise UsageError("usage.no_command", at=name, hint=hint(name, self.list_commands(ctx)))
        found = super().resolve_command(ctx, args)
        for param in found[1].params if found[1] else ():
            if param.type is click.STRING:
                param.type = _WORDS
        return found


class _Words(click.types.StringParamType):
    """A text, also out of a terminal of GB 18030; no ledger takes what is none. `@FILE` keeps its bytes."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """What was written; `readable` where it is no UTF-8."""
        text = str(super().convert(value, param, ctx))
        lost = any("\ud800" <= c <= "\udfff" for c in text)
        return readable(text) if lost and not text.startswith("@") else text


_WORDS = _Words()


def day(text: str | None) -> date | None:
    """The day that an option names, None where it is not given. UsageError where it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as e:
        raise UsageError("usage.date", at=str(text)) from e


def tell(error: click.ClickException, lang: str) -> None:
    """On stderr: how the command is used, what is wrong, how to mend it; help where that was asked for."""
    from vinbatch.cli.tables import say

    if isinstance(error, _HELP) or not isinstance(error, click.UsageError):
        error.show()
        return
    if error.ctx is not None:
        say(error.ctx.get_usage())
    say(f"vinbatch: {_failure(error).told(lang)}")


def _failure(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx else "vinbatch"
    if isinstance(error, click.NoSuchOption):
        known = _options(error.ctx)
        return UsageError("usage.no_option", at=error.option_name, hint=hint(error.option_name, known))
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = _named(error.param)
        if isinstance(error, click.MissingParameter):
            return UsageError("usage.missing", name=name, command=path)
        if isinstance(error.param.type, click.Choice):
            known = [str(choice) for choice in error.param.type.choices]
            return UsageError("usage.choice", at=name, known=", ".join(known), command=path)
    return UsageError("usage.other", said=error.format_message(), command=path)


def _options(ctx: click.Context | None) -> Sequence[str]:
    """The options of the command, by their long names."""
    if ctx is None:
        return ()
    every = (name for param in ctx.command.get_params(ctx) for name in param.opts)
    return [name for name in every if name.startswith("--")]


def _named(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
