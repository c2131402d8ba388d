"""The values of cells, by calamine: the only module that knows it.

calamine gets a plain zip with the parts that were looked at and nothing else, so what was checked is
what is read. What it cannot tell (errors, formulas, merges, formats) is laid over the values in `read`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any

import python_calamine as calamine

from vinbatch.model import Odd, OddKind, Raw
from vinbatch.workbook.book import Book
from vinbatch.workbook.refused import RefusedError, damaged

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_COUNT = re.compile(rb"""\s(?:uniqueCount|count)\s*=\s*("[^"]*"|'[^']*')""")
# A number shown as a month: 2021.1 may be January or, cut by Excel, October.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_WHOLE = 10.0**15  # beyond it Excel itself keeps no unit


def read_values(book: Book) -> Iterator[list[list[Raw]]]:
    """The cells of each sheet, a rectangle from A1. RefusedError where calamine cannot read it.

    A number that could be a cut month comes as an `Odd` FORMATTED without its format.
    """
    for rows in _guarded(book):
        yield [
            [
                None if v == "" else v if type(v) is str else _number(v) if type(v) is float else _other(v)
                for v in row
            ]
            for row in rows
        ]


def _guarded(book: Book) -> Iterator[list[list[Any]]]:
    where = "xl/sharedStrings.xml, xl/styles.xml"
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(_plain_zip(book))) as workbook:
            for index, sheet in enumerate(book.sheets):
                where = sheet.name
                yield workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
    except (calamine.CalamineError, ValueError, LookupError) as e:
        raise damaged(where) from e
    except ArithmeticError as e:  # a date too far off for Python's
        raise RefusedError("FILE-UNREADABLE") from e
    except BaseException as e:
        # A panic of Rust arrives as a BaseException that no module exports; it means "cannot read this".
        if type(e).__name__ != "PanicException":
            raise
        raise RefusedError("FILE-UNREADABLE") from e


def _plain_zip(book: Book) -> bytes:
    """A workbook of these parts, stored, under names of our own."""
    sheets = range(1, len(book.sheets) + 1)
    relations = [(f"r{i}", "worksheet", f"worksheets/{i}.xml") for i in sheets]
    parts = {f"xl/worksheets/{i}.xml": book.sheets[i - 1].xml for i in sheets}
    if book.texts:
        relations.append(("t", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = _without_counts(book.texts)
    if book.styles:
        relations.append(("s", "styles", "styles.xml"))
        parts["xl/styles.xml"] = book.styles
    listed = "".join(f'<sheet name="{i}" sheetId="{i}" r:id="r{i}"/>' for i in sheets)
    epoch = f'<workbookPr date1904="{int(book.epoch_1904)}"/>'
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_TYPES}">{epoch}<sheets>{listed}</sheets></workbook>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        _put(zipped, "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        _put(zipped, "_rels/.rels", _relations([("w", "officeDocument", "xl/workbook.xml")]))
        _put(zipped, "xl/workbook.xml", workbook)
        _put(zipped, "xl/_rels/workbook.xml.rels", _relations(relations))
        for name, content in parts.items():
            _put(zipped, name, content)
    return out.getvalue()


def _put(zipped: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    """Of a name alone zipfile asks the clock, and a zip has no years before 1980 or after 2107."""
    zipped.writestr(zipfile.ZipInfo(name), content)


def _without_counts(texts: bytes) -> bytes:
    """Claims of how many texts follow are dropped: calamine makes room for them, and aborts on a lie."""
    begin = texts.find(b"sst")
    end = texts.find(b">", begin)
    return texts[:begin] + _COUNT.sub(b"", texts[begin:end]) + texts[end:]


def _relations(relations: list[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{i}" Type="{_TYPES}/{k}" Target="{t}"/>' for i, k, t in relations)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _other(value: Any) -> Raw:
    if type(value) is date:
        return datetime(value.year, value.month, value.day)
    if type(value) is timedelta:  # a number whose format counts hours
        return _number(value / timedelta(days=1))
    return value  # type: ignore[no-any-return]


@lru_cache(maxsize=4096)  # numbers repeat themselves from row to row
def _number(value: float) -> Raw:
    """A number as Excel shows it: 15 digits, whole numbers without a point."""
    if not isfinite(value):
        return Odd(OddKind.ERROR, "#NUM!")
    if value.is_integer():
        return int(value) if abs(value) < _WHOLE * 1000 else value
    shown = float(f"{value:.15g}")
    if shown.is_integer():
        return int(shown)
    if _FIRST_YEAR < shown < _LAST_YEAR + 1 and round(shown, 1) == shown:
        return Odd(OddKind.FORMATTED, "", shown)
    return shown
