"""Register and overview, at the end of a pass: at most every N minutes, and only what changed.

What is due is marked in the ledger by the change itself, and the mark goes when it is written: a pass that is
killed in between leaves it to the next. An idle pass asks two cheap questions and imports nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from vinbatch.effects import forms, reports
from vinbatch.effects.heartbeat import last_beat
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.model import INDEX_PAGE, Overview, Rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.run.isolating import isolating_bugs
from vinbatch.store.figures import INDEX, Figures, LastRefresh
from vinbatch.store.ledger import Ledger
from vinbatch.store.register import Placed, Register, file_name
from vinbatch.wording import sentence

if TYPE_CHECKING:
    from vinbatch.effects.inbox import Skipped
    from vinbatch.effects.pool import Workers
    from vinbatch.run.registering import PartMade

log = logging.getLogger("vinbatch")

# A page says how old it is: without news it is written again so often, so that an old one means trouble.
STAMP = timedelta(hours=1)
# Files of the register in one pass: others wait for the lock. What is left over is still due.
_MOST_PARTS = 8
_CHARTED = timedelta(days=55)  # eight weeks with today
# Of rows that were refused: mended in a clerk's own file, under another VIN, nobody knows them again.
_REMINDED = timedelta(days=9)  # ten days with today, a long holiday and a day
_LEAST_LINES = 50  # batches on the index, also at the beginning of a month


@dataclass
class Refreshed:
    """What a refresh wrote, by name; `beside` are those whose own name is taken by a person's copy."""

    written: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    failed: int = 0


