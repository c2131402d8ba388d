"""Files that are not whole yet, beside the names that they are to get; what killed writers left of them."""

from __future__ import annotations

import itertools
import math
import os
import re
import stat
from pathlib import Path

from vinbatch.effects import kernel
from vinbatch.paths import is_folder

_PART = re.compile(r"\.vinbatch-\d+-\d+\.part")
_COUNT = itertools.count()


def part_in(folder: Path) -> Path:
    """A name for a file that is not whole yet: hidden, ours, and no other process's or thread's."""
    return folder / f".vinbatch-{os.getpid()}-{next(_COUNT)}.part"


def sweep(folder: Path, before: float = math.inf) -> int:
    """Removes what killed writers left behind; only under the lock, when no other writer lives.

    Where one may live, only what is older than `before`, a time as files have it, or of a process that is no
    more. A folder of such a name is none of ours, and stays.
    """
    parts = [p for p in folder.iterdir() if _PART.fullmatch(p.name)] if is_folder(folder) else []
    left = [part for part in parts if _is_left(part, before)]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def _is_left(part: Path, before: float) -> bool:
    try:
        at = part.stat(follow_symlinks=False)
    except FileNotFoundError:  # its writer lives, and has given it its name
        return False
    writer = int(part.name.split("-")[1])  # another process may have its number by now
    return not stat.S_ISDIR(at.st_mode) and (at.st_mtime < before or not kernel.lives(writer))
