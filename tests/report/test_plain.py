"""The answer in the place of one that could not be made: nothing of the workbook is in it."""

from __future__ import annotations

import io

import openpyxl
import pytest
from desk import OTHER_VIN, Desk

from vinbatch.model import FileNames, Known, Outcome
from vinbatch.report.plain import plain_report, plain_workbook


@pytest.fixture
def outcome(desk: Desk) -> Outcome:
    return desk.drop([{"vin": OTHER_VIN, "production_date": "2018.03"}])


def test_the_workbook_says_that_it_is_none_and_has_no_row(desk: Desk, outcome: Outcome) -> None:
    data = plain_workbook(outcome, Known(desk.now, desk.facts.records), FileNames(), desk.ruleset)
    book = openpyxl.load_workbook(io.BytesIO(data))
    told = [str(cell) for sheet in book for line in sheet.values for cell in line if cell is not None]
    assert any("没能生成" in text and outcome.batch in text for text in told)
    assert not any(OTHER_VIN in text for text in told)


def test_so_does_the_page(desk: Desk, outcome: Outcome) -> None:
    page = plain_report(outcome, Known(desk.now, desk.facts.records), FileNames(), desk.ruleset)
    assert "没能生成" in page.sentence
    assert (page.mend, page.groups, page.vehicles) == ((), (), ())
