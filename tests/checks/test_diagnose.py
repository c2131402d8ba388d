"""From a value that breaks its field's rule to what exactly is wrong with it."""

from __future__ import annotations

import pytest
from desk import Desk

from vinbatch.checks.characters import odd_characters, strangers
from vinbatch.checks.diagnose import diagnose
from vinbatch.checks.limits import KNOWN, LENGTH, PATTERN, RANGE, broken_by_column
from vinbatch.checks.numbers import read_decimal, read_list
from vinbatch.model import Rulebook, Value
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset


def told(sheet: str, key: str, value: Value, check: str, ruleset: Ruleset) -> list[tuple[str, object]]:
    return [
        (code, dict(params)) for code, params in diagnose(ruleset.field(sheet, key), value, check, ruleset)
    ]


def test_a_text_that_is_too_long_names_both_lengths(ruleset: Ruleset) -> None:
    most = ruleset.field("vehicle", "remarks").length
    assert most is not None
    found = told("vehicle", "remarks", "x" * (most + 1), LENGTH, ruleset)
    assert found == [("TEXT-TOO-LONG", {"length": str(most + 1), "limit": str(most)})]


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(0, 10, ("0", "10")), (0.5, 1e6, ("0.5", "1000000")), (None, None, ("…", "…"))],
)
def test_a_number_beyond_names_limits_and_unit(
    low: float | None, high: float | None, shown: tuple[str, str], ruleset: Ruleset
) -> None:
    field = replace(ruleset.field("structure", "doors"), low=low, high=high, unit="mm")
    params = {"low": shown[0], "high": shown[1], "unit": " mm"}
    assert diagnose(field, 99, RANGE, ruleset) == (("NUMBER-RANGE", params),)


def test_a_number_without_a_unit_ends_with_its_limit(ruleset: Ruleset) -> None:
    ((code, params),) = diagnose(ruleset.field("structure", "doors"), 99, RANGE, ruleset)
    assert ruleset.tell(ruleset.finding(code, **params)).what.endswith("–10")


def test_a_code_with_odd_characters_that_is_too_long_tells_both(ruleset: Ruleset) -> None:
    field = ruleset.field("structure", "structure_no")
    assert field.length is not None
    text = "!" + "A" * field.length
    assert told("structure", "structure_no", text, PATTERN, ruleset) == [
        ("CELL-CHARACTER", {"chars": ("“!” U+0021 [1]",)}),
        ("TEXT-TOO-LONG", {"length": str(len(text)), "limit": str(field.length)}),
    ]


def test_a_space_in_a_code_does_not_count_to_its_length(ruleset: Ruleset) -> None:
    length = ruleset.field("structure", "structure_no").length or 0
    spaced = "A A" + "A" * (length - 2)
    space = ("CELL-SPACE", {"places": ("2",)})
    assert told("structure", "structure_no", spaced, PATTERN, ruleset) == [space]
    assert told("structure", "structure_no", spaced + "A", PATTERN, ruleset) == [
        space,
        ("TEXT-TOO-LONG", {"length": str(length + 1), "limit": str(length)}),
    ]


def test_a_code_of_which_nothing_better_is_known_has_another_shape(ruleset: Ruleset) -> None:
    assert told("structure", "structure_no", "A", PATTERN, ruleset) == [("TEXT-SHAPE", {})]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20200111*", [("CELL-CHARACTER", {"chars": ("“*” U+002A [9]",)})]),
        ("20200111", [("CCC-SHAPE", {"digits": "8"})]),
        ("2.01901E+15", [("CCC-SCIENTIFIC", {})]),
        ("2020011101345678AB", [("CCC-SHAPE", {"digits": "16"})]),
    ],
)
def test_a_certificate_tells_how_many_digits_it_begins_with(
    text: str, found: list[object], ruleset: Ruleset
) -> None:
    assert told("vehicle", "ccc_no", text, PATTERN, ruleset) == found


def test_an_unknown_choice_names_those_that_there_are(ruleset: Ruleset) -> None:
    field = ruleset.field("structure", "fuel")
    assert told("structure", "fuel", "煤", KNOWN, ruleset) == [("CHOICE-UNKNOWN", {"choices": field.choices})]


def test_an_unknown_choice_with_a_foreign_letter_names_it_first(ruleset: Ruleset) -> None:
    first, second = told("structure", "category", "М1", KNOWN, ruleset)
    assert first == ("CELL-CHARACTER", {"chars": ("“М” U+041C [1]",)})
    assert second[0] == "CHOICE-UNKNOWN"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Germny", "@meant.write|DEU 德国"), ("qqqq", "")],
)
def test_an_unknown_country_names_the_nearest(text: str, meant: str, ruleset: Ruleset) -> None:
    assert told("structure", "country", text, KNOWN, ruleset) == [("COUNTRY-UNKNOWN", {"meant": meant})]


