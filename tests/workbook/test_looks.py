"""What is crossed out, or shows nothing, is known from what looks as it reads."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from foreign import saved, sheet
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from vinbatch.model import Sheet, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook import looks
from vinbatch.workbook.read import read

# Styles 0 and 1 are plain, 2 and 3 crossed out; a crossed font of a conditional format is no cell's.
FONTS = (
    '<fonts><font/><font><strike val="0"/></font><font><b/><strike/></font>'
    '<font><strike val="true"/></font></fonts>'
    '<cellStyleXfs><xf fontId="2"/></cellStyleXfs>'
    '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/><xf fontId="3"/><xf fontId="99"/></cellXfs>'
    "<dxfs><dxf><font><strike/></font></dxf></dxfs>"
)
TEXTS = (
    "<si><t>a</t></si><si/>"
    "<si><r><rPr><strike/></rPr><t>白</t></r><r><t>红</t></r></si>"
    '<si><r><rPr><strike val="0"/></rPr><t>b</t></r></si>'
)
ODD = '<c  r="Z1"><v>1</v></c>'  # a tag as no common program writes it: the sheet is surveyed tag by tag


def first(ruleset: Ruleset, data: bytes) -> Sheet:
    parsed = read(Source("x.xlsx", "0"), data, ruleset)
    assert parsed.refusal is None
    return parsed.sheets[0]


def row(cells: str, n: int = 1) -> str:
    return f'<row r="{n}">{cells}</row>'


@pytest.mark.parametrize("more", ["", ODD], ids=["regular", "tag by tag"])
def test_a_cell_is_crossed_out_by_its_style(ruleset: Ruleset, more: str) -> None:
    styled = "".join(f'<c r="{c}1" s="{s}"><v>1</v></c>' for c, s in zip("ABCDE", range(5), strict=True))
    empty = '<c r="F1" s="2"/><c r="G1"><v>1</v></c>'
    assert first(ruleset, sheet(row(styled + empty + more), styles=FONTS)).struck == ((1, 3), (1, 4))


@pytest.mark.parametrize("more", ["", ODD], ids=["regular", "tag by tag"])
def test_a_text_is_crossed_out_by_any_run_of_it(ruleset: Ruleset, more: str) -> None:
    """Also one that is only begun to be: the old value in front of the new one."""
    cells = "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate("ABCD"))
    number = '<c r="E1"><v>2</v></c>'  # no reference to a text
    assert first(ruleset, sheet(row(cells + number + more), texts=TEXTS)).struck == ((1, 3),)


@pytest.mark.parametrize("more", ["", ODD], ids=["regular", "tag by tag"])
@pytest.mark.parametrize("styles", ["", FONTS], ids=["no other lines", "others"])
def test_a_text_in_the_sheet_itself_is_crossed_out_by_any_run_of_it(
    ruleset: Ruleset, styles: str, more: str
) -> None:
    """Other programs than Excel write so; the value was declared glued to the one it was replaced by."""

    def text(address: str, *strikes: str) -> str:
        runs = "".join(f"<r><rPr>{strike}</rPr><t>DCB</t></r>" for strike in strikes)
        return f'<c r="{address}" t="inlineStr"><is>{runs}</is></c>'

    cells = (
        text("A1", "<b/>") + text("B1", '<strike val="0"/>', "<strike/>") + text("C1", '<strike val="0"/>')
    )
    cells += text("D1", "<strike/>", "<strike/>")
    found = first(ruleset, sheet(row(cells + more), **({"styles": styles} if styles else {}))).struck
    assert found == ((1, 2), (1, 4))


def test_a_part_crossed_out_by_openpyxl_is_found(ruleset: Ruleset) -> None:
    book = Workbook()
    old = TextBlock(InlineFont(strike=True), "DCB 111")
    book.active["B2"] = CellRichText(old, TextBlock(InlineFont(), "DCB 222"))
    assert first(ruleset, saved(book)).struck == ((2, 2),)


def test_a_crossed_default_font_crosses_cells_without_a_style(ruleset: Ruleset) -> None:
    styles = '<fonts><font><strike/></font><font/></fonts><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs>'
    cells = '<c r="A1"><v>1</v></c><c r="B1" s="1"><v>1</v></c>'
    assert first(ruleset, sheet(row(cells), styles=styles)).struck == ((1, 1),)


def dressed(ruleset: Ruleset, styles: str) -> Sheet:
    """A number and a text in the second of these styles, an empty cell in it, and a number in the first."""
    cells = (
        '<c r="A1" s="1"><v>5</v></c><c r="B1" s="1" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="C1" s="1"/><c r="D1"><v>5</v></c>'
    )
    return first(ruleset, sheet(row(cells), styles=styles))


def places(number: bool, text: bool) -> tuple[tuple[int, int], ...]:
    """Those of its number and its text, where they are due."""
    return tuple(place for place, is_due in (((1, 1), number), ((1, 2), text)) if is_due)


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        (";;;", True, True),
        (";;", True, False),
        ("[Red];;;", True, True),
        ("0;;;@", False, False),
        ("0;-0;;", False, True),
        ("General;;", False, False),
        ("0.00&quot;;&quot;;;", False, False),
        ("&quot;&quot;;&quot;&quot;;&quot;&quot;;&quot;&quot;", True, True),
        ("&quot;X&quot;;;;\\;", False, False),
        ("0;-0;0;", False, True),
        ("General;General;General;", False, True),
        ("0;0;0;&quot; &quot;", False, True),
        ("0;0;0;_(", False, True),
        ("; ; ; ", True, True),
        (";-0;0", True, False),
        ("&quot; &quot;", True, False),
        ("\\ ", True, False),
        ("_0", True, False),
        ("[&gt;0]&quot;&quot;;0", True, False),
        ("[&lt;0]0;&quot;&quot;", True, False),
        ("[Red]", False, False),
        ("", False, False),
        ("@", False, False),
        # That hide a zero alone:
        ("[=0]&quot;&quot;;G/通用格式", False, False),
        ("[&gt;0]0;", False, False),
        ("[&lt;&gt;0]0;;", False, False),
        ("[&gt;1]0;", True, False),
    ],
)
def test_a_format_may_show_nothing(ruleset: Ruleset, code: str, number: bool, text: bool) -> None:
    styles = (
        f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="170"/></cellXfs>'
    )
    assert dressed(ruleset, styles).unseen == places(number, text)


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        (";;;&quot;WP0ZZZ99ZTS392124&quot;", False, True),
        ("&quot;Z&quot;@", False, True),
        ("@&quot;金&quot;", False, True),
        ("@金", False, True),
        ("0;&quot;Z&quot;@", False, True),
        ("@@", False, True),
        ("@mm", False, True),
        ("0" * 256, True, True),
        ("[$WP0-804]@", False, True),
        ("\\Z@", False, True),
        ("0;0;0;\\Z", False, True),
        ("&quot;1500&quot;", True, False),
        ("\\1\\5", True, False),
        ("[$1500]", True, False),
        ("[&gt;=0]&quot;1500&quot;;0", True, False),
        ("[&lt;0]0;&quot;1500&quot;", True, False),
        ("0.0,", True, False),
        ("#,##0,", True, False),
        ("0,,&quot;M&quot;", True, False),
        ("0%", True, False),
        ("0.0 %", True, False),
        ("[h]&quot;小时&quot;", True, False),
        ("[h]:mm", True, False),
        ("0&quot;00&quot;", True, False),
        ("0.0&quot;5&quot;", True, False),
        ("&quot;1&quot;0", True, False),
        ("\\10", True, False),
        ("&quot;0.&quot;0", True, False),
        ("0\\.00", True, False),
        ("-0", True, False),
        ("10", True, False),
        ("[&gt;999]0.0,&quot;t&quot;;0", True, False),
        ("[Red][h]:mm", True, False),
        ("[Blue][$1500]", True, False),
        ("_ [&gt;=0]&quot;1500&quot;;0", True, False),
        ("[Red][&lt;0]0;&quot;1500&quot;", True, False),
        ("m&quot;月&quot;d&quot;日&quot;", True, False),
        ("yyyy.dd", True, False),
        ("yyyy&quot;.05&quot;", True, False),
        ("d-mmm;@", True, False),
        # What people and programs write:
        ("#,##0.00", False, False),
        ("#,##0_);(#,##0)", False, False),
        ("0.0&quot;L/100km&quot;", False, False),
        ("0.0&quot; m3&quot;", False, False),
        ("0&quot;%&quot;", False, False),
        ("0\\%", False, False),
        ("&quot;≈&quot;0.0", False, False),
        ("0;-0;0", False, False),
        ("yyyy-mm-dd", False, False),
        ("mmm-yy", False, False),
        ("[$-404]e&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", False, False),
        ("hh:mm:ss.000", False, False),
        ("@", False, False),
        ("@&quot; &quot;", False, False),
        ("[$-804]@", False, False),
        ("[Red]@", False, False),
        ("General", False, False),
        ("G/通用格式", False, False),
        ("0;0;0;General", False, False),
        ("0&quot;mm&quot;", False, False),
        ("&quot;X&quot;0", False, False),
        ("[$￥-804]#,##0.00", False, False),
        ("_ * #,##0_ ;_ * \\-#,##0_ ;_ * &quot;-&quot;_ ;_ @_ ", False, False),
        ("0;-0;&quot;零&quot;", False, False),
        ("yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", False, False),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", False, False),
        ("0.00E+00", False, False),
        ("0.00E-00", False, False),
        ("[&gt;=0]0.0;[&lt;0]-0.0", False, False),
        ("[Red][&lt;0]-0.00;0.00", False, False),
        ("[=0]&quot;-&quot;;0", False, False),
        ("# ?/?", False, False),
        (";;;", False, False),
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_format_may_show_something_else(
    ruleset: Ruleset, code: str, number: bool, text: bool, quote: str
) -> None:
    styles = (
        f"<numFmts><numFmt numFmtId='170' formatCode={quote}{code}{quote}/></numFmts>"
        "<cellXfs><xf/><xf numFmtId='170'/></cellXfs>"
    )
    assert dressed(ruleset, styles).masked == places(number, text)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("9", True),
        ("10", True),
        ("46", True),
        ("58", True),
        ("16", True),
        ("2", False),
        ("14", False),
        ("57", False),
    ],
)
def test_a_format_that_is_built_in_may_show_another_number(
    ruleset: Ruleset, number: str, masked: bool
) -> None:
    styles = f'<cellXfs><xf/><xf numFmtId="{number}"/></cellXfs>'
    assert dressed(ruleset, styles).masked == places(masked, text=False)


@pytest.mark.parametrize("number", ["0170", " 170", "+170", "+0170 "])
def test_a_format_is_known_by_its_number_however_that_is_written(ruleset: Ruleset, number: str) -> None:
    """To Excel it is one format: 1500 was shown, and the number in the cell declared without a question."""
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="&quot;1500&quot;"/></numFmts>'
        f'<cellXfs><xf/><xf numFmtId="{number}"/></cellXfs>'
    )
    assert dressed(ruleset, styles).masked == ((1, 1),)


@pytest.mark.parametrize("number", ["09", " 10", "+046"])
def test_so_is_one_that_is_built_in(ruleset: Ruleset, number: str) -> None:
    styles = f'<cellXfs><xf/><xf numFmtId="{number}"/></cellXfs>'
    assert dressed(ruleset, styles).masked == ((1, 1),)


@pytest.mark.parametrize("style", [" 1", "+1", "01"])
def test_a_cell_has_its_style_however_the_number_is_written(ruleset: Ruleset, style: str) -> None:
    styles = '<cellXfs><xf/><xf numFmtId="9"/></cellXfs>'
    cell = f'<c r="A1" s="{style}"><v>5</v></c>'
    assert first(ruleset, sheet(row(cell), styles=styles)).masked == ((1, 1),)


def crossed_by_openpyxl() -> bytes:
    book = Workbook()
    made = book.active
    assert made is not None
    made.append(["VIN", "颜色"])
    made.append(["A", "白"])
    made["A2"].font = Font(strike=True)
    made["B2"].font = Font(strike=True)
    made.append(["B", "红"])
    made["A3"].number_format = ";;;"
    made["B3"].number_format = '"Z"@'
    return saved(book)


def crossed_by_xlsxwriter() -> bytes:
    book = xlsxwriter.Workbook(out := io.BytesIO())
    made = book.add_worksheet()
    made.write_row(0, 0, ["VIN", "颜色"])
    struck = book.add_format({"font_strikeout": True})
    made.write(1, 0, "A", struck)
    made.write_rich_string(1, 1, struck, "白", "红")
    made.write(2, 0, "B", book.add_format({"num_format": ";;;"}))
    made.write(2, 1, "红", book.add_format({"num_format": '"Z"@'}))
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [crossed_by_openpyxl(), crossed_by_xlsxwriter()], ids=["openpyxl", "xlsxwriter"]
)
def test_as_programs_write_it(ruleset: Ruleset, data: bytes) -> None:
    found = first(ruleset, data)
    assert (found.struck, found.unseen, found.masked) == (((2, 1), (2, 2)), ((3, 1),), ((3, 2),))


def test_a_workbook_that_looks_as_it_reads_is_not_looked_at_closer(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Styles cost more to parse than all that is looked for in them."""
    monkeypatch.setattr(looks, "elements", None)
    monkeypatch.setattr(looks, "read_formats", None)
    unit = "<numFmts><numFmt numFmtId='170' formatCode='0&quot;mm&quot;_ '/></numFmts>"
    plain = unit + FONTS.replace("strike", "i")
    found = first(ruleset, sheet(row('<c r="A1" s="2"><v>1</v></c>'), styles=plain))
    assert (found.struck, found.unseen) == ((), ())
