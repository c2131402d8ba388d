"""The quick way to survey a sheet: `bytes.find` and a few regular expressions, 1-2 ms for a full form.

It is for sheets whose tags look as every common program writes them (`is_regular`); all others go
through `stream`, which sees every tag and takes a microsecond for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vinbatch.workbook.survey import (
    NO_ERROR_TEXT,
    Place,
    Survey,
    address,
    area_of,
    column_number,
    note_formula,
)

# A cell as common programs write it: its address first, in double quotes, below row 100,000 and left of AAA.
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z]{1,2}[1-9]\d{0,4}")[\s/>]')
_ODD_ROW = re.compile(rb'<row(?! r="[1-9]\d{0,6}")[\s/>]')
# What an attribute or a tag may look like in other hands, and markup that hides or splits text.
_UNUSUAL = (b"='", b" =", b"= ", b"\n=", b"=\n", b"\t=", b"=\t", b"\r=", b"=\r", b"<!", b":row", b":c ", b":c>")
_UNUSUAL_REFERENCE = re.compile(rb"<mergeCell\s(?!ref=\")")

_ROW_NUMBER = re.compile(rb'<row r="(\d+)"')
_HIDDEN = re.compile(rb'<row r="(\d+)"[^>]*?\s(?:hidden="(?:1|true)"|ht="0(?:\.0+)?")')
_MERGE = re.compile(rb'<mergeCell ref="([^"]*)"')
_FAR = ((re.compile(rb'<c r="[A-Z]+\d{5}'), 99_999), (re.compile(rb'<c r="[A-Z]+\d{4}'), 9_999))
_WIDE = (
    (re.compile(rb'<c r="[C-Z][A-Z]'), 702),
    (re.compile(rb'<c r="B[A-Z]'), 78),
    (re.compile(rb'<c r="A[A-Z]'), 52),
)
_FILLED = re.compile(rb'<c r="([A-Z]{1,2})(\d{1,5})"[^>]*(?<!/)>')
_TEXT_INDEX = re.compile(rb' t="s"[^>]*><v>(\d{1,9})</v>')

_TELLING = re.compile(rb' t="e"|<f[\s/>]')
_ADDRESS = re.compile(rb'<c r="([A-Z]{1,2})(\d{1,5})"')
_KIND = re.compile(rb' t="(\w*)"')
_STYLE = re.compile(rb' s="(\d{1,7})"')
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?>([^<]*)</f>")
_VALUE = re.compile(rb"<v(?:\s[^>]*)?(?:/>|>([^<]*)</v>)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def is_regular(xml: bytes) -> bool:
    """Whether the quick way sees everything that is there."""
    if any(mark in xml for mark in _UNUSUAL) or xml.find(b"<?", 5) >= 0:
        return False
    if _ODD_CELL.search(xml) or _ODD_ROW.search(xml) or _UNUSUAL_REFERENCE.search(xml):
        return False
    return all(a < b for a, b in pairwise(map(int, _ROW_NUMBER.findall(xml))))


def survey_regular(xml: bytes, enough: int) -> Survey:
    """Survey a sheet that `is_regular`.

    Its bounds stay rough while their product is at most `enough`, and are counted where it is more.
    """
    survey = Survey(
        rows=_bound(xml, _FAR, 999),
        columns=_bound(xml, _WIDE, 26),
        merges=[area for r in _MERGE.findall(xml) if (area := area_of(r.decode("ascii", "replace")))],
        hidden_rows=[int(n) for n in _HIDDEN.findall(xml)],
        style_of=lambda places: _styles(xml, places),
    )
    if survey.rows * survey.columns > enough:
        places = [(int(row), column_number(letters.decode())) for letters, row in _FILLED.findall(xml)]
        survey.rows = max((row for row, _ in places), default=0)
        survey.columns = max((column for _, column in places), default=0)
    for place, tag, content in _telling_cells(xml):
        kind = _first(_KIND, tag) or ""
        value = _VALUE.search(content)
        text = None if value is None else _plain(value[1] or b"")
        if kind == "e":
            survey.errors[place] = text or NO_ERROR_TEXT
        elif b"<f" in content:
            note_formula(survey, place, _first(_FORMULA, content) or "…", text, kind)
    return survey


def _bound(xml: bytes, bounds: tuple[tuple[re.Pattern[bytes], int], ...], least: int) -> int:
    return next((bound for pattern, bound in bounds if pattern.search(xml)), least)


def text_references(xml: bytes) -> list[int]:
    """The shared text that each cell refers to, for sheets so large that it must be counted."""
    return [int(n) for n in _TEXT_INDEX.findall(xml)]


def _telling_cells(xml: bytes) -> Iterator[tuple[Place, bytes, bytes]]:
    """Cells with an error or a formula: place, tag, content. Every byte is looked at once."""
    done = 0
    for hit in _TELLING.finditer(xml):
        if hit.start() < done:
            continue
        begin = xml.rfind(b"<c ", done, hit.start() + 1)
        found = _ADDRESS.match(xml, begin) if begin >= 0 else None
        opened = xml.find(b">", begin)
        if found is None or opened < 0:
            done = hit.start()
            continue
        is_empty = xml[opened - 1 : opened] == b"/"
        end = opened + 1 if is_empty else xml.find(b"</c>", opened)
        done = max(end, hit.start() + 1) if end >= 0 else len(xml)
        if hit.start() < done:
            place = int(found[2]), column_number(found[1].decode())
            yield place, xml[begin : opened + 1], xml[opened + 1 : done]


def _styles(xml: bytes, places: list[Place]) -> list[int]:
    """The style of each of these cells, in the order of the sheet: one walk through the XML."""
    styles = []
    at = 0
    for row, column in places:
        mark = f'<c r="{address((row, column))}"'.encode()
        begin = xml.find(mark, at)
        begin = begin if begin >= 0 else xml.find(mark)
        tag = xml[begin : xml.find(b">", begin)] if begin >= 0 else b""
        styles.append(int(_first(_STYLE, tag) or "0"))
        at = max(begin, at)
    return styles


def _first(pattern: re.Pattern[bytes], xml: bytes) -> str | None:
    found = pattern.search(xml)
    return _plain(found[1] or b"") if found else None


def _plain(xml: bytes) -> str:
    text = xml.decode("utf-8", "replace")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
