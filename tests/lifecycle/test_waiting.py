"""What a row is told that cannot be done as its record stands, then and once customs has answered."""

from __future__ import annotations

import pytest
from customs_desk import Customs
from desk import Desk, codes
from test_receipts import declare

from vinbatch.lifecycle.refusals import no_act, no_edit, no_filing
from vinbatch.model import Act, FileNames, Known, Outcome, Record, Standing, State, Type
from vinbatch.noun import replace
from vinbatch.report.customs import with_answers
from vinbatch.report.mending import rows_to_mend
from vinbatch.report.sentence import to_mend
from vinbatch.report.since import still_open
from vinbatch.report.summary import summary


def told(customs: Customs, outcome: Outcome) -> Outcome:
    """The outcome as its result workbook tells it now."""
    known = Known(customs.desk.now, customs.desk.facts.records)
    return with_answers(outcome, known, customs.desk.ruleset)


def lines(customs: Customs, outcome: Outcome) -> list[str]:
    """The first lines of its result workbook."""
    known = Known(customs.desk.now, customs.desk.facts.records)
    answered = told(customs, outcome)
    still = still_open(answered, known, customs.desk.ruleset)
    shown = summary(answered, still, known, FileNames(), customs.desk.ruleset)
    return shown.sentence.splitlines()


def cures(customs: Customs, outcome: Outcome) -> str:
    """How to mend its rows, as told now."""
    found = told(customs, outcome).findings
    return " ".join(customs.desk.ruleset.tell(f).cure for f in found)


EDITED = [{"colour": "红"}, {"colour": "红", "action": "变更"}, {"action": "删除"}]


@pytest.mark.parametrize("edit", EDITED)
def test_a_row_that_waits_is_not_asked_to_choose_from_nothing(customs: Customs, edit: dict[str, str]) -> None:
    first, _ = declare(customs)
    outcome = customs.desk.again(first, {2: edit})
    assert codes(outcome) in (["EDIT-WAITS"], ["ACT-WAITS"])
    assert "请等待海关答复）" not in cures(customs, outcome)


@pytest.mark.parametrize("kind", list(Type))
def test_while_customs_owes_an_answer_the_type_and_the_batch_that_waits_are_named(kind: Type) -> None:
    record = Record("V", 1, 1, Standing(kind, State.DECLARED, "B-1", {}))
    told = {"type": f"@type.{kind}", "batch": "B-1"}
    assert no_act(record, Act.CHANGE, marked=True) == ("ACT-WAITS", {**told, "act": "@act.变更"})
    assert no_edit(record, "diff") == ("EDIT-WAITS", {**told, "diff": "diff"})
    assert no_filing(record, "diff") == ("RECORD-WAITS", {**told, "diff": "diff"})


def test_a_row_that_waits_has_a_line_of_its_own_and_nothing_to_mend(customs: Customs) -> None:
    first, _ = declare(customs)
    outcome = customs.desk.again(first, {2: {"colour": "红"}})
    assert lines(customs, outcome)[1].startswith(
        "“车辆信息”第 2 行没有办理，因为该车由别的批次申报，正等海关答复"
    )
    assert "请改正" not in "".join(lines(customs, outcome))


def test_a_new_row_that_differs_from_what_waits_waits_too(customs: Customs) -> None:
    declare(customs)
    assert codes(customs.desk.drop([{"colour": "红"}]), "vehicle") == ["RECORD-WAITS"]


def test_once_accepted_an_edited_row_is_offered_what_may_be_done_now(customs: Customs) -> None:
    first, guid = declare(customs)
    outcome = customs.desk.again(first, {2: {"colour": "红"}})
    customs.say(guid, "120")
    assert codes(told(customs, outcome), "vehicle") == ["EDIT-WITHOUT-ACT"]
    assert "变更、变更暂存、撤销" in cures(customs, outcome)


