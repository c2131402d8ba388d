"""Numbers in another unit, or with their own: what is said of them."""

from __future__ import annotations

import pytest

from vinbatch.checks.cells import clean_cell
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, Raw
from vinbatch.ruleset import compile_rules

RULES = compile_rules(packaged_rulebook())


@pytest.mark.parametrize(
    ("key", "raw", "unit", "meant"),
    [
        ("wheelbase", "2.922", "mm", "2922"),
        ("wheelbase", 2.922, "mm", "2922"),
        ("wheelbase", "2.922 米", "mm", "2922"),
        ("wheelbase", "3.6+1.35", "mm", "3600+1350"),
        ("length", "4.936", "mm", "4936"),
        ("length", 4.936, "mm", "4936"),
        ("length", "5M", "mm", "5000"),
        ("gross_mass", "2.1吨", "kg", "2100"),
        ("axle_loads", "1.09/1.265", "kg", "1090/1265"),
    ],
)
def test_a_thousandth_is_asked_about_in_the_unit_of_the_field(
    key: str, raw: Raw, unit: str, meant: str
) -> None:
    cleaned = clean_cell(RULES.field(STRUCTURE, key), raw, RULES)
    assert (cleaned.value, cleaned.found) == (None, (("NUMBER-THOUSANDTH", {"unit": unit, "meant": meant}),))


@pytest.mark.parametrize(
    ("key", "raw", "meant"),
    [
        ("wheelbase", "2941mm", "2941"),
        ("wheelbase", "2941 毫米", "2941"),
        ("axle_loads", "1090/1265公斤", "1090/1265"),
        ("axle_loads", "约1090/1265kg", ""),
        ("axle_loads", "1,090kg", ""),
        ("axle_loads", "100吨", ""),
    ],
)
def test_a_list_with_its_unit_is_told_to_do_without(key: str, raw: str, meant: str) -> None:
    cleaned = clean_cell(RULES.field(STRUCTURE, key), raw, RULES)
    assert cleaned.found == (("NUMBER-WITH-UNIT", {"meant": meant and f"@meant.write|{meant}"}),)


@pytest.mark.parametrize(
    ("key", "raw", "code"),
    [
        ("wheelbase", "99.5", "LIST-UNREADABLE"),  # 99500 is none either
        ("wheelbase", 2.9225, "NUMBER-NOT-WHOLE"),
        ("length", 4936.5, "NUMBER-NOT-WHOLE"),
        ("doors", "0.004", "NUMBER-NOT-WHOLE"),
        ("wheelbase", "2922x", "LIST-UNREADABLE"),
    ],
)
def test_what_no_unit_explains_is_told_as_it_was(key: str, raw: Raw, code: str) -> None:
    assert clean_cell(RULES.field(STRUCTURE, key), raw, RULES).found[0][0] == code


@pytest.mark.parametrize(
    ("key", "raw", "unit", "meant"),
    [("tow_braked", "2.000", "kg", "2000"), ("overhang_front", "1.000", "mm", "1000")],
)
def test_a_text_that_may_be_thousands_is_not_taken_for_ones(
    key: str, raw: str, unit: str, meant: str
) -> None:
    cleaned = clean_cell(RULES.field(STRUCTURE, key), raw, RULES)
    assert (cleaned.value, cleaned.found) == (None, (("NUMBER-THOUSANDTH", {"unit": unit, "meant": meant}),))


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("tow_unbraked", "750.000", 750),  # 750 t is out of bounds
        ("kerb_mass", "1690.000", 1690),
        ("overhang_front", "0.000", 0),
        ("tow_braked", "2.0", 2),
        ("doors", "4.000", 4),
        ("tow_braked", 2.0, 2),
    ],
)
def test_decimals_that_are_zero_count_where_they_cannot_be_thousands(key: str, raw: Raw, value: int) -> None:
    assert clean_cell(RULES.field(STRUCTURE, key), raw, RULES).value == value
