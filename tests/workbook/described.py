"""A workbook as text, for golden files: what a sheet is, how it prints, each cell in sight with its look.

Texts are cut short: what they say is for other tests, and a word in the rules must not change every line.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

_LONGEST = 16
_SIDES = ("left", "right", "top", "bottom")


def described(data: bytes) -> str:
    """The whole of it, the looks at its end."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    looks: dict[str, int] = {}
    told = book.properties
    lines = [f"{told.title} · {told.creator} · {told.created} · opens at {book.active.title}"]
    for sheet in book:
        lines += ["", f"## {sheet.title}", *_sheet(sheet), *_cells(sheet, looks)]
    lines += ["", "## looks", *(f"s{number} {look}" for look, number in looks.items())]
    return "\n".join(lines) + "\n"


def _short(text: object) -> str:
    shown = str(text).replace("\n", "⏎")
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _given(**parts: object) -> str:
    """Those of them that are set; 0 is."""
    return " ".join(
        f"{n}={value}" for n, value in parts.items() if value is not False and value not in (None, "")
    )


def _sheet(sheet: Worksheet) -> Iterator[str]:
    view, page, tab = sheet.sheet_view, sheet.page_setup, sheet.sheet_properties.tabColor
    yield _given(
        state=sheet.sheet_state,
        tab=tab.rgb if tab else None,
        no_gridlines=view.showGridLines is False,
        frozen=sheet.freeze_panes,
        filter=sheet.auto_filter.ref,
        height=sheet.sheet_format.defaultRowHeight,
        size=sheet.dimensions,
    )
    edges = sheet.page_margins
    yield "print " + _given(
        paper=page.paperSize,
        way=page.orientation,
        wide=page.fitToWidth,
        tall=page.fitToHeight,
        edges="/".join(f"{getattr(edges, side):g}" for side in _SIDES),
        foot=f"{sheet.oddFooter.left.text}|{sheet.oddFooter.center.text}",
        rows=sheet.print_title_rows,
        columns=sheet.print_title_cols,
        area=sheet.print_area,
        headings=sheet.print_options.headings,
    )
    for letters, column in sorted(sheet.column_dimensions.items(), key=lambda item: item[1].min):
        yield f"column {letters}-{column.max} " + _given(width=round(column.width, 1), hidden=column.hidden)
    for area in sorted(str(area) for area in sheet.merged_cells.ranges):
        yield f"merged {area}"
    for rule in sheet.data_validations.dataValidation:
        yield f"typed into {rule.sqref}: " + _given(
            kind=rule.type,
            formula=rule.formula1,
            style=rule.errorStyle,
            refuses=rule.showErrorMessage,
            prompts=_short(f"{rule.promptTitle}: {rule.prompt}"),
            error=_short(f"{rule.errorTitle}: {rule.error}"),
        )
    for chart in sheet._charts:
        yield from _chart(chart)


def _chart(chart: openpyxl.chart.bar_chart.BarChart) -> Iterator[str]:
    at, to = chart.anchor._from, chart.anchor.to
    yield f"chart {chart.barDir} from {at.col},{at.row} to {to.col},{to.row} gap={chart.gapWidth}"
    for series in chart.series:
        names, colour = series.cat.strRef or series.cat.numRef, series.graphicalProperties.solidFill.srgbClr
        yield f"  {names.f} {series.val.numRef.f} {colour} values={series.dLbls.showVal} {chart.legend}"
    for axis in (chart.x_axis, chart.y_axis):
        scale = axis.scaling
        yield f"  axis {scale.orientation} min={scale.min} hidden={axis.delete} {axis.majorGridlines}"


def _cells(sheet: Worksheet, looks: dict[str, int]) -> Iterator[str]:
    if sheet.sheet_state == "hidden":
        yield from _lists(sheet)
        return
    for row in sheet:
        filled = [_cell(cell, looks) for cell in row if isinstance(cell, Cell) and _is_there(cell)]
        height = sheet.row_dimensions[row[0].row].height
        if filled or height:
            yield f"row {row[0].row} {_given(height=height)}: {' | '.join(filled)}"


def _is_there(cell: Cell) -> bool:
    return cell.has_style or cell.value is not None


def _cell(cell: Cell, looks: dict[str, int]) -> str:
    look = f"s{looks.setdefault(_look(cell), len(looks) + 1)}"
    said = "" if cell.value is None else f" {_short(cell.value)}"
    return f"{cell.column_letter} {look}{said}" + (f" → {cell.hyperlink.location}" if cell.hyperlink else "")


def _lists(sheet: Worksheet) -> Iterator[str]:
    """A line for each column: its head, how many there are below it, the first and the last of them. Before
    the lists stand version and digest, which change with every word.
    """
    for column in sheet.iter_cols(min_col=6, values_only=True):
        below = [value for value in column[1:] if value is not None]
        if column[0] is not None:
            yield f"list {column[0]}: {len(below)}, " + ", ".join(map(_short, (*below[:1], *below[-1:])))


def _look(cell: Cell) -> str:
    font, place = cell.font, cell.alignment
    return _given(
        font=f"{font.name},{font.sz:g},{font.color.rgb if font.color else ''}",
        bold=font.b,
        italic=font.i,
        underlined=font.u,
        fill=cell.fill.fgColor.rgb if cell.fill.patternType else None,
        edges="/".join(_edges(cell)),
        at=f"{place.horizontal or '-'},{place.vertical},{place.indent:g}",
        wraps=place.wrap_text,
        format=cell.number_format,
    )


def _edges(cell: Cell) -> Iterable[str]:
    for side in _SIDES:
        edge = getattr(cell.border, side)
        yield f"{edge.style},{edge.color.rgb}" if edge and edge.style else "-"
