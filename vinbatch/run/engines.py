"""Where the pure work of a pass is done: in this process, in a pool beside it, or on a Dask cluster.

Whatever the engine, one process decides, commits and publishes; the results are the same byte for byte.
"""

from __future__ import annotations

from vinbatch.noun import Noun

SERIAL, POOL, DASK = "serial", "pool", "dask"


class Engine(Noun, frozen=True):
    """`scheduler` is the address of a Dask cluster; "" starts one on this machine for the pass."""

    name: str = POOL
    scheduler: str = ""

    @property
    def shares(self) -> bool:
        """Whether workers also make answers, and packages if they are many, while this process decides."""
        return self.name != SERIAL


POOLED = Engine()
