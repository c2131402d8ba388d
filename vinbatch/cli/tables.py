"""Tables and lines: data to stdout, messages to stderr. On a terminal they fit its width."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress

import click


def say(text: str) -> None:
    """A message for the person at the terminal or the log of cron.

    A log on a full disk takes nothing; what was done is done, and must not fail for that.
    """
    with suppress(OSError):
        click.echo(text, err=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, err: bool = False) -> None:
    """A table; in a pipe it is as wide as it needs to be, so that no text is cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else 400
    console = Console(file=stream, width=width, highlight=False, markup=False)
    made = Table(*heads, box=None, pad_edge=False, header_style="bold", show_header=any(heads))
    for row in rows:
        # Text that came from a workbook stays text: no markup, no control characters.
        made.add_row(
            *(Text("".join(c if c.isprintable() or c == "\n" else "�" for c in str(cell))) for cell in row)
        )
    with suppress(OSError) if err else nullcontext():
        console.print(made)
