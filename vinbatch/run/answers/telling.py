"""Answers that are due, workbook and report, from the stored outcome and the records as they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from vinbatch.effects import forms, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.home import Home
from vinbatch.model import FileNames, Outcome, Record, Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.report.words import conditions, local_time
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import Basis, extract_names, known_of, with_history
from vinbatch.run.answers.later import own_name
from vinbatch.run.answers.paging import Paged, plain_page
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging.portions import gathered
from vinbatch.store.ledger import Ledger

_TOGETHER = 4 * 2**20  # bytes of outcomes as the ledger keeps them; that of a full workbook has a fortieth


class Answered(Noun, frozen=True):
    """An answer that was written: `beside` says that a person's copy had its name; `page` is the report."""

    batch: str
    name: str = ""
    beside: bool = False
    page: str = ""
    failed: bool = False


class Books(Noun, frozen=True):
    """The workbooks of an answer: the result, and the extracts that 查询 asked for, by file name."""

    source: str  # the name of what was dropped
    result: bytes
    extracts: Mapping[str, bytes]


class Made(Noun, frozen=True):
    """An answer but for its report, which names the other files; None where that cannot be made.

    `anew` makes the result for a place beside the name that it was to have, None where it cannot. `untold`,
    asked at the end, tells by which law it is not what it should be; "": it is.
    """

    batch: str
    books: Books
    page: Callable[[FileNames], bytes | None]
    anew: Callable[[str], bytes | None]
    untold: Callable[[], str] = str


class _Bound(Noun, frozen=True):
    """An answer with the names that its files are to have, and the report that names them so."""

    made: Made
    name: str
    report: str
    names: FileNames
    page: bytes | None

    @property
    def books(self) -> dict[str, bytes]:
        """The extracts, then the result."""
        return {**self.made.books.extracts, self.name: self.made.books.result}

    @property
    def files(self) -> dict[str, bytes]:
        """All of them."""
        return {**self.books, self.report: self.page or b""}


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

    def answer(self, batches: Sequence[str]) -> list[Answered]:
        """Write these. A bug of ours on one batch leaves that one due, for the next pass, and is told."""
        answered: list[Answered] = []
        sizes = self.ledger.queries.outcome_sizes(batches)
        for some in gathered(batches, lambda batch: sizes.get(batch, 0), _TOGETHER):
            self.beat()
            answered += isolating_bugs(some, self._answer, lambda batch: Answered(batch, failed=True), str)
        return answered

    def _answer(self, batches: Sequence[str]) -> list[Answered]:
        return self.put([self._made(batch) for batch in batches])

    def _made(self, batch: str) -> Made:
        basis = self.basis(batch)
        books = make_books(basis, self.ledger, self.rulebook, self.now)
        paged = self.paged(batch, lambda: basis)
        anew = partial(make_result, basis, rulebook=self.rulebook)
        return Made(batch, books, paged.page, anew, paged.untold)

    def paged(self, batch: str, basis: Callable[[], Basis], *, plain: bool = False) -> Paged:
        """Its report, a plain one where the real one has no end; `basis` is asked when it is made."""

        def plainly(names: FileNames) -> bytes:
            made_from = basis()
            return plain_page(made_from.outcome, made_from.known, made_from.named(names), self.rulebook)

        def make(names: FileNames) -> bytes:
            return make_page(basis(), names, self.ledger, self.rulebook)

        return Paged(batch, make, plainly, self.law, plain)

    def put(self, made: Sequence[Made]) -> list[Answered]:
        """They stay due until workbooks and pages are written; pages go last, since they name the others.

        Side by side where there are many: each would wait for the disk. A page that cannot be made leaves its
        answer due.
        """
        bound = [self._bound(one) for one in made]
        # A file that a kill leaves unrecorded is known as ours, and replaced by the next answer.
        self._announce({name: data for one in bound for name, data in one.files.items()})
        self.archive.put_all([one.made.books.result for one in bound])
        new = reports.put_new(self.home, {n: data for one in bound for n, data in one.books.items()})
        lying = [self._lying(one, new) for one in bound]
        new = reports.put_new(self.home, {one.report: one.page for one, _ in lying if one.page is not None})
        shown = [None if one.page is None else self._put(one.report, one.page, new) for one, _ in lying]
        with self.ledger.transaction():
            return [self._recorded(*one, page) for one, page in zip(lying, shown, strict=True)]

    def _bound(self, made: Made) -> _Bound:
        report, names = self.names(made.batch, made.books.source)
        return _Bound(made, names.result, report, names, made.page(names))

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
        written = {name: self._put(name, data, new) for name, data in one.made.books.extracts.items()}
        result = self._put(one.name, one.made.books.result, new, lambda: self._beside(one))
        written[one.name] = result
        if result.beside:
            one = replace(one, page=one.made.page(replace(one.names, result=result.name, kept=one.name)))
            self._announce({one.report: one.page or b""})
        return one, written

    def _beside(self, one: _Bound) -> bytes:
        """The result beside the name that it was to have: it says why."""
        result = one.made.anew(one.name) or one.made.books.result
        self._announce({one.name: result})
        self.archive.put_all([result])
        return result

    def _recorded(
        self, one: _Bound, written: dict[str, reports.Written], page: reports.Written | None
    ) -> Answered:
        result = written.pop(one.name)
        if page is None:
            return Answered(one.made.batch, result.name, result.beside, failed=True)
        beside = {other.name: other.digest for other in (*written.values(), page)}
        hooked, law = bool(self.home.settings.after_batch), one.made.untold()
        self.ledger.answers.answered(
            one.made.batch, result.name, result.digest, self.now, beside, one.files, hooked=hooked, untold=law
        )
        return Answered(one.made.batch, result.name, result.beside, page.name, bool(law))

    def _announce(self, files: Mapping[str, bytes]) -> None:
        self.ledger.placing.announce({name: reports.digest_of(data) for name, data in files.items()})

    def _put(
        self, name: str, data: bytes, new: Collection[str], otherwise: Callable[[], bytes] | None = None
    ) -> reports.Written:
        """`new` are the names under which it lies already: nothing was there."""
        if name in new:
            return reports.Written(name, reports.digest_of(data), beside=False)
        return reports.put(self.home, name, data, self.ledger.placing.ours, otherwise=otherwise)


