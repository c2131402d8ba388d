"""VINs that were sorted without the other columns: models that each stand beside the parameters of both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from desk import Desk, codes, verdicts
from example_files import crossed

from vinbatch.model import VEHICLE, Outcome, Raw, State
from vinbatch.noun import replace

ONE, TWO = "WBA13BJ0", "WBA53BJ0"
BIGGER: dict[str, Raw] = {"displacement": 2998}
BOTH = (ONE, TWO, ONE, TWO)
MIXED = ("", "P2", "P2", "")


def asked(outcome: Outcome) -> list[int]:
    return [f.row for f in outcome.findings if f.code == "VINS-CROSSED"]


def test_two_models_with_the_parameters_of_both_are_asked_about(desk: Desk) -> None:
    outcome = crossed(desk, BOTH, MIXED, **BIGGER)
    assert asked(outcome) == [2, 3, 4, 5]
    assert set(verdicts(outcome).values()) == {"held"}
    params = dict(next(f for f in outcome.findings if f.code == "VINS-CROSSED").params)
    assert params == {"heads": (ONE, TWO), "numbers": (str(desk.sample("structure")["structure_no"]), "P2")}


@pytest.mark.parametrize(
    ("heads", "numbers", "other"),
    [
        (BOTH, ("", "P2", "", "P2"), BIGGER),
        ((ONE, ONE, TWO, TWO), ("", "P2", "", ""), BIGGER),
        (BOTH, MIXED, {"displacement": 2001}),
        (BOTH, MIXED, {}),
        (("WBAZZZJ0", "WBBZZZJ0") * 2, MIXED, BIGGER),
    ],
    ids=["each its own", "one model with both", "one engine, rounded", "alike", "fillers"],
)
def test_others_are_not(
    heads: Sequence[str], numbers: Sequence[str], other: dict[str, Raw], desk: Desk
) -> None:
    assert asked(crossed(desk, heads, numbers, **other)) == []


def test_another_fuel_is_another_model(desk: Desk) -> None:
    assert asked(crossed(desk, BOTH, MIXED, fuel="柴油")) == [2, 3, 4, 5]


def test_of_many_models_some_are_named(desk: Desk) -> None:
    heads = [f"WBA{i}3BJ0" for i in range(1, 8)]
    outcome = crossed(desk, (*heads, *heads), (*[""] * 7, *["P2"] * 7), **BIGGER)
    params = dict(next(f for f in outcome.findings if f.code == "VINS-CROSSED").params)
    assert (len(asked(outcome)), params["heads"]) == (14, (*heads[:5], "…"))


def test_rows_beside_them_are_not_asked(desk: Desk) -> None:
    outcome = crossed(desk, (*BOTH, "WBA63BJ0"), (*MIXED, "P2"), **BIGGER)
    assert asked(outcome) == [2, 3, 4, 5]


def test_confirmed_they_are_declared(desk: Desk) -> None:
    held = crossed(desk, BOTH, MIXED, **BIGGER)
    done = desk.again(held, {row: {"confirmed": "是"} for row in (2, 3, 4, 5)})
    assert set(verdicts(done).values()) == {"declared"}


def test_of_a_draft_it_is_asked_until_it_is_answered(desk: Desk) -> None:
    """Its result may come back with that row alone, beside which nothing is crossed."""
    held = crossed(desk, BOTH, MIXED, **BIGGER)
    alone = desk.again(held, {2: {"action": "申报", "remarks": "急"}}, only=[2])
    assert (codes(alone, VEHICLE, 2)[-1], verdicts(alone)) == ("ASK-UNANSWERED", {2: "held"})


def test_rows_that_are_mended_later_are_asked_while_the_others_wait(desk: Desk) -> None:
    """They came back alone, beside drafts that were left as they are, and went out."""
    held = crossed(desk, BOTH, MIXED, wrong=(4, 5), **BIGGER)
    assert asked(held) == [2, 3]
    mended = desk.again(held, {row: {"production_date": "2021.03"} for row in (4, 5)})
    assert (asked(mended), set(verdicts(mended).values())) == ([4, 5], {"held"})


def accepted(desk: Desk) -> None:
    """What customs says of all that was declared."""
    for record in list(desk.facts.records.values()):
        now = replace(record.now, state=State.ACCEPTED)
        desk.know(replace(record, now=now, accepted=now))


def test_who_changes_something_else_is_not_asked_again(desk: Desk) -> None:
    held = crossed(desk, BOTH, MIXED, **BIGGER)
    done = desk.again(held, {row: {"confirmed": "是"} for row in (2, 3, 4, 5)})
    accepted(desk)
    changed = desk.again(done, {row: {"action": "变更", "colour": "新绿"} for row in (2, 3, 4, 5)})
    assert (asked(changed), set(verdicts(changed).values())) == ([], {"declared"})


def test_who_changes_to_the_parameters_of_another_model_is_asked(desk: Desk) -> None:
    first = crossed(desk, BOTH, ("", "P2", "", "P2"), **BIGGER)
    accepted(desk)
    one, two = (str(j.row.values[desk.ruleset.index(VEHICLE)["structure_no"]]) for j in first.rows[:2])
    edits = {row: {"action": "变更", "structure_no": number} for row, number in ((4, two), (5, one))}
    assert asked(desk.again(first, edits)) == [4, 5]
