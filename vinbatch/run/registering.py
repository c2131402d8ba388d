"""One file of the register: made by the pass itself, or by a worker that looks into the ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from vinbatch import flow
from vinbatch.errors import VinbatchError
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import known_of
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.ledger import Ledger
from vinbatch.store.register import Register


class PartRequest(Noun, frozen=True):
    """A file of the register that a worker is to make, by the ledger at this place."""

    ledger: str
    part: int
    now: datetime


class PartMade(Noun, frozen=True):
    """A file of the register, and how many vehicles it has."""

    data: bytes
    vehicles: int


def part_here(request: PartRequest) -> PartMade | VinbatchError:
    """Runs in a worker. What is wrong with rules or ledger is a value: whoever asked finds it again."""
    try:
        with Ledger.read_only(Path(request.ledger)) as ledger:
            return part_made(ledger, request.part, given_rulebook(), request.now)
    except VinbatchError as e:
        return e


def part_made(ledger: Ledger, part: int, rulebook: Rulebook, now: datetime) -> PartMade:
    """The vehicles of this part as they stand."""
    records = Register(ledger, compile_rules(rulebook).settings.limits.carried_rows).records(part)
    return PartMade(flow.extract(known_of(ledger, records, now), rulebook, register=True), len(records))
