"""The workbook around the rows: sheets, headings, prompts, validations, print set-up, chart. By XlsxWriter.

A shell is made once for each looks of the rules, language and purpose; rows are spliced into its XML
afterwards, which is ten times faster than writing them through a library, and carries nothing of the user's
file to others.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from vinbatch.model import FORM_VERSION, PLACEHOLDERS, STRUCTURE, VEHICLE, Field, Kind
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import TRACE, Ruleset, looks_of
from vinbatch.ruleset.prompts import PROMPT_LIMIT, TITLE_LIMIT
from vinbatch.workbook.guide_sheet import write_guide
from vinbatch.workbook.heights import USUAL, breadth
from vinbatch.workbook.layout import (
    FROZEN,
    LAST_ROW,
    PROBLEM,
    PROBLEM_WIDTHS,
    QUERY,
    SYSTEM,
    TOLD,
    WIDTHS,
    column_of,
    letters,
)
from vinbatch.workbook.styles import styles
from vinbatch.workbook.summary import Places, lay_summary
from vinbatch.workbook.validation import ALSO_EMPTY, Lists, validation

_A3 = 8
_A4 = 9
# A workbook names when it was made; a fixed time makes equal workbooks equal.
_MADE = datetime(2020, 1, 1, tzinfo=UTC)
NOWHERE = Places(0, 0, 0, 0)
_ONE_BAR = Places(0, 0, 0, 1)
_CHART = ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml")
_NUMERIC = frozenset({Kind.INT, Kind.DECIMAL})
_QUERY_ROWS = 500
# Characters that an A3 page across carries and can still be read.
_PAGE_WIDTH = 280
_TABS = {
    "summary": "#12395B",
    "guide": "#9AA5B1",
    VEHICLE: "#FFD54D",
    STRUCTURE: "#FFD54D",
    "query": "#2E7D6B",
    "problems": "#C0392B",
}


class Purpose(StrEnum):
    """What the workbook is: the empty form, the answer to a batch, or a selection of records."""

    FORM = "form"
    RESULT = "result"
    EXTRACT = "extract"


class Shell(Noun, frozen=True):
    """The parts of the workbook, where the sheets are, and the index of each style."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]  # sheet token → part
    styles: Mapping[str, int]


def shell(ruleset: Ruleset, lang: str, purpose: Purpose, places: Places = NOWHERE) -> Shell:
    """The shell; `places` are those of a result's summary."""
    looks = looks_of(ruleset)
    if not places.bars:
        return _shell(looks, lang, purpose, NOWHERE)
    # Only the chart stands elsewhere: it is taken from a workbook that has the summary alone.
    made = _shell(looks, lang, purpose, _ONE_BAR)
    return replace(made, parts={**made.parts, **_chart(looks, lang, places)})


@lru_cache(maxsize=128)
def _chart(looks: Ruleset, lang: str, places: Places) -> Mapping[str, bytes]:
    """The parts that draw the chart of a summary."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats = {name: book.add_format(props) for name, props in styles(lang).items()}
    sheet = book.add_worksheet(looks.word("@sheet.summary", lang))
    lay_summary(book, sheet, formats, places, looks, lang)
    book.close()
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in _CHART}


@lru_cache(maxsize=16)
def _shell(looks: Ruleset, lang: str, purpose: Purpose, places: Places) -> Shell:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": looks.phrase("form.title", lang), "created": _MADE, "author": "vinbatch"})
    builder = _Builder(book, looks, lang)
    order = builder.build(purpose, places)
    book.close()
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in sorted(archive.namelist())}
    sheets = {token: f"xl/worksheets/sheet{i}.xml" for i, token in enumerate(order, start=1)}
    return Shell(parts, sheets, _style_indexes(parts[sheets["hidden"]], list(builder.formats)))


def is_numeric(field: Field) -> bool:
    """Whether its cells hold numbers; all others are text cells."""
    return field.kind in _NUMERIC


class _Sheet(Worksheet):  # type: ignore[misc] # XlsxWriter has no types
    """One whose formulas are written as they stand."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT
        """XlsxWriter looks for 150 functions younger than Excel 2007 in each, which is a third of a shell."""
        return formula.removeprefix("=")


