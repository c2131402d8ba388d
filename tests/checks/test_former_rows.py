"""Rows of results that other rules made: edited is what a person edited, not what the rules changed."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from desk import NOW, OTHER_VIN, Desk, codes, verdicts

from vinbatch import flow
from vinbatch.lifecycle.refit import refit
from vinbatch.model import STRUCTURE, VEHICLE, FileNames, Known, Outcome, Rulebook, Source, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules

INTERIOR = """
[vehicle.{key}]
zh = "{zh}"
en = "{key} colour"
kind = "choice"
choices = ["黑", "棕"]
required = "never"
after = "colour"
example = "黑"
"""
RATIO = """
[structure.ratio]
zh = "行驶比"
en = "Ratio"
kind = "decimal"
required = "never"
example = "0.00001"
"""
THEN = INTERIOR.format(key="interior", zh="内饰颜色") + RATIO
CHANGES = {
    "a field is gone": THEN.replace('example = "黑"\n', 'example = "黑"\noff = true\n'),
    "a field has another key": THEN.replace("vehicle.interior", "vehicle.inner"),
    "it has another heading too": THEN.replace("interior", "inner").replace("内饰颜色", "座椅"),
    "a column has another place": THEN.replace('after = "colour"', 'after = "vin"'),
    "a value has another word": THEN.replace('"棕"]', '"深棕"]\nchoice_aliases = { "棕" = "深棕" }'),
    "a value is no more": THEN.replace(', "棕"]', "]"),
    "parameters are gone": THEN + "off = true\n[structure.roof_load]\noff = true\n",
}


def home(base: Rulebook, text: str) -> Rulebook:
    return replace(base, home=(("fields.toml", text),), digest=f"former {text}")


def written(desk: Desk, outcome: Outcome) -> bytes:
    return flow.answer(outcome, Known(NOW, desk.facts.records), FileNames(), desk.rulebook).workbook


def dropped(desk: Desk, result: bytes, edits: Mapping[str, str] | None = None) -> Outcome:
    """The result itself, with these cells of 车辆信息 edited, by heading, and as row 2."""
    if edits:
        book = openpyxl.load_workbook(io.BytesIO(result))
        sheet = book["车辆信息"]
        heads = [cell.value for cell in sheet[1]]
        for heading, text in edits.items():
            sheet.cell(2, heads.index(heading) + 1).value = text
        book.save(out := io.BytesIO())
        result = out.getvalue()
    return desk.put(flow.parse(Source("old.xlsx", "old"), result, desk.rulebook).sheets)


@pytest.fixture
def then(rulebook: Rulebook) -> Desk:
    return Desk(home(rulebook, THEN))


@pytest.mark.parametrize("what", CHANGES)
def test_a_row_that_nobody_edited_asks_for_nothing(rulebook: Rulebook, then: Desk, what: str) -> None:
    result = written(then, then.drop([{"interior": "棕"}]))
    then.rulebook = home(rulebook, CHANGES[what])
    outcome = dropped(then, result)
    assert (verdicts(outcome), verdicts(outcome, STRUCTURE)) == ({2: "unchanged"}, {2: "unchanged"})


def test_parameters_of_the_catalogue_with_an_apostrophe_stay_as_they_are(rulebook: Rulebook) -> None:
    """Stored before it was taken off: read without it they were a revision, and refused."""
    desk = Desk(rulebook)
    entry = desk.shelve()
    quoted = replace(entry, values={**entry.values, "model": f"'{entry.values['model']}"})
    desk.facts = replace(desk.facts, entries={entry.number: quoted})
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = dropped(desk, flow.extract(Known(NOW, desk.facts.records, desk.facts.entries), rulebook))
    assert (verdicts(outcome), verdicts(outcome, STRUCTURE)) == ({2: "unchanged"}, {2: "unchanged"})


@pytest.mark.parametrize("what", CHANGES)
def test_one_that_was_edited_is_told_from_it(rulebook: Rulebook, then: Desk, what: str) -> None:
    result = written(then, then.drop([{"interior": "棕"}]))
    then.rulebook = home(rulebook, CHANGES[what])
    assert verdicts(dropped(then, result, {"车身颜色": "孔雀蓝"})) == {2: "refused"}


@pytest.mark.parametrize("what", CHANGES)
def test_the_result_of_that_drop_asks_for_nothing_either(rulebook: Rulebook, then: Desk, what: str) -> None:
    result = written(then, then.drop([{"interior": "棕"}]))
    then.rulebook = home(rulebook, CHANGES[what])
    second = written(then, dropped(then, result))
    assert verdicts(dropped(then, second)) == {2: "unchanged"}


@pytest.mark.parametrize("what", CHANGES)
def test_nor_does_one_that_is_written_anew_by_the_rules_of_today(
    rulebook: Rulebook, then: Desk, what: str
) -> None:
    """As after an answer of customs: its columns are those of today."""
    stored = then.drop([{"interior": "棕"}])
    then.rulebook = home(rulebook, CHANGES[what])
    renewed = written(then, refit(stored, compile_rules(then.rulebook)))
    outcome = dropped(then, renewed)
    assert (verdicts(outcome), verdicts(outcome, STRUCTURE)) == ({2: "unchanged"}, {2: "unchanged"})


def test_a_second_column_of_a_field_is_an_edit_by_the_same_rules_too(desk: Desk) -> None:
    """As where somebody gives its heading to a column that was not read: the row waited on silently."""
    result = written(desk, desk.drop([{"colour": "", "confirmed": "否"}]))
    book = openpyxl.load_workbook(io.BytesIO(result))
    sheet = book["车辆信息"]
    column = sheet.max_column + 1
    sheet.cell(1, column).value, sheet.cell(2, column).value = "车身颜色", "孔雀蓝"
    book.save(out := io.BytesIO())
    outcome = dropped(desk, out.getvalue())
    assert (verdicts(outcome), codes(outcome, VEHICLE, 2)) == ({2: "refused"}, ["CELL-TWICE"])


def test_a_rejected_vehicle_is_not_declared_again_for_it(rulebook: Rulebook, then: Desk) -> None:
    result = written(then, then.drop([{"interior": "棕"}]))
    (record,) = then.facts.records.values()
    then.know(replace(record, now=replace(record.now, state=State.REJECTED)))
    then.rulebook = home(rulebook, CHANGES["a column has another place"])
    assert verdicts(dropped(then, result)) == {2: "unchanged"}


def test_an_outdated_row_that_nobody_edited_is_a_note(rulebook: Rulebook, then: Desk) -> None:
    result = written(then, then.drop([{"interior": "棕"}]))
    (record,) = then.facts.records.values()
    later = replace(record.now, type=Type.CHANGE, data={**record.now.data, "colour": "孔雀蓝"})
    then.know(replace(record, revision=2, now=later))
    then.rulebook = home(rulebook, CHANGES["a field is gone"])
    outcome = dropped(then, result)
    assert verdicts(outcome) == {2: "unchanged"}
    assert "MARK-STALE-NOTE" in codes(outcome)


def test_rows_that_wait_keep_the_marks_by_which_the_ledger_knows_them(rulebook: Rulebook, then: Desk) -> None:
    """Refused ones and held ones; in their own result written anew, and in that of the next drop."""
    wrong, denied = {"vin": "WBA13BJ03MCF1234X", "interior": "棕"}, {"vin": OTHER_VIN, "confirmed": "否"}
    stored = then.drop([wrong, denied])
    assert verdicts(stored) == {2: "refused", 3: "held"}
    marks = [str(j.mark) for j in stored.rows][:2]
    result = written(then, stored)
    then.rulebook = home(rulebook, CHANGES["a field is gone"])
    assert [str(j.mark) for j in refit(stored, compile_rules(then.rulebook)).rows][:2] == marks
    again = dropped(then, result)
    assert verdicts(again) == {2: "refused", 3: "held"}
    assert [str(j.mark) for j in again.rows][:2] == marks
