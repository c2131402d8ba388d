"""What of customs' earlier answers a new one hangs on."""

from __future__ import annotations

from datetime import UTC, datetime

from vinbatch.model import Effect, Heard, Receipt, Reply, Return, State
from vinbatch.store.ledger import Ledger
from vinbatch.store.replies import Came

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
VIN, OTHER = "WBA13BJ03MCF12345", "WBA13BJ01MCF12344"


def reply(vin: str, effect: Effect, digest: str) -> Reply:
    state = State.ACCEPTED if effect is Effect.APPLIED else State.DECLARED
    return Reply("G", vin, "2", state, "20260302100000000", "", digest, effect)


def hear(ledger: Ledger, *replies: Reply) -> None:
    for one in replies:
        came, receipt = Came(one.receipt, "r.xml"), Receipt("G", one.receipt, (Return("2"),))
        ledger.replies.commit(came, receipt, None, Heard(replies=(one,)), "", NOW)


def test_what_only_goes_on_is_not_looked_up_for_the_next_receipt(ledger: Ledger) -> None:
    """A gateway may tell it a thousand times of two hundred vehicles: each was slower than the one before."""
    going = [reply(VIN, Effect.PROGRESS, str(i)) for i in range(3)]
    moved = reply(VIN, Effect.APPLIED, "4")
    hear(ledger, *going, moved, reply(OTHER, Effect.APPLIED, "5"))
    assert ledger.replies.to([VIN], "9") == (moved,)


def test_what_the_same_receipt_did_before_is(ledger: Ledger) -> None:
    again = reply(VIN, Effect.PROGRESS, "1")
    hear(ledger, again, reply(VIN, Effect.PROGRESS, "2"))
    assert ledger.replies.to([VIN], "1") == (again,)
