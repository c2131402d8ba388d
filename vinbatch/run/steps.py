"""The steps of a pass, under the lock and with the ledger open: `passing` has their order."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from vinbatch.effects import inbox, mail_asked, mounted, outbox, receipts_sentinel, received, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.kernel import boot_id
from vinbatch.errors import AccessError, PublishError
from vinbatch.model import StoredPackage
from vinbatch.paths import is_folder, is_there
from vinbatch.run import ledger_guard
from vinbatch.run.engines import SERIAL
from vinbatch.run.hands import Hands
from vinbatch.run.judging.portions import CHUNK, Numbered, portions
from vinbatch.run.mail import outage
from vinbatch.run.passed import Line, Pass
from vinbatch.run.publishing import Publishing
from vinbatch.run.refresh import Refresh
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger
from vinbatch.wording import sentence

if TYPE_CHECKING:
    from vinbatch.effects.pool import Workers
    from vinbatch.run.answers.answering import Answering
    from vinbatch.run.judging.chunks import Judging, Worked
    from vinbatch.run.passing import Machine
    from vinbatch.run.receipts import Hall

log = logging.getLogger("vinbatch")

COMMAND = "command/"  # how the claims of commands begin


@dataclass
class Steps:
    """A pass under way, or an act by command: under the lock, with the ledger open."""

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

    @property
    def law(self) -> Law:
        """What this pass decides by."""
        return Law(self.machine.ruleset.digest, self.home.settings.differing())

    def recover(self) -> None:
        """Finish what a killed pass or a restore began. Answers are due until they are written.

        What a killed command had reserved is forgotten: its file never was in the inbox, its user saw it end.
        """
        self.ledger.abandon(COMMAND, whole=False)
        self.ledger.answers.tell_again(self.machine.law)
        self.left = frozenset([*self.ledger.answers.due(), *self.ledger.answers.untold()])
        if is_there(self.home.hear_again):
            from vinbatch.run.regaining import hear_again

            self.report.heard += hear_again(self)
        self.publish()
        self.report.caught_up = len(self.report.published)

    def gather(self, only: Collection[str] | None = None) -> list[inbox.Settled]:
        """What stands still in the inbox, in the order in which it is worked: first seen, mtime, name."""
        left = inbox.open_claims(self.home)
        self.ledger.abandon_lost({claim.key for claim in left})
        found = inbox.scan(self.home, self.machine.clock.now())
        self.report.unready += found.unready
        self.report.stale += found.stale
        self._tell_of_large(found)
        self._look_at_receipts()
        taken = [c for c in found.ready if only is None or c.path in only]
        ordered = sorted(taken, key=lambda c: (c.seen.mtime, c.path))
        wanted = [*inbox.scan_receipts(self.home), *ordered]
        claimed, refused = inbox.claim_all(self.home, wanted, beat=self.machine.beat)
        self.report.unready += refused
        if not left and not claimed:
            return []
        if workbooks := sum(not claim.receipt for claim in (*left, *claimed)):
            self.hands.get_ready(workbooks)
        clock = self.machine.clock
        seconds, most = self.home.settings.settle_seconds, inbox.most_bytes(self.home)
        settled, unready = inbox.settle(
            [*left, *claimed], seconds, clock.now, clock.sleep, self.archive, self.machine.beat, most
        )
        self.report.unready += unready
        for claim in left:
            if not is_there(claim.file):
                self.ledger.abandon(claim.key)
        return settled

    def _look_at_receipts(self) -> None:
        """Workbooks need not wait until somebody has put the folder of receipts back."""
        now = self.machine.clock.now()
        try:
            receipts_sentinel.check(self.home)
        except AccessError as e:
            self.report.unheard = e
            outage.deaf(self.home, self.ledger, now)
        else:
            outage.hears(self.home, self.ledger, now)

    def _tell_of_large(self, found: inbox.Scan) -> None:
        """They are no batch, and have no result: whoever dropped one finds a note where answers lie."""
        settings = self.home.settings
        sizes = {
            "most": str(inbox.most_bytes(self.home) // 2**20),
            "limit": str(settings.limits.file_megabytes),
        }
        for one in found.ignored:
            if one.reason == inbox.LARGE:
                told = sentence("log.large", settings.language, name=one.path, **sizes)
                reports.note(self.home, one.path, f"{told}\n")

    def hear(self, settled: Sequence[inbox.Settled]) -> None:
        """What customs answered, before any workbook is looked at; in the order of arrival."""
        if not settled:
            return
        from vinbatch.run.receipts import Arrived

        hall, megabytes = self.hall(), self.home.settings.limits.file_megabytes
        now = self.machine.clock.now()
        received.tag(self.archive, [one.digest for one in settled], self.ledger.replies.names)
        for one in settled:
            if self.machine.stops():
                return
            data = one.data(self.archive, megabytes)
            suspect = one.claim.seen is None and self.machine.engine.name != SERIAL
            arrived = Arrived(one.source.name, one.digest, data, one.size, suspect=suspect)
            heard = hall.hear(arrived, now)
            self.report.heard.append(heard)
            self.report.failed += heard.failed
            self.drop(one, one.digest)

    def hall(self) -> Hall:
        """Where receipts are heard."""
        from vinbatch.run.receipts import Hall  # seldom wanted

        return Hall(self.home, self.ledger, self.archive, self.machine.rulebook)

    def watch_the_clock(self) -> None:
        """Declarations that became overdue are told in the answers of their batches, once."""
        now = self.machine.clock.now()
        days = timedelta(days=self.home.settings.overdue_days)
        self.report.overdue = self.ledger.answers.mark_overdue(now - days, now)

    def all(self, settled: Sequence[inbox.Settled]) -> None:
        """Work everything, chunk by chunk; parameters-only workbooks go first (semantics section 4)."""
        now = self.machine.clock.now()
        settings = self.home.settings
        files: list[Numbered] = []
        claimed = [(one.source, one.claim.key) for one in settled]
        batches = self.ledger.take_all(claimed, now, settings.site, settings.zone)
        for one, taken in zip(settled, batches, strict=True):
            if taken.committed:  # by a pass that was cut off before it told anybody
                outcome = self.ledger.outcome(taken.batch)
                self.report.lines.append(Line.of_outcome(outcome, self.machine.ruleset))
                self.drop(one, taken.digest)
            else:
                files.append((one, taken))
        with self.judging() as judging:
            files = judging.parameters_first(files, CHUNK)
            for portion, chunk in judging.ahead(portions(files)):
                if self.machine.stops():
                    break
                self.ledger.trying([taken.batch for _, taken in portion])
                for worked in judging.work(chunk):
                    self.keep(worked, judging.helpers)
                for one, taken in portion:
                    self.drop(one, taken.digest)
                self.machine.progress(len(self.report.lines), len(settled))
            self.answer()

    def judging(self) -> Judging:
        """What makes outcomes of workbooks."""
        from vinbatch.run.judging.chunks import Judging  # the heavy imports, only where there is work

        return Judging(self.machine.rulebook, self.ledger, self.archive, self.hands, self.law)

    def keep(self, worked: Sequence[Worked], helpers: Workers | None = None) -> None:
        """Archive, commit, publish, answer: after the commit a crash costs nothing but time.

        `helpers` make the answers while the pass goes on: the next call writes them.
        """
        self.archive.put_all([package.data for done in worked for package in done.packages])
        prepared = {w.outcome.batch: w.prepared for w in worked if w.prepared}
        self.ledger.commit([(w.outcome, w.packages) for w in worked], self.law, prepared)
        self.report.lines += [Line.of(w, self.machine.ruleset) for w in worked]
        self.report.failed += sum(w.failed for w in worked)
        self.machine.beat()
        self.publish()
        self.machine.beat()
        self.answer(helpers)

    def publish(self) -> None:
        """Everything that is committed and not published goes out, exactly once.

        An outbox that is gone is told also where nothing is due: by then somebody may have mended it.
        """
        dues = self.ledger.packages.open()
        try:
            mounted.check_outbox(self.home)
            if dues or is_folder(self.home.staging):
                self._publish(dues)
        except PublishError as e:
            # Answers must not wait for the gateway's folder: they tell what was declared all the same.
            self.report.unpublished = e
            if dues:
                outage.begins(self.home, self.ledger, len(dues), self.machine.clock.now())
            return
        outage.ends(self.home, self.ledger, self.machine.clock.now())

    def _publish(self, dues: Sequence[StoredPackage]) -> None:
        if dues:
            ledger_guard.note(self.home, self.ledger)
        marks = Publishing(self.ledger, self.machine.clock.now, self.report, self.machine.beat)
        outbox.publish(self.home, dues, self.archive, boot_id(), marks)

    def answer(self, workers: Workers | None = None) -> None:
        """Write every result that is due, or has been begun; a pass without any loads nothing for it."""
        if self._answering is None and not self.ledger.answers.due():
            return
        if self._answering is None:
            from vinbatch.run.answers.answering import Answering

            self._answering = Answering(self.machine, self.ledger, self.archive, self.report, self.left)
        self._answering.answer(workers)

    def renew(self) -> None:
        """Once a pass, after all that is new was answered: answers that a later batch has made old."""
        while self.ledger.answers.older() and not self.machine.stops():
            self.ledger.answers.renew(CHUNK)
            self.answer(self.hands.hired)
        self.answer()

    def look_for_mail(self) -> None:
        """Whether anything is to be mailed after the lock is released; never, without a mail server."""
        if self.ledger.mailing:
            now = self.machine.clock.now()
            if mail_asked.mended(self.home):
                self.ledger.deliveries.retry(now)
            self.report.mail_waits = self.ledger.mails.any(now)
            self.report.mail_open = self.ledger.mails.open()

    def refresh(self, *, looked: bool = True) -> None:
        """Register and overview, last: whoever waits for an answer does not wait for them.

        `looked` says that this pass knows which files the inbox leaves waiting.
        """
        machine = self.machine
        waiting = (*self.report.unready, *self.report.stale) if looked else None
        now, workers = machine.clock.now(), self.hands.hired
        refresh = Refresh(self.home, self.ledger, machine.rulebook, now, waiting, workers)
        self.report.refreshed = refresh.run(machine.stops)
        self.report.failed += self.report.refreshed.failed

    def drop(self, one: inbox.Settled, digest: str) -> None:
        """The claim is done with; a file that changed since it was taken is a new drop."""
        ledger_guard.note(self.home, self.ledger)
        back = inbox.drop(one.claim, digest)
        if back:
            told = {"name": one.claim.shown, "back": back}
            log.warning(sentence("log.put_back", self.home.settings.language, **told))
