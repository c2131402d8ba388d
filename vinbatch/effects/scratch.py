"""A temporary folder of this process. Who is killed leaves his behind; the next one takes it away."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "vinbatch-words-"  # and no other: the demo leaves its home in a folder of a like name
_YOUNG = 3600  # seconds: one that was made a moment ago is not locked yet


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder, gone at the end; before it those of killed processes of this user go."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # The kernel lets go of it with the process, however that ends, for other containers to see, too.
            with suppress(OSError):
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
        finally:
            os.close(fd)


def _sweep(temporary: Path) -> None:
    """Whatever cannot be looked at or removed stays: nothing depends on it."""
    with suppress(OSError), os.scandir(temporary) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove(Path(entry.path))


def _remove(folder: Path) -> None:
    """Only what this user made, is old, and whose process is gone. Anybody may write beside it."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        seen = os.fstat(fd)
        ours = seen.st_uid == os.geteuid() and stat.S_IMODE(seen.st_mode) == stat.S_IRWXU
        if not ours or time.time() - seen.st_mtime < _YOUNG:
            return
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(fd)
