"""What a pass works together: chunks that are worth their calls, and fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from vinbatch.effects.inbox import Settled
from vinbatch.store.taking import Taken

Item = TypeVar("Item")
Numbered = tuple[Settled, Taken]  # a file that stands still, with the batch that it got
# Workbooks that share one pandera call, one look-up and one commit: those cost per call, memory per workbook.
CHUNK = 20
CHUNK_BYTES = 64 * 2**20


def portions(files: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Files that share a `now`: a batch that a crash interrupted keeps the time that it was taken at.

    One that was under way when a pass died comes alone: it may have been the cause.
    """
    for _, same in groupby(files, key=lambda file: file[1].now):
        yield from gathered(same, lambda file: file[0].size, CHUNK_BYTES, lambda file: bool(file[1].tries))


def gathered(
    items: Iterable[Item],
    size: Callable[[Item], int],
    most: int,
    alone: Callable[[Item], bool] = lambda _item: False,
) -> Iterator[list[Item]]:
    """As many together as a chunk has and as `most` bytes allow, in their order; at least one."""
    together: list[Item] = []
    total = 0
    for item in items:
        apart = alone(item) or (together and alone(together[-1]))
        if together and (apart or len(together) == CHUNK or total + size(item) > most):
            yield together
            together, total = [], 0
        together.append(item)
        total += size(item)
    if together:
        yield together
