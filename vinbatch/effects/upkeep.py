"""Notes of when the ledger was last copied by `backup`, and all of it checked by `audit verify`.

What a file backup of the machine does nobody can see from here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime

from vinbatch.effects import disk, owner
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError
from vinbatch.noun import Noun

COPIED, CHECKED = "copied", "checked"


class Done(Noun, frozen=True):
    """It succeeded at this moment (UTC); `where` is the file that was made, if it made one."""

    at: datetime
    where: str = ""


def note(home: Home, what: str, now: datetime, where: str = "") -> None:
    """It has succeeded. Who only looks, and a disk that takes no note, leave none: that spoils nothing."""
    place = home.own / what
    if owner.looks_only(home.worker):
        return
    with suppress(AccessError, OSError):
        disk.write_quickly(place, where.encode("utf-8", "surrogateescape"))
        os.utime(place, (now.timestamp(), now.timestamp()))
        if os.geteuid() != home.worker:  # root's file would be none that passes may write
            os.chown(place, home.worker, -1)


def last(home: Home, what: str) -> Done | None:
    """The last time; None where none is known."""
    place = home.own / what
    at = disk.written_at(place)
    with suppress(OSError):
        return Done(at, place.read_bytes().decode("utf-8", "surrogateescape")) if at else None
    return None
