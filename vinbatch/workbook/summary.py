"""结果汇总: what happened, in ten seconds. The frame and the chart are laid once, the rows are spliced in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Summary
from vinbatch.workbook.heights import USUAL, tall
from vinbatch.workbook.heights import lines as lines_of
from vinbatch.workbook.splice import RawRow, Styled, row_xml

MOST_FREQUENT = 8
_LEAST_BARS = 3
_WIDTHS = (3, 26, 66, 12, 58)
# 1-based rows of the sheet.
SENTENCE = 3
FACTS = 5


class Places(Noun, frozen=True):
    """Where the blocks of a summary begin (1-based rows), and how many bars its chart has."""

    counts: int
    frequent: int
    audit: int
    bars: int

    @classmethod
    def of(cls, summary: Summary) -> Places:
        """One block below the other, with a blank row and a heading between them."""
        counts = FACTS + len(summary.facts) + 2
        # A workbook that only asks has no rows to count.
        frequent = counts + len(summary.counts) + 2 if summary.counts else counts
        kinds = min(MOST_FREQUENT, len(summary.frequent))
        # Below them a line that tells where to find the rest.
        audit = frequent + kinds + 6 if kinds else frequent
        # A chart of two bars, or of bars of one length, says nothing that the lines of the table don't.
        told = kinds >= _LEAST_BARS and summary.frequent[0][2] > summary.frequent[kinds - 1][2]
        return cls(counts, frequent, audit, kinds if told else 0)


def lay_summary(
    book: Any, sheet: Any, formats: Mapping[str, Any], places: Places, ruleset: Ruleset, lang: str
) -> None:
    """Column widths, merged cells, and a native bar chart."""
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(SENTENCE - 1, 1, SENTENCE - 1, 4, "", formats["tone_good"])
    sheet.merge_range(0, 1, 0, 4, "", formats["title"])
    frequent = places.bars
    if not frequent:
        return
    first = places.frequent + 2
    name = ruleset.word("@sheet.summary", lang)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": [name, first - 1, 1, first + frequent - 2, 1],
            "values": [name, first - 1, 3, first + frequent - 2, 3],
            "fill": {"color": "#12395B"},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_title({"name": ruleset.phrase("summary.frequent", lang), "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"min": 0, "major_gridlines": {"visible": False}, "visible": False})
    chart.set_size({"width": 410, "height": 90 + 34 * frequent})
    sheet.insert_chart(FACTS - 1, 4, chart, {"x_offset": 12, "object_position": 3})


def summary_rows(summary: Summary, ruleset: Ruleset, lang: str) -> list[RawRow]:
    """The rows of the sheet, top to bottom."""
    places = Places.of(summary)
    rows = [row_xml(1, [(1, Styled(summary.title, "title"))], height=34)]
    tone = f"tone_{summary.tone}"
    blanks = [(c, Styled("", tone)) for c in (2, 3, 4)]
    # Set larger than the other texts: 13 points instead of 10.
    lines = lines_of(summary.sentence, sum(_WIDTHS[1:]) / 1.35)
    rows.append(row_xml(SENTENCE, [(1, Styled(summary.sentence, tone)), *blanks], height=22 + 20 * lines))
    rows += _block(FACTS - 1, "summary.facts", ruleset, lang)
    rows += _facts(FACTS, summary.facts)
    if summary.counts:
        rows += _block(places.counts - 1, "summary.counts", ruleset, lang)
    for i, (verdict, label, count) in enumerate(summary.counts):
        cells = [(1, Styled(label, f"verdict_{verdict}")), (2, Styled(count, "count_left"))]
        rows.append(row_xml(places.counts + i, cells, USUAL))
    if summary.frequent:
        rows += _frequent(summary, places, ruleset, lang)
    rows += _block(places.audit - 1, "summary.audit", ruleset, lang)
    return rows + _facts(places.audit, summary.audit, last="mono")


def _facts(at: int, facts: Sequence[tuple[str, str]], last: str = "value") -> list[RawRow]:
    """Labels and their texts, a row each, from this one on."""
    rows = []
    for i, (label, value) in enumerate(facts):
        style = last if i == len(facts) - 1 else "value"
        height = tall((label, _WIDTHS[1] - 2), (value, _WIDTHS[2] - 2))
        rows.append(row_xml(at + i, [(1, Styled(label, "label")), (2, Styled(value, style))], height))
    return rows


def _block(row: int, title: str, ruleset: Ruleset, lang: str, wide: int = 2) -> list[RawRow]:
    """The heading of a block, so many columns wide."""
    cells = [(1, Styled(ruleset.phrase(title, lang), "subtitle"))]
    return [row_xml(row, [*cells, *((c, Styled("", "subtitle")) for c in range(2, wide + 1))], height=24)]


def _frequent(summary: Summary, places: Places, ruleset: Ruleset, lang: str) -> list[RawRow]:
    """What was found most often, and where to see it all; the chart stands beside it."""
    at = places.frequent
    rows = _block(at, "summary.frequent", ruleset, lang, wide=3)
    head = [ruleset.phrase(f"summary.{key}", lang) for key in ("finding", "example", "times")]
    rows.append(row_xml(at + 1, [(i, Styled(text, "head")) for i, text in enumerate(head, start=1)]))
    for i, (title, what, count) in enumerate(summary.frequent[:MOST_FREQUENT]):
        cells = [(1, Styled(title, "value")), (2, Styled(what, "value")), (3, Styled(count, "count"))]
        rows.append(row_xml(at + 2 + i, cells, tall((title, _WIDTHS[1] - 2), (what, _WIDTHS[2] - 2))))
    see = [(1, Styled(ruleset.phrase("summary.see", lang), "plain"))]
    rows.append(row_xml(at + 3 + min(MOST_FREQUENT, len(summary.frequent)), see))
    return rows
