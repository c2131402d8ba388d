"""Where answers are made: by workers while the pass goes on, in this process, or in one of their own.

They are put into reports/ by the pass itself, and stay due until then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from vinbatch.effects.archive import Archive
from vinbatch.effects.pool import Workers
from vinbatch.run.answers.ahead import Ahead
from vinbatch.run.answers.making import Making, here
from vinbatch.run.answers.telling import Answered, Teller
from vinbatch.run.engines import SERIAL
from vinbatch.run.judging.portions import gathered
from vinbatch.store.ledger import Ledger

if TYPE_CHECKING:
    from vinbatch.run.passed import Pass
    from vinbatch.run.passing import Machine

_TOGETHER = 4 * 2**20  # bytes of outcomes as the ledger keeps them; that of a full workbook has a fortieth


@dataclass
class Answering:
    """The answers of one pass.

    `left` are those that an earlier pass left over: it may have died of them, so they are made apart.
    """

    machine: Machine
    ledger: Ledger
    archive: Archive
    report: Pass
    left: Collection[str]
    _begun: Ahead | None = None

    def answer(self, workers: Workers | None = None) -> None:
        """Write every result that is due; what cannot be told of one batch does not keep the others.

        With workers they are made while the pass goes on, and written by the next call.
        """
        begun, self._begun = self._begun, None
        if begun is not None:
            self._told(begun.put(partial(_apart, begun.teller)))
        machine = self.machine
        now, beat = machine.clock.now(), machine.beat
        teller = Teller(machine.home, self.ledger, self.archive, machine.rulebook, now, beat, machine.law)
        tried = {a.batch for a in self.report.answered if a.failed}
        due = [batch for batch in self.ledger.answers.due() if batch not in tried]
        if workers is not None:
            self._begun = Ahead.begin(teller, [b for b in due if b not in self.left], workers)
            due = [batch for batch in due if batch not in self._begun.batches]
        apart = [b for b in due if b in self.left and machine.engine.name != SERIAL]
        self._told(_here(teller, [batch for batch in due if batch not in apart]))
        self._told(_apart(teller, apart))

    def _told(self, answered: Sequence[Answered]) -> None:
        if failed := [a.batch for a in answered if a.failed]:
            self.ledger.answers.failed(failed, self.machine.law)
        self.report.answered += answered
        self.report.failed += sum(a.failed for a in answered)


def _here(teller: Teller, batches: Sequence[str]) -> list[Answered]:
    """In this process: no more at once than fits into memory."""
    answered: list[Answered] = []
    sizes = teller.ledger.queries.outcome_sizes(batches)
    for some in gathered(batches, lambda batch: sizes.get(batch, 0), _TOGETHER):
        teller.beat()
        answered += teller.tell([_making(teller, batch) for batch in some])
    return answered


def _making(teller: Teller, batch: str) -> Making:
    return Making(batch, here(partial(teller.basis, batch), teller.rulebook), teller.law)


def _apart(teller: Teller, batches: Sequence[str]) -> list[Answered]:
    if not batches:
        return []
    from vinbatch.run.answers.apart import answer_apart

    return answer_apart(teller, batches)
