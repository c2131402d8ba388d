"""Looks at a file before any library does: what it is, and whether it can be opened without harm.

A 2 kB workbook can kill a reader. Everything here is bounded by the size of the file and costs 2-4 ms
for a full form; what it lets through is small enough to be read, and `effects.pool` catches the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vinbatch.model import column_letters
from vinbatch.noun import Noun, replace
from vinbatch.workbook.book import Book, SheetPart, open_book
from vinbatch.workbook.formats import check_formats
from vinbatch.workbook.kinds import check_kind
from vinbatch.workbook.parts import open_parts
from vinbatch.workbook.plain import plain_sheet, plain_styles, plain_texts
from vinbatch.workbook.refused import RefusedError, damaged
from vinbatch.workbook.search import survey_regular, text_references
from vinbatch.workbook.stream import survey_stream
from vinbatch.workbook.survey import Survey

MAX_ROW = 99_999  # of a cell that holds something; the checks refuse far fewer rows in plainer words
MAX_COLUMN = 702  # ZZ
MAX_CELLS = 4_000_000  # rows × columns of all sheets together: a reader lays them out whole
MAX_WRITTEN = 600_000  # cells that stand in the XML, blank ones too; 5,000 parameter sets have 420,000
MAX_MERGES = 20_000
MAX_TEXTS = 500_000
MAX_TEXT_BYTES = 16 * 2**20  # of all cells, where many share one long text; 5,000 full vehicles have 4
MAX_OWN_BYTES = 32 * 2**20  # of texts and numbers that stand in the sheets: the largest of our results

_SHORTEST_TAG = len(b"<c>")
_SHORTEST_CELL = len(b'<c t="s"><v>0</v></c>')
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>")
_TAG = re.compile(rb"<[^<>]*>")


class Checked(Noun, frozen=True):
    """A workbook that may be read; one survey a sheet."""

    book: Book
    surveys: tuple[Survey, ...]


def open_workbook(name: str, data: bytes, megabytes: int) -> Checked:
    """The parts of a workbook of at most that size, inflated and bounded. RefusedError says why not."""
    return check_sheets(open_sheets(name, data, megabytes))


def open_sheets(name: str, data: bytes, megabytes: int) -> Book:
    """The same, of which nothing may be read before `check_sheets` has seen it."""
    if len(data) > megabytes * 2**20:
        raise RefusedError("FILE-TOO-LARGE", size=f"{len(data) / 2**20:.1f}", limit=str(megabytes))
    check_kind(name, data)
    book = open_book(open_parts(data))
    if not book.sheets:
        raise damaged("xl/workbook.xml")
    return book


def check_sheets(book: Book) -> Checked:
    """The sheets of this book may be read; the book may have been left with some of its own."""
    _check_written(book)
    check_formats(book.styles)
    book = _plain(book)
    surveys = tuple(_survey(sheet, MAX_CELLS // len(book.sheets)) for sheet in book.sheets)
    _refuse_much(book, [survey.rows * survey.columns for survey in surveys], MAX_CELLS)
    _check_texts(book, surveys)
    return Checked(book, surveys)


def _plain(book: Book) -> Book:
    """The same book, whose parts every reader takes alike."""
    return replace(
        book,
        sheets=tuple(replace(s, xml=plain_sheet(s.xml, s.part)) for s in book.sheets),
        texts=plain_texts(book.texts, "xl/sharedStrings.xml") if book.texts else b"",
        styles=plain_styles(book.styles, "xl/styles.xml"),
    )


def _check_written(book: Book) -> None:
    if sum(len(sheet.xml) for sheet in book.sheets) <= MAX_WRITTEN * _SHORTEST_TAG:
        return  # there is no room for more
    written = [
        sheet.xml.count(b"<c ") + sheet.xml.count(b":c ") + sheet.xml.count(b"<c>") for sheet in book.sheets
    ]
    _refuse_much(book, written, MAX_WRITTEN)


def _refuse_much(book: Book, cells: Sequence[int], limit: int) -> None:
    """More cells, sheet by sheet, than a workbook may have: the largest sheet is named."""
    if sum(cells) > limit:
        largest = book.sheets[cells.index(max(cells))].name
        raise RefusedError("FILE-TOO-MUCH", name=largest, cells=f"{sum(cells):,}", limit=f"{limit:,}")


def _survey(sheet: SheetPart, enough: int) -> Survey:
    survey = survey_regular(sheet.xml, enough) or survey_stream(sheet.xml, sheet.part)
    if survey.rows > MAX_ROW or survey.columns > MAX_COLUMN:
        raise RefusedError(
            "FILE-FAR-CELL",
            name=sheet.name,
            last_row=str(survey.rows),
            last_column=column_letters(survey.columns),
        )
    if len(survey.merges) > MAX_MERGES:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.merges", limit=str(MAX_MERGES))
    if survey.crooked:
        raise damaged(f"{sheet.name}!{survey.crooked}")
    return survey


def _check_texts(book: Book, surveys: tuple[Survey, ...]) -> None:
    """A thousand cells that share one text of a megabyte are a gigabyte once they are read.

    So much text is too much also where it stands in the cells: the checks look at every character of it.
    """
    if sum(len(sheet.xml) for sheet in book.sheets) > MAX_OWN_BYTES:
        _refuse_texts(sum(len(_TAG.sub(b"", sheet.xml)) for sheet in book.sheets), MAX_OWN_BYTES)
    if not book.texts:
        return
    if book.texts.count(b"si>") > 2 * MAX_TEXTS:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.texts", limit=str(MAX_TEXTS))
    longest = max(map(len, book.texts.split(b"si>")))
    cells = sum(len(sheet.xml) // _SHORTEST_CELL for sheet in book.sheets)
    if cells * longest <= MAX_TEXT_BYTES:
        return
    # Tags don't count: they would make thirty bytes of every word of four.
    sizes = [len(_TAG.sub(b"", text)) for text in _TEXT_END.split(book.texts)]
    total = 0
    for sheet, survey in zip(book.sheets, surveys, strict=True):
        references = survey.texts or text_references(sheet.xml)
        total += sum(sizes[i] for i in references if i < len(sizes))
    _refuse_texts(total, MAX_TEXT_BYTES)


def _refuse_texts(size: int, limit: int) -> None:
    if size > limit:
        raise RefusedError("FILE-BOMB", limit=str(limit // 2**20))
