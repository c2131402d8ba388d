"""Filled → the bytes of a result workbook or an extract. Same inputs, same bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from vinbatch.escaped import attribute, escape
from vinbatch.model import STRUCTURE, VEHICLE, Unclear
from vinbatch.ruleset import Ruleset, traces
from vinbatch.workbook.filled import Filled, FilledSheet, Issue
from vinbatch.workbook.heights import breadth, tall
from vinbatch.workbook.layout import (
    LAST_ROW,
    PROBLEM,
    PROBLEM_WIDTHS,
    QUERY,
    TOLD,
    column_of,
    first_extra,
    letters,
)
from vinbatch.workbook.rows import data_rows
from vinbatch.workbook.shell import NOWHERE, Purpose, shell
from vinbatch.workbook.splice import RawRow, Styled, into_sheet, plain, row_xml, rows_xml, with_links
from vinbatch.workbook.summary import Places, summary_rows
from vinbatch.zipped import zipped

_LONGEST_TITLE = 120
_WIDEST_FOOT = 84  # letters; beside it stands the number of the page, and all of it takes 255 characters


def fill(ruleset: Ruleset, filled: Filled, lang: str = "zh") -> bytes:
    """The workbook. A summary makes it a result, without one it is an extract."""
    purpose = Purpose.RESULT if filled.summary else Purpose.EXTRACT
    places = Places.of(filled.summary) if filled.summary else NOWHERE
    frame = shell(ruleset, lang, purpose, places)
    parts = _titled(frame.parts, filled.title)  # while they are short
    for sheet in filled.sheets:
        name = frame.sheets[sheet.sheet]
        parts[name] = _data_part(parts[name], sheet, dict(frame.styles), ruleset)
        _end_print_area(parts, sheet, ruleset, lang)
    if filled.summary:
        rows = summary_rows(filled.summary, ruleset, lang)
        last = (4, rows[-1].number)
        name = frame.sheets["summary"]
        parts[name] = into_sheet(parts[name], rows_xml(rows, dict(frame.styles)), keep=False, last=last)
    if filled.queries:
        name = frame.sheets["query"]
        parts[name] = _query_part(parts[name], filled.queries, dict(frame.styles))
    asked = {query.number for query in filled.queries}
    name = frame.sheets["problems"]
    parts[name] = _problems_part(parts[name], filled.issues, asked, dict(frame.styles), ruleset, lang)
    _hide(parts, [ruleset.word(f"@sheet.{token}", lang) for token in _empty(filled)])
    return as_workbook(parts)


def _empty(filled: Filled) -> list[str]:
    """The sheets that say nothing and are not to be filled in: each would print a page of headings.

    And of a result the guide, which is the same two pages every time: rows are mended by what stands beside
    them, new ones are written into the form.
    """
    said = {"guide": filled.summary is None, "query": filled.queries, "problems": filled.issues}
    tokens = [token for token, something in said.items() if not something]
    return [*tokens, *(sheet.sheet for sheet in filled.sheets if not (sheet.rows or sheet.wanted))]


def _hide(parts: dict[str, bytes], sheets: Collection[str]) -> None:
    """LibreOffice prints the print area of a hidden sheet too."""
    book = parts["xl/workbook.xml"].decode()
    for sheet in sheets:
        book = book.replace(
            f'<sheet name="{attribute(sheet)}" ', f'<sheet state="hidden" name="{attribute(sheet)}" '
        )
        book = re.sub(
            rf"<definedName [^>]*Print_Area[^>]*>'?{re.escape(escape(sheet))}'?![^<]*</definedName>", "", book
        )
    parts["xl/workbook.xml"] = book.encode()


def _end_print_area(parts: dict[str, bytes], sheet: FilledSheet, ruleset: Ruleset, lang: str) -> None:
    """Ends the sheet's print area, where it has one, with its last row, and with the last of the columns
    about them that says something: behind it all is empty.
    """
    name = ruleset.word(f"@sheet.{sheet.sheet}", lang)
    area = re.compile(rf'(Print_Area"[^>]*>\'?{re.escape(name)}\'?!\$[A-Z]+\$1:\$)[A-Z]+\${LAST_ROW}<')
    said = [key for key in TOLD[1:] if any(row.system.get(key) for row in sheet.rows)]
    column = letters(column_of(ruleset, sheet.sheet, [TOLD[0], *said][-1]))
    end = sheet.rows[-1].number if sheet.rows else 1
    book = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = area.sub(rf"\g<1>{column}${end}<", book).encode()


def _titled(parts: Mapping[str, bytes], title: str) -> dict[str, bytes]:
    """The title in the properties and at the foot of every page: a printed page tells its batch."""
    if not title:
        return dict(parts)
    whole = plain(" ".join(title.split())[:_LONGEST_TITLE])
    text, short = escape(whole), escape(_cut(whole))
    foot = b"<oddFooter>&amp;L" + short.replace("&amp;", "&amp;&amp;").encode()
    named = {
        name: part.replace(b"<oddFooter>", foot, 1) if name.startswith("xl/worksheets/") else part
        for name, part in parts.items()
    }
    core = "docProps/core.xml"
    named[core] = re.sub(
        rb"<dc:title>.*?</dc:title>", lambda _: f"<dc:title>{text}</dc:title>".encode(), named[core]
    )
    return named


def _cut(title: str) -> str:
    """What of a title there is room for at the foot of a page."""
    if breadth(title) <= _WIDEST_FOOT:
        return title
    fitting = (title[:end] for end in range(len(title), 0, -1))
    return next(text for text in fitting if breadth(text) < _WIDEST_FOOT) + "…"


def as_workbook(parts: Mapping[str, bytes]) -> bytes:
    """A package of parts, in a fixed order."""
    # Readers find the kind of a file fastest when the content types come first.
    order = sorted(parts, key=lambda name: (name != "[Content_Types].xml", name))
    return zipped((name, parts[name]) for name in order)


# ── data sheets ──────────────────────────────────────────────────────────────────────────────────


def _data_part(part: bytes, sheet: FilledSheet, styles: dict[str, int], ruleset: Ruleset) -> bytes:
    first = first_extra(ruleset, sheet.sheet)
    of = data_rows(ruleset, sheet.sheet, tuple(styles.items()))
    rows = [of.xml(r, ((first + i, t) for i, t in enumerate(r.extra) if t)) for r in sheet.rows]
    if sheet.extra:
        part = _with_headings(part, [(first + i, text) for i, text in enumerate(sheet.extra)], styles)
    last = (first + len(sheet.extra) - 1, sheet.rows[-1].number if rows else 1)
    return into_sheet(part, b"".join(rows), keep=True, last=last)


def _with_headings(part: bytes, headings: Sequence[tuple[int, str]], styles: dict[str, int]) -> bytes:
    """The headings of carried columns, at the end of the form's own heading row."""
    cells = rows_xml([row_xml(1, [(c, Styled(text, "heading_optional")) for c, text in headings])], styles)
    inner = cells[cells.index(b">") + 1 : -len(b"</row>")]
    end = part.index(b"</row>")
    return part[:end] + inner + part[end:]


