"""What a pass works together: chunks that are worth their calls, and fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from vinbatch.effects.inbox import Settled
from vinbatch.store.taking import Taken

Job = tuple[Settled, Taken]
# Workbooks that share one pandera call, one look-up and one commit: those cost per call, memory per workbook.
CHUNK = 25
CHUNK_BYTES = 64 * 2**20


def portions(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Jobs that share a `now`: a batch that a crash interrupted keeps the time that it was taken at.

    One that was under way when a pass died comes alone: it may have been the cause.
    """
    for _, same in groupby(jobs, key=lambda job: job[1].now):
        together: list[Job] = []
        for job in same:
            size = sum(one.size for one, _ in together) + job[0].size
            alone = bool(job[1].tries or (together and together[-1][1].tries))
            if together and (alone or len(together) == CHUNK or size > CHUNK_BYTES):
                yield together
                together = []
            together.append(job)
        if together:
            yield together
