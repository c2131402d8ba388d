"""What lies at a path. A disk that fails, or a folder that nobody may enter, is an OSError, and no absence.

`Path.exists` and its like answer False to any failure from Python 3.14 on: a ledger on a share that hangs
would be one that is not there yet, and a new one begun. Here they answer as they did before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator
from errno import EBADF, ELOOP, ENOENT, ENOTDIR
from pathlib import Path

_ABSENT = frozenset((ENOENT, ENOTDIR, EBADF, ELOOP))


def is_there(path: Path) -> bool:
    """Whether anything does. A link counts as what it points to."""
    return _mode(path, os.stat) != 0


def is_file(path: Path) -> bool:
    """Whether a regular file does, or a link to one."""
    return stat.S_ISREG(_mode(path, os.stat))


def is_folder(path: Path) -> bool:
    """Whether a folder does, or a link to one."""
    return stat.S_ISDIR(_mode(path, os.stat))


def is_fifo(path: Path) -> bool:
    """Whether a named pipe does, or a link to one."""
    return stat.S_ISFIFO(_mode(path, os.stat))


def is_link(path: Path) -> bool:
    """Whether a symbolic link does, wherever it points."""
    return stat.S_ISLNK(_mode(path, os.lstat))


def files_below(folder: Path, bins: Collection[str] = ()) -> Iterator[Path]:
    """The files in a folder and in those within it, links to files too; links to folders are not followed.

    `Path.rglob` passes over a folder that cannot be read, as if there were nothing in it. Here only those of
    the names in `bins`, in small letters, are: what a disk has of its own is often nobody's to read.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                try:
                    yield from files_below(path, bins)
                except FileNotFoundError:  # gone since
                    continue
                except PermissionError:
                    if entry.name.lower() not in bins:
                        raise
            elif is_file(path) if entry.is_symlink() else entry.is_file():
                yield path


def _mode(path: Path, look: Callable[[Path], os.stat_result]) -> int:
    """Kind and rights; 0 where nothing lies, or nothing can under such a name."""
    try:
        return look(path).st_mode
    except OSError as e:
        if e.errno in _ABSENT:
            return 0
        raise
    except ValueError:  # a NUL within
        return 0
