"""Answers: result workbooks that are due, from the stored outcome and the records as they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from vinbatch.effects import reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.model import VEHICLE, Files, Known, Outcome, Record, Rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.run.careful import carefully
from vinbatch.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was written: `beside` says that its name was taken by a person's copy."""

    batch: str
    name: str = ""
    beside: bool = False
    failed: bool = False


def answer_due(
    home: Home,
    ledger: Ledger,
    archive: Archive,
    rulebook: Rulebook,
    now: datetime,
    tried: Collection[str] = (),
) -> list[Answered]:
    """Write every answer that is due, but for those that this pass has `tried` in vain.

    A bug of ours on one batch leaves that one due, for the next pass, and is told.
    """
    return carefully(
        [batch for batch in ledger.answers_due() if batch not in tried],
        lambda batches: [_answer(batch, home, ledger, archive, rulebook, now) for batch in batches],
        lambda batch: Answered(batch, failed=True),
        str,
    )


def _answer(
    batch: str, home: Home, ledger: Ledger, archive: Archive, rulebook: Rulebook, now: datetime
) -> Answered:
    from vinbatch import flow

    outcome = ledger.outcome(batch)
    records = ledger.records(_vins(outcome, rulebook))
    packages = tuple(p.name for p in ledger.packages.of([batch]))
    extracts, found = _extracts(outcome, ledger, rulebook, now)
    files = Files(packages, tuple(extracts), found)
    asks = ledger.queries.asks(records.values())
    known = Known(now, records, {}, asks, ledger.replies.of_batch(batch), ledger.head())
    answer = flow.answer(outcome, known, files, rulebook)
    for name, data in extracts.items():
        there = reports.put(home, name, data, ledger.written)
        ledger.wrote(batch, there.name, there.digest)
    archive.put(answer.workbook)
    name = reports.result_name(batch, outcome.reading.source.name)
    written = reports.put(home, name, answer.workbook, ledger.written)
    ledger.answered(batch, written.name, written.digest, now)
    return Answered(batch, written.name, written.beside)


def _extracts(
    outcome: Outcome, ledger: Ledger, rulebook: Rulebook, now: datetime
) -> tuple[dict[str, bytes], int]:
    """What the sheet 查询 asked for, by file name, in parts of 200; rows are joined by OR."""
    from vinbatch import flow

    if not outcome.reading.queries:
        return {}, 0
    ruleset = compile_rules(rulebook)
    settings = ruleset.settings
    found: dict[str, Record] = {}
    for query in outcome.reading.queries:
        found |= {r.vin: r for r in ledger.queries.records(query, settings.zone)}
    records, most = list(found.values()), settings.limits.part
    extracts = {}
    for part, i in enumerate(range(0, max(1, len(records)), most), start=1):
        some = records[i : i + most]
        number = f"_{part}" if len(records) > most else ""
        name = reports.result_name(outcome.batch, f"{ruleset.phrase('result.extract')}{number}")
        extracts[name] = flow.extract(known_of(ledger, some, now), rulebook)
    return extracts, len(records)


def known_of(ledger: Ledger, records: Sequence[Record], now: datetime) -> Known:
    """These records with everything that an extract tells of them."""
    numbers = sorted({str(r.now.data.get("structure_no") or "") for r in records})
    by_vin = {r.vin: r for r in records}
    return Known(now, by_vin, ledger.entries(numbers), ledger.queries.asks(records))


def _vins(outcome: Outcome, rulebook: Rulebook) -> list[str]:
    index = compile_rules(rulebook).index(VEHICLE)["vin"]
    vins = {j.row.values[index] for j in outcome.rows if j.row.sheet == VEHICLE}
    return sorted(v for v in vins if isinstance(v, str))