@pytest.mark.parametrize(
    ("status", "edit"), [("120", {"colour": "红", "action": "变更"}), ("100", {"colour": "红"})]
)
def test_what_customs_made_possible_needs_only_to_be_dropped_again(
    customs: Customs, status: str, edit: dict[str, str]
) -> None:
    first, guid = declare(customs)
    outcome = customs.desk.again(first, {2: edit})
    customs.say(guid, status)
    assert codes(told(customs, outcome), "vehicle") == ["CUSTOMS-ANSWERED"]
    assert "现在可以办理" in lines(customs, outcome)[1]
    assert customs.desk.again(outcome).declarations


def changing_again(customs: Customs) -> tuple[Outcome, str]:
    """A change that waits, and its row dropped once more with the same act; with the guid of the change."""
    first, guid = declare(customs)
    customs.say(guid, "120")
    change = customs.desk.again(first, {2: {"action": "变更", "colour": "红"}})
    return customs.desk.again(change, {2: {"action": "变更"}}), customs.take(change)


def test_a_change_that_is_in_force_by_then_is_not_promised(customs: Customs) -> None:
    """It was: 可以办了; and refused when it came, as there was nothing left to change."""
    outcome, guid = changing_again(customs)
    assert codes(told(customs, outcome), "vehicle") == ["ACT-WAITS"]
    customs.say(guid, "120")
    assert codes(told(customs, outcome), "vehicle") == ["CHANGE-IN-FORCE"]
    assert lines(customs, outcome)[1:] == ["“车辆信息”第 2 行要办的变更已经生效，不用再办。"]
    assert codes(customs.desk.again(outcome), "vehicle") == ["CHANGE-IN-FORCE"]


def test_one_that_customs_rejected_may_be_declared_again(customs: Customs) -> None:
    outcome, guid = changing_again(customs)
    customs.say(guid, "100")
    assert codes(told(customs, outcome), "vehicle") == ["CUSTOMS-ANSWERED"]
    assert customs.desk.again(outcome).declarations


def test_a_change_without_a_difference_is_not_promised(customs: Customs) -> None:
    first, guid = declare(customs)
    outcome = customs.desk.again(first, {2: {"action": "变更"}})
    customs.say(guid, "120")
    assert codes(told(customs, outcome), "vehicle") == ["CHANGE-WITHOUT-DIFFERENCE"]


def test_parameters_that_were_revised_meanwhile_are_a_difference(customs: Customs) -> None:
    outcome, guid = changing_again(customs)
    customs.say(guid, "120")
    customs.desk.drop([], [{"width": "1870", "confirmed": "是"}])
    facts = customs.desk.facts
    known = Known(customs.desk.now, facts.records, facts.entries)
    assert codes(with_answers(outcome, known, customs.desk.ruleset), "vehicle") == ["CUSTOMS-ANSWERED"]


def test_a_change_in_force_is_no_row_to_mend(customs: Customs) -> None:
    """Refused it is, but nothing is to be done."""
    outcome, guid = changing_again(customs)
    customs.say(guid, "120")
    answered = told(customs, outcome)
    assert rows_to_mend(answered, customs.desk.ruleset) == ()
    assert to_mend(answered, customs.desk.ruleset) == []


def test_a_new_row_that_waited_is_sent_to_the_extract_once_accepted(customs: Customs) -> None:
    _, guid = declare(customs)
    outcome = customs.desk.drop([{"colour": "红"}])
    customs.say(guid, "120")
    assert codes(told(customs, outcome), "vehicle") == ["RECORD-DIFFERS"]


def test_a_deletion_that_waited_is_no_more_possible_once_accepted(customs: Customs) -> None:
    first, guid = declare(customs)
    outcome = customs.desk.again(first, {2: {"action": "删除"}})
    customs.say(guid, "120")
    assert codes(told(customs, outcome), "vehicle") == ["DELETE-NO-DRAFT"]


