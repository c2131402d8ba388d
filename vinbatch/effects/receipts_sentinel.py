"""The sentinel of receipts/: who may write the inbox could put a folder of his own in the place of it.

What lies in `receipts/` counts as customs' word. So the first pass lays a file of a secret text there, which
only the user that works can read, and notes its digest; passes after it hear no receipts where that file is
not. It can be moved into another folder by those alone who may write `receipts/` anyway. It stands where an
inode would not: on every file system, in a copied home, and after a restore of the whole. `vinbatch init`
forgets the note: the next pass takes the folder as it is then.

It names the home that laid it. Where that is another, two homes work one inbox: each would give back what the
other has in hand, and both declare it.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk, parts, within
from vinbatch.effects.home import RECEIPTS, Home, init_command
from vinbatch.effects.names import readable
from vinbatch.effects.owner import looks_only
from vinbatch.errors import AccessError

NAME = ".vinbatch-receipts"
_TEXT = "vinbatch: by this file the folder of receipts is known. Keep it, and let nobody else read it.\n"
_ONLY_OURS = 0o600
_HOME = "home: "  # begins the line that names it
_MOST = 4096  # bytes that are looked at


def keep(home: Home) -> None:
    """Lays the sentinel where none is known, and keeps it ours; by passes only, which hold the lock."""
    if noted(home.own):
        _guard(home)
        return
    text = f"{_TEXT}{os.urandom(16).hex()}\n{_HOME}{_named(home)}\n".encode()
    # Who may write nothing there can take no receipt out of it either: `check_receipts` tells.
    with suppress(OSError), within.opened(home.inbox, RECEIPTS) as folder:
        parts.sweep(folder, before=0)  # of a pass that was killed over this
        disk.write_beside(folder / NAME, text, mode=_ONLY_OURS)
        with disk.reaching(home.own):
            disk.write_beside(_note(home.own), hashlib.sha256(text).hexdigest().encode())


def _guard(home: Home) -> None:
    """`chmod -R g+rwX` of the inbox opens it to the group; as far as the file system knows rights."""
    with suppress(OSError), within.opened(home.inbox, RECEIPTS) as folder:
        fd = disk.open_regular(folder / NAME)
        try:
            if os.fstat(fd).st_mode & ~_ONLY_OURS & 0o777:
                os.fchmod(fd, _ONLY_OURS)
        finally:
            os.close(fd)


def _named(home: Home) -> str:
    """With the machine: two of them mount the inbox, and both have a /srv/vin."""
    return f"{home.settings.site} {os.uname().nodename}:{readable(os.path.realpath(home.root))}"


def refuse_other(home: Home) -> None:
    """AccessError where another home has made this inbox its own since: its last pass laid the sentinel."""
    other = _other(home)
    if other and other != _named(home):
        place = readable(home.inbox)
        raise AccessError("inbox.shared", place=place, other=other, init=init_command(home.root))


def _other(home: Home) -> str:
    """The home that another sentinel than the known one names; "" where none of our making does."""
    digest = noted(home.own)
    try:
        with within.opened(home.inbox, RECEIPTS) as folder:
            if not digest or _holds(folder, digest):
                return ""
            # Who drops files makes up none.
            lines = (
                disk.head_of(folder / NAME, _MOST, (home.worker, 0)).decode("utf-8", "replace").splitlines()
            )
    except OSError:
        return ""
    return next((line.removeprefix(_HOME) for line in lines if line.startswith(_HOME)), "")


def check(home: Home) -> None:
    """AccessError where receipts/ is gone, or another folder than passes have known."""
    refuse_other(home)
    if strange(home):
        place = readable(home.receipts)
        raise AccessError("receipts.strange", place=place, name=NAME, init=init_command(home.root))


def strange(home: Home) -> bool:
    """Whether receipts/ lacks the sentinel that passes know. Who only looks may have no right to tell."""
    digest = noted(home.own)
    if not digest:
        return False
    with disk.reaching(home.receipts):
        try:
            with within.opened(home.inbox, RECEIPTS) as folder:
                return not _holds(folder, digest)
        except FileNotFoundError:
            return True
        except PermissionError:
            return not looks_only(home.worker)


def fits(folder: Path, digest: str, *, receipts: bool) -> bool:
    """Whether this open folder is that of receipts, or without `receipts` is another; True with no note."""
    if not digest:
        return True
    try:
        return _holds(folder, digest) == receipts
    except PermissionError:
        return not receipts


def noted(own: Path) -> str:
    """The digest of the sentinel that passes know, by the folder of ours; "" where there is none yet."""
    with disk.reaching(own):
        try:
            return _note(own).read_text("ascii").strip()
        except FileNotFoundError:
            return ""


def forget(home: Home) -> None:
    """The folder is meant to be as it is."""
    with disk.reaching(home.own):
        _note(home.own).unlink(missing_ok=True)


def _holds(folder: Path, digest: str) -> bool:
    try:
        fd = disk.open_regular(folder / NAME)
    except PermissionError:
        raise
    except OSError:
        return False
    try:
        # A second name of it, in another folder, would make that one known as well.
        one = os.fstat(fd).st_nlink <= 1
        return one and hashlib.sha256(os.read(fd, _MOST)).hexdigest() == digest
    finally:
        os.close(fd)


def _note(own: Path) -> Path:
    return own / "receipts"
