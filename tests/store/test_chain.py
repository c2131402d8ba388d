"""The chain of events: what is found in it again."""

from __future__ import annotations

from desk import NOW, OTHER_VIN

from vinbatch.store.ledger import Ledger


def test_each_restore_is_told_and_nothing_else_of_the_ledger() -> None:
    with Ledger.empty() as ledger:
        ledger.note("restored", NOW, {"file": "first"})
        ledger.note("upgraded", NOW, {"file": "other"})
        ledger.note("restored", NOW, {"file": "second"})
        assert [told["file"] for told in ledger.queries.restores()] == ["first", "second"]


def test_of_a_vehicle_that_was_never_here_no_restore_is_told() -> None:
    with Ledger.empty() as ledger:
        ledger.note("restored", NOW, {"file": "first"})
        assert ledger.queries.story(OTHER_VIN) == ()
