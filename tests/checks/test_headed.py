"""Rows that were pasted with headings of their own, in another order than the first row's."""

from __future__ import annotations

import pytest
from desk import Cells, Desk, codes, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Outcome, Rulebook

# The first columns, and what was pasted into them.
ORDER = ("action", "confirmed", "vin", "structure_no", "ccc_no", "production_date", "engine_no", "motor_no")
PASTED = ("vin", "engine_no", "colour", "production_date", "ccc_no", "structure_no")
LATER = "WBA13BJ05MCF12346"


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    return Desk(rulebook)


def headings(desk: Desk, **moved: str) -> Cells:
    """The headings once more, some of them under those of other fields."""
    names = {f.key: f.zh for f in desk.ruleset.fields(VEHICLE)}
    return {key: names[moved.get(key, key)] for key in names}


def below(desk: Desk, heads: Cells, *rows: Cells) -> Outcome:
    return desk.drop([{}, heads, *rows], [{}])


def found(outcome: Outcome, row: int) -> object:
    return next(dict(f.params)["diff"] for f in outcome.findings if f.row == row)


def test_a_row_below_headings_in_another_order_is_not_declared(desk: Desk) -> None:
    """Colour and remarks changed places: each is a text, and nothing else would tell."""
    heads = headings(desk, colour="remarks", remarks="colour")
    outcome = below(desk, heads, {"vin": LATER, "colour": "左舵", "remarks": "黑"})
    assert codes(outcome, VEHICLE, 4) == ["ROW-OTHER-HEADINGS"]
    assert verdicts(outcome) == {2: "declared", 3: "refused", 4: "refused"}


def test_it_is_told_which_columns_are_others(desk: Desk) -> None:
    heads = headings(desk, colour="remarks", remarks="colour")
    outcome = below(desk, heads, {"vin": LATER, "colour": "左舵", "remarks": "黑"})
    assert found(outcome, 4) == ("@vehicle.colour|备注", "@vehicle.remarks|车身颜色")


def test_a_list_that_was_pasted_with_its_headings_is_one_problem_a_row(desk: Desk) -> None:
    names = {f.key: f.zh for f in desk.ruleset.fields(VEHICLE)}
    sample = desk.sample(VEHICLE)
    nothing: dict[str, str] = dict.fromkeys(names, "")
    heads = {**nothing, **dict(zip(ORDER, (names[key] for key in PASTED), strict=False))}
    row = {**nothing, **dict(zip(ORDER, (str(sample[key]) for key in PASTED), strict=False))}
    outcome = below(desk, heads, row)
    assert (codes(outcome, VEHICLE, 3), codes(outcome, VEHICLE, 4)) == (
        ["ROW-FOOTER"],
        ["ROW-OTHER-HEADINGS"],
    )


def test_rows_below_the_same_headings_are_declared(desk: Desk) -> None:
    assert verdicts(below(desk, headings(desk), {"vin": LATER}))[4] == "declared"


def test_rows_below_the_first_headings_once_more_are_read_by_them(desk: Desk) -> None:
    heads = headings(desk, colour="remarks", remarks="colour")
    outcome = below(desk, heads, {"vin": "WBA13BJ03MCF12359"}, headings(desk), {"vin": LATER})
    assert (verdicts(outcome)[4], verdicts(outcome)[6]) == ("refused", "declared")


def test_parameters_below_headings_in_another_order_are_not_stored(desk: Desk) -> None:
    names = {f.key: f.zh for f in desk.ruleset.fields(STRUCTURE)}
    heads = {**names, "length": names["width"], "width": names["length"]}
    outcome = desk.drop([], [{}, heads, {"structure_no": "B-2"}])
    assert codes(outcome, STRUCTURE, 4) == ["ROW-OTHER-HEADINGS"]
    assert verdicts(outcome, STRUCTURE)[4] == "refused"


def test_a_row_that_has_moved_with_its_headings_is_one_problem(desk: Desk) -> None:
    """By one column, as where one was inserted before it was pasted: ROW-SHIFTED would be said beside it."""
    keys = [f.key for f in desk.ruleset.fields(VEHICLE)]
    names, sample = (
        {f.key: f.zh for f in desk.ruleset.fields(VEHICLE)},
        {**desk.sample(VEHICLE), "vin": LATER},
    )
    start = keys.index("structure_no")
    moved = dict(zip(keys[start + 1 :], keys[start:-1], strict=True))
    heads = {**names, keys[start]: "", **{key: names[was] for key, was in moved.items()}}
    row = {**sample, keys[start]: "", **{key: sample.get(was, "") for key, was in moved.items()}}
    assert codes(below(desk, heads, row), VEHICLE, 4) == ["ROW-OTHER-HEADINGS"]
