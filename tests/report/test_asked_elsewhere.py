"""The questions of a held draft in another file than the one that asked: its rows are others there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import OTHER_VIN, Cells, Desk, verdicts
from test_examples import with_settings

from vinbatch.model import (
    PARAMETERS,
    STRUCTURE,
    VEHICLE,
    Act,
    Finding,
    Known,
    Order,
    Outcome,
    Severity,
)
from vinbatch.noun import replace
from vinbatch.report.customs import with_answers
from vinbatch.report.extract import extract_workbook, order_workbook
from vinbatch.report.standing import standing

OVERHANG: Cells = {"overhang_front": 100}  # with the sample's wheelbase it asks about the length
LATER = "CN530I-G30-2021-002"


def known(desk: Desk, *outcomes: Outcome) -> Known:
    """What the ledger knows of the vehicles of these batches, questions included."""
    asks: dict[str, tuple[Finding, ...]] = {}
    for outcome in outcomes:
        for change in outcome.records:
            found = (f for f in outcome.findings if (f.sheet, f.row) == (VEHICLE, change.row))
            asks[change.vin] = tuple(f for f in found if f.severity is Severity.ASK)
    return Known(desk.now, desk.facts.records, desk.facts.entries, asks)


def told(desk: Desk, *outcomes: Outcome) -> list[str]:
    return [issue.what for issue in extract_workbook(known(desk, *outcomes), desk.ruleset).issues]


def test_an_extract_names_the_batch_whose_rows_it_tells_of(desk: Desk) -> None:
    same: Cells = {"engine_no": "AB 1"}
    asked = desk.drop([None, None, same, {"vin": OTHER_VIN, **same}])
    assert [what.rpartition("另见行号 ")[2] for what in told(desk, asked)] == [
        f"{asked.batch} · 5（批次 · 该批次表里的行号）",
        f"{asked.batch} · 4（批次 · 该批次表里的行号）",
    ]


def test_an_extract_leads_to_its_own_row_of_the_parameters(desk: Desk) -> None:
    """It named the row of the file that had asked, where other parameters stand by now."""
    first = desk.drop()
    second = desk.drop([{"vin": OTHER_VIN, "structure_no": LATER}], [{"structure_no": LATER, **OVERHANG}])
    vehicle, structure = told(desk, first, second)
    assert vehicle == "所用结构参数待核实：“结构参数”表第3行"
    assert structure.startswith("前悬＋轴距＋后悬＝")  # on that row, for nobody could tell what to verify


def test_an_extract_leads_to_the_result_that_has_parameters_which_are_not_stored(desk: Desk) -> None:
    """It said to verify those of the catalogue, which has none, and to write their number alone."""
    asked = desk.drop([{}], [{"confirmed": "否"}])
    (issue,) = extract_workbook(known(desk, asked), desk.ruleset).issues
    assert issue.what == f"所用结构参数待核实：{desk.sample(VEHICLE)['structure_no']}（还没有入库）"
    assert issue.cure.startswith(f"参数在批次 {asked.batch} 的结果表里：请在那里的“结构参数”核对，")


def test_the_row_of_the_parameters_shows_what_is_asked_and_is_answered_there(desk: Desk) -> None:
    asked = desk.drop([{}], [OVERHANG])
    (_, sheet) = extract_workbook(known(desk, asked), desk.ruleset).sheets
    (row,) = sheet.rows
    assert (row.verdict, set(row.colours.values())) == ("held", {"ask"})
    assert (row.system["verdict"], row.system["problems"][:2]) == ("待核实", "前悬")
    (entry,), (record,) = desk.facts.entries.values(), desk.facts.records.values()
    answer: Cells = {**OVERHANG, "_mark": desk.entry_mark(entry), "confirmed": "是"}
    assert verdicts(desk.drop([{"_mark": desk.mark(record)}], [answer])) == {2: "declared"}


def test_a_result_leads_to_the_row_that_the_parameters_have_in_its_file(desk: Desk) -> None:
    asked = desk.drop([{}], [OVERHANG])
    (entry,), (change,) = desk.facts.entries.values(), asked.records
    parameters: list[Cells | None] = [
        {"structure_no": LATER},
        None,
        {**OVERHANG, "_mark": desk.entry_mark(entry)},
    ]
    again = desk.drop([{"_mark": desk.mark(desk.facts.records[change.vin])}], parameters)
    (ask,) = [f for f in with_answers(again, known(desk, asked), desk.ruleset).findings if f.linked]
    assert (ask.row, ask.linked) == (2, 4)


def test_an_extract_leads_to_no_row_of_parameters_that_says_nothing(desk: Desk) -> None:
    """The line through a cell of them is in the other file alone: nothing told what to verify there."""
    desk.shelve()
    structures = replace(
        desk.sheet(STRUCTURE, [{}]), struck=((2, desk.ruleset.index(STRUCTURE)["width"] + 1),)
    )
    asked = desk.put((desk.sheet(VEHICLE, [{}]), structures))
    filled = extract_workbook(known(desk, asked), desk.ruleset)
    assert [issue.what for issue in filled.issues] == ["所用结构参数待核实：目录第1版"]
    assert "在那一行“核实确认”填“是”" in filled.issues[0].cure
    (row,) = filled.sheets[1].rows
    assert row.verdict == ""


def test_an_extract_says_of_parameters_that_were_confirmed_since_that_the_row_goes_on(desk: Desk) -> None:
    """It led to their row, where nothing was asked any more, and no row said what to do."""
    asked = desk.drop([{}], [OVERHANG])
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    (issue,) = extract_workbook(known(desk, asked), desk.ruleset).issues
    assert issue.cure == desk.ruleset.word("@verify.settled")


SAVED: Cells = {"action": "暂存", "production_date": "2019.10"}


def test_an_extract_shows_what_a_saved_draft_was_asked_and_how_it_is_declared(desk: Desk) -> None:
    """Nothing was shown of it before 申报 was asked for: then the row was held."""
    filled = extract_workbook(known(desk, desk.drop([SAVED])), desk.ruleset)
    assert [issue.code for issue in filled.issues] == ["DATE-MODEL-YEAR", "RECORD-TO-VERIFY"]
    (row,) = filled.sheets[0].rows
    assert row.colours == {"production_date": "ask", "vin": "ask", "action": "note"}
    assert "“操作”填“申报”，核对无误的同时在“核实确认”填“是”" in row.system["cures"]
    assert row.verdict == ""  # nobody has asked for more than a draft


@pytest.mark.parametrize("severity", ["note", "stop"])
def test_it_shows_no_question_of_a_saved_draft_that_the_home_has_ceased_to_ask(
    severity: str, desk: Desk
) -> None:
    """On the row itself 申报 was said to be enough: as a note nobody answers it, as a stop 是 does not."""
    asked = desk.drop([SAVED])
    desk.rulebook = with_settings(desk.rulebook, {"severities": {"DATE-MODEL-YEAR": severity}})
    assert not extract_workbook(known(desk, asked), desk.ruleset).issues


def test_what_an_extract_shows_of_a_saved_draft_is_answered_on_it(desk: Desk) -> None:
    asked = desk.drop([SAVED])
    record = desk.facts.records[str(desk.sample(VEHICLE)["vin"])]
    assert known(desk, asked).asks[record.vin]
    row: Cells = {
        "production_date": "2019.10",
        "_mark": desk.mark(record),
        "action": "申报",
        "confirmed": "是",
    }
    assert verdicts(desk.drop([row])) == {2: "declared"}


def test_an_extract_shows_the_parameters_of_a_saved_draft_that_are_asked_about(desk: Desk) -> None:
    filled = extract_workbook(known(desk, desk.drop([{"action": "暂存"}], [OVERHANG])), desk.ruleset)
    (row,) = filled.sheets[1].rows
    assert set(row.colours.values()) == {"ask"}


def test_nothing_is_asked_of_a_saved_draft_whose_parameters_were_confirmed_since(desk: Desk) -> None:
    asked = desk.drop([{"action": "暂存"}], [OVERHANG])
    verify = desk.ruleset.word("@verdict.held")

    def shown() -> tuple[list[str], str]:
        (record,) = desk.facts.records.values()
        return told(desk, asked), dict(standing(record, known(desk, asked), desk.ruleset)).get(verify, "")

    assert all(shown())
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    assert shown() == ([], "")


@pytest.mark.parametrize(("values", "left"), [({}, []), (SAVED, ["DATE-MODEL-YEAR", "RECORD-TO-VERIFY"])])
def test_so_does_the_result_that_saved_it(desk: Desk, values: Cells, left: list[str]) -> None:
    asked = desk.drop([{**values, "action": "暂存"}], [OVERHANG])
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    told_now = with_answers(asked, known(desk, asked), desk.ruleset).findings
    assert [f.code for f in told_now if f.sheet == VEHICLE] == left
    assert "结构参数" not in " ".join(desk.ruleset.tell(f).what for f in told_now if f.sheet == VEHICLE)


def test_the_result_that_held_it_says_that_its_parameters_were_confirmed_since(desk: Desk) -> None:
    asked = desk.drop([{}], [OVERHANG])
    desk.now += timedelta(hours=1)
    desk.drop([], [{**OVERHANG, "confirmed": "是"}])
    told_now = with_answers(asked, known(desk, asked), desk.ruleset).findings
    (ask,) = [f for f in told_now if f.sheet == VEHICLE]
    assert desk.ruleset.tell(ask).cure == desk.ruleset.word("@verify.settled")


@pytest.mark.parametrize("marked", [True, False])
def test_a_command_that_answers_every_question_has_no_record_marks(desk: Desk, marked: bool) -> None:
    desk.drop([SAVED])
    order = Order(Act.DECLARE, confirmed=True, marked=marked)
    filled = order_workbook(tuple(desk.facts.records.values()), order, "x", {}, desk.ruleset)
    (row,) = filled.sheets[0].rows
    assert ("mark" in row.system, "updated" in row.system) == (marked, True)


def test_a_result_without_the_row_of_the_parameters_names_their_number(desk: Desk) -> None:
    asked = desk.drop([{}], [OVERHANG])
    again = desk.again(replace(asked, rows=asked.rows[:1]))
    (ask,) = [
        f for f in with_answers(again, known(desk, asked), desk.ruleset).findings if f.code == PARAMETERS
    ]
    assert str(desk.sample(VEHICLE)["structure_no"]) in desk.ruleset.tell(ask).what
