"""What spreadsheets do to such data (domain section 7): the cell, and the finding."""

from __future__ import annotations

from datetime import datetime

import pytest
from desk import Desk, verdicts

from vinbatch.checks import months
from vinbatch.checks.cells import clean_cell
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import (
    PLACEHOLDERS,
    REFILL,
    STRUCTURE,
    VEHICLE,
    Kind,
    Odd,
    OddKind,
    Raw,
    Rulebook,
    Severity,
)
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

RULES = compile_rules(packaged_rulebook())
EVERY = [f for sheet in (VEHICLE, STRUCTURE) for f in RULES.fields(sheet)]


# ── the month trap ───────────────────────────────────────────────────────────────────────────────

GENERAL, TWO, ONE = "General", "0.00", "0.0"
NOT_TWO = ("0.0#", "0.##", "0.??", "0.00#", "0.00%", "0.00E+00", "0.00,", "[>3000]0.00;0.0", "@", "0")
AS_TWO = ("[$-804]0.00", "[Red]0.00", "0.00;-0.00", '0.00 "年"', "#,##0.00_);(#,##0.00)", "0.00_ ", "0.00*.")
MONTHS: list[tuple[Raw, str, str]] = [
    # cell                                         → month      finding
    ("2021.10", "2021.10", ""),
    ("2021.01", "2021.01", ""),
    (2021.01, "2021.01", ""),
    (2021.09, "2021.09", ""),
    (2021.11, "2021.11", ""),
    (2021.12, "2021.12", ""),
    (Odd(OddKind.FORMATTED, TWO, 2021.1), "2021.10", "DATE-OCTOBER"),
    (Odd(OddKind.FORMATTED, '0.00_ ;[Red]-0.00"年"', 2021.1), "2021.10", "DATE-OCTOBER"),
    (Odd(OddKind.FORMATTED, "#,##0.00", 2021.1), "2021.10", "DATE-OCTOBER"),
    (Odd(OddKind.FORMATTED, GENERAL, 2021.1), "", "DATE-AMBIGUOUS"),
    (Odd(OddKind.FORMATTED, ONE, 2021.1), "", "DATE-AMBIGUOUS"),
    (Odd(OddKind.FORMATTED, "0.000", 2021.1), "", "DATE-AMBIGUOUS"),
    (Odd(OddKind.FORMATTED, "", 2021.1), "", "DATE-AMBIGUOUS"),
    # These show 2021.1, or another number, whatever they look like.
    *((Odd(OddKind.FORMATTED, f, 2021.1), "", "DATE-AMBIGUOUS") for f in NOT_TWO),
    *((Odd(OddKind.FORMATTED, f, 2021.1), "2021.10", "DATE-OCTOBER") for f in AS_TWO),
    (2021.1, "", "DATE-AMBIGUOUS"),
    ("2021.1", "", "DATE-AMBIGUOUS"),
    *((Odd(OddKind.FORMATTED, TWO, 2021 + d / 10), "", "DATE-ONE-DECIMAL") for d in range(2, 10)),
    (2021.3, "", "DATE-ONE-DECIMAL"),
    (2021.13, "", "DATE-NUMBER"),
    (2021, "", "DATE-NUMBER"),
    (202110, "", "DATE-NUMBER"),
    (44287, "", "DATE-NUMBER"),
    (datetime(2021, 10, 1), "2021.10", "DATE-CELL"),
    ("2021-01", "", "DATE-SHAPE"),
    ("2021/1", "", "DATE-SHAPE"),
    ("2021年1月", "", "DATE-SHAPE"),
    ("202101", "", "DATE-SHAPE"),
    ("2021-01-15", "", "DATE-SHAPE"),
    ("２０２１.０１", "2021.01", "CELL-CLEANED"),
    ("2021.00", "", "DATE-UNREADABLE"),
    ("2021,10", "", "DATE-SHAPE"),
    ("2021，10", "", "DATE-SHAPE"),
    ("2021,1", "", "DATE-AMBIGUOUS"),
    ("Jan 2021", "", "DATE-UNREADABLE"),
]


