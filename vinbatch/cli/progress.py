"""A progress bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vinbatch.cli.context import Context


@contextmanager
def progress(context: Context) -> Iterator[Callable[[int, int], None]]:
    """Gives the function that is told of workbooks done, and of how many there are."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(context.ruleset.phrase("cli.file"), total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)
