"""What the manual says of revising structure parameters is played as it stands there, table by table."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import openpyxl
import pytest

from vinbatch import samples
from vinbatch.model import Query
from vinbatch.store.ledger import Ledger

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
sys.path.insert(0, str(DOCS))
from pictures_play import (  # noqa: E402
    NUMBER,
    QUERY,
    STRUCTURES,
    VEHICLES,
    VERDICT,
    VIN,
    WHAT,
    Office,
    edited,
    headings,
)

MODEL = samples.MODELS[:1]
Table = list[dict[str, str]]


def section() -> str:
    """The section of the manual."""
    text = (DOCS / "manual.zh.md").read_text("utf-8")
    return text.partition("、改结构参数\n")[2].partition("\n## ")[0]


def tables(text: str) -> list[Table]:
    """Its tables in their order, a row as heading → cell."""
    found: list[Table] = []
    for block in re.findall(r"(?:^ *\|.*\|\n)+", text, re.M):
        lines = [[c.strip() for c in line.strip().strip("|").split("|")] for line in block.splitlines()]
        found.append([dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]])
    return found


def shown(book: bytes, sheet: str) -> Table:
    """The rows of a sheet, by heading."""
    page = openpyxl.load_workbook(io.BytesIO(book))[sheet]
    columns = headings(page)
    rows = [{h: str(page.cell(n, c).value or "") for h, c in columns.items()} for n in range(2, 10)]
    return [row for row in rows if any(row.values())]


def typed(book: bytes, sheet: str, table: Table, key: str) -> bytes:
    """The workbook with the table's cells typed into the rows that it names by `key`."""
    at = {row[key]: number for number, row in enumerate(shown(book, sheet), start=2)}
    assert set(at) == {row[key] for row in table}
    return edited(book, sheet, {at[row[key]]: row for row in table})


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Three vehicles of one structure number, which customs has accepted."""
    office = Office.open(tmp_path / "home")
    cars = samples.vehicles(3, seed=3, models=MODEL)
    office.drop("三月.xlsx", samples.workbook(office.ruleset, cars, samples.parameters(MODEL)))
    office.customs({})
    return office


def widths(office: Office) -> tuple[object, dict[str, int | None]]:
    """The catalogue's width, and the revision that every vehicle was declared with."""
    with Ledger.open(office.root / ".vinbatch" / "ledger.db") as ledger:
        (number,) = {row[NUMBER] for row in tables(section())[0]}
        records = ledger.queries.records(Query(), office.ruleset.settings.zone)
        stand = {r.vin: r.now.structure_revision for r in records}
        return ledger.entries([number])[number].values["width"], stand


def test_the_first_way_revises_the_catalogue_alone(office: Office) -> None:
    table = tables(section())[0]
    form = edited(office.found("模板.xlsx"), STRUCTURES, dict(enumerate(table, start=2)))
    office.drop("只改目录.xlsx", form)
    (row,) = shown(office.found("只改目录.xlsx"), STRUCTURES)
    assert row[VERDICT] == "已入库"
    assert f"结果表里这一行是“{row[VERDICT]}”" in section()
    width, stand = widths(office)
    assert (width, set(stand.values())) == (int(table[0]["车宽"]), {1})


def test_the_second_way_changes_the_vehicles_with_it(office: Office) -> None:
    _, parameters, vehicles = tables(section())
    asked = {2: {NUMBER.partition("/")[0]: parameters[0][NUMBER]}}
    office.drop("查询.xlsx", edited(office.found("模板.xlsx"), QUERY, asked))
    extract = office.found("查询结果.xlsx")
    mended = typed(typed(extract, STRUCTURES, parameters, NUMBER), VEHICLES, vehicles, VIN)
    office.drop("变更.xlsx", mended)
    result = office.found("_变更.xlsx")
    assert {row[VERDICT] for row in shown(result, VEHICLES)} == {"已申报"}
    for row in shown(result, VEHICLES):
        (told,) = re.findall(r"“(车宽：.*?)”", section())
        assert told in row[WHAT]
    (row,) = shown(result, STRUCTURES)
    assert row[VERDICT] == "已入库"
    assert widths(office) == (int(parameters[0]["车宽"]), {row[VIN]: 2 for row in vehicles})
