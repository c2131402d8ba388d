"""A row that slipped by one column, moved back in its result by who reads it."""

from __future__ import annotations

from run_place import Place, again, first_lines, row_of, some

KEYS = ("vin", "structure_no", "ccc_no", "production_date", "engine_no", "motor_no", "colour")


def test_the_former_result_says_that_it_was_done_and_no_difference(place: Place) -> None:
    """Its cells stood in other columns: what was moved is no other content."""
    (one,), sets = some(1)
    values = [one.get(key, "") for key in KEYS]
    slipped = dict(zip(KEYS, [*values[:2], *values[3:], ""], strict=True))
    place.drop("a.xlsx", place.sheet([slipped], sets))
    place.run()
    assert str(row_of(place, 1)["问题说明"]).startswith("这一行像是从“CCC证书编号”起左移了一列")
    heading = {key: place.ruleset.field("vehicle", key).zh for key in KEYS}
    again(place, 1, {heading[key]: str(one.get(key, "")) for key in KEYS})
    assert row_of(place, 2)["处理结果"] == "已申报"
    assert "“车辆信息”第 2 行后来已在批次 TRIAL-20260302-0002 申报，不需再改" in first_lines(place, 1)
