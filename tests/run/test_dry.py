"""Looking for `check` takes no lock, and still is not fooled by a pass that comes meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from run_place import Fresh, Place

from vinbatch.model import Facts
from vinbatch.run import dry
from vinbatch.run.judge import Wanted
from vinbatch.store.ledger import Ledger


def test_a_pass_that_commits_while_check_looks_is_seen(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    vin = str(vehicles[1]["vin"])
    facts, looks = Ledger.facts, []

    def slow(ledger: Ledger, *asked: Sequence[str]) -> Facts:
        looks.append(asked)
        if len(looks) == 1:
            monkeypatch.setattr(Ledger, "facts", facts)
            place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
            place.run()
            monkeypatch.setattr(Ledger, "facts", slow)
            return Facts()  # what it had read before
        return facts(ledger, *asked)

    monkeypatch.setattr(Ledger, "facts", slow)
    found = dry.looker(place.root)(Wanted(frozenset([vin]), frozenset(), frozenset()))
    assert list(found.records) == [vin]
    assert len(looks) == 2