@dataclass
class Refresh:
    """Brings register and overview of one home up to date, under its lock.

    `waiting` are the files that the pass left alone; None, that it did not look: then they are no news.
    `workers` are those that the pass has anyway.
    """

    home: Home
    ledger: Ledger
    rulebook: Rulebook
    now: datetime
    waiting: Sequence[Skipped] | None = ()
    workers: Workers | None = None

    def run(self, stopping: Callable[[], bool]) -> Refreshed:
        """Writes what is due, if anything is; `stopping` is asked between files."""
        done = Refreshed()
        last = self.figures.refreshed()
        told = self._seen(last)
        if not self._due(last, told):
            return done
        reports.sweep(self.home)
        whole = self._register(done, stopping)
        whole = self._overview(done) and whole
        if whole:
            self.figures.refresh_done(self.now, told)
        return done

    @property
    def figures(self) -> Figures:
        """What the overview is made from."""
        return Figures(self.ledger)

    @property
    def register(self) -> Register:
        """The register, in files that may be dropped again."""
        return Register(self.ledger, self.home.settings.limits.carried_rows)

    @property
    def month(self) -> str:
        """The running month of the site."""
        return f"{self.now.astimezone(self.home.settings.zone):%Y%m}"

    def _due(self, last: LastRefresh | None, told: str) -> bool:
        if last is None or self._lost():
            return True
        every = timedelta(minutes=self.home.settings.refresh_minutes)
        age = self.now - last.at
        if timedelta(0) <= age < every:
            # A page that said "no batch yet" is no reason to let the first one wait.
            return self.figures.first_since(last.at)
        # An age below nothing: the clock was set back.
        stale = not timedelta(0) <= age < max(STAMP, every)
        return stale or told != last.told or self.figures.anything_due(self.month)

    def _lost(self) -> bool:
        """Whether the page was there and is not: an empty share over reports/ looks like a folder of ours."""
        if reports.lies(self.home, INDEX_PAGE):
            return False
        log.warning(
            sentence("log.index_lost", self.home.settings.language, place=readable(self.home.reports))
        )
        return True

    def _seen(self, last: LastRefresh | None) -> str:
        """What the overview tells of the folders, and by which rules, as far as no commit marks it."""
        beat = last_beat(self.home.heartbeat)
        watch = "" if beat is None else "alive" if beat.alive() else "dead"
        if self.waiting is None:
            files = last.told.split("\n")[2:] if last else []
        else:
            files = [f"{s.path} {s.reason}" for s in self.waiting]
        return "\n".join((f"{watch} {self.rulebook.digest}", str(reports.count_aside(self.home)), *files))

    # ── the register ─────────────────────────────────────────────────────────────────────────────

    def _register(self, done: Refreshed, stopping: Callable[[], bool]) -> bool:
        """Whether nothing is left. A bug of ours on one file leaves that one due, and is told."""
        ruleset = compile_rules(self.rulebook)
        due = self.register.due(f"{ruleset.form_digest} {ruleset.settings.language}", self.now)
        gone = [one.number for one in self.register.parts() if not reports.lies(self.home, one.name)]
        due = tuple(dict.fromkeys((*due, *reversed(gone))))
        given = self._begun(due[:_MOST_PARTS])
        for part in due[:_MOST_PARTS]:
            if stopping():
                return False
            (placed,) = isolating_bugs(
                [part],
                lambda parts: [self._place(one, given.pop(one, None)) for one in parts],
                lambda _part: None,
                file_name,
            )
            if placed is None:
                done.failed += 1
                continue
            done.written.append(placed.name)
            if placed.name != file_name(part):
                done.beside.append(placed.name)
        return len(due) <= _MOST_PARTS

    def _begun(self, parts: Sequence[int]) -> dict[int, PartMade]:
        """Several are made side by side where there are workers; what one of those dies of is made here."""
        if self.workers is None or len(parts) < 2:
            return {}
        from vinbatch.run.registering import PartMade, PartRequest, part_here

        place = str(self.home.ledger)
        made = self.workers.map(part_here, [PartRequest(place, part, self.now) for part in parts])
        return {part: one for part, one in zip(parts, made, strict=True) if isinstance(one, PartMade)}

    def _place(self, part: int, made: PartMade | None) -> Placed | None:
        from vinbatch.run.registering import part_made

        register = self.register
        made = made or part_made(self.ledger, part, self.rulebook, self.now)
        data = made.data
        name = file_name(part)
        placing = self.ledger.placing
        placing.announce({name: reports.file_digest(data)})
        written = reports.put(self.home, name, data, placing.ours)
        # Copies that lay beside it while somebody had it open are out of date now.
        copies = [] if written.beside else [c for c in reports.names_for(name)[1:9] if placing.ours(c)]
        gone = tuple(c for c in copies if reports.withdraw(self.home, c, placing.ours))
        placed = Placed(part, written.name, written.digest, made.vehicles)
        register.placed(placed, gone)
        return placed

    # ── the overview ─────────────────────────────────────────────────────────────────────────────

    def _overview(self, done: Refreshed) -> bool:
        """Closed months in which something changed, then the index; whether all older batches are counted."""
        figures = self.figures
        whole = figures.count_older()
        for month in figures.months_due(self.month):
            self._page(month, done)
            figures.page_written(month)
        self._page("", done)
        figures.page_written(INDEX)
        return whole

    def _page(self, month: str, done: Refreshed) -> None:
        from vinbatch.report.overview import overview_page, page_name

        name = page_name(month) if month else INDEX_PAGE
        seen = self._month(month) if month else self._newest()
        if reports.put_page(self.home, name, overview_page(seen, compile_rules(self.rulebook))):
            done.written.append(name)

    def _month(self, month: str) -> Overview:
        """Told as it stands now, but with the time of its last change: the same page, the same bytes."""
        first = date(int(month[:4]), int(month[4:]), 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        figures, lines = self.figures, self.figures.lines(month)
        return Overview(self.now, month, self.month, figures.span(first, last), lines, self.ledger.head())

    def _newest(self) -> Overview:
        from vinbatch.run.condition.health import health
        from vinbatch.run.condition.stock import Stock

        ruleset = compile_rules(self.rulebook)
        figures = self.figures
        today = self.now.astimezone(self.home.settings.zone).date()
        stock = Stock.of(self.ledger, self.now, ruleset)
        found = health(self.home, stock, self.now, ruleset, on_page=True)
        beat = last_beat(self.home.heartbeat)
        return Overview(
            self.now,
            "",
            self.month,
            figures.span(today - _CHARTED, today),
            figures.lines(self.month, _LEAST_LINES),
            self.ledger.head(),
            months=figures.months(),
            register=self.register.parts(),
            standing=found.counts,
            held=stock.status.held,
            overdue=len(stock.status.overdue),
            doubt=len(found.numbers["doubt"]),
            aside=found.numbers["set_aside"],
            files=found.numbers["waiting"],
            news=found.lines,
            unmended=figures.unmended(today - _REMINDED),
            beat=beat.beat if beat else None,
            form=forms.current(self.home),
        )
