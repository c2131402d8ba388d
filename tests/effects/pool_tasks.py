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


class Killing:
    """A worker that is given it is killed before it has any task."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return work, ("kill",)


def double(n: int) -> int:
    return 2 * n


def work(task: str) -> object:
    """One of the ways in which a task ends."""
    if task in ("abort", "wordy"):
        os.write(2, b"memory allocation of 8 bytes failed\n" + b"x" * 10_000 if task == "wordy" else b"")
        os.abort()
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "exit":
        os._exit(3)
    if task in ("hang", "sleep"):
        time.sleep(600 if task == "hang" else 0.5)
    if task == "memory":
        return len(bytearray(2**30))
    if task == "busy":
        resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))  # as if it had used up the rest
        while True:
            pass
    if task == "files":
        return [os.open("/dev/null", os.O_RDONLY) for _ in range(1000)]
    if task == "raise":
        raise UnsendableError("x", row=5)
    if task == "unpicklable":
        return lambda: None
    if task == "noise":
        os.write(2, b"thread panicked\n")
    return task


def touch(path: str) -> str:
    """Leave a trace."""
    Path(path).touch()
    return "touched"


def fill(path: str) -> int:
    """Write until nothing more is taken."""
    with Path(path).open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))


def die_in_company(task: tuple[str, str]) -> str:
    """Die while another `task` is under way, as if that one had taken the memory; alone, do well."""
    folder, name = task
    Path(folder, name).touch()
    if name == "bystander":
        time.sleep(0.5)
        Path(folder, name).unlink()
    elif Path(folder, "bystander").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def count_and_die(path: str) -> None:
    """Leave a mark for every time that this is tried."""
    with Path(path).open("a") as file:
        file.write("x")
    os.abort()


def spin(path: str) -> None:
    """Say who works, then never end."""
    Path(path).write_text(str(os.getpid()))
    while True:
        pass


def look(what: str) -> object:
    """What a worker finds around it."""
    found = {
        "initial": pool.initial,
        "cpu": lambda: resource.getrlimit(resource.RLIMIT_CPU)[0],
        "core": lambda: resource.getrlimit(resource.RLIMIT_CORE),
        "nice": lambda: os.nice(0),
        "blas": lambda: os.environ["OPENBLAS_NUM_THREADS"],
        "pid": os.getpid,
        "modules": lambda: sorted({m.partition(".")[0] for m in sys.modules}),
    }
    return found[what]()
