"""Answers that are due, workbook and report, from the stored outcome and the records as they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import chain

from vinbatch.effects import forms, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.home import Home
from vinbatch.effects.names import slug
from vinbatch.model import PUBLISHED, Files, Known, Outcome, Record, Rulebook, structure_of
from vinbatch.noun import Noun, replace
from vinbatch.report.history import batches_of
from vinbatch.report.page import MOST_VEHICLES
from vinbatch.report.words import conditions, local_time, sought
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.later import as_it_stands, own_name
from vinbatch.run.answers.paging import Paged, plain_page
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging.portions import gathered
from vinbatch.store.ledger import Ledger

_MOST_ASKED = 60  # bytes of a name, which has 100, for what a query asks
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
    page: Callable[[Files], bytes | None]
    anew: Callable[[str], bytes | None]
    untold: Callable[[], str] = str


class _Bound(Noun, frozen=True):
    """An answer with the names that its files are to have, and the report that names them so."""

    made: Made
    name: str
    report: str
    names: Files
    page: bytes | None

    @property
    def books(self) -> dict[str, bytes]:
        """The extracts, then the result."""
        return {**self.made.books.extracts, self.name: self.made.books.result}

    @property
    def files(self) -> dict[str, bytes]:
        """All of them."""
        return {**self.books, self.report: self.page or b""}


class Found(Noun, frozen=True):
    """What the sheet 查询 asks for, its rows that found nothing, and whether more was found than is given."""

    records: tuple[Record, ...] = ()
    missed: tuple[int, ...] = ()
    more: bool = False


class Basis(Noun, frozen=True):
    """A batch as it stands, with all that its answer is made from."""

    outcome: Outcome
    known: Known
    found: Found
    files: Files

    @staticmethod
    def of(batch: str, ledger: Ledger, rulebook: Rulebook, now: datetime, form: str) -> Basis:
        """Looked up; `form` is the name of the empty form."""
        outcome, known = as_it_stands(batch, ledger, rulebook, now)
        found = found_by(outcome, ledger, rulebook)
        return Basis(outcome, known, found, files_of(outcome, found, ledger, rulebook, form))

    def named(self, names: Files) -> Files:
        """Its files, with the name that the result has got."""
        return replace(self.files, result=names.result, kept=names.kept)


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
        told = self.told(batch)
        books, paged = make_books(told, self.ledger, self.rulebook, self.now), self.paged(batch, lambda: told)
        return Made(
            batch, books, paged.page, partial(make_result, told, rulebook=self.rulebook), paged.untold
        )

    def paged(self, batch: str, told: Callable[[], Basis], *, plain: bool = False) -> Paged:
        """Its report, a plain one where the real one has no end; `told` is asked when it is made."""

        def plainly(names: Files) -> bytes:
            now = told()
            return plain_page(now.outcome, now.known, now.named(names), self.rulebook)

        def make(names: Files) -> bytes:
            return make_page(told(), names, self.ledger, self.rulebook)

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

    def told(self, batch: str) -> Basis:
        """The batch as it stands."""
        return Basis.of(batch, self.ledger, self.rulebook, self.now, self.form)

    def names(self, batch: str, source: str) -> tuple[str, Files]:
        """The names that report, and result and form, of an answer are to have."""
        source = own_name(source, self.ledger)
        report = reports.result_name(batch, source, ".html")
        return report, Files(result=reports.result_name(batch, source), form=self.form)

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


def make_books(told: Basis, ledger: Ledger, rulebook: Rulebook, now: datetime) -> Books:
    """The workbooks of an answer; nothing is written."""
    extracts = _extracts(told.outcome, told.found.records, ledger, rulebook, now)
    result = make_result(told, told.files.kept, rulebook)
    return Books(told.outcome.reading.source.name, result, extracts)


def make_result(told: Basis, kept: str, rulebook: Rulebook) -> bytes:
    """The result alone; `kept` is a person's copy that has its name, "" for none."""
    from vinbatch import flow

    return flow.answer(told.outcome, told.known, replace(told.files, kept=kept), rulebook).workbook


def make_page(told: Basis, names: Files, ledger: Ledger, rulebook: Rulebook) -> bytes:
    """The report of an answer; `names` has the one that the result has got."""
    from vinbatch import flow

    known = with_history(told.known, told.outcome.batch, told.found.records, ledger)
    return flow.page(told.outcome, known, told.named(names), rulebook)


