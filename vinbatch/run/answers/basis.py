"""What an answer is made from: the stored outcome of a batch, and what the ledger holds for it now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from vinbatch.effects import reports
from vinbatch.effects.names import slug
from vinbatch.model import PUBLISHED, FileNames, Known, Outcome, Record, Rulebook, structure_of
from vinbatch.noun import Noun, replace
from vinbatch.report.history import batches_of
from vinbatch.report.page import MOST_VEHICLES
from vinbatch.report.words import sought
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.later import as_it_stands, own_name
from vinbatch.store.ledger import Ledger

_MOST_ASKED = 60  # bytes of a name, which has 100, for what a query asks


class Found(Noun, frozen=True):
    """What the sheet 查询 asks for, its rows that found nothing, and whether more was found than is given."""

    records: tuple[Record, ...] = ()
    missed: tuple[int, ...] = ()
    more: bool = False


class Basis(Noun, frozen=True):
    """A batch as it stands, with all that its answer is made from.

    What one part alone needs is looked up when that is made. `history` is what is known, with what happened,
    for the report; `extracts` what each file of an extract tells, one after another: in all of them may be
    thousands of vehicles.
    """

    outcome: Outcome
    known: Known
    files: FileNames
    history: Callable[[], Known]
    extracts: Callable[[], Iterable[Known]]

    @staticmethod
    def of(batch: str, ledger: Ledger, rulebook: Rulebook, now: datetime, form: str) -> Basis:
        """Looked up; `form` is the name of the empty form."""
        outcome, known = as_it_stands(batch, ledger, rulebook, now)
        found = found_by(outcome, ledger, rulebook)
        files = files_of(outcome, found, ledger, rulebook, form)
        history = partial(with_history, known, batch, found.records, ledger)
        extracts = partial(_parts, outcome, found.records, len(files.extracts), ledger, rulebook, now)
        return Basis(outcome, known, files, history, extracts)

    def named(self, names: FileNames) -> FileNames:
        """Its files, with the name that the result has got."""
        return replace(self.files, result=names.result, kept=names.kept)


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


def files_of(outcome: Outcome, found: Found, ledger: Ledger, rulebook: Rulebook, form: str) -> FileNames:
    """The files that came of a batch; `found` is what its queries ask for."""
    packages = ledger.packages.of([outcome.batch])
    n = len(found.records)
    return FileNames(
        packages=tuple(p.name for p in packages),
        extracts=tuple(extract_names(outcome, n, ledger, rulebook)),
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


def extract_names(outcome: Outcome, found: int, ledger: Ledger, rulebook: Rulebook) -> list[str]:
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


def known_of(ledger: Ledger, records: Sequence[Record], now: datetime) -> Known:
    """These records with everything that an extract tells of them."""
    numbers = sorted({structure_of(r.now) for r in records})
    by_vin = {r.vin: r for r in records}
    asks, odd = ledger.queries.asks(records), ledger.replies.contradicted(by_vin)
    return Known(now, by_vin, ledger.entries(numbers), asks, contradicted=odd)


def _parts(
    outcome: Outcome,
    found: Sequence[Record],
    files: int,
    ledger: Ledger,
    rulebook: Rulebook,
    now: datetime,
) -> Iterator[Known]:
    """What each of so many files of an extract tells."""
    most = compile_rules(rulebook).settings.limits.part
    for i in range(files):
        part = known_of(ledger, found[i * most : (i + 1) * most], now)
        yield replace(part, asked_by=outcome.reading.source)
