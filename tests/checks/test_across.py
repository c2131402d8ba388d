"""Checks across the fields of a parameter set, at their limits (domain section 5)."""

from __future__ import annotations

import pytest
from desk import NOW, Desk
from example_files import ELECTRIC

from vinbatch.checks import across
from vinbatch.checks.parameters import structure_findings
from vinbatch.checks.predicates import has_engine
from vinbatch.model import STRUCTURE, VEHICLE, Raw, Rulebook, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.compared import COMPARED

Cells = dict[str, Raw]
THREE_AXLES: Cells = {
    "axles": 3,
    "axle_loads": "1000/900/900",
    "wheelbase": "1700+1275",
    "track_rear": "1630/1630",
}
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
    ({**THREE_AXLES, "wheelbase": "2975"}, "WHEELBASE-COUNT"),
    ({**THREE_AXLES, "track_rear": "1630"}, "TRACK-REAR-COUNT"),
    (THREE_AXLES, ""),
    ({"wheelbase": "1700+1275"}, "WHEELBASE-COUNT"),
    ({"track_rear": "1630/1630"}, "TRACK-REAR-COUNT"),
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
    ({"co2": 0}, "CO2-CONSUMPTION"),
    ({"fuel_consumption": 0}, "CO2-CONSUMPTION"),
    ({"fuel_consumption": 0, "co2": 0}, ""),
    ({"fuel": "柴油", "co2": 169}, ""),
    ({"fuel": "天然气", "co2": 500}, ""),
    ({"new_energy": "是"}, "NEW-ENERGY-NO-MOTOR"),
    (ELECTRIC, ""),
    ({**ELECTRIC, "displacement": 0, "co2": 0}, ""),
    ({**ELECTRIC, "displacement": 1998}, "FUEL-DISPLACEMENT"),
    ({**ELECTRIC, "co2": 1}, "FUEL-CO2"),
    ({**ELECTRIC, "new_energy": "否"}, "FUEL-NEW-ENERGY"),
]
OF_SETS = {code for code, compared in COMPARED.items() if compared.sheet == STRUCTURE}


