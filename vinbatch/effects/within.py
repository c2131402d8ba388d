"""Folders of the inbox, opened part by part: whoever may write there can put a link in the place of one.

A path is looked up anew by every call; what is open stays the folder that it was.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY


@contextmanager
def opened(inbox: Path, relative: str, *, make: bool = False) -> Iterator[Path]:
    """A path to the open folder `relative`, "" for the inbox itself, which may be a link to a share.

    With `make` what is missing is made. FileNotFoundError where a part is missing, a link or no folder.
    """
    fd = os.open(inbox, _FOLDER)
    try:
        for part in PurePosixPath(relative).parts:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=fd)
            below = _open(part, fd)
            os.close(fd)
            fd = below
        yield Path(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)


def _open(part: str, fd: int) -> int:
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=fd)
    except OSError as e:
        if e.errno in (errno.ELOOP, errno.ENOTDIR):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), part) from e
        raise
