"""What comes out of a printer, and how tall rows must be so that nothing of them is cut off."""

from __future__ import annotations

import io

import openpyxl
import pytest
from desk import NOW, Cells, Desk

from vinbatch import flow
from vinbatch.model import FileNames, Known, Rulebook, Sheet, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.fill import fill
from vinbatch.workbook.filled import Filled, FilledSheet, Issue, Summary
from vinbatch.workbook.form import build
from vinbatch.workbook.heights import lines, tall
from vinbatch.workbook.layout import PROBLEM, PROBLEM_WIDTHS
from vinbatch.workbook.summary import summary_rows


@pytest.fixture
def result(rulebook: Rulebook) -> openpyxl.Workbook:
    """The answer to three vehicles, one of them with a VIN that is not right."""
    desk = Desk(rulebook)
    outcome = desk.drop([{}, None, {"vin": "WBA13BJ0XMCF12345"}])
    known = Known(desk.now, desk.facts.records)
    return openpyxl.load_workbook(io.BytesIO(flow.answer(outcome, known, FileNames(), rulebook).workbook))


@pytest.mark.parametrize(
    ("sheet", "last", "column"), [("车辆信息", 4, "可办理操作"), ("结构参数", 2, "处理结果")]
)
def test_of_a_result_what_became_of_its_rows_is_printed_to_the_last_one(
    sheet: str, last: int, column: str, result: openpyxl.Workbook
) -> None:
    """With the columns that name the row, which are repeated, and to the last column that says something."""
    page = result[sheet]
    heads = [cell.value for cell in page[1]]
    first, end = (openpyxl.utils.get_column_letter(heads.index(h) + 1) for h in ("处理结果", column))
    assert page.print_area == f"'{sheet}'!${first}$1:${end}${last}"
    assert (page.print_title_rows, page.print_title_cols[:3]) == ("$1:$1", "$A:")


