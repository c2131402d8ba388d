"""However a program writes its XML, the cells are the same."""

import re
import zipfile
from dataclasses import replace

import pytest
from foreign import (
    MAIN,
    STRICT,
    TYPES,
    cells,
    error,
    formatted,
    merged,
    parts,
    relations,
    sheet,
    table,
    uncalculated,
    zipped,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vinbatch.model import Raw, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.read import read
from vinbatch.workbook.search import find_odd_cells, survey_regular
from vinbatch.workbook.stream import survey_stream

# One of everything that the survey finds.
DATA = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>VIN</t></is></c><c r="B1"><v>1</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="e"><v>#N/A</v></c><c r="C2" s="1"><v>2021.1</v></c></row>'
    '<row r="4"><c r="A4"><f>1+1</f></c><c r="B4"><v>7</v></c></row>'
)
TAIL = '<mergeCells count="1"><mergeCell ref="B4:B5"/></mergeCells>'
STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="2"/></cellXfs>'
EXPECTED: list[list[Raw]] = [
    ["VIN", 1, None],
    [error("#N/A"), None, formatted("0.00", 2021.1)],
    [None, None, None],
    [uncalculated("=1+1"), merged("B4:B5", 7), None],
]
XML = f'<worksheet xmlns="{MAIN}"><sheetData>{DATA}</sheetData>{TAIL}</worksheet>'


