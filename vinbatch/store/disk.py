"""SQLite's WAL corrupts on a network share: the ledger refuses to live there, by the file system's name."""

from __future__ import annotations

import os
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.mounts import is_network, kind_of

_MOUNTS = Path("/proc/self/mountinfo")


def require_local(folder: Path) -> None:
    """AccessError where the folder lies on a network file system. Silent where that cannot be told."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    kind = kind_of(os.path.realpath(folder), mounts)
    if is_network(kind):
        raise AccessError("ledger.network", place=str(folder), kind=kind)
