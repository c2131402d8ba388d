"""Records for spreadsheets, as CSV."""

from __future__ import annotations

import csv

import pytest
from customs_desk import Customs
from desk import Desk

from vinbatch.model import State, Type
from vinbatch.report.listing import record_json, records_csv, table_csv


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_a_field_that_a_spreadsheet_would_run_is_text(first: str) -> None:
    (row,) = csv.reader(table_csv([[f"{first}1"]]).decode("utf-8-sig").splitlines())
    assert row[0].startswith("'")


def test_every_field_is_quoted_and_utf_8_is_announced() -> None:
    """A number without quotes loses its zeros, and text without the mark is shown in the code page."""
    assert table_csv([["0012", "红", ""]]) == '\ufeff"0012","红",""\r\n'.encode()


def test_a_vehicle_without_contradiction_has_nothing_in_that_column(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    (row,) = csv.DictReader(records_csv([record], {}, desk.ruleset).decode("utf-8-sig").splitlines())
    assert (row["当前状态"], row["海关答复前后不一致"]) == ("海关接收成功", "")


def test_of_an_open_change_a_program_is_told_what_it_changes(desk: Desk) -> None:
    customs = Customs(desk)
    first = desk.drop()
    customs.say(customs.take(first), "120")
    desk.again(first, {2: {"action": "变更", "colour": "红"}})
    told = record_json(customs.record(), None, (), desk.now, desk.ruleset)
    assert told["pending"] == {"colour": "红"}
    assert told["colour"] != "红"
