"""Which answers are made in this process, and which in one of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from vinbatch.effects.archive import Archive
from vinbatch.run.engines import SERIAL
from vinbatch.run.telling import Answered, Teller
from vinbatch.store.ledger import Ledger

if TYPE_CHECKING:
    from vinbatch.run.passing import Machine


def answer(
    machine: Machine, ledger: Ledger, archive: Archive, due: Sequence[str], left: Collection[str]
) -> list[Answered]:
    """Write these answers. `left` are those that an earlier pass left over: it may have died of them."""
    teller = Teller(machine.home, ledger, archive, machine.rulebook, machine.clock.now())
    apart = [batch for batch in due if batch in left and machine.engine.name != SERIAL]
    answered = teller.answer([batch for batch in due if batch not in apart])
    if not apart:
        return answered
    from vinbatch.run.telling_apart import answer_apart

    return answered + answer_apart(teller, apart, machine.law)
