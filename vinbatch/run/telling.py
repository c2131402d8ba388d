"""Answers: result workbooks that are due, from the stored outcome and the records as they stand."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from vinbatch.effects import reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.errors import VinbatchError
from vinbatch.model import VEHICLE, Outcome, Rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.store.ledger import Ledger

log = logging.getLogger("vinbatch")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was written: `beside` says that its name was taken by a person's copy."""

    batch: str
    name: str = ""
    beside: bool = False
    failed: bool = False


def answer_due(home: Home, ledger: Ledger, archive: Archive, rulebook: Rulebook) -> list[Answered]:
    """Write every answer that is due. A bug of ours on one batch leaves that one due and is told."""
    return [_answer(batch, home, ledger, archive, rulebook) for batch in ledger.answers_due()]


def _answer(batch: str, home: Home, ledger: Ledger, archive: Archive, rulebook: Rulebook) -> Answered:
    from vinbatch import flow

    outcome = ledger.outcome(batch)
    records = ledger.records(_vins(outcome, rulebook))
    packages = [p.name for p in ledger.packages.of([batch])]
    try:
        answer = flow.answer(outcome, records, packages, ledger.head(), rulebook)
    except VinbatchError:
        raise
    except Exception:  # as in vinbatch.run.chunk: a bug on one batch must not stop the others
        log.exception("%s: its answer failed", batch)
        return Answered(batch, failed=True)
    archive.put(answer.workbook)
    name = reports.result_name(batch, outcome.reading.source.name)
    written = reports.put(home, name, answer.workbook, ledger.written)
    ledger.answered(batch, written.name, written.digest)
    return Answered(batch, written.name, written.beside)


def _vins(outcome: Outcome, rulebook: Rulebook) -> list[str]:
    index = compile_rules(rulebook).index(VEHICLE)["vin"]
    vins = {j.row.values[index] for j in outcome.rows if j.row.sheet == VEHICLE}
    return sorted(v for v in vins if isinstance(v, str))
