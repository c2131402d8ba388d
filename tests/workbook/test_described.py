"""What a clerk sees of a workbook as a whole: its golden files, as text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from described import described
from desk import NOW, OTHER_VIN, Desk
from golden import same

from vinbatch import flow
from vinbatch.model import FileNames, Known, Rulebook, Sheet
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules
from vinbatch.workbook import form

GOLDEN = Path(__file__).parent / "golden"


def empty_form(rulebook: Rulebook) -> bytes:
    return form.build(compile_rules(rulebook), "zh")


def result(rulebook: Rulebook) -> bytes:
    """Of rows declared, held and refused, a column and a sheet that nobody knows, a query to be mended."""
    desk = Desk(rulebook)
    vehicles = desk.sheet(
        "vehicle",
        [
            {},
            {"vin": OTHER_VIN, "ccc_no": "12", "colour": ""},
            {"vin": "WBA13BJ07MCF12347", "production_date": "2018.03"},
            None,
            {"vin": "WBA13BJ0XMCF12345", "ccc_no": "13"},
        ],
    )
    heads, *rows = vehicles.rows
    vehicles = replace(vehicles, rows=((*heads, "备忘"), *((*row, f"第{i}行") for i, row in enumerate(rows))))
    query = Sheet("查询", (("VIN", "状态"), ("12", "已暂存")))
    unread = Sheet("草稿", (("x",),))
    outcome = desk.put((vehicles, desk.sheet("structure", [{}]), query, unread))
    return flow.answer(outcome, Known(NOW, desk.facts.records), FileNames(), rulebook).workbook


def english_extract(rulebook: Rulebook) -> bytes:
    desk = Desk(replace(rulebook, home=(("settings.toml", 'language = "en"\n'),), digest="english extract"))
    desk.drop([{}, {"vin": OTHER_VIN, "production_date": "2018.03"}])
    return flow.extract(Known(NOW, desk.facts.records), desk.rulebook)


MADE = pytest.mark.parametrize("make", [empty_form, result, english_extract])


@MADE
def test_a_workbook_looks_as_its_golden_file_says(
    make: Callable[[Rulebook], bytes], rulebook: Rulebook
) -> None:
    same(GOLDEN / f"{make.__name__}.txt", described(make(rulebook)).encode())


@MADE
def test_rows_stand_once_and_in_order(make: Callable[[Rulebook], bytes], rulebook: Rulebook) -> None:
    """Else Excel repairs the workbook."""
    with zipfile.ZipFile(io.BytesIO(make(rulebook))) as archive:
        for name in archive.namelist():
            numbers = [int(n) for n in re.findall(rb'<row r="([0-9]+)"', archive.read(name))]
            assert numbers == sorted(set(numbers)), name


@MADE
def test_the_content_types_come_first(make: Callable[[Rulebook], bytes], rulebook: Rulebook) -> None:
    """Readers find the kind of a file fastest so."""
    with zipfile.ZipFile(io.BytesIO(make(rulebook))) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
