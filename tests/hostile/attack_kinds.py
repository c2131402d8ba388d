"""Files that are something else than their name says."""

from __future__ import annotations

from attacks import READ, add, attack
from foreign import FILES, MAIN, OLE, TYPES, parts, sheet, zipped

GOOD = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'

_DUE = {
    "empty": "FILE-EMPTY",
    "zeros": "FILE-ZEROS",
    "password": "FILE-PASSWORD",
    "drm": "FILE-DRM",
    "shortcut": "FILE-SHORTCUT",
    "xls": "FILE-XLS",
    "xlsb": "FILE-XLSB",
    "ods": "FILE-ODS",
    "numbers": "FILE-NUMBERS",
    "csv": "FILE-CSV",
    "html": "FILE-HTML",
    "xml": "FILE-XML",
    "pdf": "FILE-PDF",
    "image": "FILE-IMAGE",
    "docx": "FILE-DOCX",
    "pptx": "FILE-PPTX",
    "zip": "FILE-ZIP",
    "rar": "FILE-ARCHIVE",
    "unknown": "FILE-UNKNOWN",
    "too-large": "FILE-TOO-LARGE",
}
for _kind, _code in _DUE.items():
    add(f"really_{_kind.replace('-', '_')}", FILES[_kind], _code)


@attack("FILE-XLS")
def excel_4_macros() -> bytes:
    """BIFF without a container: Excel still opens it, whatever the name."""
    return b"\x09\x04\x06\x00\x00\x04\x40\x00" + b'=EXEC("calc")'.ljust(512, b"\0")


@attack("FILE-UNKNOWN")
def ole_without_streams() -> bytes:
    return OLE + bytes(10_000)


@attack(READ)
def a_workbook_with_macros() -> dict[str, bytes]:
    """The macro is never looked at, and nothing of the file is carried to others."""
    made = {**parts(GOOD), "xl/vbaProject.bin": OLE + b"AutoOpen Shell evil" * 1000}
    return {"a_workbook_with_macros.xlsm": zipped(made)}


@attack(READ)
def embedded_objects_and_active_x() -> bytes:
    made = {
        **parts(GOOD),
        "xl/embeddings/oleObject1.bin": OLE + b"evil" * 1000,
        "xl/activeX/activeX1.xml": '<ocx clsid="{8856F961-340A-11D0-A96B-00C04FD705A2}"/>',
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "customUI/customUI.xml": '<customUI onLoad="evil"/>',
        "xl/connections.xml": '<connections><connection id="1" odbcFile="//evil/x.odc"/></connections>',
    }
    return zipped(made)


@attack("FILE-DAMAGED")
def a_macro_sheet() -> bytes:
    """An Excel 4 macro sheet is the only one: there is no worksheet."""
    made = parts(GOOD)
    made["xl/_rels/workbook.xml.rels"] = (
        f'<R><Relationship Id="r1" Type="{TYPES}/xlMacrosheet" Target="macrosheets/sheet1.xml"/></R>'
    )
    made["xl/macrosheets/sheet1.xml"] = f'<macrosheet xmlns="{MAIN}"/>'
    return zipped(made)


@attack("FILE-HTML")
def a_page_with_a_script() -> bytes:
    return b"<html><script>evil()</script><table><tr><td>=cmd|'/c calc'!A1</td></tr></table></html>"


@attack("FILE-HTML")
def a_mail_archive() -> bytes:
    return b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html/>"


@attack("FILE-UNKNOWN")
def text_full_of_escapes() -> bytes:
    return b"\x1b]0;evil\x07VIN,\x1b[31mred\r\n" + "=cmd|'/c calc'!A1,＝1\r\n".encode()


@attack("FILE-XML")
def xml_of_a_billion_laughs() -> bytes:
    """Not opened as XML at all."""
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'.encode()


@attack("FILE-UNKNOWN", "FILE-ARCHIVE", "FILE-CSV", "FILE-IMAGE")
def a_program() -> dict[str, bytes]:
    return {
        "program.xlsx": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8,
        "windows.xls": b"MZ\x90\0" + bytes(9),
    }


@attack("FILE-ET")
def the_own_format_of_wps() -> dict[str, bytes]:
    return {"the_own_format_of_wps.et": FILES["et"]()}


@attack(READ)
def a_template_with_macros() -> dict[str, bytes]:
    return {"a_template.xltm": sheet(GOOD)}
