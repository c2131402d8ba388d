"""The last event of the ledger, noted beside it: an older copy put in its place looks like any other.

It would give the batch numbers of since then again, and declare their vehicles again under the same guids.
`restore` takes such a copy, finds out what came after it, and forgets the note. A snapshot of the whole
folder brings back both. So in production, where reports/ is a share or lies elsewhere, the event is noted
there too; where all lies in one folder, a snapshot of it cannot be told.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk, kernel, parts
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError

_MOST = 200  # bytes of a note, and more
_WHOLE = re.compile(rb"([0-9]+) ([0-9a-f]{64})\n")  # a power cut may leave any part of it, or zeros


def known(home: Home) -> tuple[int, str] | None:
    """Number and hash of the last event that was noted; None where there is no note of ours."""
    with disk.reaching(home.own):
        try:
            return _read(_note(home).read_bytes())
        except FileNotFoundError:
            return None


def known_apart(home: Home) -> tuple[int, str] | None:
    """The same of the note in reports/, which no snapshot of the home brings back.

    Others may write there: what they lay in its place is no note.
    """
    if not _is_apart(home):
        return None
    try:
        return _read(disk.head_of(_apart(home), _MOST, (home.worker, 0)))
    except OSError:
        return None


def note(home: Home, number: int, hashed: str) -> None:
    """The ledger has come to this event. A disk that takes no note stops nothing: then nothing is proved."""
    told = f"{number} {hashed}\n".encode()
    with suppress(AccessError), disk.reaching(home.own):
        parts.sweep(home.own, before=0)  # of a pass that was killed over this
        disk.write_quickly(_note(home), told)
    if _is_apart(home):
        with suppress(AccessError), disk.reaching(home.reports):
            disk.write_beside(_apart(home), told)  # through no link that others have laid


def forget(home: Home) -> None:
    """Another ledger is put in the place of this one by `restore`. Where reports/ cannot be reached its note
    stays: passes then ask for `restore` once more.
    """
    with suppress(AccessError), disk.reaching(home.reports):
        _apart(home).unlink(missing_ok=True)
    with disk.reaching(home.own):
        _note(home).unlink(missing_ok=True)


def _read(note: bytes) -> tuple[int, str] | None:
    found = _WHOLE.fullmatch(note)
    return (int(found[1]), found[2].decode()) if found else None


def _is_apart(home: Home) -> bool:
    """Whether reports/ lies elsewhere, or on another file system. A trial home is begun anew with `rm`."""
    if not home.settings.production:
        return False
    root, reports = (Path(os.path.realpath(path)) for path in (home.root, home.reports))
    return root not in reports.parents or kernel.mount_point(reports) != kernel.mount_point(root)


def _note(home: Home) -> Path:
    return home.own / "reached"


def _apart(home: Home) -> Path:
    """With the site: two homes may put their results into one folder."""
    return home.reports / f".vinbatch-reached-{home.settings.site}"
