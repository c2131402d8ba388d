"""Where answers are made: by workers while the pass goes on, in this process, or in one of their own.

They are put into reports/ by the pass itself, and stay due until then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from vinbatch import flow
from vinbatch.effects.archive import Archive
from vinbatch.effects.pool import ERROR, Died, Workers
from vinbatch.errors import VinbatchError
from vinbatch.lifecycle.refit import refit
from vinbatch.model import FileNames, Known, Outcome, Reading, Source
from vinbatch.noun import Noun
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import with_history
from vinbatch.run.answers.paging import Paged, plain_page
from vinbatch.run.answers.telling import Answered, Books, Made, Teller, make_result
from vinbatch.run.engines import SERIAL
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.codec import outcome_from
from vinbatch.store.commits import unpacked
from vinbatch.store.ledger import Ledger

if TYPE_CHECKING:
    from vinbatch.run.passed import Pass
    from vinbatch.run.passing import Machine

log = logging.getLogger("vinbatch")
_NEVER = datetime.min.replace(tzinfo=UTC)
Pages = tuple[bytes, bytes | None, bool]  # the result workbook and the report; whether that is a plain one


@dataclass
class Answering:
    """The answers of one pass.

    `left` are those that an earlier pass left over: it may have died of them, so they are made apart.
    """

    machine: Machine
    ledger: Ledger
    archive: Archive
    report: Pass
    left: Collection[str]
    _begun: Ahead | None = None

    def answer(self, workers: Workers | None = None) -> None:
        """Write every result that is due; what cannot be told of one batch does not keep the others.

        With workers they are made while the pass goes on, and written by the next call.
        """
        begun, self._begun = self._begun, None
        if begun is not None:
            self._told(begun.put())
        machine = self.machine
        now, beat = machine.clock.now(), machine.beat
        teller = Teller(machine.home, self.ledger, self.archive, machine.rulebook, now, beat, machine.law)
        tried = {a.batch for a in self.report.answered if a.failed}
        due = [batch for batch in self.ledger.answers.due() if batch not in tried]
        if workers is not None:
            self._begun = Ahead.begin(teller, [b for b in due if b not in self.left], workers)
            due = [batch for batch in due if batch not in self._begun.batches]
        apart = [b for b in due if b in self.left and machine.engine.name != SERIAL]
        self._told(teller.answer([batch for batch in due if batch not in apart]))
        self._told(_apart(teller, apart))

    def _told(self, answered: Sequence[Answered]) -> None:
        if failed := [a.batch for a in answered if a.failed]:
            self.ledger.answers.failed(failed, self.machine.law)
        self.report.answered += answered
        self.report.failed += sum(a.failed for a in answered)


class Ingredients(Noun, frozen=True):
    """What a worker makes an answer from.

    `outcome` is the stored one as the ledger keeps it, `known` what the workbook tells, `paged` the same with
    the history for the report. `told` are the files that the answer tells of, `names` the same with its own.
    """

    batch: str
    source: str
    outcome: bytes
    known: Known
    paged: Known
    told: FileNames
    names: FileNames


def made_here(asked: Ingredients) -> Pages | VinbatchError:
    """Runs in a worker. Broken rules are no death, but a value."""
    rulebook = given_rulebook()
    outcome = refit(outcome_from(unpacked(asked.outcome)), compile_rules(rulebook))
    try:
        book = flow.answer(outcome, asked.known, asked.told, rulebook).workbook
        paged = Paged(
            asked.batch,
            lambda names: flow.page(outcome, asked.paged, names, rulebook),
            lambda names: plain_page(outcome, asked.known, names, rulebook),
            law="",
        )
        return book, paged.page(asked.names), paged.plain
    except VinbatchError as e:
        return e


def get_ready_here(_number: int) -> None:
    """Runs in a worker: the imports, forms and templates that its first answer would wait for."""
    rulebook = given_rulebook()
    nothing = Outcome("", _NEVER, Reading(Source("", "")))
    with suppress(VinbatchError):  # it is told of the first answer
        flow.answer(nothing, Known(_NEVER), FileNames(), rulebook)
        flow.page(nothing, Known(_NEVER), FileNames(), rulebook)


class Ahead(Noun, frozen=True):
    """Answers that workers have begun to make."""

    teller: Teller
    asked: tuple[Ingredients, ...]
    given: Callable[[], list[Pages | VinbatchError | Died]]

    @staticmethod
    def begin(teller: Teller, due: Sequence[str], workers: Workers) -> Ahead:
        """These batches as they stand now; not those that give an extract, which takes the ledger."""
        found = isolating_bugs(
            due, lambda some: [_ingredients(b, teller) for b in some], lambda _b: None, str
        )
        asked = tuple(one for one in found if one is not None)
        return Ahead(teller, asked, workers.begin(made_here, asked))

    @property
    def batches(self) -> frozenset[str]:
        """The batches whose answers are begun."""
        return frozenset(one.batch for one in self.asked)

    def put(self) -> list[Answered]:
        """Write them. One whose maker died is made apart; a bug of ours leaves it due, and is told.

        So does a package that moved since: the answer says otherwise, and is made again.
        """
        made: list[Made] = []
        failed: list[Answered] = []
        apart: list[str] = []
        for asked, pages in zip(self.asked, self.given(), strict=True):
            if isinstance(pages, VinbatchError):
                raise pages
            if self.teller.ledger.packages.of([asked.batch]) != asked.paged.packages:
                continue
            if not isinstance(pages, Died):
                made.append(self._made(asked, pages))
            elif pages.reason == ERROR:
                log.error("%s: failed %s", asked.batch, pages.detail)
                failed.append(Answered(asked.batch, failed=True))
            else:
                apart.append(asked.batch)
        put = isolating_bugs(
            made, self.teller.put, lambda one: Answered(one.batch, failed=True), lambda one: one.batch
        )
        return put + failed + _apart(self.teller, apart)

    def _made(self, asked: Ingredients, pages: Pages) -> Made:
        book, made, plain = pages
        basis = partial(self.teller.basis, asked.batch)
        paged = self.teller.paged(asked.batch, basis, plain=plain)

        def page(names: FileNames) -> bytes | None:
            """Made anew where the result lies under another name: the report links to it."""
            return made if names.result == asked.names.result else paged.page(names)

        def anew(kept: str) -> bytes:
            return make_result(basis(), kept, self.teller.rulebook)

        return Made(asked.batch, Books(asked.source, book, {}), page, anew, paged.untold)


def _ingredients(batch: str, teller: Teller) -> Ingredients | None:
    ledger, basis = teller.ledger, teller.basis(batch)
    if basis.outcome.reading.queries:
        return None
    source = basis.outcome.reading.source.name
    _, names = teller.names(batch, source)
    paged = with_history(basis.known, batch, basis.found.records, ledger)
    return Ingredients(
        batch, source, ledger.stored_outcome(batch), basis.known, paged, basis.files, basis.named(names)
    )


def _apart(teller: Teller, batches: Sequence[str]) -> list[Answered]:
    if not batches:
        return []
    from vinbatch.run.answers.telling_apart import answer_apart

    return answer_apart(teller, batches)
