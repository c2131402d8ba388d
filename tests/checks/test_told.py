"""What the checks across cells tell, with all that their findings name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from desk import NOW, Desk
from test_examples import with_settings

from vinbatch.checks import across
from vinbatch.checks import vin as vins
from vinbatch.checks.meant import vins_meant
from vinbatch.checks.months import from_number
from vinbatch.checks.parameters import structure_findings
from vinbatch.model import Rulebook, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

VIN = "WBA13BJ03MCF12345"


def vehicle(
    ruleset: Ruleset, values: dict[str, Value], now: datetime = NOW
) -> list[tuple[str, str, dict[str, Any]]]:
    found = across.vehicle_findings(ruleset, 2, values, now)
    assert all((f.sheet, f.row) == ("vehicle", 2) for f in found)
    return [(f.code, f.field, dict(f.params)) for f in found]


def structure(ruleset: Ruleset, **values: Value) -> list[tuple[str, str, dict[str, Any]]]:
    found = structure_findings(ruleset, 2, values)
    return [(f.code, f.field, dict(f.params)) for f in found]


def test_a_wrong_check_digit_names_both_digits_and_what_may_be_meant(ruleset: Ruleset) -> None:
    wrong = "WBA13BJ03MCF12354"
    meant = vins_meant(wrong)
    assert f"@meant.swapped|{VIN}|16–17" in meant
    assert vehicle(ruleset, {"vin": wrong}) == [
        ("VIN-CHECK-DIGIT", "vin", {"digit": vins.check_digit(wrong), "given": "3", "meant": meant})
    ]


def test_a_filler_in_the_place_of_the_check_digit_names_the_right_one(ruleset: Ruleset) -> None:
    assert vehicle(ruleset, {"vin": "WBA13BJ0ZMCF12345"}) == [("VIN-FILLER", "vin", {"digit": "3"})]


def test_an_exemption_tells_its_reason_before_anything_else(rulebook: Rulebook) -> None:
    wrong = "WBA13BJ0ZMCF12345"
    rules = Desk(with_settings(rulebook, {"exempt": [{"vin": wrong, "reason": "使馆"}]})).ruleset
    assert vehicle(rules, {"vin": wrong}) == [("VIN-EXEMPT", "vin", {"reason": "使馆"})]


def test_a_character_that_is_no_model_year_is_named(ruleset: Ruleset) -> None:
    vin = VIN[:9] + "0" + VIN[10:]
    vin = vin[:8] + vins.check_digit(vin) + vin[9:]
    assert ("VIN-YEAR-CODE", "vin", {"char": "0"}) in vehicle(ruleset, {"vin": vin})


@pytest.mark.parametrize(("month", "told"), [("2020.01", False), ("2022.12", False), ("2019.12", True)])
def test_a_month_far_from_the_model_year_names_the_nearest(month: str, told: bool, ruleset: Ruleset) -> None:
    found = vehicle(ruleset, {"vin": VIN, "production_date": month})
    due = [("DATE-MODEL-YEAR", "production_date", {"char": "M", "year": "2021"})]
    assert found == (due if told else [])


def test_of_a_month_in_the_future_no_confirmation_is_asked(ruleset: Ruleset) -> None:
    """It is refused, and no confirmation would save it."""
    found = vehicle(ruleset, {"vin": VIN, "production_date": "2031.01"})
    assert [f[0] for f in found] == ["DATE-FUTURE"]


def test_a_serial_with_a_letter_names_the_last_four(ruleset: Ruleset) -> None:
    vin = "WBA13BJ03MCF1234A"
    vin = vin[:8] + vins.check_digit(vin) + vin[9:]
    assert ("VIN-SERIAL", "vin", {"tail": "234A"}) in vehicle(ruleset, {"vin": vin})


@pytest.mark.parametrize("key", ["engine_no", "motor_no"])
@pytest.mark.parametrize(("number", "asked"), [("墨绿", True), ("EBH/EBG", True), ("N20-7", False)])
def test_a_stamped_number_without_a_digit_is_asked_about(
    key: str, number: str, asked: bool, ruleset: Ruleset
) -> None:
    """A deleted cell shifts colours below the motor number: such a row was declared without a word."""
    assert (("ENGINE-NO-DIGIT", key, {}) in vehicle(ruleset, {"vin": VIN, key: number})) is asked


@pytest.mark.parametrize(
    "toml",
    [
        "free = true",
        'pattern = ".*"',
        'kind = "choice"\nchoices = ["墨绿", "黑"]\nexample = "黑"',
    ],
    ids=["free", "pattern", "choices"],
)
def test_a_home_that_says_what_a_number_may_be_is_not_asked(toml: str, rulebook: Rulebook) -> None:
    home = (("fields.toml", f"[vehicle.motor_no]\n{toml}\n"),)
    rules = Desk(replace(rulebook, home=home, digest=toml)).ruleset
    assert vehicle(rules, {"vin": VIN, "motor_no": "墨绿"}) == []


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("2026011101345678", []),
        ("2027011101345678", [("CCC-FUTURE", "ccc_no", {"year": "2027"})]),
        ("2020010701345678", [("CCC-CLASS", "ccc_no", {"group": "0701"})]),
        ("202001070134567", []),
    ],
)
def test_a_certificate_names_its_year_and_its_group(
    number: str, found: list[object], ruleset: Ruleset
) -> None:
    assert vehicle(ruleset, {"ccc_no": number}) == found


def test_the_month_of_the_site_is_not_in_the_future(ruleset: Ruleset) -> None:
    """In Shanghai April has begun while it is still March in UTC."""
    late = datetime(2026, 3, 31, 17, tzinfo=UTC)
    assert vehicle(ruleset, {"production_date": "2026.04"}, late) == []
    assert [f[:2] for f in vehicle(ruleset, {"production_date": "2026.05"}, late)] == [
        ("DATE-FUTURE", "production_date")
    ]


@pytest.mark.parametrize(
    ("vin", "meant"),
    [
        ("WBA13BJO3MCF12345", ("WBA13BJ03MCF12345",)),
        ("WBA13BJQ3MCF12345", ("WBA13BJ03MCF12345",)),
        ("WBAI3BJ03MCF12345", ("WBA13BJ03MCF12345",)),
    ],
)
def test_letters_that_no_vin_has_are_replaced(vin: str, meant: tuple[str, ...]) -> None:
    assert vins.candidates(vin) == meant


def test_neighbours_that_changed_places_are_put_back_wherever_they_stand() -> None:
    for i in range(16):
        swapped = VIN[:i] + VIN[i + 1] + VIN[i] + VIN[i + 2 :]
        if i in (7, 8) or swapped == VIN or vins.is_valid(swapped):
            continue
        assert VIN in vins.candidates(swapped), i


def test_a_vin_of_another_length_or_with_other_signs_has_no_candidates() -> None:
    assert vins.candidates(VIN[:-1]) == vins.candidates(VIN + "1") == vins.candidates(VIN[:-1] + "*") == ()


def test_at_most_five_are_suggested() -> None:
    every = vins.candidates("WBA13BJ04MCF12345")
    assert len(every) > 5
    assert vins.suggestions("WBA13BJ04MCF12345") == every[:5]


@pytest.mark.parametrize(
    ("seats", "category", "found"),
    [
        (9, "M1", []),
        (10, "M1", [("SEATS-M1", "seats", {"seats": "10"})]),
        (10, "M1G", [("SEATS-M1", "seats", {"seats": "10"})]),
        (9, "M2", [("SEATS-BUS", "seats", {"seats": "9", "category": "M2"})]),
        (10, "M3", []),
    ],
)
def test_seats_fit_their_category(seats: int, category: str, found: list[object], ruleset: Ruleset) -> None:
    told = structure(ruleset, seats=seats, category=category)
    assert [f for f in told if f[0].startswith("SEATS")] == found


@pytest.mark.parametrize(
    ("category", "gross", "limits"),
    [
        ("N1", 3500, ""),
        ("N1", 3501, "≤ 3500"),
        ("N2", 3500, "3500–12000"),
        ("N2", 12000, ""),
        ("N3", 12000, "> 12000"),
        ("N3", 12001, ""),
        ("O1", 751, "≤ 750"),
        ("N1G", 3501, "≤ 3500"),
    ],
)
def test_a_mass_names_the_limits_of_its_category(
    category: str, gross: int, limits: str, ruleset: Ruleset
) -> None:
    told = [f for f in structure(ruleset, category=category, gross_mass=gross) if f[0] == "CATEGORY-MASS"]
    params = {"category": category, "gross": str(gross), "limits": limits}
    assert told == ([("CATEGORY-MASS", "gross_mass", params)] if limits else [])


@pytest.mark.parametrize(
    ("fuel", "co2", "expected"),
    [
        ("汽油", None, ""),
        ("汽油", 0, "172–180"),
        ("汽油", 155, "172–180"),
        ("汽油", 156, ""),
        ("汽油", 198, ""),
        ("汽油", 199, "172–180"),
        ("柴油", 175, "195–202"),
        ("柴油", 176, ""),
        ("柴油", 222, ""),
        ("柴油", 223, "195–202"),
    ],
)
def test_a_litre_of_fuel_makes_a_known_mass_of_co2(
    fuel: str, co2: Value, expected: str, ruleset: Ruleset
) -> None:
    found = [f for f in structure(ruleset, fuel=fuel, fuel_consumption=7.5, co2=co2) if "CO2" in f[0]]
    due = [("CO2-CONSUMPTION", "co2", {"litres": "7.5", "expected": expected})]
    assert found == (due if expected else [])


@pytest.mark.parametrize(
    ("category", "gross", "told"),
    [
        ("M1", 2440, False),
        ("M1", 2441, True),
        ("O1", 2441, False),
        ("L3", 2441, False),
        ("", 2441, False),
    ],
)
def test_the_axles_of_a_trailer_need_not_bear_all_of_it(
    category: str, gross: int, told: bool, ruleset: Ruleset
) -> None:
    found = structure(ruleset, axle_loads=(1150, 1290), axles=2, category=category, gross_mass=gross)
    due = ("AXLE-LOADS-SUM", "axle_loads", {"sum": "2440", "gross": str(gross)})
    assert (due in found) == told


@pytest.mark.parametrize(("category", "told"), [("M1", True), ("O2", False), ("L3", False), ("", False)])
def test_overhangs_and_wheelbase_make_the_length_of_cars_and_lorries_only(
    category: str, told: bool, ruleset: Ruleset
) -> None:
    sizes: dict[str, Value] = {"overhang_front": 800, "wheelbase": (2900,), "overhang_rear": 1000}
    found = structure(ruleset, category=category, length=4711, **sizes)
    assert ("LENGTH-SUM", "length", {"sum": "4700", "length": "4711"}) in found or not told
    assert bool(found) == told


@pytest.mark.parametrize(
    ("category", "axles", "bases", "told"),
    [
        ("N3", 3, (5000,), True),  # a tandem axle that was left out, or only the whole of it given
        ("N3", 3, (3600, 1350), False),
        ("N3", 4, (1900, 2600, 1350), False),
        ("M1", 2, (2900, 1300), True),
        ("O4", 3, (7700, 1310, 1310), False),  # from the kingpin on
        ("O1", 1, (2500,), False),
        ("L5", 3, (1500,), False),
        ("", 3, (5000,), False),
    ],
)
def test_each_gap_between_axles_of_cars_and_lorries_has_its_wheelbase(
    category: str, axles: int, bases: Value, told: bool, ruleset: Ruleset
) -> None:
    found = structure(ruleset, category=category, axles=axles, wheelbase=bases)
    assert [code for code, *_ in found] == (["WHEELBASE-COUNT"] if told else [])


@pytest.mark.parametrize(
    ("category", "axles", "most", "least"),
    [("M1", 2, 1, 1), ("N3", 3, 2, 2), ("N3", 4, 3, 2), ("N3", 5, 4, 3), ("O4", 3, 9, 1), ("L5", 3, 9, 1)],
)
def test_each_rear_axle_of_cars_and_lorries_has_its_track(
    category: str, axles: int, most: int, least: int, ruleset: Ruleset
) -> None:
    """Of four axles two may be in front: which, nothing says."""
    fitting = [
        count
        for count in range(1, 10)
        if not structure(ruleset, category=category, axles=axles, track_rear=(1860,) * count)
    ]
    assert fitting == [*range(least, most + 1)]


@pytest.mark.parametrize(("typed", "right"), [("2", "Z"), ("U", "V"), ("4", "A"), ("0", "D")])
def test_what_looks_alike_is_a_candidate(typed: str, right: str) -> None:
    body = f"WBA1{right}BJ03MCF12345"
    vin = body[:8] + vins.check_digit(body) + body[9:]
    wrong = vin[:4] + typed + vin[5:]
    assert vins.is_valid(wrong) or vin in vins.candidates(wrong)


@pytest.mark.parametrize(("number", "code"), [(1899.5, "DATE-NUMBER"), (2100.0, "DATE-NUMBER")])
def test_a_number_of_another_century_is_no_month(number: float, code: str) -> None:
    assert from_number(number, None).code == code


def test_a_required_field_that_is_empty_is_told_with_its_condition(ruleset: Ruleset) -> None:
    petrol: dict[str, Value] = {"fuel": "汽油", "category": "M1"}
    found = across.required_findings(ruleset, "vehicle", 2, {"vin": VIN}, petrol, draft=False)
    told = {f.field: (f.code, dict(f.params)["when"]) for f in found}
    assert told["ccc_no"] == ("FIELD-REQUIRED", "@when.always")
    assert told["engine_no"] == ("FIELD-REQUIRED", "@when.if_engine")


def test_a_kept_value_beyond_its_limits_is_told_with_itself(ruleset: Ruleset) -> None:
    (found,) = across.limit_findings(ruleset, "structure", 2, {"doors": 99})
    assert (found.code, found.field, found.value) == ("NUMBER-RANGE", "doors", "99")
