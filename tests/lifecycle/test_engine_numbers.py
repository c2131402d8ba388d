"""One engine or motor number on several vehicles of a workbook."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts
from test_examples import with_settings

from vinbatch.model import Outcome, Rulebook, State, Type

ENGINE = "B48B20B 12345678"
SAME = {"engine_no": ENGINE}
OTHER = {"vin": OTHER_VIN, **SAME}
THIRD_VIN = "WBA13BJ07MCF12347"
TWICE = "ENGINE-TWICE"


def named(outcome: Outcome) -> dict[int, object]:
    """Row → the rows that its finding names."""
    return {f.row: dict(f.params)["rows"] for f in outcome.findings if f.code == TWICE}


def test_every_row_is_held_and_names_the_others(desk: Desk) -> None:
    outcome = desk.drop([SAME, {"vin": THIRD_VIN}, None, OTHER, {"vin": "WBA13BJ09MCF12348", **SAME}])
    assert verdicts(outcome) == {2: "held", 3: "declared", 5: "held", 6: "held"}
    assert named(outcome) == {2: "5, 6", 5: "2, 6", 6: "2, 5"}
    assert {f.field for f in outcome.findings if f.code == TWICE} == {"engine_no"}


@pytest.mark.parametrize(
    "spelling", ["b48b20b 12345678", "B48B20B12345678", "B48 B20B  1234 5678", "Ｂ48B20B 12345678"]
)
def test_case_and_spaces_make_no_other_number(desk: Desk, spelling: str) -> None:
    assert named(desk.drop([SAME, {**OTHER, "engine_no": spelling}])) == {2: "3", 3: "2"}


def test_without_an_engine_number_nothing_is_shared(desk: Desk) -> None:
    electric = {"fuel": "电", "displacement": "", "co2": "0"}
    assert named(desk.drop([{"engine_no": ""}, {"vin": OTHER_VIN, "engine_no": ""}], [electric])) == {}


def test_one_vehicle_on_two_rows_is_no_question_about_its_engine(desk: Desk) -> None:
    assert "VIN-TWICE-IN-FILE" in codes(outcome := desk.drop([SAME, SAME]))
    assert named(outcome) == {}


@pytest.mark.parametrize("wrong", [{"production_date": "2035.01"}, {"vin": "WBA13BJ05MCF1234"}, {"vin": ""}])
def test_a_row_refused_for_something_else_counts(desk: Desk, wrong: Cells) -> None:
    outcome = desk.drop([SAME, {**OTHER, **wrong}])
    assert verdicts(outcome) == {2: "held", 3: "refused"}
    assert named(outcome) == {2: "3", 3: "2"}


def test_a_vehicle_beside_a_doubled_one_is_asked_about(desk: Desk) -> None:
    """The doubled rows are refused; the one that is left of them comes back alone."""
    outcome = desk.drop([SAME, SAME, OTHER])
    assert verdicts(outcome) == {2: "refused", 3: "refused", 4: "held"}
    assert named(outcome) == {4: "2, 3"}


# ── motors ───────────────────────────────────────────────────────────────────────────────────────

MOTORS = "BSG48-0012345/EM90-0054321"


def motors(*numbers: str) -> list[Cells]:
    """A vehicle for each, with an engine of its own."""
    vins = ("", OTHER_VIN, THIRD_VIN)
    return [{**({"vin": v} if v else {}), "motor_no": n} for v, n in zip(vins, numbers, strict=False)]


@pytest.mark.parametrize("other", [MOTORS, "bsg48-00 12345 / em90-0054321", "EM90-0054321/BSG48-0012345"])
def test_one_motor_number_on_two_vehicles_is_asked_about(desk: Desk, other: str) -> None:
    """It was declared without a word, where an engine number was held."""
    outcome = desk.drop(motors(MOTORS, other))
    assert verdicts(outcome) == {2: "held", 3: "held"}
    asked = [(f.code, f.row, f.field, dict(f.params)) for f in outcome.findings]
    assert asked == [
        ("MOTOR-TWICE", 2, "motor_no", {"rows": "3"}),
        ("MOTOR-TWICE", 3, "motor_no", {"rows": "2"}),
    ]
    assert "电动机" in desk.ruleset.tell(outcome.findings[0]).cure


def test_a_part_that_may_be_a_model_is_no_number(desk: Desk) -> None:
    outcome = desk.drop(motors("EBH/EBG-9917908", "EBH/EBG-9917909"))
    assert verdicts(outcome) == {2: "declared", 3: "declared"}


def test_engine_and_motor_are_asked_about_and_confirmed_apart(desk: Desk) -> None:
    """The first row shares its engine with the second, its motor with the third."""
    one, two, three = motors(MOTORS, "BSG48-1", MOTORS)
    held = desk.drop([{**one, **SAME}, {**two, **SAME}, three])
    assert [codes(held, "vehicle", n) for n in (2, 3, 4)] == [
        [TWICE, "MOTOR-TWICE"],
        [TWICE],
        ["MOTOR-TWICE"],
    ]
    mended = desk.again(
        held, {2: {"confirmed": "是"}, 3: {"engine_no": "B48B20B 1"}, 4: {"motor_no": "EM90-1"}}
    )
    assert verdicts(mended) == {2: "declared", 3: "declared", 4: "declared"}


# ── the ways out ─────────────────────────────────────────────────────────────────────────────────


def test_confirmed_on_every_row_all_are_declared(desk: Desk) -> None:
    outcome = desk.drop([{**SAME, "confirmed": "是"}, {**OTHER, "confirmed": "是"}])
    assert verdicts(outcome) == {2: "declared", 3: "declared"}
    assert [f.released for f in outcome.findings if f.code == TWICE] == [True, True]


def test_the_right_one_confirmed_and_the_wrong_one_mended_both_are_declared(desk: Desk) -> None:
    held = desk.drop([SAME, OTHER])
    outcome = desk.again(held, {2: {"confirmed": "是"}, 3: {"engine_no": "B48B20B 12345679"}})
    assert verdicts(outcome) == {2: "declared", 3: "declared"}
    assert named(outcome) == {}


def test_a_held_row_answers_for_itself_only(desk: Desk) -> None:
    held = desk.drop([SAME, OTHER])
    assert verdicts(desk.again(held, {2: {"confirmed": "是"}})) == {2: "declared", 3: "held"}


@pytest.mark.parametrize("first", [{}, {"action": "暂存"}])
def test_a_draft_that_is_left_alone_counts_for_the_row_that_declares(desk: Desk, first: Cells) -> None:
    """Or both would go out one after the other, by 申报 without a word of confirmation."""
    kept = desk.drop([{**SAME, **first}, {**OTHER, **first}])
    outcome = desk.again(kept, {3: {"action": "申报"}})
    assert verdicts(outcome)[3] == "held"
    assert named(outcome) == {3: "2"}


def test_drafts_are_told_and_not_held(desk: Desk) -> None:
    outcome = desk.drop([{**SAME, "action": "暂存"}, {**OTHER, "action": "暂存"}])
    assert verdicts(outcome) == {2: "saved", 3: "saved"}
    assert named(outcome) == {2: "3", 3: "2"}


# ── what does not count ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "cells"),
    [
        (State.ACCEPTED, {"action": "撤销", "revocation_reason": "车辆退运"}),
        (State.DRAFT, {"action": "删除"}),
    ],
    ids=["revoked", "deleted"],
)
def test_rows_that_declare_no_data_do_not_count(desk: Desk, state: State, cells: Cells) -> None:
    record = desk.place(Type.FILING, state, **SAME)
    outcome = desk.drop([{**SAME, "_mark": desk.mark(record), **cells}, OTHER])
    assert verdicts(outcome)[3] == "declared"
    assert named(outcome) == {}


def test_changes_count(desk: Desk) -> None:
    one, two = desk.place(Type.FILING, State.ACCEPTED), desk.place(Type.FILING, State.ACCEPTED, OTHER_VIN)
    rows = [
        {"_mark": desk.mark(one), "action": "变更"},
        {"_mark": desk.mark(two), "vin": OTHER_VIN, "action": "变更"},
    ]
    outcome = desk.drop([{**row, **SAME} for row in rows])
    assert verdicts(outcome) == {2: "held", 3: "held"}


def test_the_vehicles_of_other_workbooks_do_not_count(desk: Desk) -> None:
    desk.drop([SAME])
    assert verdicts(desk.drop([OTHER])) == {2: "declared"}


@pytest.mark.parametrize(("severity", "verdict"), [("stop", "refused"), ("note", "declared")])
def test_a_home_may_make_it_a_stop_or_a_note(rulebook: Rulebook, severity: str, verdict: str) -> None:
    desk = Desk(with_settings(rulebook, {"severities": {TWICE: severity}}))
    outcome = desk.drop([SAME, OTHER])
    assert verdicts(outcome) == {2: verdict, 3: verdict}
    assert named(outcome) == {2: "3", 3: "2"}


def accepted(desk: Desk, **second: str) -> tuple[Cells, Cells]:
    """Rows of two accepted vehicles as their extract has them; the second one with these cells."""
    rows = []
    for vin, more in ((None, {}), (OTHER_VIN, second)):
        record = desk.place(Type.FILING, State.ACCEPTED, vin, **more)
        data = {key: str(record.now.data[key]) for key in ("vin", "engine_no", "colour")}
        rows.append({**data, "_mark": desk.mark(record)})
    return rows[0], rows[1]


def test_a_number_that_a_change_takes_from_a_row_left_alone_is_asked_about(desk: Desk) -> None:
    """It was filled down in the result: the row above is declared already, and asks for nothing."""
    one, two = accepted(desk)
    outcome = desk.drop([one, {**two, "engine_no": one["engine_no"], "action": "变更"}])
    assert (verdicts(outcome), named(outcome)) == ({2: "unchanged", 3: "held"}, {3: "2"})


def test_a_change_of_something_else_is_not_asked_again_about_the_number_in_force(desk: Desk) -> None:
    one, two = accepted(desk, engine_no=ENGINE)
    one = {**one, "engine_no": ENGINE, "_mark": desk.mark(desk.place(Type.FILING, State.ACCEPTED, **SAME))}
    assert named(desk.drop([one, {**two, "colour": "红", "action": "变更"}])) == {}


def test_a_motor_number_that_a_change_takes_over_is_asked_about_too(desk: Desk) -> None:
    one, two = accepted(desk)
    motor = desk.ruleset.field("vehicle", "motor_no").example
    outcome = desk.drop([one, {**two, "motor_no": motor, "action": "变更"}])
    assert [f.row for f in outcome.findings if f.code == "MOTOR-TWICE"] == [3]


def test_a_number_that_a_new_row_takes_from_a_row_left_alone_is_asked_about(desk: Desk) -> None:
    one, _ = accepted(desk)
    outcome = desk.drop([one, {"vin": THIRD_VIN, "engine_no": one["engine_no"]}])
    assert (verdicts(outcome), named(outcome)) == ({2: "unchanged", 3: "held"}, {3: "2"})