@pytest.mark.parametrize(("cells", "code"), TABLE, ids=str)
def test_a_set_at_its_limits(cells: Cells, code: str, rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([], [cells])
    assert {f.code for f in outcome.findings} & OF_SETS == ({code} if code else set())


@pytest.mark.parametrize(("cells", "code"), [case for case in TABLE if case[1]], ids=str)
def test_no_check_looks_at_less_than_it_says(cells: Cells, code: str, rulebook: Rulebook) -> None:
    """More it cannot: nothing else is shown to it. Without any one of these fields it has nothing to tell."""
    for key in COMPARED[code].parameters:
        outcome = Desk(rulebook).drop([], [{**cells, key: ""}])
        assert code not in {f.code for f in outcome.findings}, key


# category → the least and the greatest gross mass in kg (UN R.E.3; domain section 5)
GROSS: dict[str, tuple[int, int | None]] = {
    "N1": (1, 3500),
    "N2": (3501, 12000),
    "N3": (12001, None),
    "M2": (1, 5000),
    "M3": (5001, None),
    "O1": (1, 750),
    "O2": (751, 3500),
    "O3": (3501, 10000),
    "O4": (10001, None),
}


@pytest.mark.parametrize("category", [*GROSS, *(f"{c}G" for c in GROSS if c[0] != "O")])
def test_a_category_ends_where_the_next_begins(category: str, ruleset: Ruleset) -> None:
    low, high = GROSS[category.removesuffix("G")]

    def fits(gross: int) -> bool:
        values: dict[str, Value] = {"category": category, "gross_mass": gross}
        return not structure_findings(ruleset, 2, values)

    assert (fits(low), fits(low - 1)) == (True, False)
    assert (fits(high or 99_000), fits((high or 99_000) + 1)) == (True, high is None)


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


# Values that a record and a catalogue entry may have kept, each wrong in some way.
KEPT_VEHICLE: dict[str, Value] = {
    "vin": "WBA13BJ04MCF1234A",
    "production_date": "2027.03",
    "ccc_no": "2031011101345678",
}
KEPT_SET: dict[str, Value] = {
    "category": "M1",
    "length": 1,
    "overhang_front": 1,
    "overhang_rear": 1,
    "wheelbase": (2500, 2500),
    "gross_mass": 10,
    "kerb_mass": 20,
    "axles": 2,
    "axle_loads": (1,),
    "track_rear": (1, 1),
    "seats": 12,
    "fuel": "电",
    "displacement": 3,
    "co2": 4,
    "new_energy": "否",
    "country": "JPN",
}
# field taken out of the rules → the codes that go with it
SILENT = [
    ("vehicle.production_date", {"DATE-FUTURE", "DATE-MODEL-YEAR"}),
    ("vehicle.ccc_no", {"CCC-FUTURE"}),
    ("structure.country", {"WMI-COUNTRY"}),
    ("structure.overhang_rear", {"LENGTH-SUM"}),
    ("structure.kerb_mass", {"MASS-GROSS-KERB"}),
    ("structure.axles", {"AXLE-LOADS-COUNT", "WHEELBASE-COUNT", "TRACK-REAR-COUNT"}),
    ("structure.gross_mass", {"MASS-GROSS-KERB", "AXLE-LOADS-SUM"}),
    ("structure.seats", {"SEATS-M1"}),
    ("structure.fuel", {"FUEL-DISPLACEMENT", "FUEL-CO2", "FUEL-NEW-ENERGY"}),
]


def kept_findings(desk: Desk) -> set[str]:
    rules = desk.ruleset
    old: dict[str, Value] = {**KEPT_VEHICLE, "production_date": "2018.03"}
    found = (
        *across.vehicle_findings(rules, 2, KEPT_VEHICLE, NOW),
        *across.vehicle_findings(rules, 3, old, NOW),
        *structure_findings(rules, 2, KEPT_SET),
        *across.pair_findings(rules, 2, KEPT_VEHICLE, KEPT_SET, frozenset()),
    )
    return {f.code for f in found}


@pytest.mark.parametrize(("name", "codes"), SILENT, ids=lambda v: v if isinstance(v, str) else "")
def test_a_field_that_the_rules_no_longer_have_is_not_judged(
    name: str, codes: set[str], rulebook: Rulebook
) -> None:
    """Though its value is still on record: only what depends on it falls silent. By us: a home may not."""
    texts = dict(rulebook.packaged)
    texts["fields.toml"] = texts["fields.toml"].replace(f"[{name}]\n", f"[{name}]\noff = true\n")
    without = replace(rulebook, packaged=tuple(texts.items()), digest=f"no {name}")
    before = kept_findings(Desk(rulebook))
    assert codes <= before
    assert kept_findings(Desk(without)) == before - codes


def test_findings_of_pairs_stand_at_the_vehicle(rulebook: Rulebook) -> None:
    rules = Desk(rulebook).ruleset
    asked = across.pair_findings(rules, 7, KEPT_VEHICLE, KEPT_SET, frozenset())
    told = across.pair_findings(rules, 7, KEPT_VEHICLE, KEPT_SET, frozenset({("WBA", "JPN")}))
    assert [(f.sheet, f.row, f.field, f.code) for f in (*asked, *told)] == [
        (VEHICLE, 7, "vin", "WMI-COUNTRY"),
        (VEHICLE, 7, "vin", "WMI-COUNTRY-AGREED"),
    ]


def test_nothing_is_said_of_what_is_missing(rulebook: Rulebook) -> None:
    rules = Desk(rulebook).ruleset
    assert across.vehicle_findings(rules, 2, {}, NOW) == ()
    assert across.pair_findings(rules, 2, {}, {}, frozenset()) == ()
    for key in KEPT_SET:
        alone = structure_findings(rules, 2, {key: KEPT_SET[key]})
        assert alone == (), key


def test_an_unreadable_cell_is_not_told_as_missing_too(rulebook: Rulebook) -> None:
    rules = Desk(rulebook).ruleset
    every = across.required_findings(rules, STRUCTURE, 2, {}, {}, draft=False)
    rest = across.required_findings(rules, STRUCTURE, 2, {}, {}, draft=False, blocked={"length"})
    assert {f.field for f in every} - {f.field for f in rest} == {"length"}


def test_a_draft_may_lack_everything_but_its_identity(rulebook: Rulebook) -> None:
    rules = Desk(rulebook).ruleset
    for sheet, key in ((VEHICLE, "vin"), (STRUCTURE, "structure_no")):
        found = across.required_findings(rules, sheet, 2, {}, {}, draft=True)
        assert {f.field for f in found if f.severity.value == "stop"} == {key}


@pytest.mark.parametrize(
    ("vin", "told"),
    [("WBA13BJ05MCF12346", False), ("WBA13BJ05MCFA2346", False), ("WBA13BJ05MCF1234A", True)],
)
def test_the_last_four_are_digits_and_the_one_before_need_not_be(
    vin: str, told: bool, ruleset: Ruleset
) -> None:
    findings = across.vehicle_findings(ruleset, 2, {"vin": vin}, NOW)
    assert ("VIN-SERIAL" in {f.code for f in findings}) == told


def test_a_country_that_disagrees_names_the_maker_and_both_countries(ruleset: Ruleset) -> None:
    (told,) = across.pair_findings(ruleset, 2, {"vin": "WBA13BJ05MCF12346"}, {"country": "JPN"}, ())
    assert dict(told.params) == {"wmi": "WBA", "expected": ("DEU 德国",), "country": "JPN 日本"}


def test_a_pair_that_was_agreed_is_a_note_for_that_pair_only(ruleset: Ruleset) -> None:
    vin = {"vin": "WBA13BJ05MCF12346"}
    agreed = {("WBA", "JPN")}
    codes = [across.pair_findings(ruleset, 2, vin, {"country": c}, agreed)[0].code for c in ("JPN", "KOR")]
    assert codes == ["WMI-COUNTRY-AGREED", "WMI-COUNTRY"]


@pytest.mark.parametrize(
    ("category", "fuel", "engine"),
    [
        ("M1", "汽油", True),
        ("M1G", "柴油", True),
        ("O2", "汽油", False),
        ("M1", "电", False),
        ("M1", "氢燃料电池", False),
        ("", "汽油", False),
        ("M1", "", False),
    ],
)
def test_who_has_an_engine(category: str, fuel: str, engine: bool) -> None:
    assert has_engine({"category": category, "fuel": fuel}) == engine


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("2026221101000119", []),
        ("2026221199000119(B0)", []),
        ("2027221101000119", [("CCC-FUTURE", {"year": "2027"})]),
        ("2022221201000119", [("CCC-CLASS", {"group": "1201"})]),
    ],
)
def test_a_certificate_is_of_a_past_year_and_of_vehicles(
    number: str, told: list[tuple[str, dict[str, str]]], ruleset: Ruleset
) -> None:
    findings = across.vehicle_findings(ruleset, 2, {"ccc_no": number}, NOW)
    assert [(f.code, dict(f.params)) for f in findings] == told
