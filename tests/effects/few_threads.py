"""A machine that gives few threads more, as TasksMax of systemd and `ulimit -v` make it."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_STACK = 2**30


@contextmanager
def few_threads(given: int) -> Iterator[None]:
    """So many, each of which takes room of a size that the process may have so often."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    usual = threading.stack_size(_STACK)
    room = pages * resource.getpagesize() + given * _STACK + _STACK // 4
    resource.setrlimit(resource.RLIMIT_AS, (room, hard))
    try:
        with pytest.raises(RuntimeError):
            _begin(given + 1)
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        threading.stack_size(usual)


def _begin(many: int) -> None:
    """RuntimeError where that many are not given."""
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(many)]
    try:
        for thread in threads:
            thread.start()
    finally:
        done.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
