"""Filled → the bytes of a result workbook or an extract. Same inputs, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Filled, FilledRow, FilledSheet, Issue
from vinbatch.workbook.layout import LAST_ROW, SYSTEM, column_of, first_extra, letters
from vinbatch.workbook.shell import NOWHERE, Purpose, Shell, is_numeric, shell
from vinbatch.workbook.splice import RawRow, Styled, into_sheet, row_xml, rows_xml, with_links
from vinbatch.workbook.summary import Places, summary_rows

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# Lines of a wrapped cell that a row grows to; beyond, the cell is opened to be read.
_MOST_LINES = 8
_LINE_POINTS = 14.5
_WRAP_BYTES = 60  # what fits into a line of 问题说明 and 修改建议
_VALUE_BYTES = 32  # and of 原值


def fill(ruleset: Ruleset, filled: Filled, lang: str = "zh") -> bytes:
    """The workbook. A summary makes it a result, without one it is an extract."""
    purpose = Purpose.RESULT if filled.summary else Purpose.EXTRACT
    places = Places.of(filled.summary) if filled.summary else NOWHERE
    frame = shell(ruleset, lang, purpose, places)
    parts = dict(frame.parts)
    for sheet in filled.sheets:
        parts[frame.sheets[sheet.sheet]] = _data_part(frame, sheet, ruleset)
    if filled.summary:
        rows = summary_rows(filled.summary, ruleset, lang)
        last = (4, rows[-1].number)
        name = frame.sheets["summary"]
        parts[name] = into_sheet(parts[name], rows_xml(rows, dict(frame.styles)), keep=False, last=last)
    name = frame.sheets["problems"]
    parts[name] = _problems_part(frame, filled.issues, ruleset, lang)
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A package of parts with fixed order and times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        # Readers find the kind of a file fastest when the content types come first.
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, parts[name])
    return buffer.getvalue()


# ── data sheets ──────────────────────────────────────────────────────────────────────────────────


def _data_part(frame: Shell, sheet: FilledSheet, ruleset: Ruleset) -> bytes:
    part = frame.parts[frame.sheets[sheet.sheet]]
    rows = [_data_row(row, sheet.sheet, ruleset) for row in sheet.rows]
    styles = dict(frame.styles)
    first = first_extra(ruleset, sheet.sheet)
    if sheet.extra:
        part = _with_headings(part, [(first + i, text) for i, text in enumerate(sheet.extra)], styles)
    last = (first + len(sheet.extra) - 1, rows[-1].number if rows else 1)
    return into_sheet(part, rows_xml(rows, styles), keep=True, last=last)


def _with_headings(part: bytes, headings: Sequence[tuple[int, str]], styles: dict[str, int]) -> bytes:
    """The headings of carried columns, at the end of the form's own heading row."""
    cells = rows_xml([row_xml(1, [(c, Styled(text, "heading_optional")) for c, text in headings])], styles)
    inner = cells[cells.index(b">") + 1 : -len(b"</row>")]
    end = part.index(b"</row>")
    return part[:end] + inner + part[end:]


def _data_row(row: FilledRow, sheet: str, ruleset: Ruleset) -> RawRow:
    cells: list[tuple[int, Styled]] = []
    for i, field in enumerate(ruleset.fields(sheet)):
        value = row.cells.get(field.key, "")
        kind = "number" if is_numeric(field) and not isinstance(value, str) else "text"
        if is_numeric(field) and value == "":
            kind = "number"
        cells.append((i, Styled(value, f"{kind}_{row.colours.get(field.key, '')}")))
    for key in SYSTEM:
        text = row.system.get(key, "")
        style = f"verdict_{row.verdict}" if key == "verdict" else "wrap" if key in _WRAPPED else "system"
        cells.append((column_of(ruleset, sheet, key), Styled(text, style)))
    first = first_extra(ruleset, sheet)
    cells += [(first + i, Styled(text, "text_")) for i, text in enumerate(row.extra) if text]
    return row_xml(row.number, cells, _height(row))


_WRAPPED = ("problems", "cures", "acts", "receipt")


def _height(row: FilledRow) -> float | None:
    """Tall enough for the findings, as far as it helps to see them at once."""
    lines = max(_lines(row.system.get(key, "")) for key in ("problems", "cures"))
    return None if lines <= 1 else min(lines, _MOST_LINES) * _LINE_POINTS + 3


def _lines(text: str, width: int = _WRAP_BYTES) -> int:
    return sum(1 + len(line.encode("gb18030", "replace")) // width for line in text.split("\n"))


# ── 问题清单 ─────────────────────────────────────────────────────────────────────────────────────


def _problems_part(frame: Shell, issues: Sequence[Issue], ruleset: Ruleset, lang: str) -> bytes:
    part = frame.parts[frame.sheets["problems"]]
    rows, links = [], []
    for number, issue in enumerate(issues, start=2):
        target = _target(issue, ruleset)
        if target:
            links.append((f"C{number}", ruleset.word(f"@sheet.{issue.sheet}", lang), target))
        rows.append(_problem_row(number, issue, target, ruleset, lang))
    last = (8, rows[-1].number if rows else 1)
    part = into_sheet(part, rows_xml(rows, dict(frame.styles)), keep=True, last=last)
    return with_links(part, links)


def _target(issue: Issue, ruleset: Ruleset) -> str:
    """The cell in this workbook, "" for findings about the whole file."""
    if not issue.row or issue.sheet not in (VEHICLE, STRUCTURE) or issue.row > LAST_ROW:
        return ""
    known = issue.field in ruleset.index(issue.sheet)
    column = column_of(ruleset, issue.sheet, issue.field) if known else 0
    return f"{letters(column)}{issue.row}"


def _problem_row(number: int, issue: Issue, target: str, ruleset: Ruleset, lang: str) -> RawRow:
    severity = "released" if issue.released else issue.severity
    sheet = ruleset.word(f"@sheet.{issue.sheet}", lang) if issue.sheet else ""
    known = issue.sheet and issue.field
    texts = (
        Styled(sheet, "wrap"),
        Styled(issue.row or "", "centre"),
        Styled(target, "link" if target else "wrap"),
        Styled(ruleset.word(f"@{issue.sheet}.{issue.field}", lang) if known else "", "wrap"),
        Styled(issue.code, "wrap"),
        Styled(ruleset.word(f"@severity.{severity}", lang), f"severity_{issue.severity}"),
        Styled(issue.what, "wrap"),
        Styled(issue.cure, "wrap"),
        Styled(issue.value, "quoted"),
    )
    lines = max(_lines(issue.what), _lines(issue.cure), _lines(issue.value, _VALUE_BYTES))
    height = None if lines <= 1 else min(lines, _MOST_LINES) * _LINE_POINTS + 3
    return row_xml(number, list(enumerate(texts)), height)
