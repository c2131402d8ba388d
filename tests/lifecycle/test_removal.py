"""Whether parameters may be deleted with their vehicle: who uses them, and what is told of him."""

from __future__ import annotations

from typing import Any

import pytest
from desk import OTHER_VIN, Cells, Desk, verdicts

from vinbatch.model import Outcome, Rulebook, State, Type, Users
from vinbatch.noun import replace


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    desk = Desk(rulebook)
    desk.shelve()
    return desk


def drafts(desk: Desk, *vins: str) -> list[Cells | None]:
    """A marked row with 删除含结构参数 of a draft of each of these vehicles."""
    found = [desk.place(Type.FILING, State.DRAFT, vin or None) for vin in vins]
    return [{"vin": r.vin, "action": "删除含结构参数", "_mark": desk.mark(r)} for r in found]


def told(outcome: Outcome) -> list[tuple[int, str, dict[str, Any]]]:
    found = [f for f in outcome.findings if f.code == "STRUCTURE-STILL-USED"]
    return [(f.row, f.field, dict(f.params)) for f in found]


def number(desk: Desk) -> str:
    return str(desk.sample("structure")["structure_no"])


def test_the_only_user_takes_its_parameters_along(desk: Desk) -> None:
    outcome = desk.drop(drafts(desk, ""), [])
    assert (verdicts(outcome), told(outcome)) == ({2: "deleted"}, [])
    assert [c.number for c in outcome.entries] == [number(desk)]


def test_a_user_that_stays_is_counted_and_named(desk: Desk) -> None:
    desk.place(Type.FILING, State.DRAFT, OTHER_VIN)
    outcome = desk.drop(drafts(desk, ""), [])
    users = {"number": number(desk), "count": "1", "users": (OTHER_VIN,)}
    assert (verdicts(outcome), told(outcome)) == ({2: "refused"}, [(2, "structure_no", users)])
    assert outcome.entries == outcome.records == ()


def test_a_vehicle_that_the_same_workbook_adds_is_a_user(desk: Desk) -> None:
    rows = drafts(desk, "")
    outcome = desk.drop([*rows, {"vin": OTHER_VIN, "action": "暂存"}], [])
    users = {"number": number(desk), "count": "1", "users": (OTHER_VIN,)}
    assert verdicts(outcome) == {2: "refused", 3: "saved"}
    assert told(outcome) == [(2, "structure_no", users)]


def test_a_user_that_the_workbook_also_saves_is_counted_once(desk: Desk) -> None:
    rows = drafts(desk, "")
    record = desk.place(Type.FILING, State.DRAFT, OTHER_VIN)
    edited: Cells = {"vin": OTHER_VIN, "action": "暂存", "colour": "红", "_mark": desk.mark(record)}
    ((_, _, params),) = told(desk.drop([*rows, edited], []))
    assert (params["count"], params["users"]) == ("1", (OTHER_VIN,))


def test_a_refused_row_is_no_user(desk: Desk) -> None:
    rows = drafts(desk, "")
    outcome = desk.drop([*rows, {"vin": OTHER_VIN, "action": "申报", "ccc_no": "x"}], [])
    assert verdicts(outcome) == {2: "deleted", 3: "refused"}


def test_a_row_that_asks_for_nothing_counts_as_what_it_is(desk: Desk) -> None:
    """It is one that stays already, counted as such."""
    rows = drafts(desk, "")
    record = desk.place(Type.FILING, State.DRAFT, OTHER_VIN)
    ((_, _, params),) = told(desk.drop([*rows, {"vin": OTHER_VIN, "_mark": desk.mark(record)}], []))
    assert params["count"] == "1"


def test_at_most_five_users_are_named_and_more_are_hinted_at(desk: Desk) -> None:
    rows = drafts(desk, "")
    sample = tuple(f"V{n}" for n in range(6))
    users = {number(desk): Users(live=7, sample=sample)}
    desk.facts = replace(desk.facts, users=users)
    ((_, _, params),) = told(desk.drop(rows, []))
    assert (params["count"], params["users"]) == ("6", (*sample[:5], "…"))


def test_five_users_are_named_without_a_word_of_more(desk: Desk) -> None:
    rows = drafts(desk, "")
    sample = tuple(f"V{n}" for n in range(5))
    desk.facts = replace(desk.facts, users={number(desk): Users(live=6, sample=sample)})
    ((_, _, params),) = told(desk.drop(rows, []))
    assert (params["count"], params["users"]) == ("5", sample)


def test_users_that_leave_are_neither_counted_nor_named(desk: Desk) -> None:
    third = "WBA13BJ07MCF12347"
    rows = drafts(desk, "", OTHER_VIN)
    desk.place(Type.FILING, State.DRAFT, third)
    found = told(desk.drop(rows, []))
    assert [(params["count"], params["users"]) for _, _, params in found] == [("1", (third,))] * 2
