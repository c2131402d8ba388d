"""Rows made column by column against the same rows made cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE
from vinbatch.ruleset import compile_rules
from vinbatch.workbook.filled import FilledRow, Shown
from vinbatch.workbook.heights import tall
from vinbatch.workbook.layout import SYSTEM, WIDTHS, first_extra
from vinbatch.workbook.rows import DataRows
from vinbatch.workbook.shell import Purpose, _shell, is_numeric, shell
from vinbatch.workbook.splice import Styled, row_xml, rows_xml
from vinbatch.workbook.summary import Places

RULES = compile_rules(packaged_rulebook())
STYLES = dict(shell(RULES, "zh", Purpose.RESULT).styles)
OF = {sheet: DataRows(RULES, sheet, STYLES) for sheet in (VEHICLE, STRUCTURE)}
WRAPPED = ("problems", "cures", "acts", "receipt")
SHOWN = st.one_of(
    st.text(max_size=20), st.integers(-5, 5), st.floats(-5, 5), st.sampled_from([float("inf"), 5, 5.0])
)


def plainly(row: FilledRow, sheet: str, extra: list[tuple[int, str]]) -> bytes:
    cells: list[tuple[int, Styled]] = []
    for i, field in enumerate(RULES.fields(sheet)):
        value = "" if row.cells[i] is None else row.cells[i]
        number = is_numeric(field) and (value == "" or not isinstance(value, str))
        style = f"{'number' if number else 'text'}_{row.colours.get(field.key, '')}"
        cells.append((i, Styled(value, style)))
    for i, key in enumerate(SYSTEM, start=len(cells)):
        style = f"verdict_{row.verdict}" if key == "verdict" else "wrap" if key in WRAPPED else "system"
        cells.append((i, Styled(row.system.get(key, ""), style)))
    cells += [(i, Styled(text, "text_")) for i, text in extra]
    height = tall(*((row.system.get(key, ""), WIDTHS[key] - 2) for key in WRAPPED))
    return rows_xml([row_xml(row.number, cells, height)], STYLES)


@st.composite
def rows(draw: st.DrawFn) -> tuple[FilledRow, str, list[tuple[int, str]]]:
    sheet = draw(st.sampled_from([VEHICLE, STRUCTURE]))
    keys = st.sampled_from([f.key for f in RULES.fields(sheet)])
    told: dict[str, Shown] = draw(st.dictionaries(keys, SHOWN, max_size=12))
    cells = tuple(told.get(f.key) for f in RULES.fields(sheet))
    system = draw(st.dictionaries(st.sampled_from(SYSTEM), st.text(max_size=80)))
    colours = draw(st.dictionaries(keys, st.sampled_from(["stop", "ask", "note"])))
    verdict = draw(st.sampled_from(["", "declared", "refused", "held", "stored"]))
    extra = [(first_extra(RULES, sheet) + i, t) for i, t in enumerate(draw(st.lists(st.text(min_size=1))))]
    return FilledRow(draw(st.integers(2, 5000)), cells, system, verdict, colours), sheet, extra


@settings(deadline=None)
@given(rows())
def test_a_row_by_columns_is_the_row_by_cells(made: tuple[FilledRow, str, list[tuple[int, str]]]) -> None:
    row, sheet, extra = made
    assert OF[sheet].xml(row, extra) == plainly(row, sheet, extra)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("places", [Places(15, 20, 20, 0), Places(15, 20, 28, 3), Places(17, 21, 34, 8)])
def test_a_shell_with_its_chart_put_in_is_the_shell_made_whole(lang: str, places: Places) -> None:
    assert shell(RULES, lang, Purpose.RESULT, places) == _shell(RULES, lang, Purpose.RESULT, places)
