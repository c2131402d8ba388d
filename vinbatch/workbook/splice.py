"""Rows as SpreadsheetML, by hand: text is always an inline string, so nothing of it can come alive."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from vinbatch.escaped import attribute, escape
from vinbatch.noun import Noun
from vinbatch.visible import visible
from vinbatch.workbook.layout import letters

_WHOLE = 2.0**53
_LONGEST = 32_767  # UTF-16 units that Excel takes in a cell
_CUT = "…(…)"
_MOST_LINKS = 65_530  # of a sheet: with more Excel repairs the workbook
# What Excel reads as an escape of its own (_x000D_).
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Styled(Noun, frozen=True):
    """A cell's value and the name of its style. Numbers are numbers, all else is text."""

    value: str | int | float
    style: str


class RawRow(Noun, frozen=True):
    """A row before the indexes of styles are known."""

    number: int
    cells: tuple[tuple[int, Styled], ...]
    height: float | None


def row_xml(number: int, cells: Sequence[tuple[int, Styled]], height: float | None = None) -> RawRow:
    """A row: 1-based number, cells by 0-based column in ascending order, height in points."""
    return RawRow(number, tuple(cells), height)


def rows_xml(rows: Iterable[RawRow], styles: Mapping[str, int]) -> bytes:
    """The rows as XML."""
    parts: list[str] = []
    for row in rows:
        parts.append(f'<row r="{row.number}{opened_at(row.height)}')
        for column, cell in row.cells:
            parts.append(f'<c r="{_letters(column)}{row.number}{rest(cell.value, styles[cell.style])}')
        parts.append("</row>")
    return "".join(parts).encode()


def opened_at(height: float | None) -> str:
    """What follows a row's number in its start tag, `<row r="5` and this; height in points."""
    return f'" ht="{height:g}" customHeight="1">' if height else '">'


def rest(value: str | int | float, style: int) -> str:
    """What follows a cell's reference, to the cell's end: `<c r="B5` and this is a cell."""
    at = f'" s="{style}"'
    if not isinstance(value, str):
        if not isinstance(value, bool) and math.isfinite(value):
            whole = isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE  # 5.0 is 5
            return f"{at}><v>{int(value) if whole else value!r}</v></c>"
        value = str(value)  # True and inf are no numbers of a sheet
    if not value:
        return f"{at}/>"
    return f'{at} t="inlineStr"><is>{_text(value)}</is></c>'


def struck_rest(value: str | int | float, style: int, ink: str) -> str:
    """The same with a line through its text, which goes with the text: who types over the cell types none.

    `ink` is the colour of the text, `FF3D2F00`.
    """
    text = value if isinstance(value, str) else f"{value:.15g}"
    crossed = f'<strike/><sz val="10"/><color rgb="{ink}"/>'
    return f'" s="{style}" t="inlineStr"><is><r><rPr>{crossed}</rPr>{_text(text)}</r></is></c>'


def _text(text: str) -> str:
    """Its white space is said to count only where Excel says so: openxlsx of R takes that for the text."""
    kept = "" if text == text.strip() else ' xml:space="preserve"'
    return f"<t{kept}>{escape(plain(text))}</t>"


@lru_cache(maxsize=1024)
def _letters(column: int) -> str:
    return letters(column)


def plain(text: str) -> str:
    """Text that any reader takes as it stands: all of it can be seen, and is no more than a cell holds."""
    text = visible(text)
    if len(text) > _LONGEST // 2:
        units = text.encode("utf-16-le")
        if len(units) > 2 * _LONGEST:
            text = units[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def into_sheet(part: bytes, rows: bytes, *, keep: bool, last: tuple[int, int]) -> bytes:
    """The sheet with these rows: below those it has (`keep`), or instead of them; `last` is (column, row)."""
    start, end = part.index(b"<sheetData>"), part.index(b"</sheetData>")
    before = part[start + len(b"<sheetData>") : end] if keep else b""
    head = re.sub(
        rb'<dimension ref="[^"]*"/>',
        f'<dimension ref="A1:{letters(last[0])}{last[1]}"/>'.encode(),
        part[:start],
    )
    return b"".join((head, b"<sheetData>", before, rows, part[end:]))


def with_links(part: bytes, links: Sequence[tuple[str, str, str]]) -> bytes:
    """Links within the workbook: (cell, sheet name, target cell). They go where the schema wants them."""
    if not links:
        return part
    made = "".join(
        f'<hyperlink ref="{at}" location="{_quoted(sheet)}!{target}" display="{target}"/>'
        for at, sheet, target in links[:_MOST_LINKS]
    )
    place = min(i for name in (b"<printOptions", b"<pageMargins") if (i := part.find(name)) >= 0)
    return part[:place] + f"<hyperlinks>{made}</hyperlinks>".encode() + part[place:]


def _quoted(sheet: str) -> str:
    return attribute("'" + sheet.replace("'", "''") + "'")