@pytest.mark.parametrize(("raw", "month", "code"), MONTHS, ids=str)
def test_the_month_trap(raw: Raw, month: str, code: str) -> None:
    cleaned = clean_cell(RULES.field(VEHICLE, "production_date"), raw, RULES)
    assert (cleaned.value or "") == month
    assert [c for c, _ in cleaned.found] == ([code] if code else [])


@pytest.mark.parametrize("text", ["2021-01", "2021/1", "2021年1月", "202101", "2021.1.5", "2021年01月31日"])
def test_a_month_written_otherwise_is_told_how_to_write_it(text: str) -> None:
    assert months.from_text(text).params == {"meant": "2021.01"}


def test_an_ambiguous_month_names_both() -> None:
    assert months.from_number(2021.1, GENERAL).params == {"january": "2021.01", "october": "2021.10"}


def test_a_month_after_the_current_one_is_a_stop_by_the_sites_clock(rulebook: Rulebook) -> None:
    """31 March 17:00 UTC is already April in Shanghai."""
    late = Desk(rulebook, now=datetime.fromisoformat("2021-03-31T17:00:00+00:00"))
    assert verdicts(late.drop([{"production_date": "2021.04"}])) == {2: "declared"}
    assert verdicts(late.drop([{"production_date": "2021.05"}])) == {2: "refused"}


# ── lost values ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Odd(OddKind.ERROR, "#N/A"), "CELL-ERROR"),
        (Odd(OddKind.UNCALCULATED, "=A1"), "CELL-UNCALCULATED"),
        (Odd(OddKind.MERGED, "A2:A3"), "CELL-MERGED"),
        (REFILL, "CELL-REFILL"),
    ],
)
def test_a_lost_value_is_a_stop_in_every_field(raw: Raw, code: str) -> None:
    for field in EVERY:
        cleaned = clean_cell(field, raw, RULES)
        assert cleaned.value is None, field.key
        assert [c for c, _ in cleaned.found] == [code], field.key
        assert cleaned.leftover == REFILL, field.key
    assert RULES.findings[code].severity is Severity.STOP


@pytest.mark.parametrize("text", [*PLACEHOLDERS, " - ", "n/a", "－"])
def test_a_placeholder_reads_as_empty_in_every_field(text: str) -> None:
    for field in EVERY:
        cleaned = clean_cell(field, text, RULES)
        assert (cleaned.value, cleaned.found, cleaned.leftover) == (None, (), ""), field.key


TEXTUAL = [f for f in EVERY if f.kind in (Kind.TEXT, Kind.CODE, Kind.VIN)]


def test_a_number_where_text_is_due_is_a_stop_in_optional_fields_too() -> None:
    """A text such as 12E5 typed into a General cell has become 1200000."""
    for field in TEXTUAL:
        cleaned = clean_cell(field, 1200000, RULES)
        assert ([c for c, _ in cleaned.found], cleaned.leftover) == (["TEXT-NUMERIC"], REFILL), field.key


def test_a_numeric_certificate_has_lost_its_last_digit() -> None:
    cleaned = clean_cell(RULES.field(VEHICLE, "ccc_no"), 2022221101000119, RULES)
    assert ([c for c, _ in cleaned.found], cleaned.leftover) == (["CCC-NUMERIC"], REFILL)


# ── characters ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("ＷＢＡ13BJ03MCF12345", "WBA13BJ03MCF12345"),
        ("\u00a0WBA13BJ03MCF12345\u3000", "WBA13BJ03MCF12345"),
        ("wba13bj03mcf12345", "WBA13BJ03MCF12345"),
    ],
)
def test_what_nfkc_mends_is_mended_with_a_note(typed: str, value: str) -> None:
    cleaned = clean_cell(RULES.field(VEHICLE, "vin"), typed, RULES)
    assert (cleaned.value, [c for c, _ in cleaned.found]) == (value, ["CELL-CLEANED"])


