"""Workbooks that other programs make: of our form, and of things that have nothing to do with vehicles.

    for one in foreigners(): one.name, one.ours (rows that it holds of our form, 0: none), one.make()

Each is legal and harmless. The features are what people and their programs put into workbooks.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pandas as pd
import xlsxwriter
from attack_texts import RULES
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from vinbatch import samples
from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.workbook.form import build

Rows = Sequence[Sequence[Any]]
Book = dict[str, Rows]  # sheet → rows


@dataclass(frozen=True)
class Foreigner:
    """`ours` is the number of data rows of our form that it holds."""

    name: str
    ending: str
    ours: int
    make: Callable[[], bytes]


# ── contents ─────────────────────────────────────────────────────────────────────────────────────

_CARS = samples.vehicles(3000)[-6:-3]
_SETS = samples.parameters(samples.MODELS[:1])


def _form(lang: str) -> Book:
    found = {}
    for token, table in ((VEHICLE, _CARS), (STRUCTURE, _SETS)):
        fields = RULES.fields(token)
        heads = [f.heading(lang) for f in fields]
        name = RULES.word(f"@sheet.{token}", lang)
        found[name] = [heads, *([row.get(f.key) for f in fields] for row in table)]
    return found


OURS = {f"ours-{lang}": _form(lang) for lang in ("zh", "en")}
HELD = len(_CARS) + len(_SETS)
THEIRS: dict[str, Book] = {
    "invoice": {
        "Rechnung": [
            ["Müller & Söhne GmbH", None, None, "Nr. 2026-0815"],
            [],
            ["Pos", "Bezeichnung", "Menge", "Preis", "Summe"],
            *([i, f"Schraube M{i}", i * 10, 0.17, i * 1.7] for i in range(1, 30)),
            [None, None, None, "gesamt", 739.5],
        ]
    },
    "pivot": {
        "Sheet1": [
            ["Row Labels", "Sum of Q1", "Sum of Q2", "Grand Total"],
            *([r, 1.5, 2.5, 4.0] for r in ("East", "West", "(blank)", "Grand Total")),
        ]
    },
    "russian": {"Сотрудники": [["Фамилия", "Оклад"], ["Щукина", 90_000], ["Ёлкин", 85_000]]},
    "arabic": {"الموظفون": [["الاسم", "الراتب"], ["محمد", 1200], ["ليلى", 1300]]},
    "japanese": {"売上": [["日付", "金額"], [date(2026, 1, 5), 1200], [datetime(2026, 1, 6, 8), "１２００"]]},
    "emoji": {"📊": [["👍🏽", "🇨🇳"], ["zero\u200bwidth", "e\u0301"], ["\u202eright", "tab\tbell"]]},
    "numbers": {"n": [[1e308, -1e-308, 0.1 + 0.2, 10**15, 2**53 + 1], [True, False, None, "", " "]]},
    "times": {"t": [[date(1900, 3, 1), datetime(9999, 12, 31), time(23, 59, 59)]]},
    "empty": {"Sheet1": []},
    "one": {"Sheet1": [["x"]]},
    "sheets": {f"Blatt {i}": [[i, f"v{i}"]] for i in range(120)},
    "wide": {"w": [[f"c{i}" for i in range(16_384)], list(range(16_384))]},
    "tall": {"t": [["id", "name"], *([i, f"n{i}"] for i in range(3000))]},
    "walls": {"text": [["x" * 32_767, "长" * 20_000], ["a\nb\nc" * 500]]},
    "cars": {"Autos": [["Fahrgestellnummer", "Farbe"], ["WBA13BJ03MCF12345", "rot"]]},
    "headings": {"车辆信息": [["车架号", "颜色", "随便什么"]]},
    "other-heads": {"车辆信息": [["VIN", "Colour", "Price", "VIN"], ["WBA13BJ03MCF12345", "red", 3, "?"]]},
}


# ── what openpyxl puts into them ─────────────────────────────────────────────────────────────────


def _chart(sheet: Any, book: Any) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4))
    sheet.add_chart(chart, "H20")


def _conditional(sheet: Any, book: Any) -> None:
    fill = PatternFill(bgColor="FFC7CE")
    sheet.conditional_formatting.add("A1:C9", CellIsRule(operator="lessThan", formula=["0"], fill=fill))
    sheet.conditional_formatting.add("D1:D9", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00"))
    sheet.conditional_formatting.add("E1:E9", DataBarRule("min", None, "max", None, "638EC6"))


def _validation(sheet: Any, book: Any) -> None:
    rule = DataValidation(type="list", formula1='"a,b,c"', allow_blank=True)
    rule.add("Z2:Z900")
    sheet.add_data_validation(rule)


def _comments(sheet: Any, book: Any) -> None:
    for row in range(1, 4):
        sheet.cell(row, 1).comment = Comment("bitte prüfen <b>&", "Прораб")


def _names(sheet: Any, book: Any) -> None:
    title = sheet.title.replace("'", "''")
    book.defined_names["Bereich"] = DefinedName("Bereich", attr_text=f"'{title}'!$A$1:$B$4")
    book.defined_names["Kaputt"] = DefinedName("Kaputt", attr_text="#REF!")


def _protected(sheet: Any, book: Any) -> None:
    sheet.protection.set_password("geheim")
    sheet["A1"].protection = Protection(locked=False)
    book.security.lockStructure = True


def _hidden(sheet: Any, book: Any) -> None:
    book.create_sheet("versteckt").sheet_state = "hidden"
    book.create_sheet("tief").sheet_state = "veryHidden"
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions.group("D", "F", hidden=False)


def _printed(sheet: Any, book: Any) -> None:
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P / &N"
    sheet.row_breaks.append(Break(id=20))
    sheet.page_setup.orientation = "landscape"


def _links(sheet: Any, book: Any) -> None:
    cell = sheet.cell(2, 30, "hier")
    cell.hyperlink = "https://example.com/?a=1&b=2"


def _styled(sheet: Any, book: Any) -> None:
    for i, code in enumerate(("0.00%", "[Red]-0;0", "yyyy年m月", "@", '"€" #,##0.00', "[h]:mm")):
        sheet.cell(1, 30 + i).number_format = code
        sheet.cell(1, 30 + i).font = Font(name="Wingdings", size=40 + i, color="00FF00FF")


def _table(sheet: Any, book: Any) -> None:
    notes = book.create_sheet("liste")
    for row in (["a", "b"], [1, 2], [3, 4]):
        notes.append(row)
    notes.add_table(Table(displayName="Liste", ref="A1:B3"))
    sheet.auto_filter.ref = "A1:C3"


def _formulas(sheet: Any, book: Any) -> None:
    notes = book.create_sheet("rechnen")
    notes["A1"], notes["A2"], notes["A3"] = "=1/0", '=HYPERLINK("http://x","y")', "=SUM(A1:A2)"
    notes["B1"] = ArrayFormula("B1:B3", "=ROW(1:3)")


def _rich(sheet: Any, book: Any) -> None:
    notes = book.create_sheet("bunt")
    notes["A1"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))


def _properties(sheet: Any, book: Any) -> None:
    book.properties.creator, book.properties.keywords = "Прораб ☃", "x" * 2000
    book.custom_doc_props.append(StringProperty(name="client", value="ACME"))


FEATURES: dict[str, Callable[[Any, Any], None]] = {
    "plain": lambda _sheet, _book: None,
    "chart": _chart,
    "conditional": _conditional,
    "validation": _validation,
    "comments": _comments,
    "names": _names,
    "protected": _protected,
    "hidden": _hidden,
    "printed": _printed,
    "links": _links,
    "styled": _styled,
    "table": _table,
    "formulas": _formulas,
    "rich": _rich,
    "properties": _properties,
}


def by_openpyxl(content: Book, features: Sequence[str]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in content.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for feature in features:
        FEATURES[feature](book.worksheets[0], book)
    return _saved(book)


def _saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# ── XlsxWriter, pandas ───────────────────────────────────────────────────────────────────────────

_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f"
    "0005050102a0f7b1c30000000049454e44ae426082"
)
WRITTEN: dict[str, Callable[[Any, Any], Any]] = {
    "plain": lambda _sheet, _book: None,
    "image": lambda sheet, _book: sheet.insert_image("H20", "dot.png", {"image_data": io.BytesIO(_DOT)}),
    "textbox": lambda sheet, _book: sheet.insert_textbox("H20", "Notiz & <mehr>"),
    "button": lambda sheet, _book: sheet.insert_button("H20", {"caption": "Start"}),
    "sparkline": lambda sheet, _book: sheet.add_sparkline("AZ9", {"range": "A1:C1"}),
    "background": lambda sheet, _book: sheet.set_background(io.BytesIO(_DOT)),
    "tab": lambda sheet, _book: (sheet.set_tab_color("red"), sheet.set_zoom(400), sheet.right_to_left()),
    "chartsheet": lambda _sheet, book: book.add_chartsheet("Bild").set_chart(_pie(book)),
    "dynamic": lambda _sheet, book: book.add_worksheet("dyn").write_dynamic_array_formula(
        "A1", "=SEQUENCE(3)"
    ),
    "outline": lambda sheet, _book: sheet.set_column("E:G", None, None, {"level": 1, "collapsed": True}),
    "comment": lambda sheet, _book: sheet.write_comment("A1", "hallo", {"visible": True}),
    "ignored": lambda sheet, _book: sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"}),
}


def _pie(book: Any) -> Any:
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": [book.worksheets()[0].name, 1, 1, 3, 1]})
    return chart


def by_xlsxwriter(content: Book, features: Sequence[str], **options: Any) -> bytes:
    buffer = io.BytesIO()
    usual = {"in_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, {**usual, **options}) as book:
        sheets = []
        for name, rows in content.items():
            sheets.append(book.add_worksheet(name))
            for i, row in enumerate(rows):
                sheets[-1].write_row(i, 0, [f"{v:.17g}" if isinstance(v, float) else v for v in row])
        for feature in features:
            WRITTEN[feature](sheets[0], book)
    return buffer.getvalue()


def by_pandas(content: Book, engine: str, *, index: bool) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine=engine) as writer:  # type: ignore[arg-type]
        for name, rows in content.items():
            width = max([len(row) for row in rows], default=1)
            head, *body = [[*row, *[None] * (width - len(row))] for row in rows or [[None]]]
            frame = pd.DataFrame(body, columns=head)
            frame.to_excel(writer, sheet_name=name, index=index)
    return buffer.getvalue()


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
KINDS = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def as_kind(data: bytes, ending: str) -> bytes:
    """The same workbook under another content type, with a macro part where the kind has macros."""
    macros = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500)} if ending != "xltx" else {}
    return _changed(data, {_SHEET.encode(): KINDS[ending].encode()}, macros)


def strict(data: bytes) -> bytes:
    """As Excel saves it for `Strict Open XML Spreadsheet`."""
    return _changed(data, _STRICT, {})


def _changed(data: bytes, words: dict[bytes, bytes], more: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    pattern = re.compile(b"|".join(map(re.escape, words)))
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, pattern.sub(lambda m: words[m[0]], old.read(name)))
        for name, part in more.items():
            new.writestr(name, part)
    return buffer.getvalue()


def _filled_form() -> bytes:
    """Our own form, opened, filled and saved by openpyxl."""
    book = load_workbook(io.BytesIO(build(RULES)))
    for name, rows in OURS["ours-zh"].items():
        sheet = book[name]
        for i, row in enumerate(rows[1:], start=2):
            for j, value in enumerate(row, start=1):
                sheet.cell(i, j).value = value
    return _saved(book)


# ── all of them ──────────────────────────────────────────────────────────────────────────────────


def foreigners() -> Iterator[Foreigner]:
    """Lazily: none is made before it is asked for."""
    for name, content in {**OURS, **THEIRS}.items():
        ours = HELD if name in OURS else 0
        yield Foreigner(f"{name}-xlsxwriter", "xlsx", ours, lambda c=content: by_xlsxwriter(c, ["plain"]))
        yield Foreigner(f"{name}-openpyxl", "xlsx", ours, lambda c=content: by_openpyxl(c, ["plain"]))
        if name in ("wide", "tall", "sheets", "walls"):
            continue
        for engine in ("openpyxl", "xlsxwriter"):
            if name != "times":  # pandas' own dates end in 2262
                yield Foreigner(
                    f"{name}-pandas-{engine}",
                    "xlsx",
                    ours,
                    lambda c=content, e=engine: by_pandas(c, e, index=False),
                )
        for ending in KINDS:
            yield Foreigner(
                f"{name}-{ending}",
                ending,
                ours,
                lambda c=content, e=ending: as_kind(by_openpyxl(c, ["plain"]), e),
            )
        yield Foreigner(f"{name}-strict", "xlsx", ours, lambda c=content: strict(by_xlsxwriter(c, ["plain"])))
    for name, content in (("ours-zh", OURS["ours-zh"]), ("invoice", THEIRS["invoice"])):
        ours = HELD if name in OURS else 0
        for feature in FEATURES:
            yield Foreigner(
                f"{name}-openpyxl-{feature}", "xlsx", ours, lambda c=content, f=feature: by_openpyxl(c, [f])
            )
        for feature in WRITTEN:
            yield Foreigner(
                f"{name}-xlsxwriter-{feature}",
                "xlsx",
                ours,
                lambda c=content, f=feature: by_xlsxwriter(c, [f]),
            )
    yield Foreigner("form-openpyxl", "xlsx", HELD, _filled_form)
    yield Foreigner(
        "ours-constant-memory",
        "xlsx",
        HELD,
        lambda: by_xlsxwriter(OURS["ours-zh"], ["plain"], constant_memory=True, in_memory=False),
    )
    chance = random.Random(11)
    everything = {**OURS, **{k: v for k, v in THEIRS.items() if k not in ("wide", "tall", "sheets", "walls")}}
    for number in range(60):
        name = chance.choice(list(everything))
        some = chance.sample(list(FEATURES), chance.randint(2, 6))
        yield Foreigner(
            f"mixed-{number}-{name}",
            "xlsx",
            HELD if name in OURS else 0,
            lambda c=everything[name], f=some: by_openpyxl(c, f),
        )
