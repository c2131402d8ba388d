"""Mail of a watch: it goes out in a thread of its own, so that a server that hangs holds no workbook up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from vinbatch.errors import VinbatchError
from vinbatch.run.passed import Pass
from vinbatch.run.passing import Machine
from vinbatch.wording import sentence

log = logging.getLogger("vinbatch")

PARTING = (
    5.0  # seconds that a watch that stops waits for the letter under way; it is marked, and goes out again
)


@dataclass
class Postbox:
    """`post` is called in the thread for the latest machine that was put in."""

    post: Callable[[Machine, Pass], None]
    parting: float = PARTING
    _wake: threading.Event = field(default_factory=threading.Event)
    _machine: Machine | None = None
    _thread: threading.Thread | None = None
    _stopping: bool = False
    _trouble: str = ""

    def put(self, machine: Machine, report: Pass) -> None:
        """There is mail; the thread begins with the first."""
        if not report.mail_waits:
            return
        self._machine = machine
        self._wake.set()
        if self._thread is None or not self._thread.is_alive():  # a bug of ours ended it
            self._thread = threading.Thread(target=self._work, name="mail", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends after the letter under way, or without it where that takes too long."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(self.parting)

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stopping or self._machine is None:
                return
            self._once(self._machine)

    def _once(self, machine: Machine) -> None:
        report = Pass(mail_waits=True)
        try:
            self.post(machine, report)
        except VinbatchError as e:
            self._tell(e, machine.home.settings.language)
        else:
            lang = machine.home.settings.language
            for address, reply in report.unmailed.items():
                log.warning(sentence("log.unmailed", lang, address=address, reply=reply))
            self._tell(report.unsent, lang)

    def _tell(self, error: VinbatchError | None, lang: str) -> None:
        """Told once, until it changes or is over."""
        told = str(error.told(lang)) if error else ""
        if told and told != self._trouble:
            log.error("%s", told)
        elif self._trouble and not told:
            log.warning(sentence("log.over", lang, what=self._trouble.splitlines()[0]))
        self._trouble = told
