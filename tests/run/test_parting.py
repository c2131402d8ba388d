"""A command about more vehicles than one workbook may have does what it would do in one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from run_place import SETTINGS, Fresh, Place

from vinbatch import samples
from vinbatch.model import Act, Order, Verdict
from vinbatch.run import choosing, commands


@pytest.fixture
def small(place: Place) -> Place:
    """A home whose commands hand in three vehicles at a time."""
    (place.root / "rules" / "settings.toml").write_text(f"{SETTINGS}\n[limits]\npart = 3\n", "utf-8")
    return place


def save(place: Place, vehicles: Sequence[samples.Cells], sets: Sequence[samples.Cells]) -> list[str]:
    """Drafts of these vehicles; their VINs."""
    place.drop("drafts.xlsx", place.sheet([{**v, "action": "暂存"} for v in vehicles], sets))
    place.run()
    return [str(v["vin"]) for v in vehicles]


def delete(place: Place, vins: Sequence[str]) -> list[list[Verdict]]:
    """`delete --with-structure`: the verdicts of its workbooks."""
    chosen = choosing.by_vin(vins, place.rulebook)
    done = commands.carry_out(place.machine(), "delete", Order(Act.DELETE_ALL), chosen, "chen")
    return [[j.verdict for j in outcome.rows if j.row.sheet == "vehicle"] for outcome in done.outcomes]


def catalogue(place: Place) -> set[str]:
    with place.ledger() as ledger:
        return {entry.number for entry in ledger.queries.entries()}


def test_parameters_go_with_the_last_of_many_vehicles_that_share_them(small: Place, fresh: Fresh) -> None:
    """Each workbook saw those of the next as vehicles that still use them, and all were refused."""
    vins = save(small, *fresh(7))
    assert delete(small, vins) == [[Verdict.DELETED] * 3, [Verdict.DELETED], [Verdict.DELETED] * 3]
    assert catalogue(small) == set()


def test_vehicles_that_share_parameters_are_deleted_in_one_workbook(small: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(4)
    other = {**sets[0], "structure_no": "COC-OTHER"}
    vehicles = [{**v, "structure_no": "COC-OTHER"} if i % 2 else v for i, v in enumerate(vehicles)]
    assert delete(small, save(small, vehicles, [*sets, other])) == [[Verdict.DELETED] * 2] * 2
    assert catalogue(small) == set()


def test_nothing_is_deleted_of_many_where_another_vehicle_keeps_the_parameters(
    small: Place, fresh: Fresh
) -> None:
    vins = save(small, *fresh(5))
    assert delete(small, vins[1:]) == [[Verdict.REFUSED] * 3, [Verdict.REFUSED]]
    assert len(catalogue(small)) == 1
