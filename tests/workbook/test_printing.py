"""What comes out of a printer, and how tall rows must be so that nothing of them is cut off."""

from __future__ import annotations

import io

import openpyxl
import pytest
from desk import Desk

from vinbatch import flow
from vinbatch.model import Files, Known, Rulebook
from vinbatch.workbook.heights import lines, tall


@pytest.fixture
def result(rulebook: Rulebook) -> openpyxl.Workbook:
    """The answer to three vehicles, one of them with a VIN that is not right."""
    desk = Desk(rulebook)
    outcome = desk.drop([{}, None, {"vin": "WBA13BJ0XMCF12345"}])
    known = Known(desk.now, desk.facts.records)
    return openpyxl.load_workbook(io.BytesIO(flow.answer(outcome, known, Files(), rulebook).workbook))


@pytest.mark.parametrize(("sheet", "last"), [("车辆信息", 4), ("结构参数", 2)])
def test_of_a_result_what_became_of_its_rows_is_printed_to_the_last_one(
    sheet: str, last: int, result: openpyxl.Workbook
) -> None:
    """With the columns that name the row, which are repeated."""
    page = result[sheet]
    heads = [cell.value for cell in page[1]]
    first, end = (openpyxl.utils.get_column_letter(heads.index(h) + 1) for h in ("处理结果", "海关回执"))
    assert page.print_area == f"'{sheet}'!${first}$1:${end}${last}"
    assert (page.print_title_rows, page.print_title_cols[:3]) == ("$1:$1", "$A:")


@pytest.mark.parametrize("sheet", ["结果汇总", "车辆信息", "结构参数", "问题清单"])
def test_what_tells_prints_one_page_wide_on_a4(sheet: str, result: openpyxl.Workbook) -> None:
    page = result[sheet]
    setup = page.page_setup
    assert (setup.fitToWidth or 1, setup.orientation, int(setup.paperSize)) == (1, "landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_findings_repeat_their_headings(result: openpyxl.Workbook) -> None:
    assert result["问题清单"].print_title_rows == "$1:$1"


VINS = "请核对每一位。可能是：WBS43AY08MF050238, WBS43AY08MF050823, WBS43AY08MF005283"


def test_words_that_no_program_breaks_take_the_lines_that_they_need() -> None:
    """Two VINs fill a line of 44 characters though a part of the third would go into it."""
    assert lines(VINS, 44) == 2
    assert lines(VINS, 24) == 4


def test_a_word_that_is_longer_than_a_line_is_broken() -> None:
    assert lines("0" * 85, 40) == 3


def test_rows_are_as_tall_as_their_tallest_cell() -> None:
    assert tall(("x", 40), (VINS, 24)) > tall(("x", 40), (VINS, 44)) > tall(("x", 40))


def test_what_is_for_auditors_stands_below_what_is_for_clerks(result: openpyxl.Workbook) -> None:
    labels = [cell.value for cell in result["结果汇总"]["B"] if cell.value]
    assert labels.index("供管理员和审计核对") > labels.index("最常见的问题")
    assert labels[-1] == "审计链首"


def test_no_chart_repeats_a_line_or_two(result: openpyxl.Workbook) -> None:
    assert result["结果汇总"]._charts == []


def test_a_row_with_twenty_problems_shows_all_that_its_cell_holds() -> None:
    """Thirteen lines were cut to eight, the first of them at the top: in print nobody could read them."""
    assert tall(("\n".join(map(str, range(13))), 40)) == 13 * 15 + 5
    assert tall(("\n".join(map(str, range(99))), 40)) < 409
