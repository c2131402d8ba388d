"""Where a line of 问题清单 leads to."""

from __future__ import annotations

import io

import openpyxl
import pytest

from vinbatch.model import Unclear
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.fill import fill
from vinbatch.workbook.filled import Filled, FilledSheet, Issue

QUERIES = (Unclear(4, {"vin": "12"}),)


def issue(sheet: str, row: int, *fields: str, link: int = 0) -> Issue:
    return Issue(sheet, row, fields, "CODE", "stop", False, "what", "cure", "value", link)


@pytest.mark.parametrize(
    ("of", "leads"),
    [
        (issue("vehicle", 3, "production_date", "vin"), "'车辆信息'!F3"),
        (issue("vehicle", 3), "'车辆信息'!A3"),
        (issue("vehicle", 3, "of_another_sheet"), "'车辆信息'!A3"),
        (issue("vehicle", 5001, "vin"), "'车辆信息'!C5001"),
        (issue("vehicle", 5002, "vin"), None),  # the workbook has no such row
        (issue("vehicle", 0), None),
        (issue("vehicle", 3, "structure_no", link=7), "'结构参数'!B7"),
        (issue("structure", 2, "structure_no"), "'结构参数'!B2"),
        (issue("query", 4, "batch"), "'查询'!B4"),
        (issue("query", 4, "of_another_sheet"), "'查询'!A4"),
        (issue("query", 3, "batch"), None),  # a row that this workbook does not carry
        (issue("", 0), None),
    ],
    ids=lambda given: f"{given.sheet} {given.row} {given.fields}" if isinstance(given, Issue) else "",
)
def test_a_line_leads_to_the_first_cell_that_it_is_about(
    of: Issue, leads: str | None, ruleset: Ruleset
) -> None:
    sheets = (FilledSheet("vehicle", ()), FilledSheet("structure", ()))
    data = fill(ruleset, Filled(sheets, (of,), queries=QUERIES))
    cell = openpyxl.load_workbook(io.BytesIO(data))["问题清单"]["C2"]
    assert (cell.hyperlink.location if cell.hyperlink else None) == leads
    assert (cell.value or "").endswith(leads.rpartition("!")[2] if leads else "")