# ── 查询 ─────────────────────────────────────────────────────────────────────────────────────────


def _query_part(part: bytes, queries: Sequence[Unclear], styles: dict[str, int]) -> bytes:
    rows = [
        row_xml(q.number, [(i, Styled(q.cells.get(key, ""), "text_")) for i, key in enumerate(QUERY)])
        for q in queries
    ]
    return into_sheet(part, rows_xml(rows, styles), keep=True, last=(len(QUERY) - 1, queries[-1].number))


# ── 问题清单 ─────────────────────────────────────────────────────────────────────────────────────


def _problems_part(
    part: bytes,
    issues: Sequence[Issue],
    asked: Collection[int],
    styles: dict[str, int],
    ruleset: Ruleset,
    lang: str,
) -> bytes:
    """`asked` are the rows of 查询 that this workbook carries."""
    rows, links = [], []
    for number, issue in enumerate(issues, start=2):
        sheet, target = _target(issue, asked, ruleset)
        if target:
            links.append((f"C{number}", ruleset.word(f"@sheet.{sheet}", lang), target))
        shown = target if sheet == issue.sheet else f"→ {target}"
        rows.append(_problem_row(number, issue, shown, ruleset, lang))
    last = (len(PROBLEM), len(rows) + 1)
    part = into_sheet(part, rows_xml(rows, styles), keep=True, last=last)
    return with_links(part, links)


def _target(issue: Issue, asked: Collection[int], ruleset: Ruleset) -> tuple[str, str]:
    """The sheet and the cell in this workbook, "" for findings about the whole file."""
    if issue.link:
        return STRUCTURE, f"{letters(column_of(ruleset, STRUCTURE, 'structure_no'))}{issue.link}"
    sheet, row, field = issue.sheet, issue.row, issue.fields[0] if issue.fields else ""
    if sheet == "query" and row in asked:
        return sheet, f"{letters(QUERY.index(field) if field in QUERY else 0)}{row}"
    if not row or sheet not in (VEHICLE, STRUCTURE) or row > LAST_ROW:
        return sheet, ""
    known = field in ruleset.index(sheet)
    return sheet, f"{letters(column_of(ruleset, sheet, field) if known else 0)}{row}"


def _problem_row(number: int, issue: Issue, target: str, ruleset: Ruleset, lang: str) -> RawRow:
    severity = "released" if issue.released else issue.severity
    sheet = ruleset.word(f"@sheet.{issue.sheet}", lang) if issue.sheet else ""
    named = [ruleset.word(f"@{issue.sheet}.{key}", lang) for key in issue.fields if issue.sheet]
    texts = (
        Styled(sheet, "wrap"),
        Styled(issue.row or "", "centre"),
        Styled(target, "link" if target else "wrap"),
        Styled(("、" if lang == "zh" else ", ").join(named), "wrap"),
        Styled(issue.code, "wrap"),
        Styled(ruleset.word(f"@severity.{severity}", lang), f"severity_{issue.severity}"),
        Styled(issue.what, "wrap"),
        Styled(issue.cure, "wrap"),
        Styled(issue.value, "quoted"),
    )
    height = tall(*((str(t.value), width - 2) for t, width in zip(texts, PROBLEM_WIDTHS, strict=True)))
    trace = Styled(" ".join(traces(plain(str(t.value)) for t in texts)), "system")
    return row_xml(number, list(enumerate((*texts, trace))), height)
