"""A row with a comment on one of its cells is not declared without a word."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Finding, Outcome, Severity, State, Type
from vinbatch.noun import replace

SAID = "这台先不报"


def drop(desk: Desk, row: Cells, *keys: str, structure: str = "", said: str = SAID) -> Outcome:
    """One vehicle with its parameters; the fields with a comment, of it and of them."""
    at = {sheet: desk.ruleset.index(sheet) for sheet in (VEHICLE, STRUCTURE)}
    vehicles, structures = desk.sheet(VEHICLE, [row]), desk.sheet(STRUCTURE, [{}])
    of_row = tuple((2, at[VEHICLE][key] + 1, said) for key in keys)
    of_parameters = ((2, at[STRUCTURE][structure] + 1, said),) if structure else ()
    return desk.put((replace(vehicles, comments=of_row), replace(structures, comments=of_parameters)))


def found(outcome: Outcome, code: str = "CELL-COMMENT") -> list[Finding]:
    return [f for f in outcome.findings if f.code == code]


def places(outcome: Outcome) -> list[tuple[str, int, str]]:
    return [(f.sheet, f.row, f.field) for f in found(outcome)]


@pytest.mark.parametrize(
    ("key", "about"),
    [
        ("vin", "vin"),
        ("colour", "colour"),
        ("remarks", "remarks"),  # empty
        ("action", "vin"),  # another act, or an answer, typed there is none to it
        ("confirmed", "vin"),
    ],
)
def test_it_holds_its_row_and_is_told(desk: Desk, key: str, about: str) -> None:
    outcome = drop(desk, {"remarks": ""}, key)
    assert places(outcome) == [(VEHICLE, 2, about)]
    assert (verdicts(outcome), outcome.declarations) == ({2: "held"}, ())
    heading = desk.ruleset.word(f"@vehicle.{key}")
    assert desk.ruleset.tell(found(outcome)[0]).what == f"“{heading}”一格有批注：“{SAID}”"
    assert verdicts(desk.again(outcome)) == {2: "held"}
    assert verdicts(desk.again(desk.outcome, {2: {"action": "暂存"}})) == {2: "saved"}
    assert verdicts(desk.again(desk.outcome, {2: {"action": "申报"}})) == {2: "held"}
    assert verdicts(desk.again(desk.outcome, {2: {"confirmed": "是"}})) == {2: "declared"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("colour", "白"), ("remarks", ""), ("action", "WBA13BJ03MCF12345"), ("vin", "WBA13BJ03MCF12345")],
)
def test_it_is_a_question_about_what_the_cell_holds(desk: Desk, key: str, value: str) -> None:
    """By that it is known when it comes back; what is about the row is a question about its VIN."""
    (ask,) = found(drop(desk, {"colour": " 白 ", "remarks": "", "vin": "WBA13BJ03MCF12345"}, key))
    assert ask.value == value


def test_one_about_a_set_of_parameters_is_about_its_number(desk: Desk) -> None:
    (ask,) = found(drop(desk, {}, structure="confirmed"))
    at = desk.ruleset.index(STRUCTURE)["structure_no"]
    (number,) = {j.row.values[at] for j in desk.outcome.rows if j.row.sheet == STRUCTURE}
    assert (ask.field, ask.value) == ("structure_no", number)
    assert desk.ruleset.word("@drop.row") in desk.ruleset.tell(ask).cure


@pytest.mark.parametrize("key", ["colour", "remarks"])
def test_another_value_of_that_cell_answers(desk: Desk, key: str) -> None:
    outcome = drop(desk, {"remarks": ""}, key)
    assert verdicts(desk.again(outcome, {2: {"engine_no": "DCB654321"}})) == {2: "held"}
    assert verdicts(desk.again(desk.outcome, {2: {key: "孔雀蓝"}})) == {2: "declared"}


def test_what_is_confirmed_is_declared(desk: Desk) -> None:
    outcome = drop(desk, {"confirmed": "是"}, "vin")
    assert verdicts(outcome) == {2: "declared"}
    assert [f.released for f in found(outcome)] == [True]


def test_another_comment_on_a_cell_is_another_question(desk: Desk) -> None:
    """Somebody wrote “先不报” onto the result, and 是, which was the answer to “颜色对吗”, declared it."""
    held = drop(desk, {}, "colour", said="颜色对吗")
    back = desk.sheet(VEHICLE, [{"_mark": str(held.rows[0].mark), "confirmed": "是"}])
    place = (2, desk.ruleset.index(VEHICLE)["colour"] + 1)
    again = desk.put((replace(back, comments=((*place, SAID),)),))
    assert (verdicts(again), again.declarations) == ({2: "held"}, ())
    assert {(f.code, f.released) for f in again.findings} >= {
        ("CELL-COMMENT", False),
        ("ASK-UNANSWERED", True),
    }
    assert verdicts(desk.again(again, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_an_answer_to_a_comment_on_parameters_is_none_to_the_next_one(desk: Desk) -> None:
    """Stored with their revision, it answered for every later workbook."""
    desk.again(drop(desk, {}, structure="length"), {}, {2: {"confirmed": "是"}})
    other: Cells = {"vin": OTHER_VIN, "engine_no": "DCB9"}
    facts = desk.facts
    assert verdicts(drop(desk, other, structure="length")) == {2: "declared"}
    desk.facts = facts
    assert verdicts(drop(desk, other, structure="length", said="车长待核")) == {2: "held"}


@pytest.mark.parametrize("edit", [{"action": "申报"}, {"engine_no": "DCB654321"}], ids=["act", "edit"])
def test_who_works_on_without_an_answer_is_told_what_it_said(desk: Desk, edit: Cells) -> None:
    """The result has no comments: “had a comment” alone nobody could answer."""
    again = desk.again(drop(desk, {}, "colour"), {2: edit})
    (ask,) = found(again, "ASK-UNANSWERED")
    assert desk.ruleset.tell(ask).what.endswith(f"单元格有批注：“{SAID}”")


def test_a_saved_draft_says_what_it_was_asked(desk: Desk) -> None:
    saved = drop(desk, {"action": "暂存"}, "colour")
    (told,) = found(desk.again(saved), "RECORD-TO-VERIFY")
    assert f"单元格有批注：“{SAID}”" in desk.ruleset.tell(told).what


@pytest.mark.parametrize("edit", [{}, {"action": "申报"}], ids=["untouched", "act"])
def test_what_a_trial_build_asked_waits_for_its_answer(desk: Desk, edit: Cells) -> None:
    """Its question did not say what the comment said."""
    held = drop(desk, {}, "colour")
    (change,) = held.records
    assert change.record is not None
    old = change.record.held[0].partition("\n")[0]
    desk.know(replace(change.record, held=(old,)))
    again = desk.again(held, {2: edit})
    assert verdicts(again) == {2: "held"}
    assert verdicts(desk.again(again, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_those_of_parameters_hold_the_vehicles_that_use_them(desk: Desk) -> None:
    outcome = drop(desk, {}, structure="length")
    assert places(outcome) == [(STRUCTURE, 2, "length")]
    assert verdicts(outcome) == {2: "held"}
    assert verdicts(desk.again(outcome)) == {2: "held"}
    assert verdicts(desk.again(desk.outcome, {}, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_headings_other_columns_and_empty_rows_may_have_any(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{}, None])
    grown = replace(sheet, rows=(*((*r, "x") for r in sheet.rows[:2]), *sheet.rows[2:]))
    last, vin = len(grown.rows[0]), desk.ruleset.index(VEHICLE)["vin"] + 1
    mark = last - 1  # which nobody sees
    strange = ((1, vin), (2, mark), (2, last), (2, 99), (3, vin), (9, vin))
    own = replace(grown, comments=tuple((*place, SAID) for place in strange))
    outcome = desk.put((own, desk.sheet(STRUCTURE, [{}])))
    assert found(outcome) == []
    assert verdicts(outcome) == {2: "declared"}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("x" * 120, f"“{'x' * 120}”"),
        ("x" * 200 + "先不报", f"“{'x' * 80}…{'x' * 37}先不报”"),
        ("a\u202eb", "“a⟨U+202E⟩b”"),
        ("@act.申报", "“@act.申报”"),
        ("{value} {drop}", "“{value} {drop}”"),
    ],
)
def test_its_text_is_shown_as_any_foreign_one(desk: Desk, said: str, shown: str) -> None:
    (ask,) = found(drop(desk, {}, "colour", said=said))
    assert desk.ruleset.tell(ask).what.endswith(f"：{shown}")
    assert desk.ruleset.tell(ask, "en").what.endswith(f"has a comment: {shown}")


@pytest.mark.parametrize(("cells", "drafted"), [({}, True), ({"ccc_no": "1"}, False)])
def test_of_a_row_that_is_refused_no_draft_is_left_to_delete(desk: Desk, cells: Cells, drafted: bool) -> None:
    (ask,) = found(drop(desk, cells, "vin"))
    assert ("“操作”填“删除”" in desk.ruleset.tell(ask).cure) is drafted


def test_a_row_that_asks_for_nothing_is_told_of_it_alone(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = drop(desk, {"_mark": desk.mark(record)}, "colour")
    assert (verdicts(outcome), found(outcome)) == ({2: "unchanged"}, [])
    (note,) = found(outcome, "COMMENT-LEFT-ALONE")
    assert (note.field, note.severity) == ("colour", Severity.NOTE)
    assert f"“{SAID}”" in desk.ruleset.tell(note).what


@pytest.mark.parametrize("key", ["vin", "colour", "action", "confirmed", "revocation_reason"])
def test_a_revocation_with_a_comment_is_done_once_it_is_confirmed(desk: Desk, key: str) -> None:
    """Nothing takes it back, and a comment is about the row whatever cell it stands on."""
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    row = {"_mark": mark, "action": "撤销", "revocation_reason": "车辆退运"}
    outcome = drop(desk, row, key)
    assert (verdicts(outcome), outcome.declarations) == ({2: "refused"}, ())
    assert verdicts(drop(desk, {**row, "confirmed": "是"}, key)) == {2: "declared"}


@pytest.mark.parametrize(
    ("key", "verdict"), [("vin", "deleted"), ("colour", "deleted"), ("action", "refused")]
)
def test_of_a_deletion_the_comment_on_its_act_counts(desk: Desk, key: str, verdict: str) -> None:
    mark = desk.mark(desk.place(Type.FILING, State.DRAFT))
    assert verdicts(drop(desk, {"_mark": mark, "action": "删除"}, key)) == {2: verdict}
