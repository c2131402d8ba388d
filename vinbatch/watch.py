"""`vinbatch watch`: stay and work. A scan every few seconds is the truth, events only wake it early.

The lock of the home is held for a pass, never between passes, so that `run` and commands have their turn; a
lock of its own lets one watch live per home. A failure is told once and tried again: a share comes back,
rules are mended, a disk gets room, and nobody has to start anything.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from vinbatch.effects import inbox, mounted
from vinbatch.effects.bell import Bell, Rings
from vinbatch.effects.heartbeat import BEAT, beat, no_beat, still_heart
from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout
from vinbatch.effects.lock import WATCHES, HomeLock
from vinbatch.effects.still import Still
from vinbatch.errors import BusyError, VinbatchError
from vinbatch.run.mail.postbox import Postbox
from vinbatch.run.mail.posting import post
from vinbatch.run.passed import Pass
from vinbatch.run.passing import Machine
from vinbatch.wording import USUAL, sentence

log = logging.getLogger("vinbatch")

# Seconds after which a pass is made although nothing stands in the inbox: answers and packages that could not
# be put in their place are tried again, and what became overdue is told.
ANYHOW = 60.0
_BUSY = 1.0  # between two tries while a run or a command holds the home


def _no_mail(_machine: Machine, _done: Pass) -> None:
    return None


@dataclass
class Watch:
    """One watch over one home. `machine` reads rules and settings anew for every pass."""

    machine: Callable[[], Machine]
    tell: Callable[[Pass], None]
    bell: Rings
    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    scan_seconds: float = 5.0
    post: Callable[[Machine, Pass], None] = _no_mail
    language: str = USUAL  # of what it says in the log, also while rules are broken
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._still = Still(0)
        self._last_pass = -ANYHOW
        self._passes = 0
        self._trouble = ""
        self._home: Home | None = None
        self._waiting = 0
        self._last_beat = -BEAT
        self._beating = threading.Lock()
        self._met: tuple[VinbatchError, ...] = ()  # by the last pass: what ended it, or it went on without
        self._since = self.now()

    def stop(self) -> None:
        """Ends the watch after the effect that is under way."""
        self.stopping.set()
        self.bell.ring()

    def run(self) -> None:
        """Until somebody says stop."""
        while not self.stopping.is_set():
            self.bell.wait(self.step())

    def step(self) -> float:
        """Looks once, works if there is anything to do; seconds until it should look again."""
        try:
            machine = self.machine()
            self._home = machine.home
            machine.what, machine.stopping, machine.beat = WATCHES, self.stopping.is_set, self._beat_within
            wait = self._look(machine)
        except BusyError:
            wait = _BUSY
        except VinbatchError as e:
            wait = self._in_trouble(str(e.told(self.language)))
        else:
            if self._met:
                self._in_trouble("\n".join(str(e.told(self.language)) for e in self._met))
            else:
                self._out_of_trouble()
        return wait

    def _look(self, machine: Machine) -> float:
        home = machine.home
        self._still.seconds = home.settings.settle_seconds
        machine.check_rules()
        check_layout(home)
        mounted.check_inbox(home)
        found = inbox.scan(home, self.now())
        ready = self._still.look(found.ready, self.monotonic())
        self._waiting = len(found.ready) + len(found.unready)
        if ready or self._due(home):
            self._last_pass = self.monotonic()
            self._passes += 1
            self._beat()
            done = self._passed(machine, {c.path for c in ready})
            self.post(replace(machine, beat=no_beat), done)
            self.tell(done)
            self._met = tuple(e for e in (done.unheard, done.unpublished) if e)
            gc.collect()  # a pass leaves its cycles, and a watch stays for months
        self._beat()
        fresh = len(found.ready) > len(ready)
        return min(home.settings.settle_seconds, self.scan_seconds) if fresh else self.scan_seconds

    def _passed(self, machine: Machine, only: Collection[str]) -> Pass:
        """One pass. What ends it goes on until one has come to its end: a mere look would not meet it."""
        try:
            return machine.run(only=only)
        except BusyError:
            raise
        except VinbatchError as e:
            self._met = (e,)
            raise

    def _due(self, home: Home) -> bool:
        """Whether there is work that no workbook announces."""
        if self.monotonic() - self._last_pass >= ANYHOW:
            return True
        return bool(inbox.scan_receipts(home) or inbox.has_claims(home))

    def _in_trouble(self, told: str) -> float:
        """Told once, until it changes or is over. It goes on looking, and does not hang."""
        self._beat()
        if told != self._trouble:
            log.error("%s", told)
        self._trouble = told
        return self.scan_seconds

    def _out_of_trouble(self) -> None:
        if self._trouble:
            log.warning(sentence("log.over", self.language, what=self._trouble.splitlines()[0]))
        self._trouble = ""

    def _beat(self) -> None:
        self._last_beat = self.monotonic()
        if self._home:
            beat(self._home, self._since, self.now(), self._passes, self._waiting)

    def _beat_within(self) -> None:
        """For a pass: between its effects, as seldom as is enough; from threads of it too."""
        with self._beating:
            if self.monotonic() - self._last_beat >= BEAT:
                self._beat()


def watch(
    home: Home,
    machine: Callable[[], Machine],
    tell: Callable[[Pass], None],
    monotonic: Callable[[], float],
    now: Callable[[], datetime],
    ready: Callable[[], None],
) -> int:
    """Stays until SIGTERM or SIGINT; the exit code. BusyError where another watch lives here.

    `ready` is called when it is the one watch, and signals stop it gracefully.
    """
    settings = home.settings
    with (
        HomeLock(home.watch_lock_path, what="watch", zone=settings.zone),
        Bell(home, settings.events) as bell,
    ):
        postbox = Postbox(post)
        watching = Watch(
            machine, tell, bell, monotonic, now, settings.scan_seconds, postbox.put, settings.language
        )
        with _signals(watching) as got:
            ready()
            watching.run()
            postbox.close()
        still_heart(home)
    return 130 if signal.SIGINT in got else 0


@contextmanager
def _signals(watching: Watch) -> Iterator[set[int]]:
    """SIGTERM and SIGINT stop between effects; the set tells which came."""
    got: set[int] = set()

    def stop(number: int, _frame: object) -> None:
        got.add(number)
        watching.stop()

    before = {s: signal.signal(s, stop) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield got
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
