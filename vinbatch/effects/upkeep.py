"""Notes of when the ledger was last copied by `backup`, and all of it checked by `audit verify`.

What a file backup of the machine does nobody can see from here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

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
        told = f"{now.isoformat()}\n{where}"  # a copy of the home may have lost the times of its files
        disk.write_quickly(place, told.encode("utf-8", "surrogateescape"))
        os.utime(place, (now.timestamp(), now.timestamp()))
        if os.geteuid() != home.worker:  # root's file would be none that passes may write
            os.chown(place, home.worker, -1)


def last(home: Home, what: str) -> Done | None:
    """The last time; None where none is known."""
    place = home.own / what
    written = disk.written_at(place)
    with suppress(OSError):
        return _read(place.read_bytes().decode("utf-8", "surrogateescape"), written) if written else None
    return None


def _read(told: str, written: datetime) -> Done:
    """A note of before says no time of its own."""
    first, _, where = told.partition("\n")
    try:
        return Done(datetime.fromisoformat(first).astimezone(UTC), where)
    except ValueError:
        return Done(written, told)
