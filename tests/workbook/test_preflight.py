"""Hostile and broken workbooks: a reason in plain words or what stands in them, never an exception."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest
from foreign import (
    MAIN,
    TYPES,
    bomb,
    cells,
    inspected,
    one,
    parts,
    relations,
    saved,
    sheet,
    table,
    with_part,
    zipped,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Finding, Parsed, Source
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.workbook import preflight
from vinbatch.workbook.formats import check_formats
from vinbatch.workbook.read import read
from vinbatch.workbook.refused import RefusedError

DEEP = "<a>" * 100_000 + "</a>" * 100_000


def code(found: Finding | None) -> str:
    return found.code if found else ""


def reading(data: bytes, ruleset: Ruleset) -> Parsed:
    return read(Source("三月.xlsx", "0"), data, ruleset)


def doubled() -> bytes:
    out = io.BytesIO(zipped(parts(cells("VIN"))))
    with zipfile.ZipFile(out, "a") as z:
        z.writestr("XL/workbook.xml", "<x/>")
    return out.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(parts(cells("VIN"))))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def many_members() -> bytes:
    return zipped({**parts(cells("VIN")), **{f"x{i}": "" for i in range(5000)}}, zipfile.ZIP_STORED)


def lying_size() -> bytes:
    """The directory says that a part is small; it is not."""
    data = bytearray(bomb(97))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 10)
        at += 4
    return bytes(data)


def shared_long_text() -> bytes:
    """A text of 17,000 bytes in a thousand cells: a megabyte more than all cells may have."""
    data = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 1001))
    return sheet(data, texts=f"<si><t>{'x' * 17_000}</t></si>")


def many_sheets(count: int) -> bytes:
    made = parts(cells("VIN"))
    listed = "".join(f'<sheet name="{i}" sheetId="{i}" r:id="r1"/>' for i in range(1, count + 1))
    made["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>{listed}</sheets></workbook>'
    )
    return zipped(made)


def long_format() -> bytes:
    return sheet(
        cells(2021.1), styles=f'<numFmts><numFmt numFmtId="170" formatCode="{"0" * 200_000}"/></numFmts>'
    )


def many_formats() -> bytes:
    listed = "".join(f'<numFmt numFmtId="{i}" formatCode="0"/>' for i in range(200, 12_000))
    return sheet(cells(2021.1), styles=f"<numFmts>{listed}</numFmts>")


def utf16_doctype() -> bytes:
    """The document type hides from a search for its bytes."""
    xml = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"/>'
    return with_part("xl/worksheets/sheet1.xml", xml.encode("utf-16"))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "two members of one name": (doubled, "FILE-OVERLAP"),
    "an encrypted zip": (encrypted, "FILE-PASSWORD"),
    "too many members": (many_members, "FILE-EXCESSIVE"),
    "sizes that lie": (lying_size, "FILE-BOMB"),
    "one long text in many cells": (shared_long_text, "FILE-BOMB"),
    "too many sheets": (lambda: many_sheets(300), "FILE-EXCESSIVE"),
    "sheets that are too much together": (
        lambda: sheet(cells("x") + '<row r="9999"><c r="ZZ9999"><v>1</v></c></row>'), "FILE-TOO-MUCH"),
    "a format that hangs openpyxl": (long_format, "FILE-EXCESSIVE"),
    "too many formats": (many_formats, "FILE-EXCESSIVE"),
    "a document type in UTF-16": (utf16_doctype, "FILE-DOCTYPE"),
    "a document type in the shared texts": (
        lambda: with_part("xl/sharedStrings.xml", "<!DOCTYPE sst><sst/>"), "FILE-DOCTYPE"),
    "no relations": (lambda: with_part("xl/_rels/workbook.xml.rels", None), "FILE-DAMAGED"),
    "relations without the sheet": (
        lambda: with_part("xl/_rels/workbook.xml.rels", relations()), "FILE-DAMAGED"),
    "a sheet outside of the zip": (
        lambda: with_part("xl/_rels/workbook.xml.rels", relations(("worksheet", "../../../etc/passwd"))),
        "FILE-DAMAGED"),
    "a missing sheet": (lambda: with_part("xl/worksheets/sheet1.xml", None), "FILE-DAMAGED"),
    "a workbook that is no XML": (lambda: with_part("xl/workbook.xml", "hello"), "FILE-DAMAGED"),
    "a workbook without sheets": (lambda: with_part("xl/workbook.xml", "<workbook/>"), "FILE-DAMAGED"),
    "bytes that are no UTF-8": (
        lambda: with_part("xl/worksheets/sheet1.xml", b"<worksheet>\xff\xfe</worksheet>"), "FILE-DAMAGED"),
    "an unknown encoding": (
        lambda: with_part("xl/workbook.xml", '<?xml version="1.0" encoding="base64"?><a/>'), "FILE-DAMAGED"),
    "an unclosed sheet": (
        lambda: with_part("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="1"><c r="A1">'),
        "FILE-DAMAGED"),
    "crossing tags": (lambda: one('<c r="A1"><v>1</c>'), "FILE-DAMAGED"),
    "deep nesting": (lambda: one(f'<c>{DEEP}</c>'), "FILE-DAMAGED"),
    "a text that is not there": (lambda: one('<c r="A1" t="s"><v>7</v></c>'), "FILE-DAMAGED"),
    "an unknown kind of cell": (lambda: one('<c r="A1" t="zz"><v>7</v></c>'), "FILE-DAMAGED"),
    "an unknown entity": (lambda: one('<c r="A1" t="str"><v>&x;</v></c>'), "FILE-DAMAGED"),
    "row zero": (lambda: one('<c r="A0"><v>1</v></c>'), "FILE-DAMAGED"),
    "a row of no number": (lambda: sheet('<row r="x"><c><v>1</v></c></row>'), "FILE-DAMAGED"),
    "a negative row": (lambda: sheet('<row r="-5"><c><v>1</v></c></row>'), "FILE-DAMAGED"),
    "an address the wrong way round": (lambda: one('<c r="1A"><v>1</v></c>'), "FILE-DAMAGED"),
    "an endless address": (lambda: one('<c r="A99999999999"><v>1</v></c>'), "FILE-DAMAGED"),
    "four letters": (lambda: one('<c r="AAAA1"><v>1</v></c>'), "FILE-FAR-CELL"),
    "row 65536 after row 65535": (
        lambda: sheet('<row r="999999"><c><v>1</v></c></row><row><c><v>2</v></c></row>'), "FILE-FAR-CELL"),
    "a value that calamine would lose": (
        lambda: one('<c r="A1"><v>1</v><f>1</f></c>'), "FILE-DAMAGED"),
    "another value that it would lose": (
        lambda: one('<c r="A1" t="inlineStr"><v>1</v></c>'), "FILE-DAMAGED"),
    "the same without an address": (lambda: one('<c t="inlineStr"><v>1</v></c>'), "FILE-DAMAGED"),
    "a cell that stands there twice": (
        lambda: sheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'),
        "FILE-DAMAGED"),
    "a cell that stands twice in one row": (
        lambda: one('<c r="A1" t="str"><v>x</v></c><c r="A1" t="str"><v>y</v></c>'), "FILE-DAMAGED"),
    "a cell of another row's address": (
        lambda: sheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A2"><v>2</v></c></row>'),
        "FILE-DAMAGED"),
    "a second table of cells": (
        lambda: sheet('<row r="1"/></sheetData><sheetData><row r="2"><c r="A2"><v>2</v></c></row>'),
        "FILE-DAMAGED"),
}  # fmt: skip


@pytest.mark.parametrize("shape", REFUSED)
def test_hostile_shapes_are_refused_in_plain_words(ruleset: Ruleset, shape: str) -> None:
    make, expected = REFUSED[shape]
    refusal = reading(make(), ruleset).refusal
    assert code(refusal) == expected
    assert refusal is not None
    for lang in ("zh", "en"):
        told = ruleset.tell(refusal, lang)
        assert told.what
        assert told.cure
        assert "{" not in told.what


@pytest.mark.parametrize(
    ("tag", "most", "what"), [("numFmt", 10_000, "@reading.formats"), ("xf", 200_000, "@reading.styles")]
)
def test_the_limit_that_is_told_is_the_one_that_refuses(tag: str, most: int, what: str) -> None:
    """5,000 number formats were told to whoever had more than 10,000."""
    check_formats(f'<{tag} numFmtId="0"/>'.encode() * most)
    with pytest.raises(RefusedError) as told:
        check_formats(f'<{tag} numFmtId="0"/>'.encode() * (most + 1))
    assert told.value.params == {"limit": str(most), "what": what}


def test_short_words_in_many_cells_are_no_bomb(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the text that would lie in memory, not the tags around it."""
    monkeypatch.setattr(preflight, "MAX_TEXT_BYTES", 200)
    data = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 41))
    assert reading(sheet(data, texts="<si><t>evil</t></si>"), ruleset).refusal is None
    refusal = reading(sheet(data, texts="<si><t>wicked</t></si>"), ruleset).refusal
    assert code(refusal) == "FILE-BOMB"


