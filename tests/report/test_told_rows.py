"""What a result workbook shows of its rows: which cells are coloured, and what is to be done with them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from desk import Cells, Desk

from vinbatch import flow
from vinbatch.errors import RulesError
from vinbatch.model import Files, Known, Outcome, Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules

SHEETS = {"vehicle": "车辆信息", "structure": "结构参数"}
FILLS = {"FFC0392B": "stop", "FFFFE066": "ask", "FFDCEEFB": "note"}


def book_of(desk: Desk, outcome: Outcome) -> openpyxl.Workbook:
    """The result as a clerk opens it."""
    known = Known(desk.now, desk.facts.records)
    answer = flow.answer(outcome, known, Files(), desk.rulebook)
    return openpyxl.load_workbook(io.BytesIO(answer.workbook))


def row_of(book: openpyxl.Workbook, sheet: str = "vehicle", row: int = 2) -> dict[str, Any]:
    """Heading → cell."""
    page = book[SHEETS[sheet]]
    return {str(head.value): cell for head, cell in zip(page[1], page[row], strict=True)}


def coloured(desk: Desk, book: openpyxl.Workbook, sheet: str = "vehicle", row: int = 2) -> dict[str, str]:
    """Key of the field → severity that its colour means."""
    found = {}
    for head, cell in row_of(book, sheet, row).items():
        field = desk.ruleset.heading(sheet, head)
        if field is not None and cell.fill.start_color.rgb in FILLS:
            found[field.key] = FILLS[cell.fill.start_color.rgb]
    return found


def first_lines(book: openpyxl.Workbook) -> str:
    return str(book["结果汇总"]["B3"].value)


@pytest.mark.parametrize(
    ("cells", "concerned"),
    [
        ({"wheelbase": 3957}, {"length", "overhang_front", "wheelbase", "overhang_rear"}),
        ({"axle_loads": "900/900"}, {"axle_loads", "gross_mass"}),
        ({"co2": 250}, {"co2", "fuel_consumption"}),
    ],
)
def test_a_doubt_about_several_cells_colours_all_of_them(
    rulebook: Rulebook, cells: Cells, concerned: set[str]
) -> None:
    desk = Desk(rulebook)
    book = book_of(desk, desk.drop([{}], [cells]))
    assert coloured(desk, book, "structure") == dict.fromkeys(concerned, "ask")


def test_a_doubt_about_several_cells_names_all_of_them(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    book = book_of(desk, desk.drop([{}], [{"wheelbase": 3957}]))
    lines = [[cell.value for cell in line] for line in book["问题清单"].iter_rows(min_row=2)]
    (told,) = [line for line in lines if "LENGTH-SUM" in line]
    assert told[3] == "车长、前悬、轴距、后悬"


def test_what_is_to_be_verified_may_also_be_mended(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    book = book_of(desk, desk.drop([{"production_date": "2018.03"}]))
    assert "无误的在“核实确认”填“是”，有误的改正" in first_lines(book)
    cure = str(row_of(book)["修改建议"].value)
    assert "无误的在“核实确认”填“是”，有误的改正" in cure


def test_every_ask_tells_both_ways_out(rulebook: Rulebook) -> None:
    asks = [r for r in compile_rules(rulebook).findings.values() if r.severity == "ask"]
    assert [r.code for r in asks if "核实确认" not in r.cure_zh or "改" not in r.cure_zh] == []


def test_a_finding_names_only_fields_that_there_are(rulebook: Rulebook) -> None:
    text = '[LENGTH-SUM]\ncells = ["wheelbase", "overhang_fornt"]\n'
    with pytest.raises(RulesError, match="overhang_front"):
        compile_rules(replace(rulebook, home=(("findings.toml", text),), digest="fornt"))
