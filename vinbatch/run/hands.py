"""The workers of a pass, fetched together with the heavy imports while the files of the pass settle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING

from vinbatch.effects.heartbeat import no_beat
from vinbatch.errors import AccessError
from vinbatch.model import Rulebook
from vinbatch.run.engines import POOL, SERIAL, Engine
from vinbatch.settings import Worker

if TYPE_CHECKING:
    from vinbatch.effects.pool import Workers


class Hands:
    """Hired when there is something to do, and let go at the end of the pass.

    Workers and imports take half a second each; a pass sleeps for longer while it looks whether its files
    stand still. What goes wrong in getting ready goes wrong again, and is told, when the work begins.
    """

    def __init__(
        self, engine: Engine, worker: Worker, rulebook: Rulebook, beat: Callable[[], None] = no_beat
    ) -> None:
        self.engine, self._worker, self._rulebook, self.beat = engine, worker, rulebook, beat
        self._stack = ExitStack()
        self._importing = self._starting = threading.Thread()  # none yet
        self._workers: Workers | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._importing)
        self._wait(self._starting)
        self._stack.close()

    def get_ready(self, files: int) -> None:
        """Begin to fetch what so many workbooks need; `workers` waits for it."""
        if self.engine.name == SERIAL:
            return
        if self.engine.name == POOL:
            self._starting = threading.Thread(target=self._start, args=(files,), daemon=True)
            self._begin(self._starting)
        self._importing = threading.Thread(target=_import, daemon=True)
        self._begin(self._importing)

    def workers(self) -> Workers:
        """UsageError where the engine is not installed, AccessError where its cluster cannot be reached.

        The imports may go on: what needs them waits for them, and until then workers read the first files.
        """
        self._wait(self._starting)
        return self._workers or self._hired()

    @property
    def hired(self) -> Workers | None:
        """Those that are there already, for what is not worth hiring any."""
        self._wait(self._starting)
        return self._workers if self.engine.name == POOL else None

    def _start(self, files: int) -> None:
        from vinbatch.effects.pool import Pool
        from vinbatch.run.judging.judge import parse_light_here, rules_ready_here

        workers = self._hired(files)
        if isinstance(workers, Pool):
            with suppress(AccessError):
                workers.start(parse_light_here, rules_ready_here)

    def _hired(self, files: int = 0) -> Workers:
        from vinbatch.run.hiring import hire

        hired = hire(self.engine, self._worker, self._rulebook, files, self.beat)
        self._workers = self._stack.enter_context(hired)
        return self._workers

    @staticmethod
    def _begin(thread: threading.Thread) -> None:
        """Where the machine gives no thread, the work itself does what this would have made ready."""
        with suppress(RuntimeError):
            thread.start()

    @staticmethod
    def _wait(thread: threading.Thread) -> None:
        if thread.ident is not None:
            thread.join()


def _import() -> None:
    """What checking brings (pandas, pandera) first: all else is there before they are."""
    with suppress(ImportError):
        import vinbatch.checks.schema
        import vinbatch.run.answers.answering
        import vinbatch.run.judging.chunks  # noqa: F401
