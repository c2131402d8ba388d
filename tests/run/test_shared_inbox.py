"""Two homes on one inbox: the one that has worked it before stops, and says why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from run_place import Fresh, Place, new_place

from vinbatch.errors import AccessError
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock


@pytest.fixture
def shared(place: Place, ruleset: Ruleset, empty_ledger: Path, tmp_path: Path) -> Place:
    """A home whose inbox another has worked after it."""
    place.run()
    other = new_place(tmp_path / "other", ruleset, empty_ledger)
    shutil.rmtree(other.root / "inbox")
    (other.root / "inbox").symlink_to(place.root / "inbox")
    other.run()
    return place


def test_the_home_that_worked_it_before_takes_nothing(shared: Place, fresh: Fresh) -> None:
    dropped = shared.drop("a.xlsx", shared.sheet(*fresh(1)))
    with pytest.raises(AccessError) as caught:
        shared.run()
    assert caught.value.key == "inbox.shared"
    assert dropped.exists()


def test_status_says_so_before_a_pass_has_met_it(shared: Place, ruleset: Ruleset, tmp_path: Path) -> None:
    with shared.ledger() as ledger:
        found = health(shared.home, Stock.of(ledger, shared.now, ruleset), shared.now, ruleset)
    assert [(one.what, one.code) for one in found.alarms] == [("receipts", 6)]
    assert str(tmp_path / "other") in found.lines[0]
