"""The bell: file events that wake a watch early. The scan is the truth; a deaf bell only costs seconds."""

from __future__ import annotations

import logging
import os
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from vinbatch.effects import kernel
from vinbatch.effects.home import CLAIMS, Home
from vinbatch.mounts import is_network
from vinbatch.wording import sentence

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

log = logging.getLogger("vinbatch")

_MOVES = ("created", "modified", "moved", "closed", "deleted")
NATIVE, POLLING, OFF = "native", "polling", "off"


class Rings(Protocol):
    """What a watch waits on."""

    def wait(self, seconds: float) -> bool:
        """Until somebody rings, or so many seconds; whether somebody rang."""

    def ring(self) -> None:
        """Wakes whoever waits."""


class Bell:
    """Rings when something moves in the inbox. `with Bell(home, how) as bell: bell.wait(5)`.

    `how` is native, polling, off, or auto: native on a local disk, off on a share, where events of other
    machines do not come and the scan looks every few seconds anyway.
    """

    def __init__(self, home: Home, how: str) -> None:
        self.how = _chosen(home, how)
        self._home = home
        # Not an Event: its lock, held by the thread that a signal interrupts, would stop `ring` for ever.
        self._rung: SimpleQueue[None] = SimpleQueue()
        self._observer: BaseObserver | None = None

    def __enter__(self) -> Bell:
        if self.how == OFF:
            return self
        try:
            self._observer = self._start()
        # No watches left, or folders nested so deep that watchdog loses itself: the scan goes on without.
        except (OSError, RecursionError) as e:
            log.warning(sentence("log.no_events", self._home.settings.language, why=str(e)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def wait(self, seconds: float) -> bool:
        """Until somebody rings, or so many seconds; whether somebody rang."""
        try:
            self._rung.get(timeout=max(seconds, 0))
        except Empty:
            return False
        while not self._rung.empty():
            self._rung.get()
        return True

    def ring(self) -> None:
        """Wakes whoever waits; also from a signal handler."""
        if self._rung.empty():
            self._rung.put(None)

    def _start(self) -> BaseObserver:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer
        from watchdog.observers.polling import PollingObserver

        bell = self

        class Ringing(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if event.event_type in _MOVES:  # reading rings nothing: our own scan reads
                    bell.heard(os.fsdecode(event.dest_path or event.src_path))

        observer: BaseObserver = PollingObserver(timeout=1) if self.how == POLLING else Observer()
        observer.schedule(Ringing(), os.fspath(self._home.inbox), recursive=True)
        observer.start()
        return observer

    def heard(self, path: str) -> None:
        """An event at this path: ours are no news."""
        if f"{os.sep}{CLAIMS}{os.sep}" not in path and not path.endswith(f"{os.sep}{CLAIMS}"):
            self.ring()


def _chosen(home: Home, how: str) -> str:
    if how != "auto":
        return how
    return OFF if is_network(kernel.file_system(home.inbox)) else NATIVE
