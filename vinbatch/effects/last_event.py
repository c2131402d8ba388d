"""The last event of the ledger, noted beside it: an older copy put in its place looks like any other.

It would give the batch numbers of since then again, and declare their vehicles again under the same guids.
`restore` takes such a copy, finds out what came after it, and forgets the note. A snapshot of the whole
folder brings back both, and cannot be told.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk, parts
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError

_WHOLE = re.compile(rb"([0-9]+) ([0-9a-f]{64})\n")  # a power cut may leave any part of it, or zeros


def known(home: Home) -> tuple[int, str] | None:
    """Number and hash of the last event that was noted; None where there is no note of ours."""
    with disk.reaching(home.own):
        try:
            found = _WHOLE.fullmatch(_note(home).read_bytes())
        except FileNotFoundError:
            return None
    return (int(found[1]), found[2].decode()) if found else None


def note(home: Home, number: int, hashed: str) -> None:
    """The ledger has come to this event. A disk that takes no note stops nothing: then nothing is proved."""
    with suppress(AccessError), disk.reaching(home.own):
        parts.sweep(home.own, before=0)  # of a pass that was killed over this
        disk.write_quickly(_note(home), f"{number} {hashed}\n".encode())


def forget(home: Home) -> None:
    """Another ledger is put in the place of this one by `restore`."""
    with disk.reaching(home.own):
        _note(home).unlink(missing_ok=True)


def _note(home: Home) -> Path:
    return home.own / "reached"
