"""Answers made in a process of their own: of batches whose answer was left over by an earlier pass.

That pass may have died of it. What dies here, alone and twice, gets a plain answer that says so; it is told
to the operator, and made anew by the first pass of another version or other rules.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Generic

from vinbatch.effects.pool import Died, Pool, Workers
from vinbatch.errors import VinbatchError
from vinbatch.model import FileNames
from vinbatch.noun import Noun
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.making import Make, Making
from vinbatch.run.answers.parts import Part, Way
from vinbatch.run.answers.telling import Answered, Teller
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.ledger import Ledger

_MORE = 2  # times what reading one file is granted: a batch of the largest legal kind must not be given up
log = logging.getLogger("vinbatch")


class AnswerRequest(Noun, Generic[Part], frozen=True):
    """The part of an answer that a worker is to make, by the ledger at this place."""

    ledger: str
    batch: str
    now: datetime
    form: str
    way: Way[Part]
    names: FileNames


def made_apart(request: AnswerRequest[Part]) -> Part | VinbatchError:
    """Runs in a worker: looks the basis up and makes the part. Broken rules are no death, but a value."""
    rulebook = given_rulebook()
    try:
        with Ledger.read_only(Path(request.ledger)) as ledger:
            ledger.sort_in_memory()  # a worker may write no large file: SQLite would tell of a full disk
            basis = Basis.of(request.batch, ledger, rulebook, request.now, request.form)
            return request.way(basis, request.names, rulebook)
    except VinbatchError as e:
        return e


def answer_apart(teller: Teller, batches: Sequence[str]) -> list[Answered]:
    """The answers of these batches, made where they can harm nobody."""
    worker = teller.home.settings.worker
    memory, seconds = _MORE * worker.memory_megabytes, _MORE * worker.seconds
    answered: list[Answered] = []
    with Pool(1, memory, seconds, teller.rulebook, beat=teller.beat) as workers:
        for batch in batches:
            answered += teller.tell([Making(batch, _apart(teller, batch, workers), teller.law)])
    return answered


def _apart(teller: Teller, batch: str, workers: Workers) -> Make:
    """By a worker, which alone looks at the batch."""

    def make(way: Way[Part], names: FileNames, /) -> Part | None:
        place = str(teller.home.ledger)
        request = AnswerRequest(place, batch, teller.now, teller.form, way, names)
        (made,) = workers.map(made_apart, [request])
        if isinstance(made, VinbatchError):
            raise made
        if isinstance(made, Died):
            log.error("%s: a process died of answering it (%s) %s", batch, made.reason, made.detail)
            return None
        return made

    return make
