"""The workers of an engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from vinbatch.effects.pool import Here, Pool, Workers
from vinbatch.errors import UsageError
from vinbatch.model import Rulebook
from vinbatch.run.engines import POOL, SERIAL, Engine
from vinbatch.settings import Worker


def hire(
    engine: Engine,
    worker: Worker,
    rulebook: Rulebook,
    files: int,
    beat: Callable[[], None],
) -> AbstractContextManager[Workers]:
    """The workers of an engine, bounded as the settings say. UsageError where it is not installed.

    A pool has no more of them than there are `files`, where that is known, and beats while it waits for them.
    """
    if engine.name == SERIAL:
        return Here(rulebook)
    if engine.name == POOL:
        return Pool(worker.processes, worker.memory_megabytes, worker.seconds, rulebook, files, beat)
    try:
        from vinbatch.effects.cluster import Cluster
    except ModuleNotFoundError as e:
        raise UsageError("usage.cluster", name=str(e.name)) from e
    return Cluster(engine.scheduler, worker.processes, worker.memory_megabytes, worker.seconds, rulebook)
