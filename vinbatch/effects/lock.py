"""One run per home, one watch per home.

POSIX record locks: the kernel frees them when their holder dies, however it dies, and forked workers don't
inherit them. Two of their habits shape this module. They belong to a process, so that closing *any*
descriptor of the file drops them: a lock file is opened here and nowhere else. And they never stand against
their own process: what this process holds is remembered in a table.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType

from vinbatch.effects import disk
from vinbatch.effects.heartbeat import last_beat
from vinbatch.effects.home import HEARTBEAT
from vinbatch.effects.names import readable
from vinbatch.effects.owner import refuse_others, wall_clock
from vinbatch.errors import BusyError
from vinbatch.noun import Noun
from vinbatch.wording import Part

WATCHES = "pass"  # what a watch holds a home for
_POLL = 0.2  # seconds
_SIGNING = 2.0  # seconds in which who has taken it has written its name, or who leaves it has left
_FLOCK = "hhqqi4x"  # struct flock: kind, whence, start, length, process
_guard = threading.RLock()
_held: dict[tuple[int, int], int] = {}  # device and inode → the process that holds it


class Holder(Noun, frozen=True):
    """Who holds a lock, for what, and since when (UTC)."""

    pid: int
    host: str
    what: str
    since: datetime


class HomeLock:
    """`with HomeLock(path, wait=60):` waits up to so many seconds, then raises BusyError.

    `what` is written there for whoever is refused: "run", "watch", a "pass" of a watch; who reads it is told
    times in `zone`. A file without a name is looked at again for two seconds more: its holder has just come,
    or is just leaving.
    """

    def __init__(
        self,
        path: Path,
        wait: float = 0,
        *,
        what: str = "run",
        zone: tzinfo = UTC,
        now: Callable[[], datetime] = wall_clock,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._wait = wait
        self._what = what
        self._zone = zone
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._fd = -1
        self._holder = ""
        self._unsigned = False

    def __enter__(self) -> HomeLock:
        deadline = self._clock() + self._wait
        with disk.reaching(self._path):
            refuse_others(self._path.parent.parent)
            self._path.parent.parent.mkdir(exist_ok=True)  # and no home where there is none any more
            self._path.parent.mkdir(exist_ok=True)
            while not self._acquire():
                left = deadline + (_SIGNING if self._unsigned else 0) - self._clock()
                if left <= 0:
                    raise self._busy()
                self._sleep(min(_POLL, left))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _guard:
            _held.pop(_key(os.fstat(self._fd)), None)
            with suppress(OSError):  # a failing disk: the lock goes with the descriptor all the same
                os.ftruncate(self._fd, 0)  # nobody is to be told of a holder that has left
            os.close(self._fd)
            self._fd = -1

    def _acquire(self) -> bool:
        with _guard:
            if self._mine():
                self._holder, self._unsigned = "", False
                return False
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as e:
                # Closing drops no lock here: this process holds none on the file.
                self._holder = os.pread(fd, 200, 0).decode("utf-8", "replace").strip()
                self._unsigned = not self._holder
                os.close(fd)
                if e.errno in (errno.EACCES, errno.EAGAIN):
                    return False
                raise
            return self._keep(fd)

    def _keep(self, fd: int) -> bool:
        try:
            same = self._is_there(fd)
            if same:
                self._sign(fd)
        except OSError:
            os.close(fd)  # a full disk: kept, it would refuse this very process, a watch, until that ends
            raise
        if not same:
            # `restore` put another folder in place between open and lock: lock that one.
            os.close(fd)
            return self._acquire()
        _held[_key(os.fstat(fd))] = os.getpid()
        self._fd = fd
        return True

    def _is_there(self, fd: int) -> bool:
        try:
            return _key(os.fstat(fd)) == _key(self._path.stat())
        except FileNotFoundError:
            return False

    def _sign(self, fd: int) -> None:
        """Who holds it, for whoever is refused."""
        told = os.getpid(), self._now().isoformat(timespec="seconds"), self._what, os.uname().nodename
        os.ftruncate(fd, 0)
        os.pwrite(fd, (" ".join(map(str, told)) + "\n").encode(), 0)

    def _mine(self) -> bool:
        """Asked of the table, by stat: opening the file and closing it again would drop the lock."""
        try:
            return _held.get(_key(self._path.stat())) == os.getpid()
        except FileNotFoundError:
            return False

    def _busy(self) -> BusyError:
        home = readable(self._path.parent.parent.parent)
        by = _read(self._holder)
        if by is None:  # this very process, or one that hangs before it wrote its name
            return BusyError("lock.busy", what=self._what, home=home)
        pid, host = str(by.pid), by.host
        told: dict[str, Part] = {"home": home, "pid": pid, "host": host, "since": self._time(by.since)}
        if by.what == "watch":
            return BusyError("lock.watch", **told)
        if by.what != WATCHES:
            return BusyError("lock.held", **told, what=by.what)
        heart = last_beat(self._path.parent.parent / HEARTBEAT)
        if heart is not None and heart.hangs(self._now()):
            return BusyError("lock.hangs", home=home, pid=pid, host=host, beat=self._time(heart.beat))
        return BusyError("lock.pass", **told)

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"


def _read(told: str) -> Holder | None:
    """What a holder wrote; None of anything else."""
    try:
        pid, at, what, host = told.split(" ")
        return Holder(int(pid), host, what, datetime.fromisoformat(at))
    except ValueError:
        return None


def holder(path: Path) -> Holder | None:
    """Which other process holds it now; takes nothing, so that nobody who wants it is refused for that."""
    with _guard:
        try:
            if _key(path.stat()) in _held:  # opening and closing the file would drop our own lock
                return None
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            return None
        try:
            answer = fcntl.fcntl(fd, fcntl.F_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
            free = struct.unpack(_FLOCK, answer)[0] == fcntl.F_UNLCK
            return None if free else _read(os.pread(fd, 200, 0).decode("utf-8", "replace").strip())
        finally:
            os.close(fd)


def _key(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
