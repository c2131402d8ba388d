"""A row that asks for nothing, with a cell that is crossed out or shows another value: it is told there."""

from __future__ import annotations

import pytest
from desk import Desk, verdicts

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import VEHICLE, State, Type
from vinbatch.noun import replace


@pytest.mark.parametrize(
    ("look", "key"), [("struck", "colour"), ("struck", "vin"), ("masked", "colour"), ("masked", "vin")]
)
def test_that_nothing_came_of_it_is_told_at_its_cell(look: str, key: str) -> None:
    desk = Desk(packaged_rulebook())
    record = desk.place(Type.FILING, State.ACCEPTED)
    sheet = desk.sheet(VEHICLE, [None, {"_mark": desk.mark(record)}])
    place = ((3, desk.ruleset.index(VEHICLE)[key] + 1),)
    outcome = desk.put((replace(sheet, **{look: place}),))
    assert verdicts(outcome) == {3: "unchanged"}
    assert [(f.code, f.sheet, f.row, f.field, f.value) for f in outcome.findings] == [
        ("LOOK-LEFT-ALONE", VEHICLE, 3, key, record.now.data[key])
    ]