def prefixed(xml: str) -> str:
    return re.sub(r"<(/?)", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")


SHAPES = {
    "plain": XML,
    "with a wrong dimension": XML.replace("<sheetData>", '<dimension ref="A1"/><sheetData>'),
    "strict": XML.replace(MAIN, STRICT),
    "prefixed": prefixed(XML),
    "single quotes": XML.replace('"', "'"),
    "spaces in tags": XML.replace('="', ' = "').replace("<c ", "<c\n  "),
    "other order of attributes": XML.replace('r="A2" t="e"', 't="e" r="A2"').replace(
        'r="2" hidden="1"', 'hidden="1" r="2"'
    ),
    "comments": XML.replace("<row", "<!-- <c r='Z9'><v>1</v></c> --><row"),
    "CDATA": XML.replace("VIN", "<![CDATA[VIN]]>"),
    "lower case": XML.replace('r="A', 'r="a').replace('r="B', 'r="b').replace('r="C', 'r="c'),
    "an instruction": XML.replace("<row r", "<?x y?><row r"),
    "a byte order mark": "\ufeff" + XML,
    "a declaration": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + XML,
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>' + XML).encode("utf-16"),
    "UTF-16 without a mark": ('<?xml version="1.0" encoding="UTF-16"?>' + XML).encode("utf-16-be"),
    "UTF-16 without a mark, low bytes first": XML.encode("utf-16-le"),
    "GBK": ('<?xml version="1.0" encoding="GBK"?>' + XML).encode("gbk"),
    "lines of their own": XML.replace("><", ">\n  <"),
    "a space at the end of tags": XML.replace('t="inlineStr">', 't="inlineStr" >'),
    "metadata of cells": XML.replace('t="inlineStr">', 't="inlineStr" cm="1">'),
    "extensions": XML.replace("</work", "<extLst><x14:f xmlns:x14='u'>1</x14:f></extLst></work"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_way_of_writing_reads_the_same(ruleset: Ruleset, shape: str) -> None:
    parsed = read(Source("x", "0"), zipped(parts(worksheet=SHAPES[shape], styles=STYLES)), ruleset)
    assert table(parsed) == EXPECTED
    assert parsed.sheets[0].hidden_rows == (2,)


def test_missing_addresses(ruleset: Ruleset) -> None:
    """Some exports leave out every r=: rows and cells follow one another."""
    data = (
        '<row><c t="e"><v>#REF!</v></c><c/><c><f>1</f></c></row>'
        '<row r="4"><c r="B4"><v>1</v></c><c s="1"><v>2021.1</v></c></row><row><c><v>5</v></c></row>'
    )
    assert table(read(Source("x", "0"), sheet(data, styles=STYLES), ruleset)) == [
        [error("#REF!"), None, uncalculated("=1")],
        [None, None, None],
        [None, None, None],
        [None, 1, formatted("0.00", 2021.1)],
        [5, None, None],
    ]


def test_rows_and_cells_out_of_order(ruleset: Ruleset) -> None:
    data = '<row r="3"><c r="B3" t="e"><v>#N/A</v></c><c r="A3"><v>3</v></c></row>' + cells(1)
    assert table(read(Source("x", "0"), sheet(data), ruleset)) == [
        [1, None],
        [None, None],
        [3, error("#N/A")],
    ]


def test_an_address_wins_over_the_place(ruleset: Ruleset) -> None:
    data = '<row r="9"><c r="A1" t="e"><v>#N/A</v></c><c r="B2"><v>2</v></c></row>'
    assert table(read(Source("x", "0"), sheet(data), ruleset)) == [[error("#N/A"), None], [None, 2]]


# ── the workbook around the sheets ───────────────────────────────────────────────────────────────


def test_several_sheets_keep_names_order_and_visibility(ruleset: Ruleset) -> None:
    made = parts(cells("a"))
    made["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>'
        '<sheet name="结构&amp;参数" sheetId="7" r:id="r3"/><sheet name="图" sheetId="8" r:id="r2"/>'
        '<sheet name="_vinbatch" sheetId="1" state="veryHidden" r:id="r1"/></sheets></workbook>'
    )
    made["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("chartsheet", "chartsheets/sheet1.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
    )
    made["xl/worksheets/sheet2.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{cells("b")}</sheetData></worksheet>'
    )
    sheets = read(Source("x", "0"), zipped(made), ruleset).sheets
    assert [(s.name, s.hidden, s.rows) for s in sheets] == [
        ("结构&参数", False, (("b",),)),
        ("_vinbatch", True, (("a",),)),
    ]


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", "./worksheets/../worksheets/SHEET1.xml"]
)
def test_targets_of_relations(ruleset: Ruleset, target: str) -> None:
    made = {**parts(cells("a")), "xl/_rels/workbook.xml.rels": relations(("worksheet", target))}
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == [["a"]]


def test_names_with_backslashes(ruleset: Ruleset) -> None:
    """As old .NET libraries zip; the zip module would turn them, so they are put in behind its back."""
    made = zipped(parts(cells("a")), zipfile.ZIP_STORED)
    for name in (b"xl/workbook.xml", b"xl/worksheets/sheet1.xml", b"xl/_rels/workbook.xml.rels"):
        made = _rename(made, name, name.replace(b"/", b"\\"))
    assert table(read(Source("x", "0"), made, ruleset)) == [["a"]]


def _rename(data: bytes, old: bytes, new: bytes) -> bytes:
    """In the local headers and the directory, not in the content of parts."""
    at = data.find(old)
    while at >= 0:
        if data[at - 30 : at - 26] == b"PK\x03\x04" or data[at - 46 : at - 42] == b"PK\x01\x02":
            data = data[:at] + new + data[at + len(old) :]
        at = data.find(old, at + 1)
    return data


def test_a_workbook_at_another_place(ruleset: Ruleset) -> None:
    made = parts(cells("a"))
    made["_rels/.rels"] = relations(("officeDocument", "/xl/book2.xml"))
    made["xl/book2.xml"] = made.pop("xl/workbook.xml")
    made["xl/_rels/book2.xml.rels"] = made.pop("xl/_rels/workbook.xml.rels")
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == [["a"]]


def test_without_content_types_and_root_relations(ruleset: Ruleset) -> None:
    made = parts(cells("a"))
    del made["[Content_Types].xml"], made["_rels/.rels"]
    assert table(read(Source("x", "0"), zipped(made), ruleset)) == [["a"]]


# ── the two ways of surveying ────────────────────────────────────────────────────────────────────

_CELLS = st.lists(
    st.sampled_from(
        [
            "<v>1</v>",
            "",
            "<f>1</f>",
            "<f>A1</f><v></v>",
            "<f/><v>0</v>",
            "<f>2</f><v>2021.1</v>",
            "<v>2021.1</v>",
        ]
    ),
    max_size=4,
)
_KINDS = st.sampled_from(["", ' t="e"', ' s="1"', ' s="1" t="str"', ' t="n"'])


@settings(max_examples=60, deadline=None)
@example([([""], ' t="e"')])
@given(st.lists(st.tuples(_CELLS, _KINDS), max_size=6))
def test_the_quick_way_sees_what_the_thorough_one_sees(made: list[tuple[list[str], str]]) -> None:
    xml = "<worksheet><sheetData>"
    for n, (contents, kind) in enumerate(made, 1):
        tags = (
            f'<c r="{"ABCD"[j]}{2 * n}"{kind}>{content}</c>'
            if content
            else f'<c r="{"ABCD"[j]}{2 * n}"{kind}/>'
            for j, content in enumerate(contents)
        )
        xml += f'<row r="{2 * n}">{"".join(tags)}</row>'
    data = f"{xml}</sheetData></worksheet>".encode()
    quick = survey_regular(data, 0)
    assert quick is not None
    find_odd_cells(data, quick)
    thorough = survey_stream(data, "x")
    places = sorted({*thorough.errors, *thorough.uncalculated, *thorough.zeros})
    assert quick.style_of(places) == thorough.style_of(places)
    quick_cells, thorough_cells = (
        {cell for cell in survey.dressed() if cell[0] not in thorough.errors} for survey in (quick, thorough)
    )
    assert quick_cells == thorough_cells
    assert replace(quick, style_of=len, dressed=list) == replace(thorough, style_of=len, dressed=list)
