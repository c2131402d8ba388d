"""One pass: recover, claim, settle, work, drop the claims. The order of effects is design section 6.

Recovery after any crash is to run the same machine again: what a pass finds half done, it finishes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vinbatch import __version__
from vinbatch.effects import forms, inbox, leavings, mounted, outbox
from vinbatch.effects.archive import Archive
from vinbatch.effects.disk import boot_id
from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout
from vinbatch.effects.lock import HomeLock
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, PublishError
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run import rulecheck
from vinbatch.run.collecting import seldom_collecting
from vinbatch.run.engines import POOLED, SERIAL, Engine
from vinbatch.run.hands import Hands
from vinbatch.run.marks import Marks
from vinbatch.run.passed import Line, Pass
from vinbatch.run.portions import CHUNK, Numbered, portions
from vinbatch.run.refresh import Refresh
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger
from vinbatch.wording import sentence

if TYPE_CHECKING:
    from vinbatch.effects.pool import Workers
    from vinbatch.run.answering import Answering
    from vinbatch.run.chunks import Worked

log = logging.getLogger("vinbatch")

COMMAND = "command/"  # how the claims of commands begin


class Clock(Noun, frozen=True):
    """Time, for tests to replace. `sleep` takes seconds."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep


Progress = Callable[[int, int], None]  # workbooks done, in all


def _never() -> bool:
    return False


def _quiet(_done: int, _all: int) -> None:
    return None


@dataclass
class Machine:
    """The effects of one pass over one home."""

    home: Home
    rulebook: Rulebook
    clock: Clock
    progress: Progress = _quiet
    engine: Engine = POOLED
    stopping: Callable[[], bool] = _never  # asked between effects; what is left waits in its claims

    @property
    def ruleset(self) -> Ruleset:
        """The compiled rules. RulesError stops the pass before anything is claimed."""
        return compile_rules(self.rulebook)

    def check_rules(self, *, keep: bool = True) -> None:
        """Broken rules are told at start, and not only when there is work; `keep` notes that they are right.

        What was compiled once under this digest need not be compiled again to find an empty inbox.
        """
        rulecheck.check(self.home, self.rulebook, self.law, keep=keep)

    @property
    def law(self) -> str:
        """What outcomes and answers are made by: program and rules."""
        return f"{__version__} {self.rulebook.digest}"

    def renew_form(self) -> None:
        """Findings send clerks to the form in reports/: it has to be the one of these rules."""
        forms.renew(self.home, self.law, lambda: _form(self.rulebook), self.clock.now())

    def run(self, wait: float = 0, only: Collection[str] | None = None) -> Pass:
        """One pass under the lock, waiting for it at most so many seconds; then BusyError.

        `only` are the workbooks to take, by their path in the inbox: a watch has seen the others move.
        """
        report = Pass()
        self.check_rules()
        check_layout(self.home)
        self.home.check_inbox()
        mounted.check_reports(self.home)
        with (
            HomeLock(self.home.lock_path, wait),
            self.open_ledger() as ledger,
            seldom_collecting(),
            self.hands() as hands,
        ):
            mounted.note(self.home)
            archive = Archive(self.home.archive)
            work = Working(self, ledger, archive, report, hands)
            work.recover()
            self.renew_form()
            settled = work.gather(only)
            if settled or ledger.answers.due():
                leavings.sweep(self.home, archive, self.clock.now())
            work.hear([one for one in settled if one.claim.receipt])
            work.watch_the_clock()
            work.answer()
            workbooks = [one for one in settled if not one.claim.receipt]
            if workbooks:
                work.all(workbooks)
            work.refresh()
            work.look_for_mail()
        if self.home.settings.after_batch:
            from vinbatch.run.after import after_answers  # it starts programs: seldom wanted

            after_answers(self)
        return report

    def hands(self) -> Hands:
        """The workers of a pass, not hired yet."""
        return Hands(self.engine, self.home.settings.worker, self.rulebook)

    def open_ledger(self) -> Ledger:
        """The home's ledger; a new one only where there never was one.

        With a new ledger beside an old archive, batch numbers and guids would begin again, and what was
        declared would be declared twice.
        """
        if self.home.ledger_gone:
            raise AccessError("ledger.gone", place=readable(str(self.home.ledger)))
        return Ledger.open(self.home.ledger, create=True, mailing=bool(self.home.settings.mail.host))


