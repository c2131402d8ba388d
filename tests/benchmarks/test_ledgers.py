"""The ledger that a benchmark grows is one that the store would have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ledgers import grow
from vinbatch.store.ledger import Ledger


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grown") / "ledger.db"
    with Ledger.open(path, create=True) as ledger:
        grow(ledger, 250)
    return path


def test_every_vin_can_be_looked_up(grown: Path) -> None:
    with Ledger.open(grown) as ledger:
        record = ledger.facts(["LVHRW1850N0000249"], [], []).records["LVHRW1850N0000249"]
    assert (record.vin, record.now.batch) == ("LVHRW1850N0000249", "TRIAL-20240506-000001")


def test_every_vehicle_stands_on_parameters_of_the_catalogue(grown: Path) -> None:
    with Ledger.open(grown) as ledger:
        facts = ledger.facts([], ["OLD-000249"], [])
    assert facts.entries["OLD-000249"].values["length"] == 4900


def test_all_of_it_is_told(grown: Path) -> None:
    with Ledger.open(grown) as ledger:
        due = "SELECT (SELECT count(*) FROM register_due), (SELECT count(*) FROM page_due)"
        assert ledger.db.execute(due).fetchone() == (0, 0)
