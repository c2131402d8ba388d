"""The quick way to survey a sheet: `bytes.find` and a few regular expressions.

It is for sheets whose tags look as every common program writes them (`is_regular`); all others go
through `stream`, which sees every tag and takes a microsecond for each. Each pass over a full form
costs 0.3 to 1 ms, so passes are few, and a single byte that must not occur is looked for first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vinbatch.workbook.survey import (
    NO_ERROR_TEXT,
    Dressed,
    Place,
    Survey,
    address,
    area_of,
    column_number,
    note_formula,
)

# A cell as Excel, WPS, LibreOffice, openpyxl and XlsxWriter write it; anything else is odd. Possessive
# quantifiers: nothing to try again. The first reaches to row 999, the second to row 99,999.
_CELL = rb'(?: s="\d{1,6}+")?+(?: t="[a-zA-Z]++")?+(?: [cv]m="\d++")?+ ?+/?+>)[\s/>]'
_ODD_NEAR = re.compile(rb'<c(?! r="[A-Z]{1,2}[1-9]\d{0,2}+"' + _CELL)
_ODD_FAR = re.compile(rb'<c(?! r="[A-Z]{1,2}[1-9]\d{0,4}+"' + _CELL)
_ROW = re.compile(rb"<row\b([^<>]*)>")  # past a `<` it would search to the end of the part, from every row
_ROW_ATTRIBUTES = re.compile(rb' r="([1-9]\d{0,6}+)"(?:\s+[\w:]+="[^"]*")*\s*/?')
_COLUMN = re.compile(rb"<(?:\w{1,20}:)?col\s([^>]{1,400})>")
_COLUMN_MIN, _COLUMN_MAX = (re.compile(rb'\b%s=["\'](\d{1,5})["\']' % name) for name in (b"min", b"max"))
_COLUMN_HIDDEN = re.compile(rb'\b(?:hidden=["\'](?:1|true)["\']|width=["\']0(?:\.0+)?["\'])')
_HIDDEN = re.compile(rb'\s(?:hidden="(?:1|true)"|ht="0(?:\.0+)?")')
_MERGE = re.compile(rb'<mergeCell\b(?: ref="([^"]*)")?')
_FILLED = re.compile(rb'<c r="([A-Z]{1,2})(\d{1,5})"[^<>]*(?<!/)>')
_DRESSED = re.compile(
    rb'<c r="([A-Z]{1,2})(\d{1,5})"(?: s="(\d{1,6})")?(?: t="(\w+)")?[^<>]*(?<!/)>(?:<v>(\d{1,9})</v>)?'
)
_TEXT_INDEX = re.compile(rb' t="s"(?: [cv]m="\d++")?+ ?+><v>(\d{1,9})</v>')
_CELL_OR_TEXT = re.compile(rb"<c ([^<>]*)>|<is>")
_WIDE = re.compile(rb'<c r="[C-Z][A-Z]')
_NEAR_ROWS, _FAR_ROWS, _COLUMNS, _NARROW_COLUMNS = 999, 99_999, 702, 78

_ADDRESS = re.compile(rb'<c r="([A-Z]{1,2})(\d{1,5})"')
_KIND = re.compile(rb' t="(\w*)"')
_STYLE = re.compile(rb' s="(\d{1,6})"')
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?>([^<]*)</f>")
_VALUE = re.compile(rb"<v(?:\s[^>]*)?(?:/>|>([^<]*)</v>)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def survey_regular(xml: bytes, enough: int) -> Survey | None:
    """The bounds, merges and hidden rows of a regular sheet; None where it is not.

    The bounds stay rough while their product is at most `enough`, and are counted where it is more.
    """
    hidden = _hidden_rows(xml)
    if hidden is None or _has_markup(xml):
        return None
    is_near = not _ODD_NEAR.search(xml)
    if not is_near and _ODD_FAR.search(xml):
        return None
    references = _MERGE.findall(xml, max(0, xml.rfind(b"</sheetData>")))
    if not all(references):
        return None
    survey = Survey(
        rows=_NEAR_ROWS if is_near else _FAR_ROWS,
        columns=_COLUMNS,
        merges=[area for r in references if (area := area_of(r.decode("utf-8", "replace")))],
        hidden_rows=hidden,
        style_of=lambda places: _styles(xml, places),
        dressed=lambda: _dressed(xml),
        is_whole=False,
    )
    if survey.rows * survey.columns > enough and not _WIDE.search(xml):
        survey.columns = _NARROW_COLUMNS
    if survey.rows * survey.columns > enough:
        filled = _FILLED.findall(xml)
        survey.rows = max((int(row) for _, row in filled), default=0)
        letters = {letters for letters, _ in filled}
        survey.columns = max((column_number(name.decode()) for name in letters), default=0)
    return survey


def _has_markup(xml: bytes) -> bool:
    """Comments and CDATA split and hide text, prefixes hide tags, a second sheetData hides rows."""
    declared = xml.find(b"?>") + 2
    return (
        (xml.find(b"!") >= 0 and b"<!" in xml)
        or (xml.find(b"?", declared) >= 0 and xml.find(b"<?", declared) >= 0)
        or b":c" in xml
        or xml.find(b"<sheetData", xml.find(b"</sheetData>")) > 0
    )


def _hidden_rows(xml: bytes) -> list[int] | None:
    """The hidden rows; None where rows are not all numbered, in order, in plain tags."""
    numbers = []
    hidden = []
    for tag in _ROW.findall(xml):
        found = _ROW_ATTRIBUTES.fullmatch(tag)
        if found is None:
            return None
        numbers.append(int(found[1]))
        if _HIDDEN.search(tag):
            hidden.append(numbers[-1])
    return hidden if all(a < b for a, b in pairwise(numbers)) else None


def hidden_columns(xml: bytes, width: int) -> tuple[int, ...]:
    """The columns of a sheet of this width that do not show: hidden, or of no width."""
    end = xml.find(b"sheetData")
    if xml.find(b"hidden=", 0, end) < 0 and xml.find(b'width="0', 0, end) < 0:
        return ()
    found: set[int] = set()
    for tag in _COLUMN.findall(xml, 0, end):
        bounds = _COLUMN_MIN.search(tag), _COLUMN_MAX.search(tag)
        if _COLUMN_HIDDEN.search(tag) and bounds[0] and bounds[1]:
            found |= set(range(int(bounds[0][1]), min(int(bounds[1][1]), width) + 1))
    return tuple(sorted(found))


def text_references(xml: bytes) -> list[int]:
    """The shared text that each cell refers to, for sheets so large that it must be counted."""
    return [int(n) for n in _TEXT_INDEX.findall(xml)]


def count_values(xml: bytes) -> int:
    """How many cells of a regular sheet say that they have a value."""
    return xml.count(b"<v") + xml.count(b"<is>")


def has_twins(xml: bytes) -> bool:
    """Whether an address occurs twice among the cells of a regular sheet that hold something."""
    filled = _FILLED.findall(xml)
    return len(set(filled)) < len(filled)


def find_odd_cells(xml: bytes, survey: Survey) -> None:
    """Complete the survey of a regular sheet: errors and formulas."""
    survey.is_whole = True
    at = xml.find(b'="inlineStr"><v')
    at = at if at >= 0 else xml.find(b"</v><f")
    if at < 0 and xml.count(b"<is>") > xml.count(b'="inlineStr"><is>'):
        at = _unannounced(xml)
    if at >= 0:
        found = _ADDRESS.match(xml, xml.rfind(b"<c ", 0, at))
        survey.crooked = address((int(found[2]), column_number(found[1].decode()))) if found else "?"
    for place, tag, content in _telling_cells(xml):
        kind = _first(_KIND, tag) or ""
        value = _VALUE.search(content)
        text = None if value is None else _plain(value[1] or b"")
        if kind == "e":
            survey.errors[place] = text or NO_ERROR_TEXT
            # An error cell without content (<c t="e"/>) was no filled cell when the bounds were counted.
            survey.rows, survey.columns = max(survey.rows, place[0]), max(survey.columns, place[1])
        elif b"<f" in content:
            note_formula(survey, place, _first(_FORMULA, content) or "…", text, kind)


def _unannounced(xml: bytes) -> int:
    """Where an <is> stands in a cell that says it has none; -1 where white space parts it from its tag."""
    is_due = False
    for found in _CELL_OR_TEXT.finditer(xml):
        if found[1] is not None:
            is_due = b'="inlineStr"' in found[1]
        elif not is_due:
            return found.start()
    return -1


def _telling_cells(xml: bytes) -> Iterator[tuple[Place, bytes, bytes]]:
    """Cells with an error or a formula: place, tag, content. Every byte is looked at a few times only."""
    marks = [mark for mark in (b' t="e"', b"<f>", b"<f ", b"<f/") if mark in xml]
    if not marks:
        return
    done = 0
    for hit in re.finditer(b"|".join(marks), xml):
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
        end = end if end >= 0 else len(xml)
        done = max(end, hit.start())
        if hit.start() < end:
            place = int(found[2]), column_number(found[1].decode())
            yield place, xml[begin : opened + 1], xml[opened + 1 : end]


def _styles(xml: bytes, places: list[Place]) -> list[int]:
    """The style of each of these cells, given row by row: one walk through the XML."""
    styles = []
    at = 0
    for place in places:
        # From the row to the next one, as cells may stand in it in any order.
        at = xml.find(b'<row r="%d"' % place[0], at)
        end = xml.find(b"<row ", at + 1) if at >= 0 else -1
        begin = xml.find(f'<c r="{address(place)}"'.encode(), at, end if end >= 0 else len(xml))
        if at < 0 or begin < 0:
            # In a wrong row, as hardly ever: to search all of the sheet for each would take hours.
            known = {place: style for place, style, _ in _dressed(xml)}
            return [known.get(place, 0) for place in places]
        tag = xml[begin : xml.find(b">", begin)]
        styles.append(int(_first(_STYLE, tag) or "0"))
    return styles


def _dressed(xml: bytes) -> list[Dressed]:
    return [
        (
            (int(row), column_number(letters.decode())),
            int(style or b"0"),
            int(text) if kind == b"s" and text else -1,
        )
        for letters, row, style, kind, text in _DRESSED.findall(xml)
    ]


def _first(pattern: re.Pattern[bytes], xml: bytes) -> str | None:
    found = pattern.search(xml)
    return _plain(found[1] or b"") if found else None


def _plain(xml: bytes) -> str:
    text = xml.decode("utf-8", "replace")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
