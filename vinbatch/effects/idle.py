"""Whether anything has changed since a pass that found nothing to do: what cron asks every minute.

To load all that a pass may need takes several times as long as to see that there is none. So a `run` that
found nothing leaves a list of what it had looked at, as the file system tells it; the next one compares, and
is done where nothing differs. A list is believed for five minutes: what no file tells (the calendar, rights
beyond mode and owner) is for the whole pass after that. Nothing is imported here that a pass does not need
anyway and that takes time.
"""

import os
import time
from collections.abc import Mapping, Sequence

from vinbatch import __version__
from vinbatch.effects.litter import FOLDERS

BELIEVED = 300 * 10**9  # nanoseconds
_MOST = 5000  # things; with more of them to look at, every pass is a whole one
_DEEPEST = 100  # folders in one another; the same of deeper ones: a pass looks into no more than 64
_NOTE = "idle"
OWN = ".vinbatch"  # the folder of a home that is ours; here, where nothing else is loaded
# Folders of a home of which everything counts that lies in and below them, only what lies in them, or only
# that they are still the same: the gateway and the clerks may take from those what they please.
_DEEP = ("inbox", "rules", "templates")
_FLAT = (OWN, os.path.join("reports", "set-aside"))
_SAME = ("outbox", "reports")
ENDED = "ended"  # bears the time at which a pass last came to its end (effects.failing)
_LOOKING = (_NOTE, f".{_NOTE}", ENDED, "ledger.db-shm")  # what is written by mere looking
_CLAIMS = ".claims"

# What this process saw of each home before it read anything there.
_before: dict[str, str] = {}


def nothing_new(args: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether this is a plain `run`, on a home that is as the last one left it; that it looked is noted."""
    root = _home(args, environ)
    if not root:
        return False
    _before[root] = state = _Look(root).state
    since, known = _left(root)
    if not state or state != known or not 0 <= time.time_ns() - since < BELIEVED:
        return False
    try:
        for name in (os.path.join("locks", "run"), ENDED):
            os.utime(os.path.join(root, OWN, name))
    except OSError:
        return False
    return True


def leave(root: str) -> None:
    """A pass over this home found nothing: its list, unless something changed since the process began.

    Nor where something is so new that a change right after it could bear the same time.
    """
    root = os.path.abspath(root)
    look, now = _Look(root), time.time_ns()
    if not look.state or look.state != _before.get(root) or look.settled > now:
        return
    part = os.path.join(root, OWN, f".{_NOTE}-{os.getpid()}")
    try:
        with open(part, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{now}\n{look.state}")
        os.replace(part, os.path.join(root, OWN, _NOTE))
    except OSError:
        return  # the next pass will be a whole one


def _home(args: Sequence[str], environ: Mapping[str, str]) -> str:
    """The home of a plain `run`; "" of any other call, and where a clock is set."""
    plain, named = list(args), environ.get("VINBATCH_HOME") or "."
    if plain[:1] == ["--home"] and len(plain) > 1:
        named, plain = plain[1] or named, plain[2:]
    if plain != ["run"] or environ.get("SOURCE_DATE_EPOCH"):
        return ""
    return os.path.abspath(os.path.expanduser(named))


def _left(root: str) -> tuple[int, str]:
    """When the last list was left, in nanoseconds, and the list."""
    try:
        with open(os.path.join(root, OWN, _NOTE), encoding="utf-8", errors="surrogateescape") as file:
            since, _, state = file.read().partition("\n")
        return int(since), state
    except (OSError, ValueError):
        return 0, ""


class _Look:
    """One look at a home: a line for each thing, "" where not all of them can be seen.

    `settled` is the time, in nanoseconds, from which on a later change of any of them bears another time.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        program = f"{__version__} {__file__} {os.stat(__file__).st_mtime_ns}"
        self._lines = [f"{program} {os.geteuid()}"]
        self.settled = 0
        try:
            for name in (*_SAME, "inbox", OWN):
                self._place(name)
            for name in (*_DEEP, *_FLAT):
                self._folder(name, deep=name in _DEEP)
        except (OSError, OverflowError):
            self._lines = []
        self.state = "\n".join(self._lines)

    def _place(self, name: str) -> None:
        """A folder of the home: that it is the same, and how its file system is mounted."""
        place = os.path.join(self._root, name)
        self._note(name, os.stat(place), same=True)
        self._lines[-1] += f" {os.statvfs(place).f_flag}"

    def _folder(self, name: str, *, deep: bool) -> None:
        if name.count(os.sep) > _DEEPEST:
            raise OverflowError
        place = os.path.join(self._root, name)
        try:
            self._note(name, os.stat(place), same=True)
            with os.scandir(place) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            self._lines.append(f"{name!r} -")
            return
        for entry in entries:
            path = os.path.join(name, entry.name)
            if name == OWN and entry.name.startswith(_LOOKING):
                continue
            folder = entry.is_dir(follow_symlinks=False)
            if folder and deep and _looked_into(entry.name):
                self._folder(path, deep=True)
            else:
                self._note(path, entry.stat(follow_symlinks=False), same=folder)
            if entry.is_symlink() and not path.startswith("inbox"):  # rules may lie elsewhere; drops do not
                self._target(path, entry)

    def _target(self, name: str, entry: os.DirEntry[str]) -> None:
        try:
            self._note(f"{name} ->", entry.stat(), same=False)
        except FileNotFoundError:
            self._lines.append(f"{name!r} -> -")

    def _note(self, name: str, found: os.stat_result, *, same: bool) -> None:
        """What tells a thing from another; of a folder that is only to be the same not what lies in it."""
        if len(self._lines) > _MOST:
            raise OverflowError
        told = [found.st_mode, found.st_uid, found.st_gid, found.st_dev, found.st_ino]
        if not same:
            told += [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
            # FAT counts in steps of two seconds.
            tick = 2 * 10**9 if found.st_mtime_ns % 10**9 == 0 else 10**8
            self.settled = max(self.settled, max(found.st_mtime_ns, found.st_ctime_ns) + tick)
        self._lines.append(f"{name!r} {' '.join(map(str, told))}")


def _looked_into(name: str) -> bool:
    low = name.casefold()
    return low == _CLAIMS or not (low.startswith(".") or low in FOLDERS)
