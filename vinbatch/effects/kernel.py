"""What the kernel tells of this machine: the file systems that hold its folders, its boot, its locks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.mounts import kind_of, point_of

_MOUNTS = Path("/proc/self/mountinfo")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def file_system(path: Path) -> str:
    """The name of the file system that holds `path` (`ext4`, `nfs4`, `fuse.sshfs` …), "" if unknown."""
    return kind_of(os.path.realpath(path), _mountinfo())


def lives(pid: int) -> bool:
    """Whether a process of this machine has this number."""
    with suppress(PermissionError):  # another user's: it is there
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True


def mount_point(path: Path) -> str:
    """Where the file system that holds this folder is mounted, links followed; "" if unknown."""
    return point_of(os.path.realpath(path), _mountinfo())


def _mountinfo() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def boot_id() -> str:
    """The kernel's name for the time since the machine started; "" where it has none."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def check_workers() -> None:
    """AccessError where workers cannot begin for want of a lock: it lies in /dev/shm, which a container may
    lack. That of a process that forks leaves nothing behind.
    """
    import multiprocessing

    try:
        multiprocessing.get_context("fork").Lock()
    except OSError as e:
        raise AccessError("disk.workers", why=repr(e)) from e
