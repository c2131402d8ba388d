"""Answers that were made are put into reports/, never over a person's copy, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from vinbatch.effects import forms, mounted, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.home import Home
from vinbatch.model import FileNames, Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.later import own_name
from vinbatch.run.answers.making import Making
from vinbatch.run.answers.parts import Books
from vinbatch.run.isolating import isolating_bugs
from vinbatch.store.ledger import Ledger


class Answered(Noun, frozen=True):
    """An answer that was written: `beside` says that a person's copy had its name; `page` is the report."""

    batch: str
    name: str = ""
    beside: bool = False
    page: str = ""
    failed: bool = False


class _Bound(Noun, frozen=True):
    """An answer with the names that its files are to have, and the report that names them so."""

    making: Making
    books: Books
    report: str
    names: FileNames
    page: bytes | None

    @property
    def name(self) -> str:
        """The name of the result."""
        return self.names.result

    @property
    def workbooks(self) -> dict[str, bytes]:
        """The others, then the result."""
        return {**self.books.others, self.name: self.books.result}

    @property
    def files(self) -> dict[str, bytes]:
        """All of them."""
        return {**self.workbooks, self.report: self.page or b""}


@dataclass(frozen=True)
class Teller:
    """Writes the answers of one home, under its lock."""

    home: Home
    ledger: Ledger
    archive: Archive
    rulebook: Rulebook
    now: datetime
    beat: Callable[[], None] = no_beat
    law: str = ""  # program and rules

    def tell(self, answers: Sequence[Making]) -> list[Answered]:
        """Write these. A bug of ours on one leaves that one due, for the next pass, and is told."""
        return isolating_bugs(
            answers, self.put, lambda one: Answered(one.batch, failed=True), lambda one: one.batch
        )

    def put(self, answers: Sequence[Making]) -> list[Answered]:
        """They stay due until workbooks and pages are written; pages go last, since they name the others.

        Side by side where there are many: each would wait for the disk. One that has a part which cannot be
        made, not even plainly, stays due.
        """
        made = [(one, one.books()) for one in answers]
        bound = [self._bound(one, books) for one, books in made if books is not None]
        # A file that a kill leaves unrecorded is known as ours, and replaced by the next answer.
        self._announce({name: data for one in bound for name, data in one.files.items()})
        self.archive.put_all([one.books.result for one in bound])
        new = reports.put_new(self.home, {n: data for one in bound for n, data in one.workbooks.items()})
        lying = [self._lying(one, new) for one in bound]
        new = reports.put_new(self.home, {one.report: one.page for one, _ in lying if one.page is not None})
        shown = [None if one.page is None else self._put(one.report, one.page, new) for one, _ in lying]
        failed = [Answered(one.batch, failed=True) for one, books in made if books is None]
        mounted.check_reports(self.home)  # where it went meanwhile, they lie where nobody reads them
        with self.ledger.transaction():
            done = [self._recorded(*one, page) for one, page in zip(lying, shown, strict=True)]
        return done + failed

    def _bound(self, making: Making, books: Books) -> _Bound:
        report, names = self.names(making.batch, books.source)
        return _Bound(making, books, report, names, making.page(names))

    @cached_property
    def form(self) -> str:
        """The name of the empty form: a pass renews it before it answers."""
        return forms.current(self.home)

    def basis(self, batch: str) -> Basis:
        """The batch as it stands."""
        return Basis.of(batch, self.ledger, self.rulebook, self.now, self.form)

    def names(self, batch: str, source: str) -> tuple[str, FileNames]:
        """The names that report, and result and form, of an answer are to have."""
        source = own_name(source, self.ledger)
        report = reports.result_name(batch, source, ".html")
        return report, FileNames(result=reports.result_name(batch, source), form=self.form)

    def _lying(self, one: _Bound, new: Collection[str]) -> tuple[_Bound, dict[str, reports.Written]]:
        """Its workbooks lie there, each under its own name or beside it; then the page has to say so."""
        written = {name: self._put(name, data, new) for name, data in one.books.others.items()}
        result = self._put(one.name, one.books.result, new, lambda: self._beside(one))
        written[one.name] = result
        if result.beside:
            one = replace(one, page=one.making.page(replace(one.names, result=result.name, kept=one.name)))
            self._announce({one.report: one.page or b""})
        return one, written

    def _beside(self, one: _Bound) -> bytes:
        """The result beside the name that it was to have: it says why."""
        books = one.making.books(kept=one.name) or one.books
        result = books.result
        self._announce({one.name: result})
        self.archive.put_all([result])
        return result

    def _recorded(
        self, one: _Bound, written: dict[str, reports.Written], page: reports.Written | None
    ) -> Answered:
        result = written.pop(one.name)
        if page is None:
            return Answered(one.making.batch, result.name, result.beside, failed=True)
        beside = {other.name: other.digest for other in (*written.values(), page)}
        hooked, law = bool(self.home.settings.after_batch), one.making.untold()
        self.ledger.answers.answered(
            one.making.batch,
            result.name,
            result.digest,
            self.now,
            beside,
            one.files,
            hooked=hooked,
            untold=law,
        )
        return Answered(one.making.batch, result.name, result.beside, page.name, bool(law))

    def _announce(self, files: Mapping[str, bytes]) -> None:
        self.ledger.placing.announce({name: reports.file_digest(data) for name, data in files.items()})

    def _put(
        self, name: str, data: bytes, new: Collection[str], otherwise: Callable[[], bytes] | None = None
    ) -> reports.Written:
        """`new` are the names under which it lies already: nothing was there."""
        if name in new:
            return reports.Written(name, reports.file_digest(data), beside=False)
        return reports.put(self.home, name, data, self.ledger.placing.ours, otherwise=otherwise)
