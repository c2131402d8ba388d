"""What was asked about a draft is asked until it is answered, also where an extract no longer shows why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import Cells, Desk, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Outcome, State, Type
from vinbatch.noun import replace


def crossed_out(desk: Desk, **cells: str) -> Outcome:
    """A row whose engine number has a line through it: its value alone does not show that."""
    at = desk.ruleset.index(VEHICLE)["engine_no"] + 1
    vehicles = replace(desk.sheet(VEHICLE, [dict(cells)]), struck=((2, at),))
    return desk.put((vehicles, desk.sheet(STRUCTURE, [{}])))


@pytest.mark.parametrize("edit", [{"action": "申报"}, {"remarks": "定制车"}], ids=["act", "other cell"])
def test_a_held_draft_is_declared_only_once_it_is_answered(desk: Desk, edit: Cells) -> None:
    """Semantics section 1: by an act, or an edit elsewhere, it went out with the number crossed out."""
    first = crossed_out(desk)
    assert verdicts(first) == {2: "held"}
    again = desk.again(first, {2: edit})
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    (ask,) = (f for f in again.findings if f.code == "ASK-UNANSWERED")
    assert (ask.field, "单元格带删除线" in desk.ruleset.tell(ask).what) == ("engine_no", True)
    assert verdicts(desk.again(again, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_the_batch_that_asked_first_is_named(desk: Desk) -> None:
    """Each named the one before it: of rows in step, which that one alone names, it took as many hops."""
    first = crossed_out(desk)
    later = first
    for remarks in ("一", "二", "三"):
        later = desk.again(later, {2: {"remarks": remarks}})
    (ask,) = (f for f in later.findings if f.code == "ASK-UNANSWERED")
    assert dict(ask.params)["batch"] == first.batch
    (change,) = desk.again(later, {2: {"confirmed": "是"}}).records
    assert change.record is not None
    assert change.record.asked_in == ()


def test_what_a_row_shows_again_its_own_batch_asks(desk: Desk) -> None:
    """That one is the first with these rows."""
    first = crossed_out(desk)
    at = desk.ruleset.index(VEHICLE)["engine_no"] + 1
    row = {"remarks": "一", "_mark": str(first.rows[0].mark)}
    second = desk.put((replace(desk.sheet(VEHICLE, [row]), struck=((2, at),)),))
    third = desk.again(second, {2: {"remarks": "二"}})
    (ask,) = (f for f in third.findings if f.code == "ASK-UNANSWERED")
    assert dict(ask.params)["batch"] == second.batch


@pytest.mark.parametrize("edit", [{"action": "申报"}, {"remarks": "定制车"}], ids=["act", "other cell"])
def test_a_reason_to_revoke_is_asked_about_until_it_is_answered(desk: Desk, edit: Cells) -> None:
    """The draft lacked the reason, so nobody was asked again, nor saw what there is to clear."""
    first = desk.drop([{"revocation_reason": "车辆退运"}])
    again = desk.again(first, {2: edit})
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    assert verdicts(desk.again(again, {2: {"revocation_reason": ""}})) == {2: "declared"}


def test_a_reason_that_is_confirmed_is_not_declared(desk: Desk) -> None:
    """Only a revocation has one."""
    held = desk.drop([{"revocation_reason": "车辆退运"}])
    (declaration,) = desk.again(held, {2: {"confirmed": "是"}}).declarations
    assert "revocation_reason" not in declaration.data


def test_the_draft_of_a_change_keeps_the_reason_that_it_is_asked_about(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    desk.shelve()
    row = {"_mark": desk.mark(record), "action": "变更暂存", "colour": "红", "revocation_reason": "车辆退运"}
    saved = desk.drop([row], [])
    assert verdicts(saved) == {2: "saved"}
    assert verdicts(desk.again(saved, {2: {"action": "变更"}})) == {2: "held"}


def test_an_edit_of_what_was_asked_about_answers_it(desk: Desk) -> None:
    assert verdicts(desk.again(crossed_out(desk), {2: {"engine_no": "DCB654321"}})) == {2: "declared"}


def test_a_draft_that_none_held_is_held_when_it_is_declared(desk: Desk) -> None:
    """暂存 lists asks and holds for none; saved again, it keeps them."""
    saved = crossed_out(desk, action="暂存")
    saved = desk.again(saved, {2: {"action": "暂存", "remarks": "定制车"}})
    assert verdicts(saved) == {2: "saved"}
    assert verdicts(desk.again(saved, {2: {"action": "申报"}})) == {2: "held"}


def test_what_was_listed_then_may_be_confirmed_with_the_act(desk: Desk) -> None:
    saved = crossed_out(desk, action="暂存")
    done = desk.again(saved, {2: {"action": "申报", "confirmed": "是"}})
    assert verdicts(done) == {2: "declared"}
    assert [f.code for f in done.findings if f.released] == ["ASK-UNANSWERED"]


@pytest.mark.parametrize("code", ["CELL-STRUCK", "ASK-UNANSWERED"])
def test_what_a_home_makes_a_note_holds_no_draft_of_before(desk: Desk, code: str) -> None:
    """It was held without a question that it could have answered, or for one that is asked no more."""
    held = crossed_out(desk)
    home = (("settings.toml", f'[severities]\n{code} = "note"\n'),)
    desk.rulebook = replace(desk.rulebook, home=home, digest=code)
    assert verdicts(desk.again(held, {2: {"action": "申报"}})) == {2: "declared"}


def test_one_of_two_with_the_same_engine_is_not_declared_alone(desk: Desk) -> None:
    """The other row, which was refused, does not stand in an extract."""
    other = {"vin": "WBA13BJ0XNC018800"}
    both = desk.drop([{"engine_no": "DCB123"}, {**other, "engine_no": "DCB123"}])
    assert verdicts(both)[2] == "held"
    assert verdicts(desk.again(both, {2: {"action": "申报"}}, only=[2])) == {2: "held"}


def crossed_parameters(desk: Desk) -> Outcome:
    """A new parameter set with a line through a cell; the vehicle that uses it waits for it."""
    at = desk.ruleset.index(STRUCTURE)["width"] + 1
    structures = replace(desk.sheet(STRUCTURE, [{}]), struck=((2, at),))
    first = desk.put((desk.sheet(VEHICLE, [{}]), structures))
    assert verdicts(first) == {2: "held"}
    return first


def test_a_vehicle_is_not_declared_with_parameters_that_wait_for_an_answer(desk: Desk) -> None:
    """They lie in the catalogue, and their row does not stand in the workbook."""
    crossed_parameters(desk)
    alone = desk.drop([{"action": "申报"}], [])
    assert (verdicts(alone), alone.declarations) == ({2: "held"}, ())


def test_another_vehicle_that_uses_them_is_asked_about_too(desk: Desk) -> None:
    crossed_parameters(desk)
    assert verdicts(desk.drop([{"vin": "WBA13BJ05MCF12346", "engine_no": "DCB9"}], [])) == {2: "held"}


def test_they_are_answered_on_their_own_row(desk: Desk) -> None:
    """是 there settles it for every use, of today and later."""
    done = desk.again(crossed_parameters(desk), {}, {2: {"confirmed": "是"}})
    assert verdicts(done) == {2: "declared"}
    other = desk.drop([{"vin": "WBA13BJ05MCF12346", "engine_no": "DCB9"}], [])
    assert "STRUCTURE-ASK" not in {f.code for f in other.findings}


def doubted_in_use(desk: Desk, how: str, **cells: str) -> Outcome:
    """A vehicle with parameters that the catalogue knows; their row has a line through a cell, or 否."""
    desk.shelve()
    rows = desk.sheet(STRUCTURE, [{"confirmed": "否"} if how == "否" else {}])
    at = desk.ruleset.index(STRUCTURE)["width"] + 1
    rows = replace(rows, struck=((2, at),)) if how == "line" else rows
    return desk.put((desk.sheet(VEHICLE, [dict(cells)]), rows))


@pytest.mark.parametrize("how", ["line", "否"])
def test_what_only_the_row_of_known_parameters_showed_is_asked_about_without_it(desk: Desk, how: str) -> None:
    """Semantics section 1: the catalogue is as it was, and by an act the vehicle went out with it."""
    first = doubted_in_use(desk, how)
    assert verdicts(first) == {2: "held"}
    alone = desk.again(replace(first, rows=first.rows[:1]), {2: {"action": "申报"}})
    assert (verdicts(alone), alone.declarations) == ({2: "held"}, ())
    assert verdicts(desk.again(alone, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_a_draft_that_was_asked_for_keeps_the_question_of_its_parameters(desk: Desk) -> None:
    saved = doubted_in_use(desk, "line", action="暂存")
    assert verdicts(saved) == {2: "saved"}
    assert verdicts(desk.again(replace(saved, rows=saved.rows[:1]), {2: {"action": "申报"}})) == {2: "held"}


@pytest.mark.parametrize("answer", [{"confirmed": "是"}, {"width": "1890"}], ids=["是", "mended"])
def test_it_is_answered_on_the_row_of_the_parameters(desk: Desk, answer: Cells) -> None:
    """As an extract has it: without the line."""
    first = doubted_in_use(desk, "line")
    assert verdicts(desk.again(first, {2: {"action": "申报"}}, {})) == {2: "held"}
    assert verdicts(desk.again(desk.again(first), {}, {2: answer})) == {2: "declared"}


@pytest.mark.parametrize("edit", [{}, {"action": "申报"}], ids=["untouched", "act"])
def test_what_others_made_of_the_parameters_since_is_no_answer_to_their_row(desk: Desk, edit: Cells) -> None:
    """Another workbook revised another value, and the vehicle went out with the one that was crossed out."""
    first = doubted_in_use(desk, "line")
    desk.now += timedelta(hours=1)
    assert desk.drop([], [{"height": "1480"}]).entries
    desk.now += timedelta(hours=1)
    alone = desk.again(replace(first, rows=first.rows[:1]), {2: edit})
    assert (verdicts(alone), alone.declarations) == ({2: "held"}, ())
    assert verdicts(desk.again(desk.again(alone, {2: {"action": "申报"}}), {2: {"confirmed": "是"}})) == {
        2: "declared"
    }


def test_no_on_a_revision_waits_on_where_its_vehicle_came_alone(desk: Desk) -> None:
    """Blank when it came again, the row was stored and the vehicle declared."""
    desk.shelve()
    first = desk.drop([{}], [{"width": "1890", "confirmed": "否"}])
    desk.again(replace(first, rows=first.rows[:1]), {2: {"action": "申报"}})
    back = desk.again(first, {}, {2: {"confirmed": ""}})
    assert (verdicts(back), verdicts(back, STRUCTURE), back.entries) == ({2: "held"}, {2: "held"}, ())


def test_no_on_new_parameters_waits_on_where_their_vehicle_was_to_be_a_draft(desk: Desk) -> None:
    """Blank when it came again, the row was stored and the vehicle declared."""
    first = desk.drop([{"action": "暂存"}], [{"confirmed": "否"}])
    assert (verdicts(first), verdicts(first, STRUCTURE), first.entries) == ({2: "saved"}, {2: "held"}, ())
    back = desk.again(first, {2: {"action": "申报"}}, {2: {"confirmed": ""}})
    assert (verdicts(back), back.entries, back.declarations) == ({2: "held"}, (), ())
    assert verdicts(desk.again(back, {}, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_a_vehicle_alone_is_told_what_is_asked_of_parameters_in_the_catalogue(desk: Desk) -> None:
    """Its workbook has no row of them: it named their revision, and nobody could tell what to verify."""
    crossed_parameters(desk)
    other = {"vin": "WBA13BJ05MCF12346", "engine_no": "DCB9", "structure_no": "P2"}
    desk.drop([other], [{"structure_no": "P2", "overhang_front": 100}])
    third = {"vin": "WBA13BJ0XNC018800", "engine_no": "DCB8"}
    told = [desk.drop([{**third, **row}], []).findings for row in ({}, {"structure_no": "P2"})]
    assert [desk.ruleset.tell(f).what for found in told for f in found if f.code == "STRUCTURE-ASK"] == [
        "所用结构参数待核实：单元格带删除线、车宽：1868",
        "所用结构参数待核实：前后悬与轴距不等于车长",
    ]


SHOWN = (
    "CELL-COMMENT",
    "CELL-MASKED",
    "CELL-STRUCK",
    "CELL-UNREAD",
    "CONFIRMED-DOUBTFUL",
    "ENGINE-TWICE",
    "FIELD-GONE",
    "MOTOR-TWICE",
    "REVOCATION-REASON-ALONE",
    "ROW-STRUCK",
    "VALUES-IN-STEP",
)


@pytest.mark.parametrize("code", SHOWN)
def test_whatever_its_values_do_not_show_is_asked_about_until_it_is_answered(desk: Desk, code: str) -> None:
    """As it was saved, with the question that its file alone gave rise to."""
    desk.shelve()
    record = replace(desk.place(Type.FILING, State.DRAFT), asked=(f"{code}:colour:白",))
    desk.know(replace(record, now=replace(record.now, data={**record.now.data, "colour": "白"})))
    row = {
        "_mark": desk.mark(desk.facts.records[record.vin]),
        "colour": "白",
        "action": "暂存",
        "remarks": "x",
    }
    saved = desk.drop([row], [])
    assert verdicts(saved) == {2: "saved"}
    held = desk.again(saved, {2: {"action": "申报"}})
    (ask,) = (f for f in held.findings if f.code == "ASK-UNANSWERED")
    assert (verdicts(held), (ask.sheet, ask.row, ask.field, ask.value)) == (
        {2: "held"},
        (VEHICLE, 2, "colour", "白"),
    )
    assert verdicts(desk.again(held, {2: {"confirmed": "是"}})) == {2: "declared"}
