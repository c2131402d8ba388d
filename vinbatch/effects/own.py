"""Whether who works here can keep what is ours: a pass that cannot write cannot note that either."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.effects.owner import granted, user_name
from vinbatch.errors import AccessError
from vinbatch.paths import is_folder

_FILE, _FOLDER = 0o6, 0o7  # what a pass has to be allowed


def check_own(home: Home) -> None:
    """AccessError where `.vinbatch` is read-only, or something in it is not that user's to write.

    Looked at, not tried: who asks may have no right to write, and root has every right.
    """
    if not is_folder(home.own):
        return
    with disk.reaching(home.own):
        if disk.is_readonly(home.own):
            raise AccessError("own.readonly", place=readable(home.own))
        worker = home.worker
        for path, found in _inside(home) if worker else ():
            if not granted(found, worker, _FOLDER if stat.S_ISDIR(found.st_mode) else _FILE):
                place, told = readable(path), {"worker": user_name(worker)}
                if found.st_uid == worker:
                    raise AccessError("own.mode", place=place, **told)
                raise AccessError("own.foreign", place=place, owner=user_name(found.st_uid), **told)


def _inside(home: Home) -> Iterator[tuple[Path, os.stat_result]]:
    """Our folder, and what lies in it and in its locks; in the archive there is too much to look at."""
    yield home.own, home.own.stat()
    for folder in (home.own, home.locks):
        if not is_folder(folder):
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    yield Path(entry.path), entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # a pass is at work
                    continue
