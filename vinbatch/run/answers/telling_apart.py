"""Answering in a process of its own: for a batch whose answer was left over by an earlier pass.

That pass may have died of it. What dies here, alone and twice, gets a plain answer that says so; it is told
to the operator, and made anew by the first pass of another version or other rules.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from vinbatch.effects.pool import Died, Pool, Workers
from vinbatch.errors import BoundlessError, VinbatchError
from vinbatch.model import FileNames, Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.report import html
from vinbatch.report.plain import plain_workbook
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.paging import tell
from vinbatch.run.answers.telling import Answered, Books, Made, Teller, make_books, make_page
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.ledger import Ledger

Part = TypeVar("Part", Books, bytes)
_MORE = 2  # times what reading one file is granted: a batch of the largest legal kind must not be given up
log = logging.getLogger("vinbatch")


class AnswerRequest(Noun, frozen=True):
    """The answer that a worker is to make, by the ledger at this place.

    A `plain` one says no more than that the batch was worked.
    """

    ledger: str
    batch: str
    now: datetime
    plain: bool
    names: FileNames


def books_apart(request: AnswerRequest) -> Books | VinbatchError:
    """Runs in a worker: the workbooks of the answer."""

    def made(basis: Basis, ledger: Ledger, rulebook: Rulebook) -> Books:
        if not request.plain:
            kept = replace(basis, files=replace(basis.files, kept=request.names.kept))
            return make_books(kept, ledger, rulebook, request.now)
        plain = plain_workbook(basis.outcome, basis.known, basis.files, compile_rules(rulebook))
        return Books(basis.outcome.reading.source.name, plain, {})

    return _made_of(request, made)


def page_apart(request: AnswerRequest) -> bytes | VinbatchError:
    """Runs in a worker: the page of the answer."""

    def made(basis: Basis, ledger: Ledger, rulebook: Rulebook) -> bytes:
        if not request.plain:
            return make_page(basis, request.names, ledger, rulebook)
        return html.plain_report_page(basis.outcome, basis.known, request.names, compile_rules(rulebook))

    return _made_of(request, made)


def _made_of(request: AnswerRequest, made: Callable[[Basis, Ledger, Rulebook], Part]) -> Part | VinbatchError:
    """What is made of the batch as the ledger has it. Broken rules are no death, but a value."""
    rulebook = given_rulebook()
    try:
        with Ledger.read_only(Path(request.ledger)) as ledger:
            ledger.sort_in_memory()  # a worker may write no large file: SQLite would tell of a full disk
            basis = Basis.of(request.batch, ledger, rulebook, request.now, request.names.form)
            return made(basis, ledger, rulebook)
    except VinbatchError as e:
        return e


def answer_apart(teller: Teller, batches: Sequence[str]) -> list[Answered]:
    """The answers of these batches, made where they can harm nobody."""
    worker = teller.home.settings.worker
    memory, seconds = _MORE * worker.memory_megabytes, _MORE * worker.seconds
    with Pool(1, memory, seconds, teller.rulebook, beat=teller.beat) as workers:
        return [_Apart(teller, batch, workers).answer() for batch in batches]


class _Apart:
    """One batch; `plain` as soon as something of its answer cannot be made."""

    def __init__(self, teller: Teller, batch: str, workers: Workers) -> None:
        self.teller, self.batch, self.workers = teller, batch, workers
        self.plain = False

    def answer(self) -> Answered:
        """Where not even a plain one can be made it stays due, and is told."""
        books = self._made(books_apart, FileNames(form=self.teller.form))
        if books is None:
            return Answered(self.batch, failed=True)
        made = Made(
            self.batch,
            books,
            lambda names: self._made(page_apart, names),
            self._anew,
            lambda: self.teller.law * self.plain,
        )
        return self.teller.put([made])[0]

    def _anew(self, kept: str) -> bytes | None:
        books = self._made(books_apart, FileNames(form=self.teller.form, kept=kept))
        return books.result if books else None

    def _made(self, make: Callable[[AnswerRequest], Part | VinbatchError], names: FileNames) -> Part | None:
        """By a worker; what no worker survives is made plainly, if that can be."""
        for plain in (False, True):
            place = str(self.teller.home.ledger)
            request = AnswerRequest(place, self.batch, self.teller.now, plain, names)
            (made,) = self.workers.map(make, [request])
            if isinstance(made, BoundlessError):
                tell(self.batch, made)
            elif isinstance(made, VinbatchError):
                raise made
            elif not isinstance(made, Died):
                return made
            else:
                log.error("%s: a process died of answering it (%s) %s", self.batch, made.reason, made.detail)
            self.plain = True
        return None
