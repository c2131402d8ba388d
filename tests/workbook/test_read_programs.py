"""Workbooks as programs really save them: openpyxl, XlsxWriter, LibreOffice; and what reading costs."""

import io
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from foreign import error, formatted, inspected, merged, saved, table, uncalculated
from openpyxl import Workbook

from vinbatch.model import Raw, Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.read import read

SOURCE = Source("x.xlsx", "0")


def hazards() -> Workbook:
    """The month trap, an error, a formula, a merge, hidden rows and sheets, dates, text like a number."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "车辆信息"
    sheet.append(["VIN", "生产日期", "编号", "备注"])
    sheet.append(["WBA13BJ03MCF12345", 2021.1, "00120", "=1+1"])
    sheet["B2"].number_format = "0.00"
    sheet.append([None, 2021.1, datetime(2021, 10, 1), "#N/A"])
    sheet.append(["宝马 X5", "2021.10", True, None])
    sheet.append(["x", 2021.11, 123456789012345, 12.5])
    sheet.merge_cells("A5:A6")
    sheet["B6"] = 7
    sheet.row_dimensions[4].hidden = True
    hidden = book.create_sheet("_vinbatch")
    hidden.append(["form", "1.0"])
    hidden.sheet_state = "veryHidden"
    book.properties.lastModifiedBy = "韩梅梅"
    return book


MERGED = merged("A5:A6", "x")
EXPECTED: list[list[Raw]] = [
    ["VIN", "生产日期", "编号", "备注"],
    ["WBA13BJ03MCF12345", formatted("0.00", 2021.1), "00120", uncalculated("=1+1")],
    [None, formatted("General", 2021.1), datetime(2021, 10, 1), error("#N/A")],
    ["宝马 X5", "2021.10", True, None],
    [MERGED, 2021.11, 123456789012345, 12.5],
    [MERGED, 7, None, None],
]


def test_openpyxl(ruleset: Ruleset) -> None:
    parsed = read(SOURCE, saved(hazards()), ruleset)
    assert table(parsed) == EXPECTED
    assert [(s.name, s.hidden, s.hidden_rows) for s in parsed.sheets] == [
        ("车辆信息", False, (4,)),
        ("_vinbatch", True, ()),
    ]
    assert table(parsed, 1) == [["form", "1.0"]]
    assert parsed.saved_by == "韩梅梅"


def test_openpyxl_write_only(ruleset: Ruleset) -> None:
    """It writes inline texts and no shared ones."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("车辆信息")
    sheet.append(["VIN", "2021.10", 5])
    assert table(read(SOURCE, saved(book), ruleset)) == [["VIN", "2021.10", 5]]


def test_xlsxwriter(ruleset: Ruleset) -> None:
    """It stores 0 for formulas, and rich text in runs."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": True}) as book:
        sheet = book.add_worksheet("车辆信息")
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(0, 0, "宝马", bold, " X5")
        sheet.write_formula(0, 1, "=A1&1")
        sheet.write_formula(0, 2, "=1+1", None, 2)
        sheet.write_datetime(1, 0, datetime(2021, 10, 1), book.add_format({"num_format": "yyyy.mm"}))
        sheet.write_number(1, 1, 2021.1, book.add_format({"num_format": '0.00"年"'}))
        sheet.merge_range(2, 0, 3, 1, "m")
    odd = merged("A3:B4", "m")
    assert table(read(SOURCE, out.getvalue(), ruleset)) == [
        ["宝马 X5", uncalculated("=A1&1"), 2],
        [datetime(2021, 10, 1), formatted('0.00"年"', 2021.1), None],
        [odd, odd, None],
    ]


@pytest.fixture(scope="session")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hazards, opened and saved again by LibreOffice. One start for the whole session."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("soffice (LibreOffice) is not installed")
    folder = tmp_path_factory.mktemp("libreoffice")
    (folder / "hazards.xlsx").write_bytes(saved(hazards()))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")]
    files = [str(folder / "hazards.xlsx")]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)
    return folder / "out"


def test_libreoffice(ruleset: Ruleset, by_libreoffice: Path) -> None:
    """LibreOffice has calculated the formula; everything else is as it was."""
    parsed = read(SOURCE, (by_libreoffice / "hazards.xlsx").read_bytes(), ruleset)
    expected = [list(row) for row in EXPECTED]
    expected[1][3] = 2
    assert table(parsed) == expected
    assert parsed.sheets[0].hidden_rows == (4,)
    assert [s.hidden for s in parsed.sheets] == [False, True]


# ── what it costs ────────────────────────────────────────────────────────────────────────────────


def full(ruleset: Ruleset, rows: int = 200) -> bytes:
    """Both data sheets with every column and this many rows, as a program writes them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name in ("vehicle", "structure"):
            sheet = book.add_worksheet(ruleset.word(f"@sheet.{name}"))
            for j, field in enumerate(ruleset.fields(name)):
                sheet.write_string(0, j, field.zh)
                for i in range(1, rows + 1):
                    if field.kind in ("int", "decimal"):
                        sheet.write_number(i, j, float(field.example))
                    else:
                        sheet.write_string(i, j, f"{field.example}{i}")
    return out.getvalue()


def test_a_full_form_is_read_in_milliseconds(ruleset: Ruleset) -> None:
    """4 and 17 ms of computing on the machine this was written on; a wide margin for slower ones."""
    data = full(ruleset)
    inspecting, reading = [], []
    for _ in range(7):
        begin = time.thread_time()
        inspected("x", data, ruleset)
        inspecting.append(time.thread_time() - begin)
        begin = time.thread_time()
        parsed = read(SOURCE, data, ruleset)
        reading.append(time.thread_time() - begin)
    assert [len(s.rows) for s in parsed.sheets] == [201, 201]
    assert min(inspecting) < 0.030
    assert min(reading) < 0.120


def test_five_thousand_rows_a_sheet_are_read(ruleset: Ruleset) -> None:
    parsed = read(SOURCE, full(ruleset, 5000), ruleset)
    assert [len(s.rows) for s in parsed.sheets] == [5001, 5001]


def test_reading_imports_neither_pandas_nor_openpyxl() -> None:
    code = (
        "import sys, vinbatch.workbook.read\n"
        "heavy = {'pandas', 'pandera', 'openpyxl', 'numpy', 'lxml', 'sqlite_utils'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