@dataclass
class Working:
    """A pass under way, with the ledger open."""

    machine: Machine
    ledger: Ledger
    archive: Archive
    report: Pass
    hands: Hands
    left: frozenset[str] = frozenset()  # answers that an earlier pass left over: it may have died of them
    _answering: Answering | None = None

    @property
    def home(self) -> Home:
        """The home of the pass."""
        return self.machine.home

    def recover(self) -> None:
        """Finish what a killed pass or a restore began. Answers are due until they are written.

        What a killed command had reserved is forgotten: its file never was in the inbox, its user saw it end.
        """
        self.ledger.abandon(COMMAND, whole=False)
        self.ledger.answers.tell_again(self.machine.law)
        self.left = frozenset([*self.ledger.answers.due(), *self.ledger.answers.untold()])
        if self.home.hear_again.exists():
            from vinbatch.run.regaining import hear_again

            self.report.heard += hear_again(self)
        self.publish()

    def gather(self, only: Collection[str] | None = None) -> list[inbox.Settled]:
        """What stands still in the inbox, in the order in which it is worked: first seen, mtime, name."""
        left = inbox.open_claims(self.home)
        found = inbox.scan(self.home, self.machine.clock.now())
        self.report.unready += found.unready
        self.report.stale += found.stale
        taken = [c for c in found.ready if only is None or c.path in only]
        ordered = sorted(taken, key=lambda c: (c.seen.mtime, c.path))
        claimed, refused = inbox.claim_all(self.home, [*inbox.scan_receipts(self.home), *ordered])
        self.report.unready += refused
        if not left and not claimed:
            return []
        if workbooks := sum(not claim.receipt for claim in (*left, *claimed)):
            self.hands.get_ready(workbooks)
        clock = self.machine.clock
        seconds = self.home.settings.settle_seconds
        settled, unready = inbox.settle([*left, *claimed], seconds, clock.now, clock.sleep, self.archive)
        self.report.unready += unready
        for claim in left:
            if not claim.file.exists():
                self.ledger.abandon(claim.key)
        return settled

    def hear(self, settled: Sequence[inbox.Settled]) -> None:
        """What customs answered, before any workbook is looked at; in the order of arrival."""
        if not settled:
            return
        from vinbatch.run.receipts import Arrived, Hall

        hall = Hall(self.home, self.ledger, self.archive, self.machine.rulebook)
        megabytes = self.home.settings.limits.file_megabytes
        now = self.machine.clock.now()
        for one in settled:
            if self.machine.stopping():
                return
            data = one.data(self.archive, megabytes)
            suspect = one.claim.seen is None and self.machine.engine.name != SERIAL
            arrived = Arrived(one.source.name, one.digest, data, one.size, suspect=suspect)
            heard = hall.hear(arrived, now)
            self.report.heard.append(heard)
            self.report.failed += heard.failed
            self.drop(one, one.digest)

    def watch_the_clock(self) -> None:
        """Declarations that became overdue are told in the answers of their batches, once."""
        now = self.machine.clock.now()
        days = timedelta(days=self.home.settings.overdue_days)
        self.report.overdue = self.ledger.answers.mark_overdue(now - days, now)

    def all(self, settled: Sequence[inbox.Settled]) -> None:
        """Work everything, chunk by chunk; parameters-only workbooks go first (semantics section 4)."""
        from vinbatch.run.chunks import Workshop  # the heavy imports, only where there is work

        now = self.machine.clock.now()
        settings = self.home.settings
        files: list[Numbered] = []
        claimed = [(one.source, one.claim.key) for one in settled]
        batches = self.ledger.take_all(claimed, now, settings.site, settings.zone)
        for one, taken in zip(settled, batches, strict=True):
            if taken.committed:
                self.drop(one, taken.digest)
            else:
                files.append((one, taken))
        with Workshop(self.machine.rulebook, self.ledger, self.archive, self.hands) as workshop:
            files = workshop.parameters_first(files, CHUNK)
            for portion, chunk in workshop.ahead(portions(files)):
                if self.machine.stopping():
                    break
                self.ledger.trying([taken.batch for _, taken in portion])
                for worked in workshop.work(chunk):
                    self.keep(worked, workshop.answerers)
                for one, taken in portion:
                    self.drop(one, taken.digest)
                self.machine.progress(len(self.report.lines), len(files))
            self.answer()

    def keep(self, worked: Sequence[Worked], answerers: Workers | None = None) -> None:
        """Archive, commit, publish, answer: after the commit a crash costs nothing but time.

        `answerers` make the answers while the pass goes on: the next call writes them.
        """
        self.archive.put_all([package.data for done in worked for package in done.packages])
        law = Law(self.machine.ruleset.digest, self.home.settings.differing())
        self.ledger.commit([(w.outcome, w.packages) for w in worked], law)
        self.report.lines += [Line.of(w, self.machine.ruleset) for w in worked]
        self.report.failed += sum(w.failed for w in worked)
        self.publish()
        self.answer(answerers)

    def publish(self) -> None:
        """Everything that is committed and not published goes out, exactly once."""
        dues = self.ledger.packages.open()
        if not dues and not self.home.staging.is_dir():
            return
        try:
            mounted.check_outbox(self.home)
            done = outbox.publish(
                self.home, dues, self.archive, boot_id(), Marks(self.ledger, self.machine.clock.now)
            )
        except PublishError as e:
            # Answers must not wait for the gateway's folder: they tell what was declared all the same.
            self.report.unpublished = e
            return
        self.report.published += done.published
        self.report.doubtful += done.doubtful

    def answer(self, workers: Workers | None = None) -> None:
        """Write every result that is due, or has been begun; a pass without any loads nothing for it."""
        if self._answering is None and not self.ledger.answers.due():
            return
        if self._answering is None:
            from vinbatch.run.answering import Answering

            self._answering = Answering(self.machine, self.ledger, self.archive, self.report, self.left)
        self._answering.answer(workers)

    def look_for_mail(self) -> None:
        """Whether anything is to be mailed after the lock is released; never, without a mail server."""
        if self.ledger.mailing:
            self.report.mail_waits = self.ledger.mails.any(self.machine.clock.now())

    def refresh(self, *, looked: bool = True) -> None:
        """Register and overview, last: whoever waits for an answer does not wait for them.

        `looked` says that this pass knows which files the inbox leaves waiting.
        """
        machine = self.machine
        waiting = (*self.report.unready, *self.report.stale) if looked else None
        now, workers = machine.clock.now(), self.hands.hired
        refresh = Refresh(self.home, self.ledger, machine.rulebook, now, waiting, workers)
        self.report.refreshed = refresh.run(machine.stopping)
        self.report.failed += self.report.refreshed.failed

    def drop(self, one: inbox.Settled, digest: str) -> None:
        """The claim is done with; a file that changed since it was taken is a new drop."""
        back = inbox.drop(one.claim, digest)
        if back:
            told = {"name": one.claim.shown, "back": back}
            log.warning(sentence("log.put_back", self.home.settings.language, **told))


def _form(rulebook: Rulebook) -> bytes:
    from vinbatch.report.form import empty_form  # what an idle pass does without

    return empty_form(rulebook)
