"""Checks across the fields of a parameter set, at their limits (domain section 5)."""

from __future__ import annotations

import pytest
from desk import Desk
from example_files import ELECTRIC

from vinbatch.model import Raw, Rulebook

Cells = dict[str, Raw]
# cells over the sample (a petrol M1 saloon of 4963 mm, 1690/2285 kg) → code, or "" for none
TABLE: list[tuple[Cells, str]] = [
    ({"length": 4973}, ""),
    ({"length": 4974}, "LENGTH-SUM"),
    ({"length": 4953}, ""),
    ({"length": 4952}, "LENGTH-SUM"),
    ({"length": 5200, "overhang_rear": ""}, ""),
    ({"gross_mass": 1691, "axle_loads": "900/900"}, ""),
    ({"gross_mass": 1690}, "MASS-GROSS-KERB"),
    ({"axle_loads": "1000/1285"}, ""),
    ({"axle_loads": "1000/1284"}, "AXLE-LOADS-SUM"),
    ({"axle_loads": "1000/1000/1000"}, "AXLE-LOADS-COUNT"),
    ({"seats": 9}, ""),
    ({"seats": 10}, "SEATS-M1"),
    ({"category": "M1G", "seats": 10}, "SEATS-M1"),
    ({"category": "M2", "seats": 10}, ""),
    ({"category": "M2", "seats": 9}, "SEATS-BUS"),
    ({"category": "N1"}, ""),
    ({"category": "N2"}, "CATEGORY-MASS"),
    ({"category": "N2G"}, "CATEGORY-MASS"),
    ({"category": "N3"}, "CATEGORY-MASS"),
    ({"category": "M3", "seats": 20}, "CATEGORY-MASS"),
    ({"co2": 133}, ""),
    ({"co2": 132}, "CO2-CONSUMPTION"),
    ({"co2": 168}, ""),
    ({"co2": 169}, "CO2-CONSUMPTION"),
    ({"fuel": "柴油", "co2": 169}, ""),
    ({"fuel": "天然气", "co2": 500}, ""),
    ({"new_energy": "是"}, "NEW-ENERGY-NO-MOTOR"),
    (ELECTRIC, ""),
    ({**ELECTRIC, "displacement": 0, "co2": 0}, ""),
    ({**ELECTRIC, "displacement": 1998}, "FUEL-DISPLACEMENT"),
    ({**ELECTRIC, "co2": 1}, "FUEL-CO2"),
    ({**ELECTRIC, "new_energy": "否"}, "FUEL-NEW-ENERGY"),
]
OF_SETS = {
    "LENGTH-SUM",
    "MASS-GROSS-KERB",
    "AXLE-LOADS-COUNT",
    "AXLE-LOADS-SUM",
    "FUEL-DISPLACEMENT",
    "FUEL-CO2",
    "FUEL-NEW-ENERGY",
    "NEW-ENERGY-NO-MOTOR",
    "SEATS-M1",
    "SEATS-BUS",
    "CATEGORY-MASS",
    "CO2-CONSUMPTION",
}


@pytest.mark.parametrize(("cells", "code"), TABLE, ids=str)
def test_a_set_at_its_limits(cells: Cells, code: str, rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([], [cells])
    assert {f.code for f in outcome.findings} & OF_SETS == ({code} if code else set())


# cells of the set, and which fields are asked for when they are empty
NEEDED: list[tuple[Cells, str, str, bool]] = [
    ({}, "vehicle", "engine_no", True),
    (ELECTRIC, "vehicle", "engine_no", False),
    (ELECTRIC, "vehicle", "motor_no", True),
    ({}, "vehicle", "motor_no", False),
    ({"fuel": "汽油/电", "new_energy": "是", "battery_capacity": 30}, "vehicle", "motor_no", True),
    ({"fuel": "汽油/电", "new_energy": "是", "battery_capacity": 30}, "vehicle", "engine_no", True),
    ({"fuel": "汽油/电", "new_energy": "否"}, "vehicle", "motor_no", False),
    ({}, "structure", "emission_standard", True),
    (ELECTRIC, "structure", "displacement", False),
    (ELECTRIC, "structure", "battery_capacity", True),
    ({}, "structure", "track_front", True),
    ({"category": "O2", "gross_mass": 2285}, "structure", "track_front", False),
    ({"category": "O2", "gross_mass": 2285}, "structure", "seats", False),
    ({"category": "O2", "gross_mass": 2285}, "structure", "track_rear", True),
    ({"category": ""}, "structure", "seats", False),
    ({}, "structure", "approach_angle", False),
]


@pytest.mark.parametrize(("cells", "sheet", "key", "needed"), NEEDED, ids=str)
def test_what_is_required_depends_on_the_set(
    cells: Cells, sheet: str, key: str, needed: bool, rulebook: Rulebook
) -> None:
    vehicle: Cells = {key: ""} if sheet == "vehicle" else {}
    outcome = Desk(rulebook).drop([vehicle], [{**cells, **({key: ""} if sheet == "structure" else {})}])
    missing = {(f.sheet, f.field) for f in outcome.findings if f.code == "FIELD-REQUIRED"}
    assert ((sheet, key) in missing) is needed
