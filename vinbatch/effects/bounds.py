"""What a worker may take of the machine, set by itself before it opens anything foreign."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import resource
import sys
import threading
from math import ceil
from pathlib import Path

_NICER = 5  # than the main process: it alone commits, and all wait for it where they are more than processors
_FILE_BYTES = 2**20  # that a worker may write into one file: it has nothing to write but last words
_OPEN_FILES = 128
_SPARE_SECONDS = 2  # of processor time beyond a task's own: pebble's clock strikes first


def bound(memory_megabytes: int, words: Path) -> None:
    """For good: memory beyond what is imported by now, files, and no life after the main process.

    What the worker says before it dies goes into `words`.
    """
    os.nice(_NICER)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread of it would take 41 MB of address space
    threading.Thread(target=_follow, daemon=True).start()
    _listen(words)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_AS, _size() + memory_megabytes * 2**20)


def bound_processor(seconds: float) -> None:
    """The kernel ends a task that pebble could not: its clock stands still where the main process does."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = ceil(used.ru_utime + used.ru_stime + seconds) + _SPARE_SECONDS
    _limit(resource.RLIMIT_CPU, soft, for_good=False)


def _limit(what: int, most: int, *, for_good: bool = True) -> None:
    """Never above what the system allows already."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most if for_good else hard))


def _follow() -> None:
    """Die with the main process: where that was killed, nobody is left to end a task that hangs."""
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
        os._exit(1)


def _listen(words: Path) -> None:
    """Catch what is written before death; on the terminal it would only alarm.

    Without room for it a worker does without: one that did not begin would be taken for killed by its file.
    """
    try:
        descriptor = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    if sys.version_info >= (3, 14):
        faulthandler.enable(c_stack=False)  # addresses within libraries, which tell nobody anything
    else:
        faulthandler.enable()


def _size() -> int:
    """The address space of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()
