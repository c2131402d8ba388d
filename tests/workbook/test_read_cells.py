"""What stands in a sheet is what is read: raw XML in, cells out."""

import re
from datetime import datetime, time

import pytest
from foreign import MAIN, cells, error, formatted, merged, parts, sheet, table, uncalculated, zipped
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from vinbatch.model import Raw, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.formats import read_formats
from vinbatch.workbook.read import read

STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="0.00_ "/>'
    '<numFmt numFmtId="171" formatCode="yyyy.mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="4"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="2"/>'
    '<xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="57"/><xf numFmtId="49"/><xf numFmtId="46"/>'
    "</cellXfs>"
)
TEXTS = (
    "<si><t>2021.10</t></si>"
    "<si><r><t>宝</t></r><r><rPr><b/></rPr><t xml:space='preserve'>马 X5</t></r>"
    "<rPh sb='0' eb='1'><t>bǎo</t></rPh></si>"
    "<si><t/></si><si><t>a&lt;b&amp;c_x000D_</t></si>"
)


def rows(ruleset: Ruleset, data: str, **options: str) -> list[list[Raw]]:
    return table(read(Source("x.xlsx", "0"), sheet(data, **options), ruleset))


def row(made: str, n: int = 1) -> str:
    return f'<row r="{n}">{made}</row>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>5</v>", 5),
        ("<v>5.0</v>", 5),
        ("<v>-3</v>", -3),
        ("<v>1.25</v>", 1.25),
        ("<v>3.3000000000000003</v>", 3.3),  # Excel shows 15 digits
        ("<v>41.999999999999993</v>", 42),
        ("<v>2022221101000119</v>", 2022221101000119),
        ("<v>1E300</v>", 1e300),
        ("<v>abc</v>", "abc"),
        ("<v>NaN</v>", error("#NUM!")),
        ("<v>1e999</v>", error("#NUM!")),
        ("<v></v>", None),
        ("<v/>", None),
    ],
)  # fmt: skip
def test_numbers(ruleset: Ruleset, cell: str, value: Raw) -> None:
    """Whole numbers are whole; nothing is a number that Excel would not show as one."""
    (found,) = rows(ruleset, row(f'<c r="A1">{cell}</c><c r="B1"><v>1</v></c>'))
    assert found == [value, 1]
    assert type(found[0]) is type(value)


def test_text_that_looks_like_a_number_stays_text(ruleset: Ruleset) -> None:
    data = row('<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>00120</v></c>') + cells(
        "12E5", "#N/A", row=2
    )
    assert rows(ruleset, data, texts=TEXTS) == [["2021.10", "00120"], ["12E5", "#N/A"]]


def test_rich_text_without_its_pronunciation(ruleset: Ruleset) -> None:
    assert rows(ruleset, row('<c r="A1" t="s"><v>1</v></c>'), texts=TEXTS) == [["宝马 X5"]]


def test_entities_and_escapes(ruleset: Ruleset) -> None:
    assert rows(ruleset, row('<c r="A1" t="s"><v>3</v></c>'), texts=TEXTS) == [["a<b&c\r"]]


def test_booleans_are_booleans(ruleset: Ruleset) -> None:
    assert rows(ruleset, row('<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>')) == [[True, False]]


# ── dates and the month trap ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("style", [3, 4])  # 4 is a built-in format of Chinese Excel
def test_dates_are_dates(ruleset: Ruleset, style: int) -> None:
    data = row(f'<c r="A1" s="{style}"><v>44470</v></c><c r="B1" s="{style}"><v>44470.75</v></c>')
    assert rows(ruleset, data, styles=STYLES) == [[datetime(2021, 10, 1), datetime(2021, 10, 1, 18)]]


def test_dates_of_1904(ruleset: Ruleset) -> None:
    data = row('<c r="A1" s="3"><v>43008</v></c>')
    properties = '<workbookPr date1904="1"/>'
    assert rows(ruleset, data, styles=STYLES, properties=properties) == [[datetime(2021, 10, 1)]]


def test_dates_as_strict_files_write_them(ruleset: Ruleset) -> None:
    data = row('<c r="A1" t="d"><v>2021-10-01T00:00:00</v></c><c r="B1" t="d"><v>2021-10-01</v></c>')
    assert rows(ruleset, data) == [[datetime(2021, 10, 1), datetime(2021, 10, 1)]]


def test_times_and_hours_are_no_dates(ruleset: Ruleset) -> None:
    data = row('<c r="A1" s="3"><v>0.5</v></c><c r="B1" s="6"><v>1.5</v></c>')
    assert rows(ruleset, data, styles=STYLES) == [[time(12), 1.5]]


