"""The vehicle identification number (domain section 3)."""

from __future__ import annotations

import pytest
from desk import Desk, codes, said, verdicts
from hypothesis import given
from hypothesis import strategies as st
from test_examples import with_settings

from vinbatch.checks import vin as vins
from vinbatch.checks.wmi import countries_of, country_of_maker
from vinbatch.model import Rulebook
from vinbatch.ruleset import Ruleset

SHAPED = st.text(vins.ALPHABET, min_size=17, max_size=17)


def valid(body: str) -> str:
    """This VIN with the check digit that belongs to it."""
    return body[:8] + vins.check_digit(body) + body[9:]


@pytest.mark.parametrize(
    ("vin", "digit"),
    [
        ("1FMEE5DP9NLB41601", "9"),  # the worked example: 350 mod 11 = 9
        ("1M8GDM9AXKP042788", "X"),
        ("11111111111111111", "1"),
        ("WBA13BJ03MCF12345", "3"),
    ],
)
def test_the_check_digit(vin: str, digit: str) -> None:
    assert vins.check_digit(vin) == digit


@pytest.mark.parametrize("group", ["1AJ", "2BKS", "3CLT", "4DMU", "5ENV", "6FW", "7GPX", "8HY", "9RZ"])
def test_letters_of_the_same_value_cannot_be_told_apart(group: str) -> None:
    digits = {vins.check_digit(f"WBA13BJ03MCF1234{c}") for c in group}
    assert len(digits) == 1


@given(SHAPED, st.integers(0, 16), st.sampled_from(vins.ALPHABET))
def test_suggestions_are_valid_few_and_of_another_value(body: str, place: int, char: str) -> None:
    vin = body[:place] + char + body[place + 1 :]
    found = vins.suggestions(vin)
    assert len(found) <= 5
    assert all(vins.is_valid(v) and v[13:].isdecimal() for v in found)


@given(SHAPED, st.integers(0, 16), st.sampled_from(vins.ALPHABET))
def test_a_candidate_is_one_slip_away(body: str, place: int, char: str) -> None:
    """One character, or two neighbours that changed places: the clerk who copies it sees all that changed."""
    vin = body[:place] + char + body[place + 1 :]
    for meant in vins.candidates(vin):
        places = [i for i in range(17) if meant[i] != vin[i]]
        swapped = len(places) == 2 and places[1] == places[0] + 1
        assert len(places) <= 1 or (swapped and sorted(meant) == sorted(vin)), meant


@given(SHAPED, st.lists(st.tuples(st.integers(0, 16), st.sampled_from("IOQ")), min_size=1, max_size=3))
def test_beside_a_letter_that_no_vin_has_nothing_changes(body: str, letters: list[tuple[int, str]]) -> None:
    vin = list(body)
    for place, letter in letters:
        vin[place] = letter
    for meant in vins.candidates("".join(vin)):
        assert all(new == old or old in "IOQ" for old, new in zip(vin, meant, strict=True))


@pytest.mark.parametrize("between", ["\n", "、", "", " WBA13BJ07MCF1234 "])
def test_several_vins_in_one_cell_are_told_to_be_as_many_rows(between: str, desk: Desk) -> None:
    """To delete what is too much would have lost a vehicle."""
    outcome = desk.drop([{"vin": f"WBA13BJ03MCF12345{between}WBA13BJ05MCF12346"}])
    (found,) = [f for f in outcome.findings if f.sheet == "vehicle" and f.code != "CELL-CLEANED"]
    assert "不止一个 VIN" in desk.ruleset.tell(found).cure


@pytest.mark.parametrize(
    "text",
    [
        "WBA13BJ03MCF12345（已核对无误，请尽快办理，谢谢，联系人张三）",
        "SEE THE LIST OF VEHICLES THAT CAME LAST WEEK",
    ],
)
def test_a_long_text_with_one_vin_or_none_is_not_told_to_hold_several(text: str, desk: Desk) -> None:
    """It was, by its length alone, and of the characters that no VIN has nothing was said."""
    outcome = desk.drop([{"vin": text}])
    found = {f.code: desk.ruleset.tell(f).cure for f in outcome.findings}
    assert "不止一个" not in found["VIN-LENGTH"]
    assert {"CELL-CHARACTER", "CELL-SPACE"} & found.keys()


def test_where_the_check_digit_does_not_fit_beside_a_letter_nothing_is_offered() -> None:
    """WBA13BJ05MCF02402 was offered, and filed: beside the O its position 9 had changed, unsaid."""
    assert vins.candidates("WBA13BJ00MCFO2402") == ()
    assert vins.candidates("WBA13BJ05MCFO2402") == ("WBA13BJ05MCF02402",)


def test_the_vin_of_another_vehicle_makes_room_for_the_next() -> None:
    first, second, *_ = vins.candidates("WBA13BJ03MCF12354")
    assert vins.suggestions("WBA13BJ03MCF12354", {first})[0] == second


def test_what_has_a_letter_at_its_end_is_no_candidate() -> None:
    """GB 16735: the last four are digits; one with F among them was offered first."""
    good = valid("WBA13BJ00MCF1F409")
    typed = good[:13] + good[14] + good[13] + good[15:]
    assert vins.is_valid(good)
    assert not vins.is_valid(typed)
    assert good not in vins.candidates(typed)
    assert vins.candidates(typed) == ()