@pytest.mark.parametrize(
    ("vin", "points"),
    [
        ("WВA13BJ03MCF12345", ["U+0412"]),  # Cyrillic В
        ("WΒA13BJ03MCF12345", ["U+0392"]),  # Greek Beta
        ("WBA13BJ03MCF12345\u200b", ["U+200B"]),
        ("WBA13BJ03MCF1234。", ["U+3002"]),
        ("WВA13BJ03MCF1234。", ["U+0412", "U+3002"]),
    ],
)
def test_a_look_alike_is_named_by_its_code_point(vin: str, points: list[str], desk: Desk) -> None:
    outcome = desk.drop([{"vin": vin}])
    (finding,) = [f for f in outcome.findings if f.code == "CELL-CHARACTER"]
    told = desk.ruleset.tell(finding).what
    assert all(point in told for point in points)


def test_a_space_within_a_vin_is_told_in_words_and_does_not_count(desk: Desk) -> None:
    found = [f for f in desk.drop([{"vin": " WBA13 BJ03MCF12345"}]).findings if f.field == "vin"]
    assert [f.code for f in found] == ["CELL-SPACE"]
    assert desk.ruleset.tell(found[0]).what.endswith("第 6 位是空格")


@pytest.mark.parametrize(
    ("vin", "mend"), [("WBA13BJ03MCF1234", "补全"), ("WBA13BJ03MCF123456", "删去多出的")]
)
def test_a_vin_of_another_length_is_completed_or_cut(vin: str, mend: str, desk: Desk) -> None:
    (finding,) = [f for f in desk.drop([{"vin": vin}]).findings if f.code == "VIN-LENGTH"]
    assert desk.ruleset.tell(finding).cure.endswith(mend)


def test_one_bad_cell_never_hides_another(desk: Desk) -> None:
    bad = {"vin": "WBA", "ccc_no": 1, "production_date": "x", "colour": "黑" * 71, "engine_no": 5}
    outcome = desk.drop([bad], [{"length": "x", "fuel": "煤", "seats": "99999"}])
    fields = {(f.sheet, f.field) for f in outcome.findings if f.severity is Severity.STOP}
    assert fields >= {("vehicle", key) for key in bad} | {
        ("structure", k) for k in ("length", "fuel", "seats")
    }


# ── rows and columns ─────────────────────────────────────────────────────────────────────────────


def test_hidden_rows_are_read_and_counted(desk: Desk) -> None:
    sheet = replace(desk.sheet(VEHICLE, [{}]), hidden_rows=(2,))
    outcome = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    assert verdicts(outcome) == {2: "declared"}
    (note,) = [f for f in outcome.findings if f.code == "ROWS-HIDDEN"]
    assert dict(note.params) == {"count": "1", "rows": ("2",)}


@pytest.mark.parametrize(
    "text",
    ["车身颜色", " 车身 颜色 ", "colour", "COLOUR", "颜色", "Body Colour", "车身颜色（）", "车身-颜色"],
)
def test_headings_are_matched_after_folding(text: str, ruleset: Ruleset) -> None:
    found = ruleset.heading(VEHICLE, text)
    assert found is not None
    assert found.key == "colour"


@pytest.mark.parametrize("text", ["车长", "车长(mm)", "车长（毫米）", "Length (mm)", "车长 mm"])
def test_a_unit_in_a_heading_does_not_matter(text: str, ruleset: Ruleset) -> None:
    found = ruleset.heading(STRUCTURE, text)
    assert found is not None
    assert found.key == "length"


def test_required_headings_may_be_missing_where_all_rows_are_marked(desk: Desk) -> None:
    done = desk.drop()
    outcome = desk.again(done, without=["ccc_no", "production_date", "structure_no"])
    assert not outcome.refused
    assert verdicts(outcome) == {2: "unchanged"}


def test_a_workbook_without_the_hidden_sheet_is_taken_by_its_headings(desk: Desk) -> None:
    sheets = (desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]))
    renamed = tuple(replace(s, name=f"Sheet{i}") for i, s in enumerate(sheets))
    assert verdicts(desk.put(renamed)) == {2: "declared"}