def test_texts_in_the_cells_themselves_are_bounded_too(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The main process, which nothing bounds, looked at each of a hundred million characters."""
    monkeypatch.setattr(preflight, "MAX_OWN_BYTES", 200)
    assert reading(sheet(cells("a" * 200)), ruleset).refusal is None
    assert code(reading(sheet(cells("a" * 150, "b" * 51)), ruleset).refusal) == "FILE-BOMB"


READ = {
    "an attribute of a megabyte": lambda: one(f'<c r="A1" foo="{"x" * 2**20}"><v>1</v></c>'),
    "a count that lies": lambda: zipped({
        **parts('<row r="1"><c r="A1"><v>1</v></c></row>'),
        "xl/sharedStrings.xml": '<sst count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>',
    }),
    "styles that are not there": lambda: one('<c r="A1" s="4294967295"><v>1</v></c>'),
    "no styles, no texts": lambda: one('<c r="A1"><v>1</v></c>'),
    "a far cell that is only styled": lambda: sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    ),
    "a hundred sheets of the same part": lambda: many_sheets(100).replace(b"x", b"x"),
    "rubbish after the zip": lambda: one('<c r="A1"><v>1</v></c>') + bytes(1000),
    "rubbish in the properties": lambda: zipped({
        **parts('<row r="1"><c r="A1"><v>1</v></c></row>'), "docProps/core.xml": DEEP[:-9]
    }),
}  # fmt: skip


@pytest.mark.parametrize("shape", READ)
def test_odd_shapes_are_read(ruleset: Ruleset, shape: str) -> None:
    found = table(reading(READ[shape](), ruleset))
    assert found in ([[1]], [["VIN"]])


def test_a_file_of_the_largest_size_that_is_allowed_is_looked_at(ruleset: Ruleset) -> None:
    limit = ruleset.settings.limits.file_megabytes * 2**20
    data = zipped({**parts(cells("VIN")), "x": random.Random(1).randbytes(limit - 15_000)})
    assert len(data) < limit
    assert inspected("x", data, ruleset) is None
    assert code(inspected("x", data + bytes(15_000), ruleset)) == "FILE-TOO-LARGE"


# ── fuzz ─────────────────────────────────────────────────────────────────────────────────────────


def _seeds() -> list[bytes]:
    book = Workbook()
    assert book.active is not None
    for i in range(5):
        book.active.append(["WBA13BJ03MCF12345", 2021.1, i, "=A1"])
    made = parts(cells("VIN", 5) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', texts="<si><t>a</t></si>")
    return [saved(book), zipped(made), zipped(made, zipfile.ZIP_STORED)]


SEEDS = _seeds()
MEMBERS = parts(
    cells("VIN", 2021.1) + '<row r="2"><c r="A2" t="s" s="1"><v>0</v></c><c r="B2"><f>1</f></c></row>',
    styles='<numFmts><numFmt numFmtId="170" formatCode="0.00"/></numFmts>'
    '<cellXfs><xf/><xf numFmtId="170"/></cellXfs>',
    texts="<si><r><t>a</t></r><rPh><t>b</t></rPh></si>",
    tail='<mergeCells count="1"><mergeCell ref="A2:B5"/></mergeCells>',
)
RULES = compile_rules(packaged_rulebook())
_FLIPS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), _FLIPS, st.none() | st.integers(0, 10**6))
def test_no_damage_raises(seed: bytes, flips: list[tuple[int, int]], cut: int | None) -> None:
    """Bytes flipped, the end cut off: sheets, or a reason."""
    data = bytearray(seed)
    for at, byte in flips:
        data[at % len(data)] = byte
    parsed = reading(bytes(data if cut is None else data[: cut % len(data)]), RULES)
    assert bool(parsed.refusal) != bool(parsed.sheets)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(MEMBERS)), _FLIPS)
def test_no_damage_of_a_part_raises(part: str, flips: list[tuple[int, int]]) -> None:
    """The zip is sound, what is in it is not."""
    content = bytearray(str(MEMBERS[part]).encode())
    for at, byte in flips:
        content[at % len(content)] = byte
    parsed = reading(zipped({**MEMBERS, part: bytes(content)}), RULES)
    assert bool(parsed.refusal) != bool(parsed.sheets)


_PIECES = st.sampled_from([
    '<row r="1">', "<row>", "</row>", '<row r="3" hidden="1"/>', "<x:row>", "</sheetData>",
    '<c r="A1">', "<c>", '<c r="B7" t="e">', '<c r="C3" t="s">', '<c r="A5" s="1"/>', '<c t="b">', "</c>",
    '<c r="a9" t="d">', '<c r="A1" t="str" t="e">', "<v>", "</v>", "<f>", "</f>", "<is><t>x</t></is>",
    "1", "2021.1", "-1e300", "2021-10-01", "&lt;", "<!--", "-->", "<![CDATA[", "]]>",
    '<mergeCell ref="A2:C5"/>', '<mergeCell ref="Z"/>',
])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=14))
def test_no_xml_raises(pieces: list[str]) -> None:
    """Tags of a sheet in any order."""
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    parsed = reading(sheet("".join(pieces), texts="<si><t>a</t></si>", styles=styles), RULES)
    assert bool(parsed.refusal) != bool(parsed.sheets)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html"]),
)
def test_no_bytes_raise(data: bytes, head: bytes) -> None:
    assert reading(head + data, RULES).refusal


def test_a_styled_blank_twice_loses_nothing(ruleset: Ruleset) -> None:
    """Two cells of one address are refused for what would be lost, not for their shape."""
    twice = one('<c r="A1" s="0"/><c r="A1" t="str"><v>x</v></c><c r="B1" t="str"><v></v></c>')
    assert reading(twice, ruleset).sheets[0].rows[0][0] == "x"
