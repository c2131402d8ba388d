"""What the workers of tests/effects/test_pool.py do."""

import os
import resource
import signal
import sys
import time
from pathlib import Path

from vinbatch.effects import pool


class UnsendableError(Exception):
    """It pickles, but its pickle does not come back."""

    def __init__(self, code: str, *, row: int) -> None:
        super().__init__(code)
        self.row = row


def double(n: int) -> int:
    return 2 * n


def work(task: str) -> object:
    """One of the ways in which a task ends."""
    if task == "abort":
        os.abort()
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "exit":
        os._exit(3)
    if task == "hang":
        time.sleep(600)
    if task == "memory":
        return len(bytearray(2**30))
    if task == "raise":
        raise UnsendableError("x", row=5)
    if task == "unpicklable":
        return lambda: None
    if task == "noise":
        os.write(2, b"thread panicked\n")
    return task


def spin(path: str) -> None:
    """Say who works, then never end."""
    Path(path).write_text(str(os.getpid()))
    while True:
        pass


def look(what: str) -> object:
    """What a worker finds around it."""
    found = {
        "initial": pool.initial,
        "core": lambda: resource.getrlimit(resource.RLIMIT_CORE),
        "blas": lambda: os.environ["OPENBLAS_NUM_THREADS"],
        "pid": os.getpid,
        "modules": lambda: sorted({m.partition(".")[0] for m in sys.modules}),
    }
    return found[what]()
