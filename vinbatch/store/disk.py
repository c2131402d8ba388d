"""The disk of the ledger: whether it is full, and whether it is local.

SQLite's WAL corrupts on a network share: the ledger refuses to live there, by the file system's name.
"""

from __future__ import annotations

import os
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.mounts import is_network, kind_of

_LEAST = 65536  # bytes: what SQLite wants beside a ledger to look at it
_MOUNTS = Path("/proc/self/mountinfo")


def is_full(folder: Path) -> bool:
    """Whether nothing can be written there: SQLite then says "disk I/O error", even when it only reads."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _LEAST or (bool(room.f_files) and not room.f_favail)


def is_readonly(folder: Path) -> bool:
    """Whether it is mounted so, as a kernel does when a disk fails: SQLite cannot open its -shm there."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def require_local(folder: Path) -> None:
    """AccessError where the folder lies on a network file system. Silent where that cannot be told."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    kind = kind_of(os.path.realpath(folder), mounts)
    if is_network(kind):
        raise AccessError("ledger.network", place=str(folder), kind=kind)
