"""填写说明: how to fill in the form; generated from the rules, so that it cannot disagree with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.heights import USUAL, tall

_STEPS = ("step_1", "step_2", "step_3", "step_4", "step_5")
_HEADINGS = ("required", "conditional", "optional", "system")
_CELLS = ("stop", "ask", "note")
_WIDTHS = (22, 30, 84, 30)


def write_guide(sheet: Any, formats: Mapping[str, Any], ruleset: Ruleset, lang: str) -> None:
    """Steps, colours, and a line for every field."""
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, ruleset.phrase("form.title", lang), formats["title"])
    sheet.set_row(0, 36)
    row = _block(sheet, 2, "how", formats, ruleset, lang)
    for step in _STEPS:
        text = ruleset.phrase(f"form.{step}", lang)
        sheet.merge_range(row, 0, row, 3, text, formats["value"])
        sheet.set_row(row, tall((text, sum(_WIDTHS) - 4)) + 6)
        row += 1
    row = _block(sheet, row + 1, "legend", formats, ruleset, lang)
    for name in _HEADINGS:
        sheet.write_blank(row, 0, None, formats[f"heading_{name}"])
        sheet.merge_range(row, 1, row, 3, ruleset.phrase(f"form.{name}", lang), formats["value"])
        sheet.set_row(row, USUAL)
        row += 1
    row = _block(sheet, row + 1, "cells", formats, ruleset, lang)
    for name in _CELLS:
        sheet.write_string(row, 0, ruleset.word(f"@severity.{name}", lang), formats[f"severity_{name}"])
        sheet.merge_range(row, 1, row, 3, ruleset.phrase(f"form.{name}", lang), formats["value"])
        sheet.set_row(row, USUAL)
        row += 1
    row = _block(sheet, row + 1, "fields", formats, ruleset, lang)
    for column, name in enumerate(("sheet", "field", "rule", "example")):
        sheet.write_string(row, column, ruleset.phrase(f"form.col_{name}", lang), formats["head"])
    sheet.repeat_rows(row)
    for token in (VEHICLE, STRUCTURE):
        for field in ruleset.fields(token):
            row += 1
            heading, rule = field.heading(lang), field.prompt(lang)
            sheet.write_string(row, 0, ruleset.word(f"@sheet.{token}", lang), formats["value"])
            sheet.write_string(row, 1, heading, formats[f"heading_{field.need}"])
            sheet.write_string(row, 2, rule, formats["value"])
            sheet.write_string(row, 3, field.example, formats["value"])
            # Headings are bold, which is a tenth wider.
            sheet.set_row(row, tall(*zip((heading, rule, field.example), (26, 82, 28), strict=True)))


def _block(sheet: Any, row: int, title: str, formats: Mapping[str, Any], ruleset: Ruleset, lang: str) -> int:
    """A heading over the next lines; the row below it."""
    sheet.merge_range(row, 0, row, 3, ruleset.phrase(f"form.{title}", lang), formats["subtitle"])
    sheet.set_row(row, 24)
    return row + 1
