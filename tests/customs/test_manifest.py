"""The manifest: which values stand in the cells of the row, and where the others came from."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from desk import Desk

from vinbatch import flow
from vinbatch.model import Outcome, Rulebook, State, Type
from vinbatch.model import column_letters as letters


def told(outcome: Outcome, rulebook: Rulebook) -> dict[str, Any]:
    (package,) = flow.render(outcome, rulebook)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return manifest


def test_a_new_row_stands_in_its_cells_whole(rulebook: Rulebook) -> None:
    manifest = told(Desk(rulebook).drop(), rulebook)
    vehicle = manifest["vehicles"][0]
    assert (vehicle["sheet"], vehicle["row"]) == ("vehicle", 2)
    assert "from_record" not in vehicle
    assert "record" not in vehicle


def test_a_missing_column_names_the_record_that_its_value_came_from(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    record = desk.place(Type.FILING, State.ACCEPTED)
    mark = desk.mark(record)
    desk.shelve()
    outcome = desk.drop([{"_mark": mark, "action": "变更", "engine_no": "B48 1"}], [], without=("colour",))
    (vehicle,) = told(outcome, rulebook)["vehicles"]
    assert vehicle["from_record"] == ["colour"]
    assert vehicle["record"] == mark


def test_a_revocation_takes_all_but_its_reason_from_the_record(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record), "action": "撤销", "revocation_reason": "退运", "colour": "绿"}
    (vehicle,) = told(desk.drop([row]), rulebook)["vehicles"]
    assert vehicle["from_record"] == ["colour"]


def test_cells_left_to_the_catalogue_are_named(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    entry = desk.shelve()
    outcome = desk.drop([{}], [{"width": "", "remarks": ""}])
    (structure,) = told(outcome, rulebook)["structures"]
    assert structure["from_catalogue"] == ["width", "remarks"]
    assert structure["number"] == entry.number


def test_an_ask_settled_on_the_parameters_is_told_there(rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([{}], [{"length": 5200, "confirmed": "是"}])
    manifest = told(outcome, rulebook)
    assert manifest["structures"][0]["confirmed"] == ["LENGTH-SUM"]


@pytest.mark.parametrize(
    ("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns_are_named_as_excel_does(column: int, name: str) -> None:
    assert letters(column) == name
