"""A row that the clerk crossed out is not declared without a word."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from desk import Cells, Desk, codes, verdicts

from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Finding,
    Outcome,
    Severity,
    State,
    Type,
    column_letters,
)
from vinbatch.noun import replace


def drop(desk: Desk, row: Cells, *struck: str, structure: Sequence[str] = ()) -> Outcome:
    """One vehicle with its parameters; the fields that are crossed out, of it and of them."""
    sheets = desk.sheet(VEHICLE, [row]), desk.sheet(STRUCTURE, [{}])
    crossed = [
        replace(sheet, struck=tuple((2, desk.ruleset.index(token)[key] + 1) for key in keys))
        for token, sheet, keys in zip((VEHICLE, STRUCTURE), sheets, (struck, structure), strict=True)
    ]
    return desk.put(tuple(crossed))


def found(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    told = [f for f in outcome.findings if f.code.endswith("-STRUCK")]
    return [(f.sheet, f.row, f.field, f.code) for f in told]


def asked(outcome: Outcome) -> Finding:
    (told,) = [f for f in outcome.findings if f.code.endswith("-STRUCK")]
    return told


def test_a_row_whose_vin_is_crossed_out_is_held_by_one_question(desk: Desk) -> None:
    outcome = drop(desk, {}, "vin", "colour", "engine_no", "ccc_no")
    assert found(outcome) == [(VEHICLE, 2, "vin", "ROW-STRUCK")]
    assert (verdicts(outcome), outcome.declarations) == ({2: "held"}, ())


def test_a_crossed_value_is_asked_about_in_its_cell(desk: Desk) -> None:
    outcome = drop(desk, {}, "colour", "engine_no")
    assert found(outcome) == [(VEHICLE, 2, key, "CELL-STRUCK") for key in ("engine_no", "colour")]
    assert verdicts(outcome) == {2: "held"}


def test_what_is_confirmed_is_declared(desk: Desk) -> None:
    outcome = drop(desk, {"confirmed": "是"}, "vin")
    assert verdicts(outcome) == {2: "declared"}
    assert asked(outcome).released


def test_its_result_brought_back_is_declared_only_once_it_is_confirmed(desk: Desk) -> None:
    """Results carry no lines through: what was asked stays asked."""
    outcome = drop(desk, {}, "vin")
    again = desk.again(outcome)
    assert verdicts(again) == {2: "held"}
    assert verdicts(desk.again(again, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_what_was_crossed_out_for_good_goes_as_its_cure_says(desk: Desk) -> None:
    outcome = drop(desk, {}, "vin")
    assert "“操作”填“删除”" in desk.ruleset.tell(asked(outcome)).cure
    assert verdicts(desk.again(outcome, {2: {"action": "删除"}})) == {2: "deleted"}
    assert not desk.facts.records


def test_of_a_row_that_is_refused_no_draft_is_left_to_delete(desk: Desk) -> None:
    told = asked(drop(desk, {"ccc_no": "1"}, "vin"))
    assert "整行删除" in desk.ruleset.tell(told).cure


def test_a_crossed_row_that_asks_for_its_deletion_is_not_asked_about(desk: Desk) -> None:
    drop(desk, {"action": "暂存"})
    assert (found(outcome := drop(desk, {"action": "删除"}, "vin")), verdicts(outcome)) == (
        [],
        {2: "deleted"},
    )


def test_a_crossed_row_that_was_declared_before_is_left_as_it_is(desk: Desk) -> None:
    """Clerks cross out what is done."""
    drop(desk, {})
    assert (found(outcome := drop(desk, {}, "vin")), verdicts(outcome)) == ([], {2: "unchanged"})


def test_crossed_parameters_hold_the_vehicles_that_use_them(desk: Desk) -> None:
    outcome = drop(desk, {}, structure=("structure_no", "length"))
    assert found(outcome) == [(STRUCTURE, 2, "structure_no", "ROW-STRUCK")]
    assert "整行删除" in desk.ruleset.tell(asked(outcome)).cure
    assert verdicts(outcome) == {2: "held"}


def test_an_empty_cell_and_a_column_of_others_may_be_crossed_out(desk: Desk) -> None:
    sheet = desk.sheet(VEHICLE, [{"remarks": " "}])
    remarks = desk.ruleset.index(VEHICLE)["remarks"] + 1
    strange = replace(
        sheet, rows=tuple((*r, "x") for r in sheet.rows), struck=((2, remarks), (2, 99), (9, 1))
    )
    own = replace(strange, struck=(*strange.struck, (2, len(strange.rows[0]))))
    assert found(desk.put((own, desk.sheet(STRUCTURE, [{}])))) == []


def test_values_that_show_nothing_are_counted_for_the_sheet(desk: Desk) -> None:
    vin, action = (desk.ruleset.index(VEHICLE)[key] + 1 for key in ("vin", "action"))
    places = ((1, vin), (2, vin), (2, vin + 1), (2, action), (2, 99))  # a heading, two values, empty, nothing
    sheet = replace(desk.sheet(VEHICLE, [{}, None]), unseen=places)
    outcome = desk.put((sheet, desk.sheet(STRUCTURE, [{}])))
    (note,) = [f for f in outcome.findings if f.code == "CELLS-UNSEEN"]
    assert (note.severity, dict(note.params)) == (
        Severity.NOTE,
        {"count": "2", "cell": f"{column_letters(vin)}2"},
    )
    assert verdicts(outcome) == {2: "declared"}


def test_a_value_that_shows_as_another_holds_its_row_until_it_is_confirmed(desk: Desk) -> None:
    index = desk.ruleset.index(VEHICLE)
    places = (*((2, index[key] + 1) for key in ("vin", "colour", "action")), (1, 1), (2, 99))

    def put(row: Cells) -> Outcome:
        sheet = replace(desk.sheet(VEHICLE, [row]), masked=places)
        return desk.put((sheet, desk.sheet(STRUCTURE, [{}])))

    outcome = put({})
    told = [(f.row, f.field, f.severity) for f in outcome.findings if f.code == "CELL-MASKED"]
    assert sorted(told) == [(2, "colour", Severity.ASK), (2, "vin", Severity.ASK)]
    assert verdicts(outcome) == {2: "held"}
    assert verdicts(put({"confirmed": "是"})) == {2: "declared"}


# ── an answer, an act, a reason ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("look", ["struck", "masked"])
def test_a_crossed_out_confirmation_answers_nothing_and_is_asked_about(desk: Desk, look: str) -> None:
    """It answered its own question, and every other one of the row."""
    sheet = desk.sheet(VEHICLE, [{"confirmed": "是", "production_date": "2019.10"}])
    places = ((2, desk.ruleset.index(VEHICLE)["confirmed"] + 1),)
    outcome = desk.put((replace(sheet, **{look: places}), desk.sheet(STRUCTURE, [{}])))
    assert set(codes(outcome)) > {"CONFIRMED-DOUBTFUL"}
    assert (verdicts(outcome), outcome.declarations) == ({2: "held"}, ())
    assert not any(f.released for f in outcome.findings)
    assert verdicts(desk.again(outcome, {2: {"action": "申报"}})) == {2: "held"}
    assert verdicts(desk.again(desk.outcome, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_a_row_that_is_crossed_out_with_its_confirmation_is_not_declared(desk: Desk) -> None:
    outcome = drop(desk, {"confirmed": "是"}, "vin", "engine_no", "confirmed")
    assert set(codes(outcome)) == {"ROW-STRUCK", "CONFIRMED-DOUBTFUL"}
    assert verdicts(outcome) == {2: "held"}


def test_a_crossed_out_confirmation_of_parameters_answers_nothing_either(desk: Desk) -> None:
    sheet = desk.sheet(STRUCTURE, [{"confirmed": "是", "overhang_front": 100}])
    places = ((2, desk.ruleset.index(STRUCTURE)["confirmed"] + 1),)
    outcome = desk.put((desk.sheet(VEHICLE, [{}]), replace(sheet, struck=places)))
    assert (verdicts(outcome), codes(outcome, STRUCTURE)) == (
        {2: "held"},
        ["CONFIRMED-DOUBTFUL", "LENGTH-SUM"],
    )
    assert verdicts(desk.again(outcome, {}, {2: {"confirmed": "是"}})) == {2: "declared"}


def bare(desk: Desk, state: State, act: str, *struck: str, **cells: str) -> Outcome:
    """A row of an extract with an act that no draft can be held for."""
    record = desk.place(Type.FILING, state)
    return drop(desk, {"_mark": desk.mark(record), "action": act, **cells}, *struck)


@pytest.mark.parametrize("struck", ["action", "revocation_reason", "vin"])
def test_what_is_crossed_out_is_revoked_only_once_it_is_confirmed(desk: Desk, struck: str) -> None:
    """It was told and done all the same; nothing takes it back."""
    cells = {"revocation_reason": "车辆退运"}
    outcome = bare(desk, State.ACCEPTED, "撤销", struck, **cells)
    assert (verdicts(outcome), outcome.declarations) == ({2: "refused"}, ())
    assert (asked(outcome).field, asked(outcome).severity) == (struck, Severity.STOP)
    done = bare(desk, State.ACCEPTED, "撤销", struck, **cells, confirmed="是")
    assert verdicts(done) == {2: "declared"}
    assert (asked(done).released, done.records[0].released != ()) == (True, True)


def test_a_draft_is_not_deleted_by_a_crossed_out_act(desk: Desk) -> None:
    assert verdicts(bare(desk, State.DRAFT, "删除", "action")) == {2: "refused"}
    assert verdicts(bare(desk, State.DRAFT, "删除", "action", confirmed="是")) == {2: "deleted"}


def test_an_act_that_was_crossed_out_is_asked_about_until_it_is_answered(desk: Desk) -> None:
    """Held, the row came back without it: with another cell mended it was declared."""
    outcome = drop(desk, {"action": "申报"}, "action")
    assert verdicts(outcome) == {2: "held"}
    assert verdicts(desk.again(outcome, {2: {"remarks": "定制车"}})) == {2: "held"}