@pytest.mark.parametrize("answer", ["", "120"])
def test_what_a_later_batch_did_is_not_told_as_if_it_still_waited(customs: Customs, answer: str) -> None:
    first, guid = declare(customs)
    outcome = customs.desk.again(first, {2: {"colour": "红"}})
    customs.say(guid, "120")
    later = customs.desk.again(first, {2: {"action": "变更", "colour": "蓝"}})
    if answer:
        customs.say(customs.take(later), answer)
    assert codes(told(customs, outcome), "vehicle") == ["EDIT-WAITS"]
    known = Known(customs.desk.now, customs.desk.facts.records)
    assert still_open(outcome, known, customs.desk.ruleset) is not None


def test_an_unchanged_row_of_another_workbook_is_told_that_customs_rejected_its_vehicle(
    customs: Customs,
) -> None:
    _, guid = declare(customs)
    customs.say(guid, "100", info="证书不符")
    outcome = customs.desk.drop([{}])
    assert codes(told(customs, outcome), "vehicle") == ["CUSTOMS-REJECTED"]
    assert "海关退回“车辆信息”第 2 行" in lines(customs, outcome)[1]


def test_a_stale_row_is_not_told_to_mend_what_customs_rejected(customs: Customs) -> None:
    """Mended there, it would be refused."""
    first, guid = declare(customs)
    customs.say(guid, "100")
    second = customs.desk.again(first, {2: {"colour": "红"}})
    customs.say(customs.take(second), "100")
    assert codes(told(customs, customs.desk.again(first)), "vehicle") == ["MARK-STALE-NOTE"]


def test_who_deletes_what_is_accepted_is_told_to_revoke(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "删除"}])
    assert codes(outcome, "vehicle") == ["DELETE-NO-DRAFT"]
    assert "在本行的“操作”填“撤销”" in desk.ruleset.tell(outcome.findings[0]).cure


def test_what_customs_rejected_is_rid_of_as_a_draft(customs: Customs) -> None:
    first, guid = declare(customs)
    customs.say(guid, "100")
    outcome = customs.desk.again(first, {2: {"action": "删除"}})
    assert codes(outcome, "vehicle") == ["DELETE-REJECTED"]
    saved = customs.desk.again(outcome, {2: {"action": "暂存"}})
    customs.desk.again(saved, {2: {"action": "删除"}})
    assert customs.desk.facts.records == {}


def test_a_new_row_is_told_to_revoke_in_an_extract(desk: Desk) -> None:
    """撤销 starts from a query: filled in on a row without a mark it would be refused once more."""
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"action": "删除"}])
    assert "在查询结果中该车的那一行的“操作”填“撤销”" in desk.ruleset.tell(outcome.findings[0]).cure


def test_a_saved_change_is_not_told_to_wait_for_customs(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更暂存", "colour": "红"}])
    assert codes(outcome, "vehicle") == ["CHANGE-NOT-DECLARED"]


def test_a_held_change_is_not_told_as_declared(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "production_date": "2018.06"}])
    (held,) = [f for f in outcome.findings if f.code.startswith("CHANGE-")]
    assert held.code == "CHANGE-HELD"
    assert "“操作”不用填" in desk.ruleset.tell(held).cure


def test_of_a_vehicle_that_is_gone_by_then_it_stays_as_it_was_told(customs: Customs) -> None:
    outcome, _ = changing_again(customs)
    customs.desk.facts = replace(customs.desk.facts, records={})
    assert codes(told(customs, outcome), "vehicle") == ["ACT-WAITS"]


def test_parameters_of_the_same_bytes_are_told_so_beside_a_vehicle_that_customs_rejected(
    desk: Desk,
) -> None:
    customs = Customs(desk)
    customs.say(customs.take(desk.drop(digest="same")), "100")
    again = desk.drop(digest="same")
    found = told(customs, again)
    assert codes(found, "vehicle") == ["CUSTOMS-REJECTED"]
    assert codes(found, "structure") == ["ROW-ALREADY-DONE"]
