"""Where the pure work of a pass is done: in this process, in a pool beside it, or on a Dask cluster.

Whatever the engine, one process decides, commits and publishes; the results are the same byte for byte.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from vinbatch.effects.pool import Here, Pool, Workers
from vinbatch.errors import UsageError
from vinbatch.model import Rulebook
from vinbatch.settings import Worker

SERIAL, POOL, DASK = "serial", "pool", "dask"
NAMES = (POOL, SERIAL, DASK)


@dataclass(frozen=True, slots=True)
class Engine:
    """`scheduler` is the address of a Dask cluster; "" starts one on this machine for the pass."""

    name: str = POOL
    scheduler: str = ""

    @property
    def renders(self) -> bool:
        """Whether packages are rendered by the workers too: it pays where they have cores of their own."""
        return self.name == DASK


POOLED = Engine()


def hire(engine: Engine, worker: Worker, rulebook: Rulebook) -> AbstractContextManager[Workers]:
    """The workers of an engine, bounded as the settings say. UsageError where it is not installed."""
    if engine.name == SERIAL:
        return Here(rulebook)
    if engine.name == POOL:
        return Pool(worker.processes, worker.memory_megabytes, worker.seconds, rulebook)
    try:
        from vinbatch.effects.cluster import Cluster
    except ModuleNotFoundError as e:
        raise UsageError(f"the engine dask needs {e.name}", "pip install 'vinbatch[cluster]'") from e
    return Cluster(engine.scheduler, worker.processes, worker.memory_megabytes, worker.seconds, rulebook)
