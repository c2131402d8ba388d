"""A stored outcome as it stands now: what became in later batches of the rows that it left open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from vinbatch.effects.names import batch_in, beside, slug
from vinbatch.lifecycle.refit import refit
from vinbatch.lifecycle.refusals import WAITS
from vinbatch.model import STRUCTURE, VEHICLE, Known, Outcome, Place, Rulebook, Verdict
from vinbatch.noun import replace
from vinbatch.report.since import AGAIN, FILE, file_gone, rows_gone, rows_moved, vin_of
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.store.ledger import Ledger

_COPY = re.compile(r"_\d{1,2}$")
Became = Mapping[Place, tuple[str, str]]  # the name of an event, or `again`, and the batch


def as_it_stands(batch: str, ledger: Ledger, rulebook: Rulebook, now: datetime) -> tuple[Outcome, Known]:
    """The stored outcome of a batch, and what the ledger holds of its vehicles now."""
    outcome = refit(ledger.outcome(batch), ruleset := compile_rules(rulebook))
    records = ledger.records(_vins(outcome, ruleset))
    asks, odd = ledger.queries.asks(records.values()), ledger.replies.contradicted(records)
    replies, still = ledger.replies.of_batch(batch), ledger.queries.open_rows(batch)
    entries = ledger.entries(waiting_numbers(outcome, ruleset))
    came = {place: (AGAIN, later) for place, later in ledger.queries.came_back(batch).items()}
    known = Known(now, records, entries, asks, replies, odd, ledger.head(), open=still, since=came)
    since = became(outcome, known, ledger, ruleset)
    latest = ledger.queries.latest(later for _, later in since.values()) if since else ""
    return outcome, replace(known, since=since, latest=latest)


def became(outcome: Outcome, known: Known, ledger: Ledger, ruleset: Ruleset) -> Became:
    """By place, of the rows that are gone or moved on: from the history of their vehicle or parameters, else
    by where the row itself came back, which `known.since` has. What an earlier batch did is none of it.
    """
    gone = rows_gone(outcome, known, ruleset) | rows_moved(outcome, known, ruleset)
    gone |= {FILE} if file_gone(outcome, known) else set()
    if not gone:
        return {}
    found = dict(known.since)
    rows = {j.row.place: j for j in outcome.rows}
    vins = {place: vin_of(rows[place], ruleset) for place in gone if place[0] == VEHICLE}
    acts = ledger.queries.last_acts(sorted({*vins.values()} - {""}))
    column = ruleset.index(STRUCTURE)["structure_no"]
    numbers = {p: str(rows[p].row.values[column] or "") for p in gone if p[0] == STRUCTURE}
    entries = ledger.entries(sorted(set(numbers.values())))
    told = {p: acts[vin] for p, vin in vins.items() if vin in acts}
    told |= {p: ("stored", entries[n].batch) for p, n in numbers.items() if n in entries}
    later = ledger.queries.later_than(outcome.batch, {batch for _, batch in told.values()})
    found |= {p: (kind, batch) for p, (kind, batch) in told.items() if batch in later}
    return {place: found[place] for place in gone if place in found}


def waiting_numbers(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    """The structure numbers of vehicles that waited for customs when their row came, or are drafts."""
    waited = {f.row for f in outcome.findings if f.code in WAITS}
    column = ruleset.index(VEHICLE)["structure_no"]
    vehicles = (j for j in outcome.rows if j.row.sheet == VEHICLE)
    rows = (j.row for j in vehicles if j.row.number in waited or j.verdict in (Verdict.HELD, Verdict.SAVED))
    return sorted({str(row.values[column]) for row in rows} - {"None"})


def own_name(source: str, ledger: Ledger) -> str:
    """The name of a dropped workbook, without the `-2` of a result that lay beside its name, which is ours.

    The answer would look like the copy of a result that there is not.
    """
    batch = batch_in(source)
    if not batch or not _COPY.search(slug(source)):
        return source
    before = ledger.queries.sources([batch]).get(batch)
    if before is None:
        return source
    first = own_name(before.file, ledger)
    copies = {slug(beside(slug(first), n)) for n in range(2, 100)}
    return first if slug(source) in copies else source


def _vins(outcome: Outcome, ruleset: Ruleset) -> list[str]:
    index = ruleset.index(VEHICLE)["vin"]
    vins = {j.row.values[index] for j in outcome.rows if j.row.sheet == VEHICLE}
    return sorted(v for v in vins if isinstance(v, str))
