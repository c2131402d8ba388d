"""Whether who works here can keep what is ours: a pass that cannot write cannot note that either."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.effects.owner import user_name
from vinbatch.errors import AccessError


def check_own(home: Home) -> None:
    """AccessError where `.vinbatch` is read-only, or something in it is not that user's to write.

    Looked at, not tried: who asks may have no right to write, and root has every right.
    """
    if not home.own.is_dir():
        return
    with disk.reaching(home.own):
        if os.statvfs(home.own).f_flag & os.ST_RDONLY:
            raise AccessError("own.readonly", place=readable(os.fspath(home.own)))
        for path, found in _inside(home):
            if home.worker and not _may_write(found, home.worker):
                owner, worker = user_name(found.st_uid), user_name(home.worker)
                raise AccessError("own.foreign", place=readable(os.fspath(path)), owner=owner, worker=worker)


def _inside(home: Home) -> Iterator[tuple[Path, os.stat_result]]:
    """Our folder, and what lies in it and in its locks; in the archive there is too much to look at."""
    yield home.own, home.own.stat()
    for folder in (home.own, home.locks):
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    yield Path(entry.path), entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # a pass is at work
                    continue


def _may_write(found: os.stat_result, worker: int) -> bool:
    bits = 0o7 if stat.S_ISDIR(found.st_mode) else 0o6
    if found.st_uid == worker:
        return found.st_mode >> 6 & bits == bits
    return bits in (found.st_mode >> 3 & bits, found.st_mode & bits)  # he may be of the group
