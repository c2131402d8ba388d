"""One pass: recover, claim, settle, work, drop the claims. The order of effects is design section 6.

Recovery after any crash is to run the same machine again: what a pass finds half done, it finishes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from vinbatch import __version__
from vinbatch.effects import failing, forms, inbox, leavings, mounted, receipts_sentinel, works_as
from vinbatch.effects.archive import Archive
from vinbatch.effects.clock import check_clock, check_order
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout
from vinbatch.effects.lock import HomeLock
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run import ledger_guard, rulecheck
from vinbatch.run.collecting import seldom_collecting
from vinbatch.run.engines import POOLED, Engine
from vinbatch.run.hands import Hands
from vinbatch.run.passed import Pass
from vinbatch.run.steps import Steps
from vinbatch.store.ledger import Ledger


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
    """What works on one home: `run` is one pass.

    Its `Steps` are the pass under way, a `Pass` is what it did.
    """

    home: Home
    rulebook: Rulebook
    clock: Clock
    progress: Progress = _quiet
    engine: Engine = POOLED
    stopping: Callable[[], bool] = _never  # asked between effects; what is left waits in its claims
    what: str = "run"  # whoever is refused meanwhile is told that it is this
    beat: Callable[[], None] = no_beat  # called between effects, and while workers are waited for

    def stops(self) -> bool:
        """Between two effects of a pass: that it moves is told, and whether it ends here."""
        self.beat()
        return self.stopping()

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
        self.check_rules()
        check_layout(self.home)
        mounted.check_inbox(self.home)
        mounted.check_reports(self.home)
        with (
            HomeLock(self.home.lock_path, wait, what=self.what, zone=self.home.settings.zone),
            failing.noted(self.home, self.clock.now),
            self.opened() as steps,
            seldom_collecting(),
        ):
            self._may_begin(steps.ledger)
            steps.recover()
            self.renew_form()
            settled = steps.gather(only)
            if settled or steps.ledger.answers.due():
                leavings.sweep(self.home, steps.archive, self.clock.now())
            steps.hear([one for one in settled if one.claim.receipt])
            steps.watch_the_clock()
            steps.answer()
            workbooks = [one for one in settled if not one.claim.receipt]
            if workbooks:
                steps.all(workbooks)
            steps.renew()
            mounted.check_inbox(self.home)  # where it went meanwhile, claims lie there that will be back
            inbox.all_dropped(self.home)
            failing.over(self.home, self.clock.now())
            steps.refresh()
            steps.look_for_mail()
        if self.home.settings.after_batch:
            from vinbatch.run.answers.after import after_answers  # it starts programs: seldom wanted

            steps.report.hooked = after_answers(self)
        return steps.report

    @contextmanager
    def opened(self) -> Iterator[Steps]:
        """The steps of a pass, over the opened ledger; whoever takes them holds the lock."""
        with (
            self.open_ledger() as ledger,
            ledger_guard.guarded(self.home, ledger),
            self.hands() as hands,
        ):
            yield Steps(self, ledger, Archive(self.home.archive), Pass(), hands)

    def _may_begin(self, ledger: Ledger) -> None:
        """Clock and ledger may be right; notes what passes after this one want to find again."""
        check_clock(self.clock.now(), self.home.settings.zone)
        check_order(self.home, self.clock.now())
        works_as.keep(self.home, ledger.queries.last_batch)
        mounted.note(self.home)
        receipts_sentinel.refuse_other(self.home)
        receipts_sentinel.keep(self.home)

    def hands(self) -> Hands:
        """The workers of a pass, not hired yet."""
        return Hands(self.engine, self.home.settings.worker, self.rulebook, self.beat)

    def open_ledger(self) -> Ledger:
        """The home's ledger; a new one only where there never was one.

        With a new ledger beside an old archive, or old results, batch numbers and guids would begin again,
        and what was declared would be declared twice.
        """
        self.home.check_ledger_kept()
        return Ledger.open(self.home.ledger, create=True, mailing=bool(self.home.settings.mail.host))


def _form(rulebook: Rulebook) -> bytes:
    from vinbatch.report.form import empty_form  # what an idle pass does without

    return empty_form(rulebook)
