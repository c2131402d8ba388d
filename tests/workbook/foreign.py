"""Workbooks as others make them, and files that are none: bytes for the reader's tests.

`sheet(...)` is a workbook of raw XML, `FILES` holds a maker for every file that the examples of
rules/findings-reading.toml name.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook

from vinbatch.model import Finding, Odd, OddKind, Parsed, Raw
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.preflight import open_workbook
from vinbatch.workbook.refused import RefusedError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHORTCUT = b"L\0\0\0\x01\x14\x02\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def error(text: str) -> Odd:
    return Odd(OddKind.ERROR, text)


def uncalculated(text: str) -> Odd:
    return Odd(OddKind.UNCALCULATED, text)


def merged(text: str, value: str | float | None) -> Odd:
    return Odd(OddKind.MERGED, text, value)


def formatted(text: str, value: float) -> Odd:
    return Odd(OddKind.FORMATTED, text, value)


def table(parsed: Parsed, index: int = 0) -> list[list[Raw]]:
    """A sheet as lists, to be compared with what is expected."""
    assert parsed.refusal is None, parsed.refusal
    return [list(row) for row in parsed.sheets[index].rows]


def inspected(name: str, data: bytes, ruleset: Ruleset) -> Finding | None:
    """Why this file is refused; None where it may be read."""
    try:
        open_workbook(name, data, ruleset.settings.limits.file_megabytes)
    except RefusedError as e:
        return e.finding(ruleset)
    return None


# ── workbooks of raw XML ─────────────────────────────────────────────────────────────────────────


def relations(*targets: tuple[str, str]) -> str:
    """(type, target) …, with ids r1, r2 …"""
    listed = "".join(
        f'<Relationship Id="r{i}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def parts(
    data: str = "",
    *,
    styles: str = "",
    texts: str = "",
    tail: str = "",
    properties: str = "",
    worksheet: str | bytes = "",
) -> dict[str, str | bytes]:
    """The parts of a workbook whose only sheet, 车辆信息, has this <sheetData>."""
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}">{properties}<sheets>'
        '<sheet name="车辆信息" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/worksheets/sheet1.xml": worksheet
        or f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{tail}</worksheet>',
    }
    if styles:
        found["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    if texts:
        found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    return found


def zipped(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return out.getvalue()


def sheet(data: str = "", **options: str) -> bytes:
    """A workbook of one sheet with this <sheetData>; options as of `parts`."""
    return zipped(parts(data, **options))


def with_part(name: str, content: str | bytes | None) -> bytes:
    """A good workbook with this part changed, or without it."""
    made = parts(cells("VIN"), texts="<si><t>a</t></si>", styles="<cellXfs><xf/></cellXfs>")
    if content is None:
        del made[name]
    else:
        made[name] = content
    return zipped(made)


def one(made: str) -> bytes:
    """A workbook whose only row holds these tags."""
    return sheet(f'<row r="1">{made}</row>')


def cells(*values: object, row: int = 1) -> str:
    """A <row> of inline texts and numbers; None is no cell."""
    made = ""
    for j, value in enumerate(values):
        at = f'r="{chr(65 + j)}{row}"'
        if isinstance(value, str):
            made += f'<c {at} t="inlineStr"><is><t>{value}</t></is></c>'
        elif value is not None:
            made += f"<c {at}><v>{value}</v></c>"
    return f'<row r="{row}">{made}</row>'


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain() -> bytes:
    """A workbook without anything odd."""
    return sheet(cells("VIN", "颜色") + cells("WBA13BJ03MCF12345", "白", row=2))


# ── files that are refused ───────────────────────────────────────────────────────────────────────


def _ole(*streams: str) -> bytes:
    return OLE + b"".join(s.encode("utf-16-le").ljust(128, b"\0") for s in ("Root Entry", *streams))


def _biff() -> bytes:
    return _ole("Workbook", "\x05SummaryInformation")


def _overlap() -> bytes:
    """Two members that share their bytes, as the best bombs do."""
    data = plain()
    end = data.rfind(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    first = data[start : data.find(b"PK\x01\x02", start + 4)]
    second = first.replace(b"[Content_Types].xml", b"[Content_Types].xmk")
    directory = data[start:end] + second
    count = int.from_bytes(data[end + 8 : end + 10], "little") + 1
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return data[:start] + directory + tail


def bomb(megabytes: int = 97) -> bytes:
    """A sheet that inflates to this many megabytes, out of a thousandth of them."""
    return zipped(parts(worksheet=b"<worksheet>" + b" " * (megabytes * 2**20) + b"</worksheet>"))


def _damaged() -> bytes:
    """One byte of a stored part has flipped: the check sum tells."""
    data = zipped(parts(cells("VIN")), zipfile.ZIP_STORED)
    return data.replace(b"<t>VIN</t>", b"<t>VIX</t>")


def _odf(kind: str) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>"})


def _merges() -> bytes:
    listed = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(2, 20_004))
    return sheet(cells("VIN"), tail=f"<mergeCells>{listed}</mergeCells>")


def _too_much() -> bytes:
    return sheet(cells("VIN") + '<row r="99999"><c r="ZZ99999"><v>1</v></c></row>')


FILES: dict[str, Callable[[], bytes]] = {
    "plain": plain,
    "empty": lambda: b"",
    "zeros": lambda: bytes(70_000),
    "cut-off": lambda: plain()[:-300],
    "damaged": _damaged,
    "absurd-date": lambda: sheet(
        '<row r="1"><c r="A1" s="1"><v>1e300</v></c></row>',
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="46"/></cellXfs>',
    ),
    "password": lambda: _ole("EncryptionInfo", "EncryptedPackage"),
    "drm": lambda: b"\x62\x14\x23\x65\x00\x00E-SafeNet\x00\x00LOCK" + bytes(range(256)) * 4,
    "shortcut": lambda: SHORTCUT + b"\0" * 60 + "D:\\三月宝马.xlsx".encode("utf-16-le"),
    "xls": _biff,
    "et": _biff,
    "xlsb": lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01"}),
    "ods": lambda: _odf("spreadsheet"),
    "numbers": lambda: zipped({"Index/Document.iwa": b"\0\1\2", "preview.jpg": b"x"}),
    "csv": lambda: "车架号,颜色\r\nWBA13BJ03MCF12345,白\r\n".encode("gbk"),
    "html": lambda: "\ufeff<html><table><tr><td>车架号</td></tr></table></html>".encode(),
    "xml": lambda: b'<?xml version="1.0"?><VinReceipt/>',
    "pdf": lambda: b"%PDF-1.7\n\x00\x01",
    "image": lambda: b"\x89PNG\r\n\x1a\n\x00\x00",
    "docx": lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}),
    "pptx": lambda: zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<d/>"}),
    "zip": lambda: zipped({"a.txt": "hello"}),
    "zip-workbooks": lambda: zipped({"三月宝马.xlsx": plain(), "readme.txt": "x"}),
    "rar": lambda: b"Rar!\x1a\x07\x01\x00\x33",
    "unknown": lambda: bytes(range(256)),
    "too-large": lambda: b"PK\x03\x04" + bytes(20 * 2**20),
    "bomb": bomb,
    "overlap": _overlap,
    "doctype": lambda: zipped(parts(worksheet=f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"/>')),
    "far-cell": lambda: sheet(cells("VIN") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "too-much": _too_much,
    "merges": _merges,
}
NAMES = {"et": "三月.et", "xls": "三月.xls", "html": "导出.xls", "csv": "导出.xls"}
