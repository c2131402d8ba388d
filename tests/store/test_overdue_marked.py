"""Vehicles that customs owes an answer for too long make the answer of their batch due, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import NOW, OTHER_VIN, Desk

from vinbatch import flow
from vinbatch.model import Rulebook
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger

LATE = NOW + timedelta(seconds=1)


class Owed:
    """A batch of two vehicles that wait for customs, answered once."""

    def __init__(self, ledger: Ledger, rulebook: Rulebook) -> None:
        self.ledger = ledger
        outcome = Desk(rulebook).drop([{}, {"vin": OTHER_VIN}])
        self.batch = ledger.take(
            outcome.reading.source, "claim", NOW, "TRIAL", ZoneInfo("Asia/Shanghai")
        ).batch
        ledger.commit([(outcome, flow.render(outcome, rulebook))], Law("rules"))
        self.answer()

    def answer(self) -> None:
        self.ledger.answers.answered(self.batch, "x.xlsx", "", NOW)

    def state(self, state: str, vin: str = OTHER_VIN) -> None:
        self.ledger.db.execute("UPDATE record SET state = ? WHERE vin = ?", (state, vin))

    def marked(self, *, late: bool = True) -> tuple[int, bool, int]:
        """How many became overdue now, whether the answer is due, and what the batch says of itself."""
        new = self.ledger.answers.mark_overdue(LATE if late else NOW, NOW)
        (told,) = self.ledger.db.execute("SELECT overdue FROM batch").fetchone()
        return new, self.ledger.answers.due() == (self.batch,), told


@pytest.fixture
def owed(tmp_path: Path, rulebook: Rulebook) -> Iterator[Owed]:
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        yield Owed(ledger, rulebook)


def test_what_is_in_time_is_not_overdue(owed: Owed) -> None:
    assert owed.marked(late=False) == (0, False, 0)


def test_both_are_told_once(owed: Owed) -> None:
    assert owed.marked() == (2, True, 2)
    owed.answer()
    assert owed.marked() == (0, False, 2)


def test_of_an_answer_that_came_nothing_is_told_but_the_count_falls(owed: Owed) -> None:
    owed.marked()
    owed.answer()
    owed.state("accepted")
    assert owed.marked() == (0, False, 1)
    owed.state("declared")
    assert owed.marked() == (1, True, 2)


def test_once_all_have_come_none_is_left(owed: Owed) -> None:
    owed.marked()
    owed.answer()
    for vin in (OTHER_VIN, "WBA13BJ03MCF12345"):
        owed.state("accepted", vin)
    assert owed.marked() == (0, False, 0)
