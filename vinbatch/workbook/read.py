"""One workbook in, its sheets out: every cell at the row and column that Excel shows, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vinbatch.model import VEHICLE, Odd, OddKind, Parsed, Raw, Sheet, Source
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, fold
from vinbatch.workbook.book import Book, SheetPart
from vinbatch.workbook.comments import comments_of
from vinbatch.workbook.formats import Formats, read_formats
from vinbatch.workbook.looks import Looks, looks_of, struck_inline
from vinbatch.workbook.preflight import MAX_CELLS, MAX_MERGES, check_sheets, open_sheets, open_workbook
from vinbatch.workbook.refused import RefusedError, damaged
from vinbatch.workbook.search import count_values, find_odd_cells, has_twins, hidden_columns
from vinbatch.workbook.stream import survey_stream
from vinbatch.workbook.survey import Area, Place, Survey, address
from vinbatch.workbook.values import read_values

Grid = list[list[Raw]]
_FIRST_DATA_ROW = 2


def read(source: Source, data: bytes, ruleset: Ruleset) -> Parsed:
    """The sheets of a workbook, or in `refusal` the reason why there are none. Never raises for its bytes."""
    try:
        checked = open_workbook(source.name, data, ruleset.settings.limits.file_megabytes)
        formats, looks = _LazyFormats(checked.book), looks_of(checked.book)
        values = zip(checked.book.sheets, checked.surveys, read_values(checked.book), strict=True)
        sheets = tuple(
            _sheet(part, survey, grid, checked.book, formats, looks) for part, survey, grid in values
        )
    except RefusedError as e:
        return Parsed(source, refusal=e.finding(ruleset))
    return Parsed(source, sheets, checked.book.saved_by)


def glance(source: Source, data: bytes, ruleset: Ruleset) -> tuple[Sheet, ...]:
    """The sheets, as far as it takes to know whether there is more than parameters.

    Where the sheet of vehicles has rows nothing else is looked at, and none is given: a fifth of the time.
    """
    titles = ruleset.words["sheet"][VEHICLE].forms
    try:
        book = open_sheets(source.name, data, ruleset.settings.limits.file_megabytes)
        vehicles = tuple(sheet for sheet in book.sheets if fold(sheet.name) in titles)[:1]
        checked = check_sheets(replace(book, sheets=vehicles)).book if vehicles else book
        rows = next(read_values(checked)) if vehicles else ()
    except RefusedError:
        return ()
    if any(cell is not None and str(cell).strip() for row in rows[1:] for cell in row):
        return ()
    return read(source, data, ruleset).sheets


class _LazyFormats:
    """The number formats, read only where a cell hangs on them."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.formats: Formats | None = None

    def code(self, style: int) -> str:
        if self.formats is None:
            self.formats = read_formats(self.book.styles)
        return self.formats.code(style)


def _sheet(
    part: SheetPart, survey: Survey, grid: Grid, book: Book, formats: _LazyFormats, looks: Looks | None
) -> Sheet:
    is_regular = not survey.is_whole
    if is_regular:
        find_odd_cells(part.xml, survey)
        survey.struck = struck_inline(part.xml)
    if survey.crooked:
        raise damaged(f"{part.name}!{survey.crooked}")
    if is_regular:
        _check_all_arrived(part, survey, grid)
    _name_formats(grid, survey, formats)
    _lay(grid, survey.errors, OddKind.ERROR)
    _lay(grid, survey.uncalculated, OddKind.UNCALCULATED)
    if book.uncalculated:
        # A program that cannot calculate wrote 0 for every formula and asks Excel to do it.
        _lay(grid, survey.zeros, OddKind.UNCALCULATED)
    width = max(map(len, grid), default=0)
    for row in grid:
        row.extend([None] * (width - len(row)))
    _merge(grid, survey.merges)
    while grid and not _is_filled(grid[-1]):
        grid.pop()
    hidden = tuple(n for n in survey.hidden_rows if n <= len(grid) and _is_filled(grid[n - 1]))
    comments = comments_of(part.comments, len(grid), width)
    away = hidden_columns(part.xml, width)
    read = Sheet(part.name, tuple(map(tuple, grid)), part.hidden, hidden, away, comments=comments)
    if looks is None:
        return replace(read, struck=tuple(sorted(set(survey.struck)))) if survey.struck else read
    cells = survey.dressed()
    unseen, masked = looks.unseen_of(cells, grid), looks.masked_of(cells, grid)
    struck = tuple(sorted({*looks.struck_of(cells), *survey.struck}))
    return replace(read, struck=struck, unseen=unseen, masked=masked)


def _check_all_arrived(part: SheetPart, survey: Survey, grid: Grid) -> None:
    """Two cells of one address: the reader keeps the last, and nobody knows which counts.

    Looking for them costs more than reading the sheet, so values are counted first: an empty text counts as
    a value that did not arrive, and makes it worth to look.
    """
    arrived = sum(len(row) - row.count(None) for row in grid)
    if arrived + len(survey.errors) < count_values(part.xml) and has_twins(part.xml):
        crooked = survey_stream(part.xml, part.part).crooked
        if crooked:
            raise damaged(f"{part.name}!{crooked}")


def _is_filled(row: list[Raw]) -> bool:
    return any(cell is not None for cell in row)


def _name_formats(grid: Grid, survey: Survey, formats: _LazyFormats) -> None:
    """Give every number that may be a cut month the format that decides what it is."""
    traps: list[tuple[Place, Odd]] = [
        ((i, j), cell)
        for i, row in enumerate(grid, 1)
        for j, cell in enumerate(row, 1)
        if type(cell) is Odd and cell.kind is OddKind.FORMATTED
    ]
    styles = survey.style_of([place for place, _ in traps])
    for ((i, j), cell), style in zip(traps, styles, strict=True):
        grid[i - 1][j - 1] = Odd(OddKind.FORMATTED, formats.code(style), cell.value)


def _lay(grid: Grid, found: Mapping[Place, str], kind: OddKind) -> None:
    """Put odd cells where they stand; calamine leaves such cells empty, or out."""
    for (i, j), text in found.items():
        grid.extend([] for _ in range(i - len(grid)))
        row = grid[i - 1]
        row.extend([None] * (j - len(row)))
        row[j - 1] = Odd(kind, text)


def _merge(grid: Grid, merges: list[Area]) -> None:
    """Only the first cell of a merged range has a value: mark them all, unless they are all empty."""
    left = MAX_CELLS
    for top, first, bottom, last in merges:
        rows = range(max(top, _FIRST_DATA_ROW), min(bottom, len(grid)) + 1)
        columns = range(first, min(last, len(grid[0]) if grid else 0) + 1)
        left -= len(rows) * len(columns)
        if left < 0:
            raise RefusedError("FILE-EXCESSIVE", what="@reading.merges", limit=str(MAX_MERGES))
        if (top, first) == (bottom, last) or all(grid[i - 1][j - 1] is None for i in rows for j in columns):
            continue
        anchor = _told(grid[top - 1][first - 1]) if top >= _FIRST_DATA_ROW else None
        odd = Odd(OddKind.MERGED, f"{address((top, first))}:{address((bottom, last))}", anchor)
        for i in rows:
            for j in columns:
                grid[i - 1][j - 1] = odd


def _told(cell: Raw) -> str | float | None:
    if isinstance(cell, Odd):
        return cell.value if cell.value is not None else cell.text
    if cell is None or isinstance(cell, (str, float)) or type(cell) is int:
        return cell
    return cell.isoformat() if isinstance(cell, datetime) else str(cell)