def with_history(known: Known, batch: str, found: Sequence[Record], ledger: Ledger) -> Known:
    """With what happened to the batch, and to the first of the vehicles that its sheet 查询 asks for."""
    queries = ledger.queries
    shown = {r.vin: r for r in found[:MOST_VEHICLES]}
    events = queries.batch_events(batch)
    histories = {vin: queries.history(vin) for vin in shown}
    return replace(
        known,
        records={**known.records, **shown},
        asks={**known.asks, **queries.asks(shown.values())},
        contradicted={**known.contradicted, **ledger.replies.contradicted(shown)},
        packages=ledger.packages.of([batch]),
        events=events,
        histories=histories,
        sources=queries.sources(batches_of(chain(events, *histories.values()))),
    )


def files_of(outcome: Outcome, found: Found, ledger: Ledger, rulebook: Rulebook, form: str) -> Files:
    """The files that came of a batch; `found` is what its queries ask for."""
    packages = ledger.packages.of([outcome.batch])
    n = len(found.records)
    return Files(
        packages=tuple(p.name for p in packages),
        extracts=tuple(_extract_names(outcome, n, ledger, rulebook)),
        found=n,
        form=form,
        unsent=tuple(p.name for p in packages if p.state != PUBLISHED),
        missed=found.missed,
        more=found.more,
    )


def found_by(outcome: Outcome, ledger: Ledger, rulebook: Rulebook) -> Found:
    """The records that the sheet 查询 asks for; its rows are joined by OR.

    At most as many as a sheet may have: one that finds a large ledger would take all memory, and hours.
    """
    if not outcome.reading.queries:
        return Found()
    settings = compile_rules(rulebook).settings
    most = settings.limits.carried_rows
    found, missed, more = ledger.queries.answers(outcome.reading.queries, settings.zone, most)
    return Found(tuple(found.values()), tuple(missed), more)


def _extract_names(outcome: Outcome, found: int, ledger: Ledger, rulebook: Rulebook) -> list[str]:
    """The files that answer the sheet 查询, each of at most 200 records; one where nothing was found.

    Named by what was asked for, lest two of them look alike, and never as the result of an extract that came
    back to ask again. What was asked is cut, never the words and number behind it, or parts had one name.
    """
    if not outcome.reading.queries:
        return []
    ruleset = compile_rules(rulebook)
    parts = max(1, -(-found // ruleset.settings.limits.part))
    numbers = [f"_{part}" if parts > 1 else "" for part in range(1, parts + 1)]
    extract, asked = ruleset.phrase("result.extract"), sought(outcome.reading.queries, ruleset)
    asked = f"{slug(asked, _MOST_ASKED)} {extract}" if asked else extract
    names = [reports.result_name(outcome.batch, f"{asked}{n}") for n in numbers]
    if reports.result_name(outcome.batch, own_name(outcome.reading.source.name, ledger)) in names:
        names = [reports.result_name(outcome.batch, f"{asked} {extract}{n}") for n in numbers]
    return names


def _extracts(
    outcome: Outcome, found: Sequence[Record], ledger: Ledger, rulebook: Rulebook, now: datetime
) -> dict[str, bytes]:
    """What the sheet 查询 asked for, by file name."""
    from vinbatch import flow

    ruleset = compile_rules(rulebook)
    most, asked = ruleset.settings.limits.part, conditions(outcome.reading.queries, ruleset)
    about = f"{outcome.batch} · {local_time(now, ruleset)} · {asked}"
    names = _extract_names(outcome, len(found), ledger, rulebook)
    parts = (known_of(ledger, found[i * most : (i + 1) * most], now) for i in range(len(names)))
    parts = (replace(part, asked_by=outcome.reading.source) for part in parts)
    return {name: flow.extract(part, rulebook, about=about) for name, part in zip(names, parts, strict=True)}


def known_of(ledger: Ledger, records: Sequence[Record], now: datetime) -> Known:
    """These records with everything that an extract tells of them."""
    numbers = sorted({structure_of(r.now) for r in records})
    by_vin = {r.vin: r for r in records}
    asks, odd = ledger.queries.asks(records), ledger.replies.contradicted(by_vin)
    return Known(now, by_vin, ledger.entries(numbers), asks, contradicted=odd)