class _Builder:
    """Writes one shell."""

    def __init__(self, book: Any, ruleset: Ruleset, lang: str) -> None:
        self.book, self.ruleset, self.lang = book, ruleset, lang
        self.formats = {name: book.add_format(props) for name, props in styles(lang).items()}

    def build(self, purpose: Purpose, places: Places) -> list[str]:
        order = ["guide", VEHICLE, STRUCTURE, "query"]
        if purpose is Purpose.RESULT:
            order.insert(0, "summary")
        if purpose is not Purpose.FORM:
            order.append("problems")
        order.append("hidden")
        sheets = {token: self.book.add_worksheet(self.word(f"@sheet.{token}"), _Sheet) for token in order}
        for token, colour in _TABS.items():
            if token in sheets:
                sheets[token].set_tab_color(colour)
        lists = self._hidden(sheets["hidden"])
        if "summary" in sheets:
            lay_summary(self.book, sheets["summary"], self.formats, places, self.ruleset, self.lang)
            self._page(sheets["summary"], _A4, tall=1)
        write_guide(sheets["guide"], self.formats, self.ruleset, self.lang)
        self._page(sheets["guide"], _A4, landscape=False)
        for token in (VEHICLE, STRUCTURE):
            self._data(sheets[token], token, lists)
            self._printed(sheets[token], token, told=purpose is Purpose.RESULT)
        self._query(sheets["query"], lists)
        if "problems" in sheets:
            self._problems(sheets["problems"])
        sheets[order[0] if purpose is Purpose.RESULT else VEHICLE].activate()
        return order

    def word(self, token: str) -> str:
        return self.ruleset.word(token, self.lang)

    def _page(self, sheet: Any, paper: int, *, landscape: bool = True, wide: int = 1, tall: int = 0) -> None:
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(wide, tall)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&C{self.ruleset.phrase('form.page', self.lang)}")

    # ── data sheets ──────────────────────────────────────────────────────────────────────────────

    def _data(self, sheet: Any, token: str, lists: Lists) -> None:
        fields = self.ruleset.fields(token)
        sheet.set_default_row(USUAL)
        for i, field in enumerate(fields):
            heading = self._heading(field)
            sheet.write_string(0, i, heading, self.formats[f"heading_{field.need}"])
            cells = self.formats["number_" if is_numeric(field) else "text_"]
            sheet.set_column(i, i, _width(field, heading), cells)
            at = f"{letters(i)}2"
            options = validation(field, at, lists, self.ruleset, self.lang)
            sheet.data_validation(1, i, LAST_ROW - 1, i, options)
        for i, key in enumerate(SYSTEM, start=len(fields)):
            sheet.write_string(0, i, self.word(f"@column.{key}"), self.formats["heading_system"])
            hidden = {"hidden": True} if key == "mark" else {}
            sheet.set_column(i, i, WIDTHS[key], self.formats["system"], hidden)
        sheet.set_row(0, 48)
        frozen = self.ruleset.index(token)[FROZEN[token]] + 1
        sheet.freeze_panes(1, frozen)
        last = len(fields) + len(SYSTEM) - 1
        sheet.autofilter(0, 0, LAST_ROW - 1, last)
        # Numbers of certificates are texts on purpose: no green corners.
        sheet.ignore_errors({"number_stored_as_text": f"A2:{letters(last)}{LAST_ROW}"})

    def _printed(self, sheet: Any, token: str, *, told: bool) -> None:
        """`told`: only what became of the rows, one page wide. What they say themselves prints an extract, as
        wide as it needs to be: on one page width eighty columns could not be read.
        """
        fields, frozen = self.ruleset.fields(token), FROZEN[token]
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, self.ruleset.index(token)[frozen])
        if told:
            first, last = (column_of(self.ruleset, token, key) for key in (TOLD[0], TOLD[-1]))
            sheet.print_area(0, first, LAST_ROW - 1, last)
            sheet.print_row_col_headers()  # rows are named by their numbers, on the first sheet and beside it
            self._page(sheet, _A4)
            return
        widths = [_width(field, self._heading(field)) for field in fields]
        total = sum(widths) + sum(width for key, width in WIDTHS.items() if key != "mark")
        self._page(sheet, _A3, wide=math.ceil(total / _PAGE_WIDTH))

    def _heading(self, field: Field) -> str:
        heading = field.heading(self.lang)
        return f"{heading}\n({field.unit})" if field.unit else heading

    def _query(self, sheet: Any, lists: Lists) -> None:
        sheet.set_default_row(USUAL)
        for i, key in enumerate(QUERY):
            title = self.word(f"@query.{key}")
            sheet.write_string(0, i, title, self.formats["heading_optional"])
            sheet.set_column(i, i, 24, self.formats["text_"])
            options: dict[str, Any] = {
                "validate": "any",
                "input_title": title[:TITLE_LIMIT],
                "input_message": self.ruleset.phrase("form.query_prompt", self.lang)[:PROMPT_LIMIT],
            }
            if ("query", key) in lists.choices:
                options |= {
                    "validate": "list",
                    "source": f"={lists.choices['query', key]}",
                    "show_error": False,
                }
            sheet.data_validation(1, i, _QUERY_ROWS, i, options)
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        self._page(sheet, _A4)

    def _problems(self, sheet: Any) -> None:
        for i, (key, width) in enumerate(zip(PROBLEM, PROBLEM_WIDTHS, strict=True)):
            sheet.write_string(0, i, self.word(f"@problem.{key}"), self.formats["head"])
            sheet.set_column(i, i, width)
        last = len(PROBLEM)  # hidden, and sorted with the others
        sheet.write_string(0, last, TRACE)
        sheet.set_column(last, last, 10, None, {"hidden": True})
        sheet.set_row(0, 28)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, LAST_ROW - 1, last)
        sheet.repeat_rows(0)
        self._page(sheet, _A4)

    # ── the hidden sheet ─────────────────────────────────────────────────────────────────────────

    def _hidden(self, sheet: Any) -> Lists:
        """Version and digest, the lists of the drop-downs, and one cell of every style, to know its index."""
        for row, (key, value) in enumerate((("form", FORM_VERSION), ("rules", self.ruleset.form_digest))):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        for row, name in enumerate(self.formats):
            sheet.write_blank(row, 3, None, self.formats[name])
        name = f"'{self.word('@sheet.hidden')}'"
        column = 5

        def put(title: str, items: list[str]) -> str:
            nonlocal column
            for row, text in enumerate((title, *items)):
                sheet.write_string(row, column, text)
            at = letters(column)
            column += 1
            return f"{name}!${at}$2:${at}${len(items) + 1}"

        empty = [*PLACEHOLDERS, *ALSO_EMPTY]
        placeholders = put("placeholders", empty)
        choices = {
            (f.sheet, f.key): put(f"{f.sheet}.{f.key}", [*f.choices])
            for token in (VEHICLE, STRUCTURE)
            for f in self.ruleset.fields(token)
            if f.choices
        }
        for key in ("type", "state"):
            words = [self.word(f"@{key}.{token}") for token in self.ruleset.words[key]]
            # Shown as states, too, though the ledger has other words for them.
            words += [self.word("@overview.revoked"), self.word("@verdict.held")] if key == "state" else []
            choices["query", key] = put(f"query.{key}", words)
        known = self.ruleset.countries
        countries = put("countries", [known.shown(code) for code in known.by_code])
        for token in (VEHICLE, STRUCTURE):  # what each heading means, also when it is another's by then
            fields = self.ruleset.fields(token)
            put(f"keys.{token}", [*(f.key for f in fields), *(f"column.{key}" for key in SYSTEM)])
            titles = [*map(self._heading, fields), *(self.word(f"@column.{key}") for key in SYSTEM)]
            put(f"headings.{token}", titles)
        sheet.hide()
        return Lists(choices, countries, placeholders, f"{name}!$A$1:$A$17")


def _width(field: Field, heading: str) -> float:
    """Wide enough for what usually stands there; headings wrap."""
    usual = {Kind.VIN: 23, Kind.CCC: 26, Kind.CODE: 28, Kind.MONTH: 12, Kind.COUNTRY: 17}
    if field.kind in usual:
        return usual[field.kind]
    longest = max(map(breadth, heading.split("\n")))
    words = max(map(breadth, field.choices), default=0)
    length = field.length or 0
    least = 30 if length >= 150 else 22 if length >= 30 else 11  # names and models need room
    return float(min(36, max(least, longest // 2 + 4, words + 4, breadth(field.example) + 3)))


def _style_indexes(hidden: bytes, names: list[str]) -> dict[str, int]:
    """The style index of each name: what the cell in column D of its row says."""
    found = dict(re.findall(rb'<c r="D([0-9]+)" s="([0-9]+)"', hidden))
    return {name: int(found.get(str(i).encode(), b"0")) for i, name in enumerate(names, start=1)}
