"""Which claims are ours: `.vinbatch/claims`, a line for each, written before the file is taken.

Who may write the inbox can put folders among our claims, or others in the place of all: a file in one would
count as an answer of customs, or as that of any department. So a claim is believed when its line is here. The
lines of what was dropped go at the end of a pass: what was ours once is not for ever.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import CLAIMED, CLAIMS, Home
from vinbatch.effects.names import readable
from vinbatch.effects.owner import may_work, user_name
from vinbatch.errors import AccessError
from vinbatch.paths import is_there

Claimed = tuple[str, str]  # a claim's id, and the path in the inbox that the file came from


def note(home: Home, new: Collection[Claimed]) -> None:
    """These are about to be made; durable when it returns."""
    path = home.own / CLAIMED
    with disk.reaching(path):
        fresh = not is_there(path)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            # The first on a line of its own: the last may be cut off.
            disk.write_all(fd, "".join(f"\n{json.dumps(one)}" for one in new).encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        if fresh:
            disk.fsync_folder(home.own, must=True)


def known(home: Home) -> frozenset[Claimed] | None:
    """Those that are ours; None where nothing was ever noted, as by versions before this."""
    path = home.own / CLAIMED
    with disk.reaching(path):
        try:
            lines = path.read_text("ascii").splitlines()
        except FileNotFoundError:
            return None
    found = set()
    for line in lines:
        with suppress(ValueError):  # cut off by a power failure: nothing was taken for it
            name, origin = json.loads(line)
            found.add((str(name), str(origin)))
    return frozenset(found)


def keep(home: Home, left: frozenset[Claimed]) -> None:
    """Only these are ours any more. That none is need not be durable: a line that comes back has no file."""
    path = home.own / CLAIMED
    with disk.reaching(path):
        if left:
            lines = "".join(f"{json.dumps(one)}\n" for one in sorted(left))
            disk.write_beside(path, lines.encode(), must=True)
        else:
            os.truncate(path, 0)


def new_id() -> str:
    """A claim's id: claims sort by the time they were made, and two processes never share one."""
    return f"{time.time_ns():019d}-{os.urandom(4).hex()}"


class ForeignError(PermissionError):
    """The folder of claims is somebody else's; `filename` is it."""


class LockedError(PermissionError):
    """The folder of claims is there, and we may not write it; `filename` is it."""


def guard(claims: Path) -> None:
    """Nobody else may write into our claims, as far as the file system knows rights. LockedError: nor we."""
    with suppress(OSError):  # with anything in it, it stays
        if claims.lstat().st_uid not in (os.geteuid(), 0) or not _ours_to_write(claims):
            claims.rmdir()
    claims.mkdir(exist_ok=True)
    if not _ours_to_write(claims):
        raise LockedError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(claims))
    mode = stat.S_IMODE(claims.stat().st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        with suppress(OSError):  # a share without rights, or another's folder: our lines tell what is ours
            claims.chmod(mode & ~(stat.S_IWGRP | stat.S_IWOTH))


def _ours_to_write(claims: Path) -> bool:
    return os.access(claims, os.W_OK | os.X_OK, effective_ids=True)


def refusal(error: OSError, home: Home) -> AccessError | None:
    """What to raise where it is the inbox's own folder of claims that lets nothing be taken."""
    claims = home.inbox / CLAIMS
    if error.filename != os.fspath(claims) or not isinstance(error, ForeignError | LockedError):
        return None
    locked = isinstance(error, LockedError) and _may_be_ours(claims, home, os.geteuid())
    return _refused(claims, os.geteuid(), locked=locked)


def _may_be_ours(claims: Path, home: Home, worker: int) -> bool:
    """By its owner: root may have meant well, and a share may show one owner for all."""
    return claims.lstat().st_uid in (worker, 0, home.inbox.stat().st_uid)


def _refused(claims: Path, worker: int, *, locked: bool) -> AccessError:
    place = readable(claims)
    if locked:
        return AccessError("claims.locked", place=place, worker=user_name(worker))
    return AccessError("claims.foreign", place=place)


def refuse_foreign(folder: Path) -> None:
    """ForeignError where this new claim lies in claims of another owner: before there were any, anybody could
    make that folder, and exchange in it what is being worked. A share may show one owner for all.
    """
    claims = folder.parent
    if claims.lstat().st_uid not in (folder.lstat().st_uid, 0):
        raise ForeignError(errno.EPERM, os.strerror(errno.EPERM), os.fspath(claims))


def check(home: Home) -> None:
    """AccessError where the inbox's claims hold something and are another user's, or locked for the user that
    works: no pass takes a file then.

    Told before a file comes. An empty one the next pass makes anew; a share may show one owner for all.
    """
    claims = home.inbox / CLAIMS
    with disk.reaching(home.inbox):
        try:
            ours = _may_be_ours(claims, home, home.worker)
        except FileNotFoundError:
            return
        if ours and may_work(claims, home.worker, moving=True):
            return
    with suppress(OSError):
        if not any(claims.iterdir()):
            return
    raise _refused(claims, home.worker, locked=ours)