@pytest.mark.parametrize("sheet", ["结果汇总", "车辆信息", "结构参数", "问题清单"])
def test_what_tells_prints_one_page_wide_on_a4(sheet: str, result: openpyxl.Workbook) -> None:
    page = result[sheet]
    setup = page.page_setup
    assert (setup.fitToWidth or 1, setup.orientation, int(setup.paperSize)) == (1, "landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize("sheet", ["车辆信息", "结构参数"])
def test_rows_are_printed_with_the_numbers_that_they_are_called_by(
    sheet: str, result: openpyxl.Workbook
) -> None:
    """Mend row 15, said the first page, and none of the next had a number on it."""
    assert result[sheet].print_options.headings


def test_findings_repeat_their_headings(result: openpyxl.Workbook) -> None:
    assert result["问题清单"].print_title_rows == "$1:$1"


SHEETS = ["结果汇总", "填写说明", "车辆信息", "结构参数", "查询", "问题清单"]


def answered(desk: Desk, vehicles: list[Cells | None], structures: list[Cells | None]) -> openpyxl.Workbook:
    outcome = desk.drop(vehicles, structures)
    known = Known(desk.now, desk.facts.records)
    return openpyxl.load_workbook(
        io.BytesIO(flow.answer(outcome, known, FileNames(), desk.rulebook).workbook)
    )


def shown(book: openpyxl.Workbook) -> list[str]:
    return [page.title for page in book if page.sheet_state == "visible"]


@pytest.mark.parametrize(
    ("vehicles", "structures", "hidden"),
    [
        ([{}], [{}], {"填写说明", "查询", "问题清单"}),
        ([{"ccc_no": "12"}], [{}], {"填写说明", "查询"}),
        ([], [{}], {"填写说明", "车辆信息", "查询", "问题清单"}),
        ([{"structure_no": "S-2"}], [], {"填写说明", "查询"}),  # its parameters are to be written there
    ],
)
def test_a_sheet_that_says_nothing_is_no_page_of_headings(
    vehicles: list[Cells | None], structures: list[Cells | None], hidden: set[str], rulebook: Rulebook
) -> None:
    """Printed or exported whole, each was a page with nothing on it, and the guide two that are known."""
    book = answered(Desk(rulebook), vehicles, structures)
    assert shown(book) == [name for name in SHEETS if name not in hidden]
    for name in hidden:
        assert not book[name].print_area, "which LibreOffice prints all the same"


def test_known_parameters_leave_their_sheet_empty_and_hidden(desk: Desk) -> None:
    desk.shelve()
    assert "结构参数" not in shown(answered(desk, [{}], []))


def test_conditions_that_are_to_be_mended_are_in_sight(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    query = Sheet("查询", (("VIN",), ("12",)))
    outcome = desk.put((query,))
    answer = flow.answer(outcome, Known(desk.now), FileNames(), rulebook)
    book = openpyxl.load_workbook(io.BytesIO(answer.workbook))
    assert shown(book) == ["结果汇总", "查询", "问题清单"]


def test_of_an_extract_the_sheets_of_data_are_there_to_be_filled_in(rulebook: Rulebook) -> None:
    book = openpyxl.load_workbook(io.BytesIO(flow.extract(Known(NOW), rulebook)))
    assert shown(book) == ["填写说明", "车辆信息", "结构参数"]


def test_a_form_shows_all_that_it_has(ruleset: Ruleset) -> None:
    assert shown(openpyxl.load_workbook(io.BytesIO(build(ruleset, "zh")))) == SHEETS[1:5]


def test_the_hidden_sheets_of_a_result_that_comes_back_ask_for_nothing(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    desk.drop([{}])
    answer = flow.answer(desk.drop([{}], []), Known(desk.now, desk.facts.records), FileNames(), rulebook)
    parsed = flow.parse(Source("a.xlsx", "0" * 64), answer.workbook, rulebook)
    (reading,) = flow.check([parsed], rulebook)
    assert [f.code for f in reading.findings] == []


VINS = "请核对每一位。可能是：WBS43AY08MF050238, WBS43AY08MF050823, WBS43AY08MF005283"


def test_words_that_no_program_breaks_take_the_lines_that_they_need() -> None:
    """Two VINs fill a line of 44 characters though a part of the third would go into it."""
    assert lines(VINS, 44) == 2
    assert lines(VINS, 24) == 4


def test_a_word_that_is_longer_than_a_line_is_broken() -> None:
    assert [lines("0" * length, 40) for length in (40, 41, 80, 81, 85)] == [1, 2, 2, 3, 3]


def test_rows_are_as_tall_as_their_tallest_cell() -> None:
    assert tall(("x", 40), (VINS, 24)) > tall(("x", 40), (VINS, 44)) > tall(("x", 40))


EDGE = pytest.mark.parametrize(("letters", "needed"), [(-2, 1), (-1, 2)])  # of its column's width


@EDGE
def test_a_problem_that_comes_near_the_edge_of_its_cell_gets_another_line(
    letters: int, needed: int, ruleset: Ruleset
) -> None:
    what = "x" * (PROBLEM_WIDTHS[PROBLEM.index("what")] + letters)
    issue = Issue("vehicle", 2, (), "FIELD-REQUIRED", "stop", released=False, what=what, cure="", value="")
    sheets = (FilledSheet("vehicle", ()), FilledSheet("structure", ()))
    book = openpyxl.load_workbook(io.BytesIO(fill(ruleset, Filled(sheets, (issue,)))))
    assert book["问题清单"].row_dimensions[2].height == tall(("\n" * (needed - 1), 40))


@EDGE
@pytest.mark.parametrize(("column", "width"), [("B", 26), ("C", 66)])
@pytest.mark.parametrize("block", ["facts", "frequent"])
def test_so_does_a_line_of_the_summary(
    letters: int, needed: int, column: str, width: int, block: str, ruleset: Ruleset
) -> None:
    text = "x" * (width + letters)
    pair = (text, "") if column == "B" else ("", text)
    facts, frequent = ((pair,), ()) if block == "facts" else ((), ((*pair, 1),))
    summary = Summary("", "", "good", facts, (), frequent, ())
    (height,) = (
        row.height for row in summary_rows(summary, ruleset, "zh") if text in {c.value for _, c in row.cells}
    )
    assert height == tall(("\n" * (needed - 1), 40))


def test_what_is_for_auditors_stands_below_what_is_for_clerks(result: openpyxl.Workbook) -> None:
    labels = [cell.value for cell in result["结果汇总"]["B"] if cell.value]
    assert labels.index("供管理员和审计核对") > labels.index("最常见的问题")
    assert labels[-1] == "审计链首"


def test_a_blank_row_stands_above_what_is_for_auditors(result: openpyxl.Workbook) -> None:
    """It followed the line about findings as if it were of them."""
    column = [cell.value for cell in result["结果汇总"]["B"]]
    assert column[column.index("供管理员和审计核对") - 1] is None


def test_no_chart_repeats_a_line_or_two(result: openpyxl.Workbook) -> None:
    assert result["结果汇总"]._charts == []


def test_a_row_with_twenty_problems_shows_all_that_its_cell_holds() -> None:
    """Thirteen lines were cut to eight, the first of them at the top: in print nobody could read them."""
    assert tall(("\n".join(map(str, range(13))), 40)) == 13 * 15 + 5
    assert tall(("\n".join(map(str, range(99))), 40)) < 409


@pytest.mark.parametrize(
    ("title", "foot"),
    [("长" * 42, "长" * 42), ("长" * 43, "长" * 41 + "…"), ("x" * 84, "x" * 84), ("x" * 85, "x" * 83 + "…")],
)
def test_at_the_foot_stands_what_of_a_title_there_is_room_for(
    title: str, foot: str, ruleset: Ruleset
) -> None:
    """Beside it stands the number of the page, and Excel takes 255 characters for both."""
    sheets = (FilledSheet("vehicle", ()), FilledSheet("structure", ()))
    book = openpyxl.load_workbook(io.BytesIO(fill(ruleset, Filled(sheets, title=title))))
    assert book["车辆信息"].oddFooter.left.text == foot
