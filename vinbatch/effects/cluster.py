"""Workers on other machines: what a pool does, over a Dask cluster (extra `vinbatch[cluster]`).

A Dask worker opens no foreign file itself. Each of its threads keeps a pool of one bounded process for that,
so that a file which kills, hangs or fills its reader costs that process and not the worker. A worker that is
lost is Dask's to replace: its tasks are pure and run again elsewhere. Nothing is written out there.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, TypeVar, cast

import dask
import distributed

from vinbatch import __version__
from vinbatch.effects.pool import CRASH, Died, Pool
from vinbatch.errors import AccessError

Item = TypeVar("Item")
Result = TypeVar("Result")

_ANSWERS_WITHIN = 10  # seconds for the scheduler to answer at all
_LOOK = 15.0  # seconds between two looks whether any worker lives
_DAEMON = "distributed.worker.daemon"


class Cluster:
    """Runs a function over items on the workers of a Dask cluster. `map` is that of `Pool`.

    `scheduler` is its address; "" starts `workers` processes on this machine for the time of the pass. The
    limits are those of a pool, for each task on each worker. AccessError where the cluster cannot be reached
    or is lost: nothing of the chunk was committed, the next pass works it again.
    """

    def __init__(
        self, scheduler: str, workers: int, memory_megabytes: int, seconds: float, initial: object = None
    ) -> None:
        self._scheduler, self._workers = scheduler, workers
        self._bench = (memory_megabytes, seconds, initial)
        # Of these rules alone: passes of several homes may have one cluster at once.
        self._name = f"vinbatch-{hashlib.sha256(pickle.dumps(self._bench)).hexdigest()[:16]}"
        self._stack = ExitStack()
        self._client: Any = None

    def __enter__(self) -> Cluster:
        logging.getLogger("distributed").setLevel(logging.ERROR)
        try:
            self._client = self._stack.enter_context(self._connect())
            self._client.register_plugin(_Benches(*self._bench), name=self._name)
            self._stack.callback(self._leave)
        except (OSError, TimeoutError) as e:
            self._stack.close()
            raise AccessError("cluster.silent", scheduler=self._scheduler, said=str(e)) from e
        except RuntimeError as e:  # one on this machine whose workers were killed as they began
            self._stack.close()
            raise AccessError("cluster.lost", said=str(e)) from e
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _leave(self) -> None:
        """The cluster outlives the pass; its processes need not."""
        with suppress(OSError, TimeoutError, distributed.CancelledError):
            self._client.unregister_worker_plugin(self._name)

    def _connect(self) -> distributed.Client:
        if self._scheduler:
            return distributed.Client(self._scheduler, timeout=_ANSWERS_WITHIN)
        # A worker that may have no children could not bound its readers.
        self._stack.enter_context(dask.config.set({_DAEMON: False}))
        local = distributed.LocalCluster(
            n_workers=self._workers or None,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.ERROR,
        )
        return distributed.Client(self._stack.enter_context(local))

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result | Died]:
        """The results in the order of the items. `function` is importable by name on every worker."""
        return self.begin(function, items)()

    def begin(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Callable[[], list[Result | Died]]:
        """`map` in two steps."""
        with _reaching():
            told = (self._name, __version__)
            futures = [self._client.submit(_work, function, item, *told, pure=False) for item in items]

        def given() -> list[Result | Died]:
            with _reaching():
                self._wait(futures)
                return [self._answer(future) for future in futures]

        return given

    def _wait(self, futures: Sequence[Any]) -> None:
        """Until all are done: as long as a worker lives, each task ends within its own limit."""
        while futures:
            try:
                distributed.wait(futures, timeout=_LOOK)
            except TimeoutError:
                if not self._client.scheduler_info()["workers"]:
                    raise AccessError("cluster.empty", at=self._scheduler) from None
            else:
                return

    def _answer(self, future: Any) -> Any:
        try:
            answer = future.result()
        except distributed.KilledWorker as e:
            return Died(CRASH, str(e))
        if isinstance(answer, _Unfit):
            raise AccessError(answer.key, **answer.params)
        return answer


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, distributed.CancelledError) as e:
        raise AccessError("cluster.lost", said=str(e)) from e


class _Unfit:
    """Why a worker may not be given work. A value, since Dask would retry an exception elsewhere."""

    def __init__(self, key: str, **params: str) -> None:
        self.key, self.params = key, params


class _Benches(distributed.WorkerPlugin):
    """Gives every worker, also one that joins later, the limits and what the tasks have in common."""

    bench: _Bench

    def __init__(self, memory_megabytes: int, seconds: float, initial: object) -> None:
        self._given = (memory_megabytes, seconds, initial)

    def setup(self, worker: Any) -> None:
        """When a worker starts, or this pass does."""
        del worker
        self.bench = _Bench(*self._given)

    def teardown(self, worker: Any) -> None:
        """When it ends, or the pass does."""
        del worker
        self.bench.close()


class _Bench:
    """On a Dask worker: one bounded process for each of its threads."""

    def __init__(self, memory_megabytes: int, seconds: float, initial: object) -> None:
        self._limits = (memory_megabytes, seconds, initial)
        self._mine = threading.local()
        self._stack = ExitStack()
        self._lock = threading.Lock()

    def pool(self) -> Pool:
        """The pool of this thread."""
        pool: Pool | None = getattr(self._mine, "pool", None)
        if pool is None:
            with self._lock:
                pool = self._stack.enter_context(Pool(1, *self._limits))
            self._mine.pool = pool
        return pool

    def close(self) -> None:
        """Ends the processes."""
        self._stack.close()


def _work(function: Callable[[Item], Result], item: Item, name: str, version: str) -> Result | Died | _Unfit:
    """One task, on a Dask worker, by the benches of its own pass."""
    if version != __version__:
        return _Unfit("cluster.version", theirs=__version__, ours=version)
    if multiprocessing.current_process().daemon:
        return _Unfit("cluster.childless")
    benches = cast(Any, distributed.get_worker()).plugins.get(name)
    if benches is None:
        return _Unfit("cluster.taken")
    (answer,) = benches.bench.pool().map(function, [item])
    return cast(Result | Died, answer)
