"""Drafts that were saved with open questions: 是 answers what was asked, and says nothing of declaring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, said, verdicts
from test_examples import with_settings

from vinbatch.lifecycle.verify import TO_VERIFY
from vinbatch.model import STRUCTURE, VEHICLE, Finding, Outcome, Rulebook, State, Type
from vinbatch.noun import replace

SAVED: Cells = {"action": "暂存", "production_date": "2019.10"}
STILL = "RECORD-STILL-DRAFT"


def told(outcome: Outcome) -> Finding:
    (found,) = [f for f in outcome.findings if f.code == TO_VERIFY]
    return found


def test_yes_with_the_act_declares_what_was_asked_when_it_was_saved(desk: Desk) -> None:
    """The row was held for the very question that its result had shown, and asked it once more."""
    saved = desk.drop([SAVED])
    assert said(desk.again(saved, {2: {"action": "申报", "confirmed": "是"}})) == [
        ("DATE-MODEL-YEAR", "note")
    ]


def test_the_act_alone_declares_nothing_that_is_asked_about(desk: Desk) -> None:
    assert verdicts(desk.again(desk.drop([SAVED]), {2: {"action": "申报"}})) == {2: "held"}


def test_yes_is_no_answer_to_what_was_not_asked_when_it_was_saved(desk: Desk) -> None:
    saved = desk.drop([SAVED])
    edited = {"action": "申报", "confirmed": "是", "production_date": "2019.01"}
    assert verdicts(desk.again(saved, {2: edited})) == {2: "held"}


@pytest.mark.parametrize(("act", "declares"), [("暂存", "申报"), ("变更暂存", "变更")])
def test_a_saved_row_says_how_its_questions_are_answered(desk: Desk, act: str, declares: str) -> None:
    row: Cells = {**SAVED, "action": act}
    if act == "变更暂存":
        row = {**row, "_mark": desk.mark(desk.place(Type.FILING, State.ACCEPTED))}
    params = dict(told(desk.drop([row])).params)
    assert params == {"act": f"@act.{declares}", "asked": ("@title.DATE-MODEL-YEAR",)}


def test_yes_alone_declares_no_draft_and_is_told_what_does(desk: Desk) -> None:
    """It said that the row was still a draft, and nothing of what is asked about it."""
    back = desk.again(desk.drop([SAVED]), {2: {"confirmed": "是"}})
    assert (verdicts(back), codes(back, "vehicle")) == ({2: "unchanged"}, [STILL, TO_VERIFY])
    assert dict(told(back).params)["asked"] == ("@title.DATE-MODEL-YEAR",)


def test_a_new_file_with_the_same_draft_is_told_it_too(desk: Desk) -> None:
    desk.drop([SAVED])
    back = desk.drop([{**SAVED, "action": ""}])
    assert codes(back, "vehicle") == ["RECORD-NOT-DECLARED", TO_VERIFY]


def test_of_parameters_that_others_have_confirmed_since_nothing_is_to_be_verified(desk: Desk) -> None:
    overhang: Cells = {"overhang_front": 100}
    saved = desk.drop([{"action": "暂存"}], [overhang])
    assert dict(told(saved).params)["asked"] == ("@title.STRUCTURE-ASK",)
    desk.now += timedelta(hours=1)
    desk.drop([], [{**overhang, "confirmed": "是"}])
    alone = tuple(j for j in saved.rows if j.row.sheet != STRUCTURE)
    assert codes(desk.again(replace(saved, rows=alone))) == [STILL]


@pytest.mark.parametrize("severity", ["note", "stop"])
def test_what_the_home_asks_about_no_more_is_not_to_be_verified(severity: str, desk: Desk) -> None:
    saved = desk.drop([SAVED])
    desk.rulebook = with_settings(desk.rulebook, {"severities": {"DATE-MODEL-YEAR": severity}})
    assert codes(desk.again(saved), "vehicle") == [STILL]


def test_it_is_told_to_the_department_of_the_draft_alone(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"foreign_department": "refuse"}))
    saved = desk.drop([{**SAVED, "vin": OTHER_VIN}], department="上海")
    assert TO_VERIFY not in codes(desk.again(saved, department="北京"))


def test_what_an_earlier_workbook_asked_is_told_by_its_own_name(desk: Desk) -> None:
    """Saved once more with another value: that it had no answer says nothing of what to look at."""
    at = desk.ruleset.index(VEHICLE)["colour"] + 1
    sheet = replace(desk.sheet(VEHICLE, [{"action": "暂存"}]), comments=((2, at, "先不报"),))
    saved = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    again = desk.again(saved, {2: {"action": "暂存", "engine_no": "DCB65432"}})
    assert dict(told(again).params)["asked"] == ("@title.CELL-COMMENT|“先不报”",)


def test_it_stands_at_the_act_that_is_missing(desk: Desk) -> None:
    assert told(desk.drop([SAVED])).field == "action"
