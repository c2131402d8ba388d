"""Cells that look otherwise than they read: crossed out, or with a format that shows nothing or other things.

Both are rare. A few `find`s over styles and texts tell nearly every workbook from those that are worth to
look at cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from vinbatch.model import Raw
from vinbatch.noun import Noun
from vinbatch.workbook.book import Book, elements
from vinbatch.workbook.formats import read_formats
from vinbatch.workbook.masks import hides, hides_number, hides_text, masks, masks_number, masks_text
from vinbatch.workbook.survey import FALSE, Dressed, Place, column_number
from vinbatch.workbook.tags import Attributes

_GROUPS = ("fonts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs")
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_STRIKE = re.compile(rb"<(?:\w+:)?strike\b([^<>]*)>")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_OFF = re.compile(rb"""\bval\s*=\s*["'](?:0|false|off)["']""")


class Looks(Noun, frozen=True):
    """Styles and shared texts that are crossed out, and styles that show no text or number, or another."""

    struck: frozenset[int] = frozenset()
    struck_texts: frozenset[int] = frozenset()
    no_text: frozenset[int] = frozenset()
    no_number: frozenset[int] = frozenset()
    other_text: frozenset[int] = frozenset()
    other_number: frozenset[int] = frozenset()

    def struck_of(self, cells: Iterable[Dressed]) -> tuple[Place, ...]:
        """Those of these cells that are crossed out, wholly or in part."""
        return tuple(
            sorted(place for place, style, text in cells if style in self.struck or text in self.struck_texts)
        )

    def unseen_of(self, cells: Iterable[Dressed], grid: list[list[Raw]]) -> tuple[Place, ...]:
        """Those of them whose value is there and not to be seen."""
        return _dressed_as(cells, grid, self.no_text, self.no_number)

    def masked_of(self, cells: Iterable[Dressed], grid: list[list[Raw]]) -> tuple[Place, ...]:
        """Those of them that show something else than their value."""
        return _dressed_as(cells, grid, self.other_text, self.other_number)


def _dressed_as(
    cells: Iterable[Dressed], grid: list[list[Raw]], texts: frozenset[int], numbers: frozenset[int]
) -> tuple[Place, ...]:
    """The cells whose style is among these: of texts, or of what is none."""
    if not (texts or numbers):
        return ()
    return tuple(
        sorted(
            place
            for place, style, _ in cells
            if (value := _value(grid, place)) is not None
            and style in (texts if isinstance(value, str) else numbers)
        )
    )


def _value(grid: list[list[Raw]], place: Place) -> Raw:
    row = grid[place[0] - 1] if place[0] <= len(grid) else []
    return row[place[1] - 1] if place[1] <= len(row) else None


def looks_of(book: Book) -> Looks | None:
    """None where every cell looks as it reads, as nearly always."""
    crossed, hiding = b"strike" in book.styles, hides(book.styles)
    texts = _struck_texts(book.texts) if b"strike" in book.texts else frozenset()
    struck = _struck_styles(book.styles) if crossed else frozenset()
    none: frozenset[int] = frozenset()
    no_text, no_number = _having(book.styles, hides_text, hides_number) if hiding else (none, none)
    masking = masks(book.styles)
    other_text, other_number = _having(book.styles, masks_text, masks_number) if masking else (none, none)
    found = Looks(struck, texts, no_text, no_number, other_text, other_number)
    return found if found != Looks() else None


def _struck_styles(styles: bytes) -> frozenset[int]:
    fonts: list[bool] = []
    struck: list[bool] = []
    group = ""
    for tag, attributes in elements(styles, "xl/styles.xml", "font", "strike", "xf", *_GROUPS):
        if tag in _GROUPS:
            group = tag
        elif tag == "xf" and group == "cellXfs":
            struck.append(_is_struck(attributes, fonts))
        elif tag == "font" and group == "fonts":
            fonts.append(False)
        elif tag == "strike" and group == "fonts" and fonts:
            fonts[-1] = attributes.get("val", "1").lower() not in FALSE
    return frozenset(i for i, is_struck in enumerate(struck) if is_struck)


def _is_struck(style: Attributes, fonts: list[bool]) -> bool:
    font = style.get("fontId", "0")
    return font.isascii() and font.isdigit() and len(font) < 8 and int(font) < len(fonts) and fonts[int(font)]


def _struck_texts(texts: bytes) -> frozenset[int]:
    """The shared texts of which a run is crossed out."""
    return frozenset(
        i
        for i, text in enumerate(_TEXT_END.split(texts))
        if any(not _OFF.search(attributes) for attributes in _STRIKE.findall(text))
    )


def struck_inline(xml: bytes) -> list[Place]:
    """The cells of a regular sheet with a line through a part of a text that stands in the sheet itself."""
    found: list[Place] = []
    cell, done = None, 0
    for strike in _STRIKE.finditer(xml) if b"strike" in xml else ():
        begin = xml.rfind(b"<c ", done, strike.start())  # none: the cell of the strike before it
        cell, done = (_CELL.match(xml, begin) if begin >= 0 else cell), strike.end()
        if cell is not None and not _OFF.search(strike[1]):
            found.append((int(cell[2]), column_number(cell[1].decode())))
    return found


def _having(
    styles: bytes, of_text: Callable[[str], bool], of_number: Callable[[str], bool]
) -> tuple[frozenset[int], frozenset[int]]:
    """The styles whose format does this to texts, and those whose format does it to numbers."""
    codes = read_formats(styles).codes
    texts = {code for code in set(codes) if of_text(code)}
    numbers = {code for code in set(codes) if of_number(code)}
    return (
        frozenset(i for i, code in enumerate(codes) if code in texts),
        frozenset(i for i, code in enumerate(codes) if code in numbers),
    )
