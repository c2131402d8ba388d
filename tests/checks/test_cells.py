"""One cell at a time: what is read, what is told, what is suggested."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch.checks.cells import REFILL, Cleaned, clean_cell
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Field, Kind, Odd, OddKind, Raw
from vinbatch.ruleset import compile_rules

RULES = compile_rules(packaged_rulebook())
EVERY = [f for sheet in (VEHICLE, STRUCTURE) for f in RULES.fields(sheet)]


def clean(key: str, raw: Raw, sheet: str = STRUCTURE) -> Cleaned:
    return clean_cell(RULES.field(sheet, key), raw, RULES)


def codes(cleaned: Cleaned) -> list[str]:
    return [code for code, _ in cleaned.found]


# ── look-alikes outside of free text ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sheet", "key", "typed", "point", "code"),
    [
        (VEHICLE, "production_date", "2021。10", "U+3002", "DATE-SHAPE"),
        (VEHICLE, "production_date", "2021.О3", "U+041E", "DATE-UNREADABLE"),
        (STRUCTURE, "length", "49З6", "U+0417", "NUMBER-UNREADABLE"),
        (STRUCTURE, "axle_loads", "115О/1290", "U+041E", "LIST-UNREADABLE"),
    ],
)
def test_a_look_alike_in_a_number_is_named_by_its_code_point(
    sheet: str, key: str, typed: str, point: str, code: str
) -> None:
    cleaned = clean(key, typed, sheet)
    assert codes(cleaned) == ["CELL-CHARACTER", code]
    assert point in str(cleaned.found[0][1]["chars"])


@pytest.mark.parametrize("char", ["\u200b", "\u034f", "\u2800", "\u3164", "\ufe0f", "\U000e0100", "\ufffd"])
def test_what_nobody_sees_is_no_value_of_a_text(char: str) -> None:
    for typed in (char, f"B48{char}20B"):
        cleaned = clean("engine_no", typed, VEHICLE)
        assert codes(cleaned) == ["CELL-CHARACTER"]
        assert f"“ ” U+{ord(char):04X}" in str(cleaned.found[0][1]["chars"])


@pytest.mark.parametrize(("key", "sheet"), [("colour", VEHICLE), ("structure_no", VEHICLE)])
@pytest.mark.parametrize(
    ("typed", "point"), [("_x767D_", "U+767D [1]"), ("A_x0430_1", "U+0430 [2]"), ("a_x200b_", "U+200B [2]")]
)
def test_what_excel_shows_as_another_character_is_no_value(
    key: str, sheet: str, typed: str, point: str
) -> None:
    """白 was seen, and _x767D_ declared."""
    cleaned = clean(key, typed, sheet)
    assert codes(cleaned) == ["CELL-CHARACTER"]
    assert point in str(cleaned.found[0][1]["chars"])


@pytest.mark.parametrize("typed", ["A_X1_2", "B_x12", "a_x20_"])
def test_an_underscore_and_an_x_are_letters_of_a_number(typed: str) -> None:
    assert clean("structure_no", typed, VEHICLE).value == typed.upper()


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("engine_no", "'264920 34988381", "264920 34988381"),
        ("engine_no", "''B48", "B48"),
        ("ccc_no", "'2020011101348005", "2020011101348005"),
        ("vin", " 'WBA13BJ03MCF12345", "WBA13BJ03MCF12345"),
    ],
)
def test_the_apostrophe_that_says_text_is_no_part_of_it(key: str, typed: str, kept: str) -> None:
    """An export writes it before a long number; an engine number was declared with it."""
    cleaned = clean(key, typed, VEHICLE)
    assert (cleaned.value, codes(cleaned)) == (kept, ["CELL-CLEANED"])


def test_in_what_somebody_writes_freely_it_stays() -> None:
    assert clean("remarks", "'06款", VEHICLE).value == "'06款"


@pytest.mark.parametrize(
    ("typed", "kept"), [("首批❤\ufe0f样车", "首批❤样车"), ("辻\U000e0100工業", "辻工業")]
)
def test_what_only_chooses_the_drawing_of_a_sign_goes_from_a_text(typed: str, kept: str) -> None:
    cleaned = clean("remarks", typed, VEHICLE)
    assert (cleaned.value, codes(cleaned)) == (kept, ["CELL-CLEANED"])


@pytest.mark.parametrize("tail", ["\ufe0f\ufe0f", "\ufe0f\U000e0100\U000e0101"])
def test_a_row_of_such_characters_hides_something(tail: str) -> None:
    assert codes(clean("remarks", f"首批❤{tail}", VEHICLE)) == ["CELL-CHARACTER"]


@pytest.mark.parametrize("typed", ["去年三月", "Jan 2021", "2021年13月"])
def test_words_are_no_look_alikes(typed: str) -> None:
    assert codes(clean("production_date", typed, VEHICLE)) == ["DATE-UNREADABLE"]


@pytest.mark.parametrize("typed", ["a\nb", "a\tb", "a\rb", "a\r\nb", "a \n b", "甲\n乙"])
def test_a_line_break_or_a_tab_within_a_text_becomes_a_blank(typed: str) -> None:
    assert clean("remarks", typed, VEHICLE).value == " ".join(typed.split())


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (date(2021, 3, 1), "CELL-DATE"),
        (time(3, 1), "CELL-DATE"),
        (Odd(OddKind.FORMATTED, "0.00", "x"), "CELL-ERROR"),
    ],
    ids=str,
)
def test_a_date_or_a_formatted_text_in_a_number_is_lost(raw: Raw, code: str) -> None:
    cleaned = clean("length", raw)
    assert (codes(cleaned), cleaned.leftover) == ([code], REFILL)


# ── the token of lost values ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", EVERY, ids=lambda f: f"{f.sheet}.{f.key}")
@pytest.mark.parametrize("typed", [f" {REFILL} ", "＃请重填", f"{REFILL}黑色", f"碳黑{REFILL}"])
def test_the_token_stops_until_it_is_overwritten(field: Field, typed: str) -> None:
    """Typing beside the token does not overwrite it."""
    cleaned = clean_cell(field, typed, RULES)
    assert (cleaned.value, codes(cleaned)) == (None, ["CELL-REFILL"])
    assert codes(clean_cell(field, cleaned.leftover, RULES)) == ["CELL-REFILL"]


def test_what_was_typed_beside_the_token_stays_for_the_clerk_to_see() -> None:
    typed = (f" {REFILL} ", f"碳黑{REFILL}")
    assert [clean("colour", t, VEHICLE).leftover for t in typed] == [REFILL, f"碳黑{REFILL}"]


# ── suggestions ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "typed", "meant"),
    [
        ("length", "4,936", "4936"),
        ("length", "4，936", "4936"),
        ("length", "4936mm", "4936"),
        ("length", "4936 毫米", "4936"),
        ("length", "4,936 MM", "4936"),
        ("length", "4936.5mm", ""),
        ("length", "49,36", ""),
        ("length", "约4936", ""),
        ("kerb_mass", "1690公斤", "1690"),
        ("fuel_consumption", "6.4L/100km", "6.4"),
        ("fuel_consumption", "6,4", ""),
        ("axle_loads", "1150+1290", "1150/1290"),
        ("axle_loads", "1150、1290", "1150/1290"),
        ("axle_loads", "1,150/1,290", ""),
        ("axle_loads", "950,900", ""),
    ],
)
def test_a_number_is_suggested_only_where_it_is_the_same_number(key: str, typed: str, meant: str) -> None:
    """950,900 may be one number or two."""
    (told,) = (params for code, params in clean(key, typed).found if code.endswith("-UNREADABLE"))
    assert told["meant"] == (f"@meant.write|{meant}" if meant else "")


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("length", 4936.0, 4936),
        ("length", "4936.00", 4936),
        ("length", "4936", 4936),
        ("fuel_consumption", 6.4000000000000004, 6.4),
        ("fuel_consumption", "6.40", 6.4),
        ("axle_loads", 1150, (1150,)),
        ("axle_loads", "1150 / 1290", (1150, 1290)),
        ("country", "德国", "DEU"),
        ("country", "germany", "DEU"),
        ("country", "de", "DEU"),
        ("country", "台湾", "TWN"),
        ("country", "CCK 科科斯（基林）群岛", "CCK"),
    ],
)
def test_legitimate_input_is_read_without_a_note(key: str, raw: Raw, value: object) -> None:
    cleaned = clean(key, raw)
    assert (cleaned.value, cleaned.found) == (value, ())


# ── there and back ───────────────────────────────────────────────────────────────────────────────

_TYPED: dict[Kind, st.SearchStrategy[Raw]] = {
    Kind.INT: st.integers(-(10**9), 10**9),
    Kind.DECIMAL: st.floats(-1e9, 1e9),
    Kind.MONTH: st.builds("{:04d}.{:02d}".format, st.integers(1900, 2099), st.integers(1, 12)),
    Kind.INTLIST: st.lists(st.integers(0, 99999), min_size=1, max_size=5).map(
        lambda n: "/".join(map(str, n))
    ),
    Kind.COUNTRY: st.sampled_from(
        [w for c in RULES.countries.by_code.values() for w in (c.zh, c.en, c.alpha3)]
    ),
}


@st.composite
def typed(draw: st.DrawFn) -> tuple[Field, Raw]:
    """A field, and something that a person may have typed there."""
    field = draw(st.sampled_from(EVERY))
    if field.choices:
        return field, draw(st.sampled_from([*field.choices, *field.choice_aliases]))
    return field, draw(_TYPED.get(field.kind, st.text(min_size=1, max_size=20)))


@settings(max_examples=400, deadline=None)
@given(typed())
def test_what_is_shown_reads_back_as_the_same_value(drawn: tuple[Field, Raw]) -> None:
    """A clean value goes out to the result workbook and comes back without a finding."""
    field, raw = drawn
    if field.kind is Kind.INTLIST and isinstance(raw, str):
        raw = raw.replace("/", field.separator)
    value = clean_cell(field, raw, RULES).value
    if value is None:
        return
    again = clean_cell(field, RULES.shown(field, value), RULES)
    assert (again.value, again.found) == (value, ())


def test_every_name_of_a_country_and_every_choice_is_read_without_a_note() -> None:
    """Property tests draw some of them; brackets and accents hide in the others."""
    country = RULES.field(STRUCTURE, "country")
    for known in RULES.countries.by_code.values():
        names = (known.alpha2, known.alpha3, known.zh, known.en, *known.aliases)
        for text in (*names, RULES.shown(country, known.alpha3)):
            assert clean_cell(country, text, RULES) == Cleaned(known.alpha3)
    for field in EVERY:
        for choice in field.choices:
            assert clean_cell(field, choice, RULES) == Cleaned(choice)
