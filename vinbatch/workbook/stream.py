"""The thorough way to survey a sheet: every tag through expat, numbered as calamine numbers cells.

A row without `r=` follows the one before it; so does a cell in its row; an address that is given wins.
"""

from __future__ import annotations

import re

from vinbatch.workbook.refused import damaged
from vinbatch.workbook.survey import (
    FALSE,
    NO_ERROR_TEXT,
    Place,
    Survey,
    address,
    area_of,
    column_number,
    note_formula,
)
from vinbatch.workbook.tags import walk

_ADDRESS = re.compile(r"([A-Za-z]{1,7})([0-9]{1,9})")
_TRUE = ("1", "true")
_MAX_DEPTH = 64  # of elements; a worksheet has ten, more is made to break parsers


def survey_stream(xml: bytes, part: str) -> Survey:
    """Survey any sheet. RefusedError where it is no XML or a cell has an impossible address."""
    return _Stream(part).run(xml)


class _Stream:
    """Where we are while the tags go by."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.survey = Survey()
        self.styles: dict[Place, int] = {}
        self.texts: dict[Place, int] = {}
        self.seen: set[Place] = set()
        self.depth = self.row = self.column = self.tables = 0
        self.place: Place | None = None
        self.cell: dict[str, str] = {}
        self.formula: list[str] | None = None
        self.value: list[str] | None = None
        self.catching: list[str] | None = None

    def run(self, xml: bytes) -> Survey:
        walk(xml, self.part, self.start, self.end, self.text)
        styles, texts, seen = self.styles, self.texts, self.seen
        self.survey.style_of = lambda places: [styles.get(place, 0) for place in places]
        self.survey.dressed = lambda: [(place, styles.get(place, 0), texts.get(place, -1)) for place in seen]
        return self.survey

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise damaged(self.part)
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "sheetData":
            # The reader stops at the end of the first; the rows of a second would be lost.
            self.tables += 1
            if self.tables > 1:
                raise damaged(self.part)
        elif tag == "mergeCell":
            area = area_of(attributes.get("ref", ""))
            if area is not None:
                self.survey.merges.append(area)
        elif self.place is not None:
            self._start_inside(self.place, tag, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._end_cell()
        elif tag in ("f", "v", "is"):
            self.catching = None

    def text(self, text: str) -> None:
        if self.catching is not None:
            self.catching.append(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        if number and not (number.isascii() and number.isdigit() and len(number) < 10):
            raise damaged(self.part)
        self.row = int(number) if number else self.row + 1
        self.column = 0
        is_flat = attributes.get("ht", "").strip("0.") == "" and "ht" in attributes
        if attributes.get("hidden") in _TRUE or is_flat:
            self.survey.hidden_rows.append(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        row, self.column = self.row, self.column + 1
        reference = attributes.get("r")
        if reference is not None:
            found = _ADDRESS.fullmatch(reference)
            if found is None or not int(found[2]):
                raise damaged(f"{self.part} {reference[:20]}")
            row, self.column = int(found[2]), column_number(found[1])
        self.place, self.cell = (row, self.column), attributes
        self.formula = self.value = self.catching = None

    def _start_inside(self, place: Place, tag: str, attributes: dict[str, str]) -> None:
        # calamine takes a formula after its value, or a <v> where <is> is announced, for no value at all, and
        # an <is> that is not announced for one, which nobody sees.
        if tag == "f":
            self.formula = self.catching = []
            is_crooked = self.value is not None
        elif tag == "strike":
            if attributes.get("val", "1").lower() not in FALSE:
                self.survey.struck.append(place)
            return
        elif tag in ("v", "is"):
            self.value = self.catching = []
            is_crooked = (tag == "is") != (self.cell.get("t") == "inlineStr")
        else:
            return
        if is_crooked:
            self.survey.crooked = address(place)

    def _end_cell(self) -> None:
        if self.place is None:
            return
        place, kind = self.place, self.cell.get("t", "")
        self.place = self.catching = None
        if self.value is None and self.formula is None and kind != "e":
            return
        if place in self.seen:
            self.survey.crooked = address(place)
        self.seen.add(place)
        self.survey.rows = max(self.survey.rows, place[0])
        self.survey.columns = max(self.survey.columns, place[1])
        value = None if self.value is None else "".join(self.value)
        style = self.cell.get("s", "").strip().lstrip("+") or "0"
        if not (style.isascii() and style.isdigit()):
            self.survey.crooked = address(place)
        elif style != "0" and len(style) < 8:
            self.styles[place] = int(style)
        if kind == "s" and value:
            # calamine takes what is no number for the first text.
            if value.isascii() and value.isdigit() and len(value) < 10:
                self.texts[place] = int(value)
                self.survey.texts.append(int(value))
            else:
                self.survey.crooked = address(place)
        if kind == "e":
            self.survey.errors[place] = value or NO_ERROR_TEXT
        elif self.formula is not None:
            note_formula(self.survey, place, "".join(self.formula) or "…", value, kind)
