"""Who a file belongs to, who runs us, and who has a workbook open."""

from __future__ import annotations

import os
import pwd
import stat
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.errors import AccessError, VinbatchError
from vinbatch.paths import is_folder

_OWNER_BYTES = 512
_UTF16_AT = 55
_EXCELS = 52  # characters of the name, at most
_LONGEST_OWNER = 60
# Programs that die leave their owner files behind: after a day it is nobody's.
STALE = timedelta(hours=24)


def wall_clock() -> datetime:
    """The default of every `now` in this room."""
    return datetime.now(UTC)


def user_name(uid: int) -> str:
    """The user as the system names him; the number where it has no name for it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def looks_only(worker: int) -> bool:
    """Whether we are neither the user that works nor root: rights that we lack may be none of his."""
    return os.geteuid() not in (0, worker)


def refuse_others(own: Path) -> None:
    """AccessError in a home that another user works, by the folder of ours: for root, and who may only look.

    What root makes there is root's: the next pass of that user could not write it.
    """
    if not is_folder(own) or (worker := own.stat().st_uid) == (we := os.geteuid()):
        return
    told = {"place": str(own.parent), "owner": user_name(worker)}
    if we == 0:
        raise AccessError("home.as_root", **told)
    if not os.access(own, os.W_OK | os.X_OK, effective_ids=True):
        raise AccessError("home.as_other", **told, user=user_name(we))


def may_work(place: Path, worker: int, *, moving: bool = False) -> bool:
    """Whether the user that works may read this; `moving`: and put things there and take them away.

    As far as others than he can tell, root too, by its mode. Of a folder, to read is to enter it as well.
    """
    try:
        found = place.stat()
    except OSError:
        return False
    bits = stat.S_IROTH | stat.S_IWOTH * moving | stat.S_IXOTH * stat.S_ISDIR(found.st_mode)
    if os.geteuid() == worker:
        return os.access(place, bits)  # whose bits are those of others
    return granted(found, worker, bits)


def locked(folder: Path, place: str, error: type[VinbatchError]) -> VinbatchError:
    """The failure of a folder that cannot be written; no right mends one that is mounted read-only."""
    with suppress(OSError):
        if disk.is_readonly(folder):
            return error("folder.readonly", place=place)
    return error("folder.locked", place=place)


def granted(found: os.stat_result, worker: int, bits: int) -> bool:
    """Whether owner and mode give that user these rights, as bits of others."""
    if found.st_uid == worker:
        return found.st_mode >> 6 & bits == bits
    return found.st_mode >> 3 & bits == bits or found.st_mode & bits == bits  # he may be of the group


def command_user(environ: Mapping[str, str]) -> str:
    """Who gave a command: with sudo the person behind it, as sudo says."""
    name = user_name(os.getuid())
    behind = environ.get("SUDO_USER", "")
    return f"{behind} ({name})" if behind and behind != name else name


def workbook_of(name: str) -> str:
    """The workbook that an owner file stands for, "" if the name is none of an owner file.

    `~$name` is Excel's, `.~lock.name#` LibreOffice's, `.~name` that of WPS.
    """
    if name.startswith("~$"):
        return name[2:]
    if name.startswith(".~lock.") and name.endswith("#"):
        return name[7:-1]
    return name[2:] if name.startswith(".~") else ""


def owner_of(owner_file: Path) -> str:
    """Who has the workbook open, as the owner file says; "" where it says nothing that can be shown.

    LibreOffice writes `user,login,host,date,…`; Excel and WPS 165 bytes with the name twice: in the system's
    code page, and with its length in front as UTF-16 from byte 55 on.
    """
    try:
        data = disk.head_of(owner_file, _OWNER_BYTES)
    except OSError:
        return ""
    if owner_file.name.startswith(".~lock."):
        fields = data.decode("utf-8", "replace").split(",")
        name = next((f for f in fields[:2] if f.strip()), "")
    else:
        start = _UTF16_AT + 2
        length = int.from_bytes(data[_UTF16_AT:start], "little")
        name = data[start : start + 2 * length].decode("utf-16-le", "replace") if length <= _EXCELS else ""
    shown = "".join(c for c in name if c.isprintable() and c != "\ufffd").strip()
    return shown[:_LONGEST_OWNER]


def folded(name: str) -> str:
    """A name as Windows and macOS compare it: an owner file may spell it with other capitals."""
    return unicodedata.normalize("NFC", name).casefold()


def owner_files(folder: Path, names: Iterable[str]) -> dict[str, list[Path]]:
    """The folded name of each workbook that is said to be open → the owner files that say so."""
    found: dict[str, list[Path]] = {}
    for name in names:
        if workbook := workbook_of(name):
            found.setdefault(folded(workbook), []).append(folder / name)
    return found


def stale(owner_file: Path, now: datetime) -> bool:
    """Whether an owner file is older than a day; one that is gone by now, or is no file, counts as well.

    Who wrote it chose its mtime, and one of next year would keep its workbook back until then: the time of
    the last change, which the server gives, bounds it, and no time of the future beyond a day is believed.
    """
    try:
        found = owner_file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return True
    if not stat.S_ISREG(found.st_mode):
        return True
    changed = min(found.st_mtime, found.st_ctime)
    latest = max(now, wall_clock()) + STALE  # `now` may be of the past: a home can be given its time
    return not (now - STALE).timestamp() <= changed <= latest.timestamp()


def is_open(path: Path, now: datetime) -> bool:
    """Whether somebody has this workbook open: an owner file says so, or the kernel knows its writer."""
    # Looked up by name: reports/ may hold ten thousand files.
    names = (f"~${path.name}", f".~lock.{path.name}#", f".~{path.name}")
    if any(not stale(path.with_name(name), now) for name in names):
        return True
    try:
        return disk.being_written(path)
    except OSError:
        return False