def make_books(basis: Basis, ledger: Ledger, rulebook: Rulebook, now: datetime) -> Books:
    """The workbooks of an answer; nothing is written."""
    extracts = _extracts(basis.outcome, basis.found.records, ledger, rulebook, now)
    result = make_result(basis, basis.files.kept, rulebook)
    return Books(basis.outcome.reading.source.name, result, extracts)


def make_result(basis: Basis, kept: str, rulebook: Rulebook) -> bytes:
    """The result alone; `kept` is a person's copy that has its name, "" for none."""
    from vinbatch import flow

    return flow.answer(basis.outcome, basis.known, replace(basis.files, kept=kept), rulebook).workbook


def make_page(basis: Basis, names: FileNames, ledger: Ledger, rulebook: Rulebook) -> bytes:
    """The report of an answer; `names` has the one that the result has got."""
    from vinbatch import flow

    known = with_history(basis.known, basis.outcome.batch, basis.found.records, ledger)
    return flow.page(basis.outcome, known, basis.named(names), rulebook)


def _extracts(
    outcome: Outcome, found: Sequence[Record], ledger: Ledger, rulebook: Rulebook, now: datetime
) -> dict[str, bytes]:
    """What the sheet 查询 asked for, by file name."""
    from vinbatch import flow

    ruleset = compile_rules(rulebook)
    most, asked = ruleset.settings.limits.part, conditions(outcome.reading.queries, ruleset)
    about = f"{outcome.batch} · {local_time(now, ruleset)} · {asked}"
    names = extract_names(outcome, len(found), ledger, rulebook)
    parts = (known_of(ledger, found[i * most : (i + 1) * most], now) for i in range(len(names)))
    parts = (replace(part, asked_by=outcome.reading.source) for part in parts)
    return {name: flow.extract(part, rulebook, about=about) for name, part in zip(names, parts, strict=True)}