@given(SHAPED, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_among_the_candidates(body: str, place: int) -> None:
    good = valid(body[:13] + "2409")
    spoilt = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
    assert vins.is_valid(spoilt) or good in vins.candidates(spoilt)


def test_what_changed_places_comes_first() -> None:
    assert vins.suggestions("WBA13BJ03MCF12354")[0] == "WBA13BJ03MCF12345"


@given(SHAPED)
def test_another_check_digit_alone_is_never_offered(body: str) -> None:
    """One always fits: it was often the only one offered, and the slip stood elsewhere."""
    assert valid(body) not in vins.candidates(body)


@given(SHAPED)
def test_suggestions_are_some_of_the_candidates(body: str) -> None:
    assert set(vins.suggestions(body)) <= set(vins.candidates(body))


@given(SHAPED)
def test_o_q_and_i_are_replaced_all_at_once(body: str) -> None:
    good = valid(body[:13] + "2409")
    if set("01") & set(good):
        spoilt = good.replace("0", "O").replace("1", "I")
        assert vins.suggestions(spoilt) == (good,)


@pytest.mark.parametrize(
    ("char", "years"),
    [("A", (1980, 2010)), ("Y", (2000, 2030)), ("1", (2001, 2031)), ("9", (2009, 2039)), ("N", (1992, 2022))],
)
def test_position_ten_is_the_model_year(char: str, years: tuple[int, ...]) -> None:
    assert vins.model_years(char) == years


@pytest.mark.parametrize("char", "IOQUZ0")
def test_six_characters_are_no_year(char: str) -> None:
    assert vins.model_years(char) == ()


@pytest.mark.parametrize(
    ("month", "verdict"),
    [
        ("2020.01", "declared"),
        ("2021.06", "declared"),
        ("2022.12", "declared"),
        ("2019.12", "held"),
        ("2023.01", "held"),
    ],
)
def test_the_year_and_one_beside_it_are_normal(month: str, verdict: str, rulebook: Rulebook) -> None:
    assert verdicts(Desk(rulebook).drop([{"production_date": month}])) == {2: verdict}


def test_a_wrong_check_digit_stops_and_suggests(desk: Desk) -> None:
    outcome = desk.drop([{"vin": "WBA13BJ03MCF12354"}])
    (finding,) = [f for f in outcome.findings if f.code == "VIN-CHECK-DIGIT"]
    assert "WBA13BJ03MCF12345" in desk.ruleset.tell(finding).cure


def test_an_exempt_vin_is_a_note_with_its_reason(rulebook: Rulebook) -> None:
    exempt = [{"vin": "WBA13BJ04MCF12345", "reason": "使馆车辆"}]
    desk = Desk(with_settings(rulebook, {"exempt": exempt}))
    outcome = desk.drop([{"vin": "WBA13BJ04MCF12345"}])
    assert verdicts(outcome) == {2: "declared"}
    assert said(outcome) == [("VIN-EXEMPT", "note")]
    assert "使馆车辆" in desk.ruleset.tell(outcome.findings[0]).what


@pytest.mark.parametrize(
    ("vin", "codes_of"),
    [
        ("WP1AA29Y0MLA12345", {"DEU", "USA"}),
        ("WBA13BJ03MCF12345", {"DEU"}),
        ("LFV2A21K0E4012345", {"CHN"}),
        ("SALWA2RV0MA123456", {"GBR"}),
        ("YV1ZWA8V0N1123456", {"SWE"}),
    ],
)
def test_the_country_is_that_of_the_range_or_of_the_maker(
    vin: str, codes_of: set[str], ruleset: Ruleset
) -> None:
    found = countries_of(ruleset, vin)
    assert found
    assert found <= codes_of


def test_a_small_maker_is_known_by_six_characters(ruleset: Ruleset) -> None:
    assert country_of_maker(ruleset, "10900000000024000") == "USA"
    assert country_of_maker(ruleset, "10900000000000000") is None


def test_a_confirmed_pair_is_a_note_from_then_on(desk: Desk) -> None:
    """MINI is WMW and built in Britain: such must not hold every row for ever."""
    first = valid("WMWXU7100M2D12345")
    second = valid("WMWXU7100M2D12346")
    british = [{"country": "英国"}]
    held = desk.drop([{"vin": first}], british)
    assert (verdicts(held), codes(held, "vehicle")) == ({2: "held"}, ["WMI-COUNTRY"])
    desk.again(held, {2: {"confirmed": "是"}})
    again = desk.drop([{"vin": second}], british)
    assert verdicts(again) == {2: "declared"}
    assert said(again) == [("WMI-COUNTRY-AGREED", "note")]


@pytest.mark.parametrize(
    "pair", ["0D", "1L", "1T", "17", "2Z", "5S", "6G", "8B", "UV", "VW", "MN", "EF", "CG", "PR", "4A"]
)
def test_a_look_alike_is_among_the_candidates(pair: str) -> None:
    meant = valid(f"WBA1{pair[0]}BJ00MCF12345")
    assert meant in vins.candidates(meant[:4] + pair[1] + meant[5:])
