"""Mail, after the lock of the home is released: letters of what is due are queued, then everything goes out.

At least once, with a fixed Message-ID. A lock of its own lets one post at a time; the kernel frees it when
its holder dies, and what was under way goes out again. Trouble with mail is told, and stops nothing else.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from vinbatch.effects import forms, mail_asked
from vinbatch.effects.archive import Archive
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import AccessError, BusyError, MailError
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.passed import Pass
from vinbatch.run.passing import Machine
from vinbatch.store.deliveries import Waiting
from vinbatch.store.ledger import Ledger

if TYPE_CHECKING:
    from vinbatch.effects.envelope import Envelope
    from vinbatch.effects.mail import Courier, Delivery

log = logging.getLogger("vinbatch")

_UNREADABLE = "VINBATCH-FAILED"  # in the place of what a server says of a letter
_LOST_IN_A_ROW = 3  # connections, after which the server is taken as gone


def post(machine: Machine, report: Pass) -> None:
    """Posts what the pass saw to be due; what becomes of it is told in the report.

    Where another posts already, that one takes ours along, or the next pass does.
    """
    if not report.mail_waits:
        return
    try:
        with HomeLock(machine.home.mail_lock_path, what="post"), machine.open_ledger() as ledger:
            Posting(machine, ledger, report).all()
    except BusyError:
        log.debug("mail is going out already")


@dataclass
class Posting:
    """A posting under way: its lock is held, that of the home is not."""

    machine: Machine
    ledger: Ledger
    report: Pass
    failed: set[str] = field(default_factory=set)  # batches that a bug of ours keeps from being told of

    @property
    def _language(self) -> str:
        return self.machine.home.settings.language

    def all(self) -> None:
        """Until nothing is left that can go out now."""
        while self._queue() | self._send():
            if self.report.unsent or self.machine.stopping():
                return

    def _queue(self) -> bool:
        """Whether there was anything to tell."""
        if not self.ledger.mails.due() and not self.ledger.mails.troubles():
            return False
        from vinbatch.run.mail.letters import Planner

        now = self.machine.clock.now()
        archive = Archive(self.machine.home.archive)
        form = forms.current(self.machine.home)
        planner = Planner(self.ledger, archive, self.machine.rulebook, now, form, set(self.failed))
        plan = planner.plan()
        self.report.failed += len(planner.failed - self.failed)
        self.failed |= planner.failed
        if not plan.told and not plan.troubles:
            return False
        self.ledger.mails.queue(plan, now)
        return True

    def _send(self) -> bool:
        """Whether anything went out."""
        letters, now = self.ledger.deliveries, self.machine.clock.now()
        ready = letters.ready(now)
        if not ready:
            return False
        from vinbatch.effects.mail import Courier

        home = self.machine.home
        lost = 0
        with Courier(home.settings.mail, home.root, os.environ) as courier:
            for number, again in ready:
                if self.machine.stopping():
                    break
                waiting = self._read(number, again, now)
                if waiting is None:
                    continue
                try:
                    done = self._letter(courier, waiting)
                except MailError as e:
                    self._put_off(e)
                    break
                lost = lost + 1 if done.lost else 0
                if lost == _LOST_IN_A_ROW:
                    said = next(iter({**done.later, **done.doubt}.values()), "")
                    self._put_off(_gone(home.settings.mail.host, said))
                    break
        return True

    def _read(self, number: int, again: bool, now: datetime) -> Waiting | None:
        """A letter that is ready. None for one that cannot be read: it waits until it is given up."""
        letters = self.ledger.deliveries

        def read(_: Sequence[int]) -> list[Waiting | None]:
            return [letters.waiting(number, again, now)]

        (found,) = isolating_bugs([number], read, lambda _: None, lambda n: f"mail {n}")
        if found is None:
            self.report.failed += 1
            letters.later(number, dict.fromkeys(letters.recipients(number, again, now), _UNREADABLE), now)
        return found

    def _letter(self, courier: Courier, waiting: Waiting) -> Delivery:
        """One letter, and what became of it."""
        letters = self.ledger.deliveries
        done = courier.send(self._envelope(waiting), lambda who: letters.sending(waiting.id, who))
        now = self.machine.clock.now()
        if done.sent or done.refused:
            letters.done(waiting.id, done.sent, done.refused, now)
        if done.later:
            letters.later(waiting.id, done.later, now)
            mail_asked.note(self.machine.home)
        if done.doubt:
            letters.later(waiting.id, done.doubt, now, doubt=True)
        for address, reply in {**done.later, **done.doubt, **done.refused}.items():
            self.report.unmailed[address] = reply
        return done

    def _put_off(self, error: MailError) -> None:
        why = error.told(self._language).message
        self.ledger.deliveries.put_off(why, self.machine.clock.now())
        mail_asked.note(self.machine.home)
        self.report.unsent = error

    def _envelope(self, waiting: Waiting) -> Envelope:
        from vinbatch.effects.envelope import Envelope

        settings, letter = self.machine.home.settings, waiting.letter
        return Envelope(
            message=waiting.message,
            sender=settings.mail.sender,
            recipients=waiting.recipients,
            subject=letter.subject,
            text=letter.text_again if waiting.again else letter.text,
            html=letter.html_again if waiting.again else letter.html,
            at=waiting.queued.astimezone(settings.zone),
            kind=waiting.kind,
            batch=waiting.batch,
            references=letter.references,
            topic=letter.topic,
            again=waiting.again,
            attachment=self._attached(letter.attachment),
            attachment_name=letter.attachment_name,
        )

    def _attached(self, digest: str) -> bytes | None:
        """The result, from the archive. A letter goes without what is gone from there or damaged, or it would
        keep back all after it; its text names the one in reports/.
        """
        archive = Archive(self.machine.home.archive)
        try:
            return archive.get(digest) if digest and archive.has(digest) else None
        except AccessError as e:
            log.error("%s", e.told(self._language))
            return None


def _gone(host: str, said: str) -> MailError:
    return MailError("mail.breaks", server=host, said=said)
