"""Worker processes with limits of memory and time: what opens foreign files may die without harm.

A worker that aborts, hangs or is killed fails its own task only. pebble keeps the processes; what is
added here is the limits, the reason why one died, and a watch over pebble itself: a worker that dies
while it takes over a task can lose it without a word.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from types import TracebackType
from typing import Any, Protocol, TypeVar

import pebble

from vinbatch.effects.bounds import bound, bound_processor
from vinbatch.effects.disk import failure
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.scratch import scratch
from vinbatch.errors import AccessError
from vinbatch.noun import Noun
from vinbatch.paths import is_there

Item = TypeVar("Item")
Result = TypeVar("Result")

MEMORY, TIME, CRASH, ERROR = "memory", "time", "crash", "error"
_MOST_WORKERS = 4
_GRACE_SECONDS = 10.0  # beyond a task's own time, before pebble is taken to have lost it
_LAST_WORDS = 4000  # characters of what a dying worker wrote, for the log
# How long pebble's threads sleep between two looks: a pass of one workbook waited for it at start and end.
pebble.CONSTS.sleep_unit = 0.02

_SAFE_PATH = "PYTHONSAFEPATH"
_SAFELY = threading.Lock()
_initial: object = None  # of a worker: set when it starts


class Died(Noun, frozen=True):
    """A task without a result. `reason` is memory, time, crash or error; `detail` is for the log."""

    reason: str
    detail: str = ""


class Workers(Protocol):
    """What runs a function over items: a pool, this process, or a cluster."""

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result | Died]:
        """The results in the order of the items; `Died` where a task has none."""

    def begin(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Callable[[], list[Result | Died]]:
        """The same, begun now and asked for later: the caller does other things meanwhile."""


def initial() -> object:
    """In a worker: what the pool was given for all of its tasks."""
    return _initial


class Pool:
    """Runs a function over items, each in a worker of bounded memory and time.

    `workers` 0 means as many as there are processors, at most 4; never more than `most`, where that is given.
    `memory_megabytes` are granted beyond what the imports take, `seconds` to one item. `initial` goes to
    each worker once. Nothing is started before the first `map`, or `start`. `beat` is called while it waits.
    """

    def __init__(
        self,
        workers: int,
        memory_megabytes: int,
        seconds: float,
        initial: object = None,
        most: int = 0,
        beat: Callable[[], None] = no_beat,
    ) -> None:
        wanted = workers or min(_MOST_WORKERS, len(os.sched_getaffinity(0)))
        self.workers = min(wanted, most) if most else wanted
        self.memory_megabytes = memory_megabytes
        self.seconds = seconds
        self.initial = initial
        self._beat = beat
        self._pool: pebble.ProcessPool | None = None
        self._words = Path()
        self._stack = ExitStack()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._stack.close()

    def start(self, function: Callable[[Item], Result], ready: Callable[[], None]) -> None:
        """Have workers begun that know this function, and do what it would do first.

        The first `map` would wait for them. What goes wrong in `ready` goes wrong there again.
        """
        self._handed(function, lambda pool: [pool.schedule(ready) for _ in range(self.workers)])

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result | Died]:
        """The results in the order of the items. `function` is importable by name; it never runs here.

        A task that died runs once more, alone and in a fresh worker: a neighbour may have taken the memory or
        the time that it lacked, or the worker with it. An exception is its own, and is not tried again.
        """
        return self.begin(function, items)()

    def begin(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Callable[[], list[Result | Died]]:
        """`map` in two steps. What is lost because the workers are begun anew meanwhile is begun again."""
        begun = self._begun(function, items)
        pool = self._pool

        def given() -> list[Result | Died]:
            if pool is not self._pool or not (pool is None or pool.active):
                lost = [i for i, future in enumerate(begun) if not _has_result(future)]
                for i, future in zip(lost, self._begun(function, [items[i] for i in lost]), strict=True):
                    begun[i] = future
            return self._with_second_tries(function, items, self._answers(begun))

        return given

    def _with_second_tries(
        self, function: Callable[[Item], Result], items: Sequence[Item], answers: list[Result | Died]
    ) -> list[Result | Died]:
        for i, answer in enumerate(answers):
            if isinstance(answer, Died) and answer.reason != ERROR:
                self._stop()
                (answers[i],) = self._answers(self._begun(function, [items[i]]))
        return answers

    def _begun(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Future[bytes | Died]]:
        if not items:
            return []
        given = [(function, item, self.seconds) for item in items]
        return self._handed(
            function, lambda pool: [pool.schedule(_run, args=args, timeout=self.seconds) for args in given]
        )

    def _answers(self, futures: Sequence[Future[bytes | Died]]) -> list[Result | Died]:
        if not self._all_done(futures):
            self._stop()
        return [self._answer(future) for future in futures]

    def _all_done(self, futures: Sequence[Future[bytes | Died]]) -> bool:
        """Wait for all of them; False where nothing has come for longer than any task may take."""
        waiting = set(futures)
        moved = time.monotonic()
        while waiting:
            done, waiting = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
            self._beat()
            if done:
                moved = time.monotonic()
            elif time.monotonic() - moved > self.seconds + _GRACE_SECONDS:
                return False
        return True

    def _answer(self, future: Future[bytes | Died]) -> Result | Died:
        if not future.done():
            return Died(CRASH, "the worker was lost")
        error = future.exception()
        if error is None:
            answer = future.result()
            return answer if isinstance(answer, Died) else pickle.loads(answer)  # noqa: S301 - our worker's
        if isinstance(error, TimeoutError):
            return Died(TIME)
        if isinstance(error, pebble.ProcessExpired):
            return self._death(self._words / str(error.pid), error.exitcode)
        if isinstance(error, BrokenProcessPool):
            # A worker that dies at once can be gone before pebble knows which task it had: the exit code
            # stands where it gave up.
            seen = (frame.f_locals.get("exitcode") for frame, _ in traceback.walk_tb(error.__traceback__))
            code = next(filter(None, seen), 0)
            spoken = sorted(self._words.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            return self._death(spoken[-1] if spoken else self._words / "none", code)
        return Died(ERROR, repr(error))

    def _death(self, words: Path, code: int) -> Died:
        """Why a worker died, from its last words and its exit code (0: unknown)."""
        said = words.read_text("utf-8", "replace") if is_there(words) else ""
        # Rust says so before it aborts; the kernel says nothing when it kills for memory.
        is_memory = "memory allocation of" in said or "MemoryError" in said or code == -SIGKILL
        reason = MEMORY if is_memory else TIME if code == -SIGXCPU else CRASH
        return Died(reason, f"exit code {code or 'unknown'}\n{said[-_LAST_WORDS:]}".strip())

    def _handed(
        self, function: Callable[[Item], Result], hand: Callable[[pebble.ProcessPool], list[Future[Any]]]
    ) -> list[Future[Any]]:
        """What `hand` gives to the workers; once more where the server that forks them was killed."""
        # No more threads are a RuntimeError, and so is a broken pool. One half begun is never begun again: of
        # two threads the first would take the end of the second, which is waited for.
        with suppress(RuntimeError, OSError):
            return hand(self._started(function))
        self._stop()
        try:
            return hand(self._started(function))
        except (RuntimeError, OSError) as e:
            self._stop()
            raise AccessError("disk.workers", why=repr(e.__cause__ or e)) from e

    def _started(self, function: Callable[[Item], Result]) -> pebble.ProcessPool:
        """AccessError where the system gives no room for workers: no file is to blame for that."""
        if self._pool is None or not self._pool.active:
            self._stop()
            try:
                self._pool = self._made(function)
            except OSError as e:
                place = Path(e.filename or tempfile.gettempdir())
                if e.errno is None:  # Python's own: the address of a socket has at most 107 bytes
                    raise AccessError("disk.address", at=str(place)) from e
                raise failure(place, e) from e
        return self._pool

    def _made(self, function: Callable[[Item], Result]) -> pebble.ProcessPool:
        if not self._words.name:
            self._words = self._stack.enter_context(scratch())
        return pebble.ProcessPool(
            max_workers=self.workers,
            initializer=_begin,
            initargs=(function, self.initial, self.memory_megabytes, str(self._words)),
            context=_context(function.__module__),
        )

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


class Here:
    """The same in this process, one after another: for tracing and debugging. Nothing is bounded."""

    def __init__(self, initial: object = None) -> None:
        self.initial = initial

    def __enter__(self) -> Here:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result | Died]:
        """The results in the order of the items; an exception is a death of that task."""
        global _initial
        _initial = self.initial
        return [self._one(function, item) for item in items]

    def begin(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Callable[[], list[Result | Died]]:
        """Nothing is done before it is asked for."""
        return lambda: self.map(function, items)

    def _one(self, function: Callable[[Item], Result], item: Item) -> Result | Died:
        try:
            return function(item)
        except Exception:
            return Died(ERROR, traceback.format_exc())


def _has_result(future: Future[bytes | Died]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _context(module: str) -> ForkServerContext:
    """Workers are forked from a server that has imported the function's module and nothing of ours.

    Forking this process would hand its locks and threads to the workers; spawning imports everything
    anew for each of them. The server is a `python -c`, which would import from the current folder first:
    whoever may write there could run his code in our name.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    with _SAFELY:
        before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            _serve()
        finally:
            del os.environ[_SAFE_PATH]
            if before is not None:
                os.environ[_SAFE_PATH] = before
    return context


def _serve() -> None:
    """The server runs. One that the process before a fork had started is not ours to wait for: another is."""
    try:
        forkserver.ensure_running()
    except ChildProcessError:
        server: Any = forkserver._forkserver  # there is no other way to let it go
        os.close(server._forkserver_alive_fd)
        server._forkserver_pid = server._forkserver_alive_fd = None
        forkserver.ensure_running()


def _begin(_function: object, given: object, memory_megabytes: int, words: str) -> None:
    """First thing in a worker. `_function` is here so that its imports come before the limit."""
    global _initial
    _initial = given
    _learn_to_complain()
    bound(memory_megabytes, Path(words, str(os.getpid())))


def _learn_to_complain() -> None:
    """Newer Pythons import what tells a failure with the first one: it may have left no file open."""
    try:
        raise MemoryError
    except MemoryError:
        traceback.format_exc()


def _run(function: Callable[[Item], Result], item: Item, seconds: float) -> bytes | Died:
    """One task in a worker: its result, pickled. Exceptions end here, as not all of them can be sent."""
    bound_processor(seconds)
    try:
        return pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return Died(MEMORY, traceback.format_exc())
    except BaseException:
        return Died(ERROR, traceback.format_exc())
