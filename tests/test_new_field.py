"""Adding a field is an edit of one TOML table: it is in the form, the check, the package and the guide."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from desk import Desk, codes, verdicts

from vinbatch import flow
from vinbatch.customs.generated import xsd_text
from vinbatch.model import Rulebook, Source
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules
from vinbatch.workbook import form

TABLE = """
[vehicle.interior]
zh = "内饰颜色"
en = "Interior colour"
kind = "choice"
required = "never"
choices = ["黑", "米", "棕"]
after = "colour"
prompt_zh = "座椅的主要颜色。"
prompt_en = "The main colour of the seats."
example = "米"
"""


@pytest.fixture
def book(rulebook: Rulebook) -> Rulebook:
    return replace(rulebook, home=(("fields.toml", TABLE),), digest="with interior")


def test_it_is_in_the_form(book: Rulebook) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(form.build(compile_rules(book))))["车辆信息"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[heads.index("车身颜色") + 1] == "内饰颜色"
    at = sheet.cell(1, heads.index("内饰颜色") + 1).column_letter
    (validation,) = [v for v in sheet.data_validations.dataValidation if f"{at}2" in str(v.sqref)]
    assert validation.type == "list"
    assert "座椅" in validation.prompt


def test_it_is_checked(book: Rulebook) -> None:
    outcome = Desk(book).drop([{"interior": "紫"}])
    assert "CHOICE-UNKNOWN" in codes(outcome, "vehicle")


def test_it_is_in_the_package_and_its_xsd(book: Rulebook) -> None:
    outcome = Desk(book).drop([{"interior": "棕"}])
    assert verdicts(outcome) == {2: "declared"}
    (package,) = flow.render(outcome, book)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        assert "<Interior>棕</Interior>" in archive.read("declaration.xml").decode()
    assert '<xs:element name="Interior" minOccurs="0">' in xsd_text(compile_rules(book))


def test_it_is_in_the_guide(book: Rulebook) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(form.build(compile_rules(book))))["填写说明"]
    assert "内饰颜色" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_off_removes_a_field_everywhere(rulebook: Rulebook) -> None:
    off = ("fields.toml", "[vehicle.colour]\noff = true\n")
    book = replace(rulebook, home=(off,), digest="without colour")
    sheet = openpyxl.load_workbook(io.BytesIO(form.build(compile_rules(book))))["车辆信息"]
    assert "车身颜色" not in [cell.value for cell in sheet[1]]
    outcome = Desk(book).drop()
    assert verdicts(outcome) == {2: "declared"}
    assert "Colour" not in xsd_text(compile_rules(book))


@pytest.mark.parametrize(
    ("name", "text", "old"),
    [("fields.toml", TABLE, True), ("settings.toml", "overdue_days = 5\n", False)],
)
def test_a_form_is_old_when_its_columns_are(rulebook: Rulebook, name: str, text: str, old: bool) -> None:
    """A site that writes its settings after init has not made its forms old."""
    changed = replace(rulebook, home=((name, text),), digest=f"with {name}")
    data = form.build(compile_rules(rulebook))
    parsed = flow.parse(Source("form.xlsx", "d"), data, changed)
    (reading,) = flow.check([parsed], changed)
    assert ("FORM-OLD" in [f.code for f in reading.findings]) is old
