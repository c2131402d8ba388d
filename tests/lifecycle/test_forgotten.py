"""Rows of vehicles whose package a restored ledger does not know: refused, and nobody else with them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from desk import OTHER_VIN, Desk, verdicts

from vinbatch.model import Finding, Forgotten, Outcome, Rulebook, State, Type
from vinbatch.noun import replace

LOST = Forgotten(
    "F0", "TRIAL-20260301-0002", Type.CHANGE, "x.zip", "", 1, datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
)


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    desk = Desk(rulebook)
    desk.facts = replace(desk.facts, forgotten={str(desk.sample("vehicle")["vin"]): LOST})
    return desk


def told(outcome: Outcome) -> list[Finding]:
    return [f for f in outcome.findings if f.code == "VIN-FORGOTTEN"]


def test_such_a_row_names_package_batch_type_and_the_time_of_the_site(desk: Desk) -> None:
    (found,) = told(desk.drop([{}]))
    assert (found.row, found.field) == (2, "vin")
    assert dict(found.params) == {
        "guid": "F0",
        "batch": "TRIAL-20260301-0002",
        "type": "@type.change",
        "when": "2026-03-02 01:30",
    }


def test_rows_of_other_vehicles_are_worked_as_ever(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}])
    assert verdicts(outcome) == {2: "refused", 3: "declared"}
    assert len([j for j in outcome.rows if j.row.sheet == "vehicle"]) == 2


def test_a_marked_row_counts_by_the_vehicle_of_its_mark_too(desk: Desk) -> None:
    """Its VIN was edited: what it replaces is what nobody can tell of."""
    desk.shelve()
    record = desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"vin": OTHER_VIN, "action": "暂存", "_mark": desk.mark(record)}], [])
    assert (verdicts(outcome), len(told(outcome))) == ({2: "refused"}, 1)
    assert outcome.records == ()


def test_the_row_is_stored_nowhere_and_keeps_its_act(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}])
    assert outcome.records == outcome.declarations == ()
    assert outcome.rows[0].act is not None
    assert outcome.rows[0].act.value == "申报"