@pytest.mark.parametrize("stored", ["2021.1", "2021.0999999999999", "2.0211E3"])
@pytest.mark.parametrize(("style", "code"), [(0, "General"), (1, "0.00"), (2, "0.00_ "), (5, "@"), (99, "")])
def test_a_number_of_one_decimal_comes_with_its_format(
    ruleset: Ruleset, stored: str, style: int, code: str
) -> None:
    """2021.1 is January or October: the format decides, so it must be told."""
    data = row(f'<c r="A1" s="{style}"><v>{stored}</v></c>')
    assert rows(ruleset, data, styles=STYLES) == [[formatted(code, 2021.1)]]


def test_each_number_has_the_format_of_its_own_cell(ruleset: Ruleset) -> None:
    data = row('<c r="A1" s="1"><v>2021.1</v></c><c r="AA1" s="2"><v>2022.5</v></c>') + row(
        '<c r="B11"><v>2021.9</v></c><c r="A11" s="1"><v>2021.2</v></c>', 11
    )
    found = rows(ruleset, data, styles=STYLES)
    assert found[0][0] == formatted("0.00", 2021.1)
    assert found[0][26] == formatted("0.00_ ", 2022.5)
    assert found[10][:2] == [formatted("0.00", 2021.2), formatted("General", 2021.9)]


def shown(code: str) -> str:
    """A format without what only spaces and quotes."""
    return re.sub(r'_.|["\\;]', "", code)


def test_formats_without_a_name_are_those_that_openpyxl_knows() -> None:
    known = {n: code for n, code in BUILTIN_FORMATS.items() if not is_date_format(code) and not 5 <= n <= 8}
    xml = "".join(f'<xf numFmtId="{n}"/>' for n in known)
    found = read_formats(f"<styleSheet><cellXfs>{xml}</cellXfs></styleSheet>".encode())
    assert list(map(shown, found.codes)) == list(map(shown, known.values()))


def test_without_styles_every_number_is_general(ruleset: Ruleset) -> None:
    assert rows(ruleset, cells(2021.1, 1899.5, 2100.9, 2101.1, 2021.12)) == [
        [formatted("General", 2021.1), 1899.5, formatted("General", 2100.9), 2101.1, 2021.12]
    ]


# ── cells without a value of their own ───────────────────────────────────────────────────────────


def test_error_cells_are_no_empty_cells(ruleset: Ruleset) -> None:
    data = row('<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><v>1</v></c>') + row(
        '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', 2
    )
    assert rows(ruleset, data) == [[error("#N/A"), 1, None, None], [None, None, None, error("#DIV/0!")]]


def test_formulas_without_a_value(ruleset: Ruleset) -> None:
    """openpyxl and many programs write formulas that nobody has calculated."""
    data = row('<c r="A1"><f>B1&amp;"x"</f><v></v></c><c r="B1"><f>1+1</f><v/></c><c r="C1"><f>2+2</f></c>')
    assert rows(ruleset, data) == [[uncalculated('=B1&"x"'), uncalculated("=1+1"), uncalculated("=2+2")]]


def test_formulas_with_a_value_are_their_value(ruleset: Ruleset) -> None:
    data = row(
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"x"</f><v>x</v></c><c r="C1"><v>3</v></c>'
    )
    assert rows(ruleset, data) == [[2, "x", 3]]


def test_a_formula_may_give_an_empty_text(ruleset: Ruleset) -> None:
    data = row('<c r="A1"><v>1</v></c><c r="B1" t="str"><f>IF(1,"")</f><v></v></c><c r="C1"><v>3</v></c>')
    assert rows(ruleset, data) == [[1, None, 3]]


def test_a_zero_that_nobody_calculated(ruleset: Ruleset) -> None:
    """XlsxWriter stores 0 for every formula and asks Excel to calculate when it opens the file."""
    data = row('<c r="A1"><f>B1*2</f><v>0</v></c><c r="B1"><v>0</v></c>')
    asks = '<calcPr calcId="1" fullCalcOnLoad="1"/>'
    assert rows(ruleset, data, properties=asks) == [[uncalculated("=B1*2"), 0]]
    assert rows(ruleset, data) == [[0, 0]]


def test_shared_formulas(ruleset: Ruleset) -> None:
    data = row('<c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f></c><c r="B1"><f t="shared" si="0"/></c>')
    assert rows(ruleset, data) == [[uncalculated("=1+1"), uncalculated("=…")]]


# ── merged, hidden, blank ────────────────────────────────────────────────────────────────────────


def merge(*references: str) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{r}"/>' for r in references) + "</mergeCells>"


def test_every_cell_of_a_merged_range_says_so(ruleset: Ruleset) -> None:
    data = cells("VIN", "编号") + cells("V1", "N1", row=2) + cells("V2", row=3) + cells("V3", "N3", row=4)
    odd = merged("B2:B3", "N1")
    assert rows(ruleset, data, tail=merge("B2:B3")) == [
        ["VIN", "编号"], ["V1", odd], ["V2", odd], ["V3", "N3"]
    ]  # fmt: skip