def test_at_most_five_odd_characters_are_told_with_code_point_and_place() -> None:
    assert odd_characters("a\u200bb") == ("“ ” U+200B [2]",)
    assert odd_characters("ab", frozenset("a")) == ("“b” U+0062 [2]",)
    assert len(odd_characters("\u200b" * 9)) == 5


def test_latin_and_chinese_are_no_strangers() -> None:
    assert strangers("Škoda 斯柯达 M1") == ()
    assert strangers("М1") == ("“М” U+041C [1]",)


@pytest.mark.parametrize(("raw", "value"), [(1.23456789, 1.234568), ("7.5", 7.5), (0.1 + 0.2, 0.3)])
def test_a_number_keeps_six_decimals(raw: float | str, value: float) -> None:
    assert read_decimal(raw).value == value


@pytest.mark.parametrize("raw", [float("nan"), float("inf")])
def test_what_is_no_number_means_nothing(raw: float) -> None:
    found = read_decimal(raw)
    assert (found.value, found.code, found.params) == (None, "NUMBER-UNREADABLE", {"meant": ""})


@pytest.mark.parametrize(
    ("raw", "meant"), [("1,150", ""), ("1150 1290", "@meant.write|1150/1290"), ("a/b", "")]
)
def test_a_list_that_is_joined_otherwise_is_offered_as_meant(raw: str, meant: str) -> None:
    found = read_list(raw, "/")
    assert (found.code, found.params) == ("LIST-UNREADABLE", {"separator": "/", "meant": meant})


@pytest.mark.parametrize(
    ("sheet", "key", "value", "check"),
    [
        ("structure", "doors", 10, ""),
        ("structure", "doors", 11, RANGE),
        ("structure", "doors", -1, RANGE),
        ("structure", "fuel", "煤", KNOWN),
        ("structure", "country", "XXX", KNOWN),
        ("structure", "country", "DEU", ""),
        ("vehicle", "confirmed", "也许", KNOWN),
        ("vehicle", "ccc_no", "x", PATTERN),
    ],
)
def test_a_value_breaks_the_rule_of_its_field_or_none(
    sheet: str, key: str, value: Value, check: str, ruleset: Ruleset
) -> None:
    column = broken_by_column(ruleset, sheet)[ruleset.index(sheet)[key]]
    assert (column[value] or "") == check


def test_a_text_may_be_as_long_as_its_limit(ruleset: Ruleset) -> None:
    most = ruleset.field("vehicle", "remarks").length
    assert most is not None
    column = broken_by_column(ruleset, "vehicle")[ruleset.index("vehicle")["remarks"]]
    assert [bool(column["x" * n]) for n in (most, most + 1)] == [False, True]


@pytest.mark.parametrize("text", ["", "-", "--", "—", "/", "无", "N/A", "n/a"])
def test_a_placeholder_is_an_empty_cell(text: str, rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([{"remarks": text}])
    index = Desk(rulebook).ruleset.index("vehicle")
    assert outcome.reading.rows[0].values[index["remarks"]] is None


@pytest.mark.parametrize(
    ("text", "field", "kept"),
    [("MCF123", "vin", True), ("CF123", "vin", False), ("2026-02-31", "from", False)],
)
def test_a_condition_that_means_nothing_is_told_at_its_cell(
    text: str, field: str, kept: bool, ruleset: Ruleset
) -> None:
    from vinbatch.checks.query_sheet import read_queries

    queries, unclear, found = read_queries([(2, ((field, text),))], ruleset)
    assert (len(queries), len(unclear)) == ((1, 0) if kept else (0, 1))
    if not kept:
        assert [(f.code, f.sheet, f.row, f.field, f.value) for f in found] == [
            ("QUERY-CONDITION", "query", 2, field, text)
        ]


@pytest.mark.parametrize(
    ("key", "raw", "code"),
    [
        ("doors", 4.5, "NUMBER-NOT-WHOLE"),
        ("doors", "四", "NUMBER-UNREADABLE"),
        ("fuel_consumption", "x", "NUMBER-UNREADABLE"),
    ],
)
def test_a_number_that_is_none_is_told(key: str, raw: float | str, code: str, rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([], [{key: raw}])
    found = [f.code for f in outcome.findings if f.field == key and f.row]
    assert found == [code]


def test_a_vin_with_an_o_that_may_mean_nothing_says_so(ruleset: Ruleset) -> None:
    found = dict(told("vehicle", "vin", "O123", PATTERN, ruleset))
    assert found["VIN-IOQ"] == {"meant": "@meant.none"}


def test_a_slip_in_an_english_name_of_a_country_is_seen(ruleset: Ruleset) -> None:
    (found,) = told("structure", "country", "Germny", KNOWN, ruleset)
    assert found == ("COUNTRY-UNKNOWN", {"meant": f"@meant.write|{ruleset.countries.shown('DEU')}"})