def test_merges_of_headings_and_of_empty_cells_do_not_matter(ruleset: Ruleset) -> None:
    data = cells("标题") + cells("V1", None, None, row=2) + cells("V2", row=3)
    tail = merge("A1:C1", "B2:C3", "D9:E10", "A1:A1", "B1:B3")
    assert rows(ruleset, data, tail=tail) == [["标题"], ["V1"], ["V2"]]


def test_a_value_under_a_merge_is_not_taken(ruleset: Ruleset) -> None:
    data = cells("h") + cells(None, 7, row=2)
    odd = merged("A2:B2", None)
    assert rows(ruleset, data, tail=merge("A2:B2")) == [["h", None], [odd, odd]]


def test_a_merge_of_the_whole_sheet_costs_no_more_than_the_sheet(ruleset: Ruleset) -> None:
    data = cells("h") + cells("x", row=2)
    odd = merged("A2:XFD1048576", "x")
    assert rows(ruleset, data, tail=merge("A2:XFD1048576")) == [["h"], [odd]]


def test_hidden_rows_are_read_and_told(ruleset: Ruleset) -> None:
    data = (
        cells("h")
        + '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'
        + '<row r="3" ht="0" customHeight="1"><c r="A3"><v>2</v></c></row>'
        + '<row r="4" spans="1:1" hidden="true"/>'
        + cells(3, row=5)
        + '<row r="9" hidden="1"/>'
    )
    (found,) = read(Source("x", "0"), sheet(data), ruleset).sheets
    assert found.rows == (("h",), (1,), (2,), (None,), (3,))
    assert found.hidden_rows == (2, 3)


@pytest.mark.parametrize(
    ("columns", "hidden"),
    [
        ('<cols><col min="2" max="3" width="9" hidden="1"/></cols>', (2, 3)),
        (
            '<cols><col min="1" max="1" width="9"/><col min="2" max="2" width="0" customWidth="1"/></cols>',
            (2,),
        ),
        ("<cols><col hidden='true' max='16384' min='3'/></cols>", (3,)),
        ('<cols><col min="1" max="3" width="0.5" hidden="0"/></cols>', ()),
        ("", ()),
    ],
)
def test_hidden_columns_are_told(columns: str, hidden: tuple[int, ...], ruleset: Ruleset) -> None:
    data = cells("a", "b", "c") + cells(1, 2, 3, row=2)
    worksheet = f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{data}</sheetData></worksheet>'
    (found,) = read(Source("x", "0"), sheet(worksheet=worksheet), ruleset).sheets
    assert (found.rows, found.hidden_columns) == ((("a", "b", "c"), (1, 2, 3)), hidden)


def test_blank_lines_keep_row_numbers(ruleset: Ruleset) -> None:
    data = '<row r="3"><c r="C3"><v>1</v></c></row><row r="6"><c r="B6"><v>2</v></c></row>'
    assert rows(ruleset, data) == [
        [None] * 3, [None] * 3, [None, None, 1], [None] * 3, [None] * 3, [None, 2, None]
    ]  # fmt: skip


def test_styled_rows_without_content_are_no_rows(ruleset: Ruleset) -> None:
    blank = "".join(f'<row r="{i}"><c r="A{i}" s="1"/><c r="B{i}" s="1"></c></row>' for i in range(3, 20_000))
    assert rows(ruleset, cells("h") + cells("x", row=2) + blank, styles=STYLES) == [["h"], ["x"]]


def test_a_row_of_nothing_but_an_empty_text_is_no_row(ruleset: Ruleset) -> None:
    assert rows(ruleset, cells("a") + '<row r="3"><c r="A3" t="str"><v></v></c></row>') == [["a"]]


def test_a_sheet_without_a_cell_has_no_rows(ruleset: Ruleset) -> None:
    assert rows(ruleset, "") == []


def test_who_saved_it(ruleset: Ruleset) -> None:
    said = "<cp:lastModifiedBy> 李\n雷\x7f </cp:lastModifiedBy>"
    core = f'<cp:x xmlns:cp="u" xmlns:dc="v"><dc:creator>A</dc:creator>{said}</cp:x>'
    for content, name in ((core, "李 雷"), ("<x", ""), ("<x/>", "")):
        made = zipped({**parts(cells("h")), "docProps/core.xml": content})
        assert read(Source("x", "0"), made, ruleset).saved_by == name


@pytest.mark.parametrize("year", [1972, 2030, 2110])
def test_what_is_read_does_not_hang_on_the_clock(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    """A zip has no years before 1980 or after 2107: good workbooks were called damaged."""
    data = sheet(row('<c r="A1"><v>5</v></c>'))
    monkeypatch.setattr("time.time", lambda: datetime(year, 3, 2).timestamp())
    assert table(read(Source("x.xlsx", "0"), data, ruleset)) == [[5]]
