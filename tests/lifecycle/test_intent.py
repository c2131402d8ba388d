"""Semantics section 2: what a row asks for. A test for each sentence."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.lifecycle.diffs import shown_diff
from vinbatch.model import Diff, Facts, Rulebook, Severity, State, Type
from vinbatch.noun import replace

# ── no mark ──────────────────────────────────────────────────────────────────────────────────────


def test_a_new_row_with_a_blank_act_is_declared(desk: Desk) -> None:
    assert verdicts(desk.drop()) == {2: "declared"}


def test_a_known_vin_with_the_same_data_and_a_blank_act_is_unchanged(desk: Desk) -> None:
    desk.drop()
    assert verdicts(desk.drop()) == {2: "unchanged"}


@pytest.mark.parametrize("state", [State.DRAFT, State.REJECTED])
def test_on_a_draft_or_rejected_filing_a_note_says_how_to_declare_it(desk: Desk, state: State) -> None:
    desk.place(Type.FILING, state)
    outcome = desk.drop()
    assert verdicts(outcome) == {2: "unchanged"}
    (note,) = [f for f in outcome.findings if f.sheet == "vehicle"]
    assert (note.code, dict(note.params)) == ("RECORD-NOT-DECLARED", {"state": f"@state.{state}"})


def test_the_same_data_of_a_held_row_stays_held(desk: Desk) -> None:
    odd = {"production_date": "2019.03"}
    assert verdicts(desk.drop([odd])) == {2: "held"}
    assert verdicts(desk.drop([odd])) == {2: "held"}


def test_confirming_a_held_row_finishes_it(desk: Desk) -> None:
    odd = {"production_date": "2019.03"}
    desk.drop([odd])
    outcome = desk.drop([{**odd, "confirmed": "是"}])
    assert verdicts(outcome) == {2: "declared"}
    assert [f.code for f in outcome.findings if f.released]


def test_an_explicit_act_with_the_same_data_is_done_where_legal(desk: Desk) -> None:
    desk.place(Type.FILING, State.DRAFT)
    assert verdicts(desk.drop([{"action": "申报"}])) == {2: "declared"}


@pytest.mark.parametrize(
    ("state", "act"), [(State.DECLARED, "申报"), (State.ACCEPTED, "申报"), (State.DRAFT, "暂存")]
)
def test_an_explicit_act_whose_outcome_already_stands_is_unchanged(
    desk: Desk, state: State, act: str
) -> None:
    desk.place(Type.FILING, state)
    assert verdicts(desk.drop([{"action": act}])) == {2: "unchanged"}


@pytest.mark.parametrize(
    ("state", "held", "verdict"),
    [
        (State.REJECTED, False, "saved"),
        (State.DRAFT, True, "saved"),
        (State.DECLARED, False, "refused"),
        (State.ACCEPTED, False, "refused"),
    ],
)
def test_saving_the_same_data_is_done_where_it_is_no_draft_yet_and_may_be_one(
    desk: Desk, state: State, held: bool, verdict: str
) -> None:
    """A held draft becomes a plain one: nobody waits for its confirmation any more."""
    desk.place(Type.FILING, state, held=held)
    assert verdicts(desk.drop([{"action": "暂存"}])) == {2: verdict}


@pytest.mark.parametrize("state", [State.DRAFT, State.REJECTED])
def test_other_data_on_a_draft_or_rejected_filing_replaces_it_with_a_note(desk: Desk, state: State) -> None:
    desk.place(Type.FILING, state)
    outcome = desk.drop([{"colour": "红"}])
    assert verdicts(outcome) == {2: "declared"}
    (note,) = [f for f in outcome.findings if f.code == "RECORD-REPLACED"]
    assert "碳黑色 → 红" in desk.ruleset.tell(note).what
    assert "TRIAL-20260101-0001" in desk.ruleset.tell(note).what


def test_a_refused_row_says_nothing_of_replacing(desk: Desk) -> None:
    desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"colour": "红", "ccc_no": "1"}])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "refused"}, ["CCC-SHAPE"])


@pytest.mark.parametrize("state", [State.DECLARED, State.REJECTED])
def test_a_new_row_without_a_reason_is_no_other_data_than_a_revocation(desk: Desk, state: State) -> None:
    record = desk.place(Type.REVOCATION, state)
    data = {**record.now.data, "revocation_reason": "车辆取消进口"}
    desk.know(replace(record, now=replace(record.now, data=data)))
    assert verdicts(desk.drop([{}])) == {2: "unchanged"}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Type.FILING, State.DECLARED),
        (Type.FILING, State.ACCEPTED),
        (Type.CHANGE, State.DECLARED),
        (Type.CHANGE, State.ACCEPTED),
        (Type.REVOCATION, State.DECLARED),
    ],
)
def test_other_data_in_any_other_state_is_refused_with_the_difference(
    desk: Desk, kind: Type, state: State
) -> None:
    desk.place(kind, state)
    outcome = desk.drop([{"colour": "红"}])
    assert verdicts(outcome) == {2: "refused"}
    waits = state is State.DECLARED
    assert codes(outcome, "vehicle") == ["RECORD-WAITS" if waits else "RECORD-DIFFERS"]


def test_a_refused_row_leaves_an_existing_draft_as_it_was(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"production_date": "2031.01"}])
    assert verdicts(outcome) == {2: "refused"}
    assert desk.facts.records[record.vin] == record


@pytest.mark.parametrize("act", ["变更", "变更暂存", "撤销"])
def test_change_and_revocation_start_only_from_a_marked_row(desk: Desk, act: str) -> None:
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"action": act, "colour": "红", "revocation_reason": "车辆退运"}])
    assert verdicts(outcome) == {2: "refused"}
    (stop,) = [f for f in outcome.findings if f.code == "ACT-NEEDS-EXTRACT"]
    assert (stop.field, stop.value, dict(stop.params)["act"]) == ("action", act, f"@act.{act}")


def test_it_says_what_to_do_with_one_that_is_not_found_only_where_there_is_none(desk: Desk) -> None:
    """An accepted vehicle was said to have been filed never, should nobody find it."""
    cures = []
    for _ in range(2):
        (stop,) = [f for f in desk.drop([{"action": "变更"}]).findings if f.code == "ACT-NEEDS-EXTRACT"]
        cures.append("查不到" in desk.ruleset.tell(stop).cure)
        desk.place(Type.FILING, State.ACCEPTED)
    assert cures == [True, False]


def test_an_accepted_revocation_counts_as_none_but_for_its_ask(desk: Desk) -> None:
    desk.place(Type.REVOCATION, State.ACCEPTED)
    outcome = desk.drop([{"colour": "红"}])
    assert verdicts(outcome) == {2: "held"}
    (ask,) = [f for f in outcome.findings if f.code == "VIN-REVOKED"]
    assert "2026-01-05" in desk.ruleset.tell(ask).what
    assert "不办的，“操作”填“删除”" in desk.ruleset.tell(ask).cure


def test_a_refused_row_of_a_revoked_vehicle_has_no_draft_to_delete(desk: Desk) -> None:
    desk.place(Type.REVOCATION, State.ACCEPTED)
    (ask,) = [f for f in desk.drop([{"ccc_no": ""}]).findings if f.code == "VIN-REVOKED"]
    assert "不办的，整行删除" in desk.ruleset.tell(ask).cure


def test_a_refused_row_without_a_record_may_have_its_vin_edited(desk: Desk) -> None:
    wrong = desk.drop([{"vin": "WBA13BJ03MCF12346"}])
    assert verdicts(wrong) == {2: "refused"}
    assert wrong.rows[0].mark is not None
    assert wrong.rows[0].mark.revision == 0
    assert verdicts(desk.again(wrong, {2: {"vin": OTHER_VIN}})) == {2: "declared"}


# ── a record's mark ──────────────────────────────────────────────────────────────────────────────


def test_untouched_and_blank_asks_for_nothing(desk: Desk) -> None:
    done = desk.drop()
    again = desk.again(done)
    assert verdicts(again) == {2: "unchanged"}
    assert again.declarations == ()


def test_untouched_and_blank_held_rows_stay_held(desk: Desk) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    assert verdicts(held) == {2: "held"}
    assert verdicts(desk.again(held)) == {2: "held"}


def test_edited_and_blank_on_a_held_filing_is_the_open_act(desk: Desk) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    assert verdicts(desk.again(held, {2: {"production_date": "2021.03"}})) == {2: "declared"}


def test_edited_and_blank_on_a_rejected_filing_is_declared(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.REJECTED)
    assert verdicts(desk.drop([{"_mark": desk.mark(record), "colour": "红"}])) == {2: "declared"}


def test_edited_and_blank_on_a_rejected_change_is_a_change(desk: Desk) -> None:
    record = desk.place(Type.CHANGE, State.REJECTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "colour": "红"}])
    assert [d.type for d in outcome.declarations] == [Type.CHANGE]


@pytest.mark.parametrize(
    ("kind", "state"),
    [(Type.FILING, State.DRAFT), (Type.FILING, State.ACCEPTED), (Type.CHANGE, State.ACCEPTED)],
)
def test_edited_and_blank_where_no_act_is_open_is_a_stop_with_old_new_and_legal_acts(
    desk: Desk, kind: Type, state: State
) -> None:
    record = desk.place(kind, state)
    outcome = desk.drop([{"_mark": desk.mark(record), "colour": "红"}])
    assert verdicts(outcome) == {2: "refused"}
    (stop,) = [f for f in outcome.findings if f.code == "EDIT-WITHOUT-ACT"]
    assert "碳黑色 → 红" in desk.ruleset.tell(stop).what


def test_an_empty_cell_that_was_filled_with_what_cannot_be_read_is_an_edit(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED, colour="")
    outcome = desk.drop([{"_mark": desk.mark(record), "colour": 5.0}])
    assert verdicts(outcome) == {2: "refused"}
    assert "TEXT-NUMERIC" in codes(outcome, "vehicle")


def test_an_explicit_act_on_an_untouched_row_is_done_where_legal(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    assert verdicts(saved) == {2: "saved"}
    assert verdicts(desk.again(saved, {2: {"action": "申报"}})) == {2: "declared"}


def test_a_change_without_a_difference_is_refused(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更"}])
    assert codes(outcome, "vehicle") == ["CHANGE-WITHOUT-DIFFERENCE"]


def test_a_change_that_was_made_before_is_told_its_batch(desk: Desk) -> None:
    record = desk.place(Type.CHANGE, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更"}])
    assert verdicts(outcome) == {2: "refused"}
    (told,) = [f for f in outcome.findings if f.sheet == "vehicle"]
    assert (told.code, dict(told.params)) == ("CHANGE-IN-FORCE", {"batch": record.now.batch})


def test_results_carry_act_and_confirmation_back_only_on_refused_rows(desk: Desk) -> None:
    index = desk.ruleset.index("vehicle")
    outcome = desk.drop(
        [
            {"action": "申报", "confirmed": "是"},
            {"vin": OTHER_VIN, "action": "申报", "confirmed": "是", "production_date": "2031.01"},
        ]
    )
    shown = {
        j.row.number: (j.row.values[index["action"]], j.row.values[index["confirmed"]])
        for j in outcome.rows[:2]
    }
    assert shown == {2: (None, None), 3: ("申报", "是")}


# ── confirmation ─────────────────────────────────────────────────────────────────────────────────


def test_a_confirmation_never_releases_a_stop(desk: Desk) -> None:
    outcome = desk.drop([{"confirmed": "是", "production_date": "2031.01"}])
    assert verdicts(outcome) == {2: "refused"}


def test_on_a_marked_row_a_new_ask_holds_again(desk: Desk) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    edited = desk.again(held, {2: {"confirmed": "是", "production_date": "2018.03"}})
    assert verdicts(edited) == {2: "held"}
    assert verdicts(desk.again(edited, {2: {"confirmed": "是"}})) == {2: "declared"}


def test_what_was_confirmed_stays_confirmed_when_an_edit_raises_a_new_ask(desk: Desk) -> None:
    """Else the two asks take turns: each confirmation releases the one and asks the other again."""
    held = desk.drop([{"production_date": "2019.03"}])
    edited = desk.again(held, {2: {"confirmed": "是", "ccc_no": "2020011201345678"}})
    assert verdicts(edited) == {2: "held"}
    assert verdicts(desk.again(edited, {2: {"confirmed": "是"}})) == {2: "declared"}


@pytest.mark.parametrize(("edit", "verdict"), [({}, "declared"), ({"production_date": "2018.03"}, "held")])
def test_a_confirmation_outlives_a_saving_and_ends_with_its_value(
    desk: Desk, edit: Cells, verdict: str
) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    saved = desk.again(held, {2: {"confirmed": "是", "action": "暂存"}})
    assert verdicts(saved) == {2: "saved"}
    facts = desk.facts
    assert verdicts(desk.again(saved, {2: {"action": "申报", **edit}})) == {2: verdict}
    desk.facts = facts  # and so it does for a row without the mark, such as a command's
    assert verdicts(desk.drop([{"production_date": "2019.03", "action": "申报", **edit}])) == {2: verdict}


def test_on_an_untouched_held_row_a_confirmation_finishes_the_open_act(desk: Desk) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    outcome = desk.again(held, {2: {"confirmed": "是"}})
    assert verdicts(outcome) == {2: "declared"}
    assert outcome.records[0].released
    assert [f.severity.value for f in outcome.findings if f.released] == ["note"]


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_may_lack_required_values_and_parameters(desk: Desk) -> None:
    outcome = desk.drop([{"action": "暂存", "ccc_no": "", "structure_no": "UNKNOWN-1"}], [])
    assert verdicts(outcome) == {2: "saved"}
    assert {f.severity.value for f in outcome.findings} == {"note"}


def test_what_a_draft_lacks_stops_it_when_it_is_declared(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "ccc_no": ""}])
    assert verdicts(desk.again(saved, {2: {"action": "申报"}})) == {2: "refused"}


def test_a_draft_left_as_it_was_names_what_it_still_lacks(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "ccc_no": ""}])
    back = desk.again(saved)
    lacks = [(f.row, f.field) for f in back.findings if f.code == "FIELD-REQUIRED-DRAFT"]
    assert (verdicts(back), lacks) == ({2: "unchanged"}, [(2, "ccc_no")])


def test_a_value_that_later_rules_do_not_take_is_not_called_empty(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "colour": "宝石红"}])
    text = '[vehicle.colour]\nkind = "choice"\nrequired = "always"\nchoices = ["黑"]\nexample = "黑"\n'
    later = Desk(replace(desk.rulebook, home=(("fields.toml", text),), digest=text))
    later.facts = desk.facts
    back = later.again(saved)
    assert (verdicts(back), codes(back, "vehicle")) == ({2: "unchanged"}, ["RECORD-STILL-DRAFT"])
    assert codes(later.again(saved, {2: {"action": "申报"}}), "vehicle") == ["CHOICE-UNKNOWN"]


def test_a_whole_draft_left_as_it_was_lacks_nothing(desk: Desk) -> None:
    back = desk.again(desk.drop([{"action": "暂存"}]))
    assert codes(back, "vehicle") == ["RECORD-STILL-DRAFT"]


def test_asks_do_not_hold_a_draft_but_hold_it_when_it_is_declared(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "production_date": "2019.03"}])
    assert verdicts(saved) == {2: "saved"}
    assert [f for f in saved.findings if f.severity.value == "ask"]
    assert verdicts(desk.again(saved, {2: {"action": "申报"}})) == {2: "held"}


def test_what_is_filled_in_on_a_draft_must_be_right(desk: Desk) -> None:
    assert verdicts(desk.drop([{"action": "暂存", "production_date": "2021-03"}])) == {2: "refused"}


def test_the_vin_of_a_draft_must_be_whole(desk: Desk) -> None:
    assert verdicts(desk.drop([{"action": "暂存", "vin": ""}])) == {2: "refused"}


# ── revocation and deletion ──────────────────────────────────────────────────────────────────────


def test_a_revocation_needs_a_reason(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "撤销"}])
    assert codes(outcome, "vehicle") == ["REVOCATION-REASON-MISSING"]


def test_a_revocation_ignores_other_edits_with_a_note_that_names_them(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop(
        [{"_mark": desk.mark(record), "action": "撤销", "revocation_reason": "退运", "colour": "红"}]
    )
    assert verdicts(outcome) == {2: "declared"}
    (note,) = [f for f in outcome.findings if f.code == "EDIT-IGNORED"]
    assert "车身颜色" in desk.ruleset.tell(note).what
    assert outcome.declarations[0].data["colour"] == record.now.data["colour"]
    (change,) = outcome.records
    assert [d.field for d in change.diff] == ["revocation_reason"], "history tells what was taken, no more"


def test_an_ignored_edit_that_cannot_be_read_is_named_as_it_was_typed(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    edits = {"production_date": "三月份", "ccc_no": "#请重填"}
    outcome = desk.drop(
        [{"_mark": desk.mark(record), "action": "撤销", "revocation_reason": "退运", **edits}]
    )
    (note,) = [f for f in outcome.findings if f.code == "EDIT-IGNORED"]
    told = desk.ruleset.tell(note).what
    assert ["→ 三月份" in told, "→ #请重填" in told, "→ –" in told] == [True, True, False]


def test_who_revokes_without_a_vin_is_not_sent_to_this_vin(desk: Desk) -> None:
    outcome = desk.drop([{"vin": "", "action": "撤销"}])
    (refusal,) = [f for f in outcome.findings if f.code == "ACT-NEEDS-EXTRACT"]
    assert "这个 VIN" not in desk.ruleset.tell(refusal).cure


def test_an_act_on_a_vehicle_without_a_record_says_that_there_is_none(desk: Desk) -> None:
    assert codes(desk.drop([{"action": "删除"}]), "vehicle") == ["ACT-NO-RECORD"]


def test_deleting_a_revoked_vehicle_is_told_where_it_stands(desk: Desk) -> None:
    desk.place(Type.REVOCATION, State.ACCEPTED)
    assert codes(desk.drop([{"action": "删除"}]), "vehicle") == ["ACT-ILLEGAL"]


def test_deleting_a_draft_deletes_it(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"action": "删除"}})
    assert verdicts(outcome) == {2: "deleted"}
    assert desk.facts.records == {}


# ── the VIN is the identity ──────────────────────────────────────────────────────────────────────


def test_a_vin_twice_in_one_workbook_refuses_all_its_rows_naming_the_others(desk: Desk) -> None:
    outcome = desk.drop([{}, {"action": "暂存"}, {"vin": OTHER_VIN}])
    assert verdicts(outcome)[2] == verdicts(outcome)[3] == "refused"
    told = [desk.ruleset.tell(f).what for f in outcome.findings if f.code == "VIN-TWICE-IN-FILE"]
    assert "3" in told[0]
    assert "2" in told[1]


def test_editing_the_vin_of_a_filing_draft_replaces_the_draft(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    old = saved.records[0].vin
    outcome = desk.again(saved, {2: {"vin": OTHER_VIN, "action": "暂存"}})
    assert verdicts(outcome) == {2: "saved"}
    assert set(desk.facts.records) == {OTHER_VIN}
    (note,) = [f for f in outcome.findings if f.code == "VIN-REPLACED"]
    assert old in desk.ruleset.tell(note).what


def test_a_refused_row_with_an_edited_vin_does_not_claim_that_the_draft_is_gone(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    old = saved.records[0].vin
    outcome = desk.again(saved, {2: {"vin": OTHER_VIN, "action": "申报", "production_date": "2031.01"}})
    assert verdicts(outcome) == {2: "refused"}
    assert set(desk.facts.records) == {old}
    (note,) = [f for f in outcome.findings if f.code == "VIN-REPLACED"]
    assert f"{old} 仍是草稿" in desk.ruleset.tell(note).what


def test_editing_the_vin_of_a_draft_without_an_act_is_a_stop_with_old_and_new(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"vin": OTHER_VIN}})
    assert verdicts(outcome) == {2: "refused"}
    (stop,) = [f for f in outcome.findings if f.code == "EDIT-WITHOUT-ACT"]
    assert f"{saved.rows[0].mark.key} → {OTHER_VIN}" in desk.ruleset.tell(stop).what


def test_an_edited_vin_whose_old_vin_stands_on_another_row_is_a_stop(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}, {"action": "暂存", "vin": OTHER_VIN}])
    old = saved.records[0].vin
    swapped = desk.again(saved, {2: {"vin": OTHER_VIN, "action": "申报"}, 3: {"vin": old, "action": "申报"}})
    assert verdicts(swapped) == {2: "refused", 3: "refused"}
    assert codes(swapped, "vehicle").count("MARK-SORTED") == 2


@pytest.mark.parametrize("state", [State.DRAFT, State.ACCEPTED])
def test_a_row_copied_whole_for_another_vehicle_is_no_reason_to_revoke_the_first(
    desk: Desk, state: State
) -> None:
    mark = desk.mark(desk.place(Type.FILING, state))
    outcome = desk.drop([{"_mark": mark}, {"_mark": mark, "vin": OTHER_VIN}])
    assert [(f.code, f.row) for f in outcome.findings if f.severity is Severity.STOP] == [("MARK-COPIED", 3)]


@pytest.mark.parametrize("state", [State.DECLARED, State.ACCEPTED, State.REJECTED])
def test_an_edited_vin_in_any_other_state_is_a_stop(desk: Desk, state: State) -> None:
    record = desk.place(Type.FILING, state)
    outcome = desk.drop([{"_mark": desk.mark(record), "vin": OTHER_VIN, "action": "申报"}])
    assert verdicts(outcome) == {2: "refused"}
    assert "MARK-OTHER-VIN" in codes(outcome)


def test_an_edited_vin_that_was_revoked_follows_its_revocation_and_is_asked_about(desk: Desk) -> None:
    revoked = desk.place(Type.REVOCATION, State.ACCEPTED, OTHER_VIN)
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"vin": OTHER_VIN, "action": "暂存"}})
    assert "VIN-REVOKED" in codes(outcome)
    assert [c.expected for c in outcome.records if c.vin == OTHER_VIN] == [revoked.version]


@pytest.mark.parametrize(
    ("state", "act", "other"),
    [(State.DRAFT, "删除", True), (State.ACCEPTED, "撤销", True), (State.DRAFT, "申报", False)],
)
def test_a_marked_row_whose_vin_was_emptied_is_of_no_vehicle(
    desk: Desk, state: State, act: str, other: bool
) -> None:
    """What looks at act and mark only would take its vehicle from the mark alone."""
    record = desk.place(Type.FILING, state)
    row = {"_mark": desk.mark(record), "vin": "", "action": act, "revocation_reason": "退运"}
    outcome = desk.drop([row])
    assert (verdicts(outcome), outcome.records) == ({2: "refused"}, ())
    assert ("MARK-OTHER-VIN" in codes(outcome)) == other


# ── missing columns, stale marks ─────────────────────────────────────────────────────────────────


def test_a_missing_column_on_marked_rows_means_unchanged(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"action": "申报"}}, without=["colour", "ccc_no"])
    assert verdicts(outcome) == {2: "declared"}
    assert outcome.declarations[0].data["colour"] == "碳黑色"


def test_of_a_marked_row_the_act_is_enough(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    lacking = [f.key for f in desk.ruleset.fields("vehicle") if f.key != "action"]
    assert verdicts(desk.again(saved, {2: {"action": "删除"}}, without=lacking)) == {2: "deleted"}


def test_an_emptied_cell_means_cleared_and_the_diff_says_so(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"action": "申报", "colour": ""}})
    assert verdicts(outcome) == {2: "declared"}
    assert "colour" not in outcome.declarations[0].data
    assert [(d.field, d.old, d.new) for d in outcome.records[0].diff] == [("colour", "碳黑色", None)]


def test_an_answer_of_customs_makes_no_extract_stale(desk: Desk) -> None:
    done = desk.drop()
    vin = done.records[0].vin
    record = desk.facts.records[vin]
    answered = replace(record, version=record.version + 1, now=replace(record.now, state=State.ACCEPTED))
    desk.know(replace(answered, accepted=answered.now))
    assert verdicts(desk.again(done, {2: {"action": "变更", "colour": "红"}})) == {2: "declared"}


def test_stale_and_untouched_is_unchanged_with_a_note(desk: Desk) -> None:
    first = desk.drop([{"action": "暂存"}])
    desk.again(first, {2: {"action": "暂存", "colour": "红"}})
    outcome = desk.again(first)
    assert verdicts(outcome) == {2: "unchanged"}
    assert codes(outcome, "vehicle") == ["MARK-STALE-NOTE"]


@pytest.mark.parametrize("edit", [{"action": "申报"}, {"remarks": "新"}], ids=str)
def test_stale_and_acting_is_refused_saying_what_happened_since(desk: Desk, edit: dict[str, str]) -> None:
    first = desk.drop([{"action": "暂存"}])
    second = desk.again(first, {2: {"action": "暂存", "colour": "红"}})
    outcome = desk.again(first, {2: edit})
    assert verdicts(outcome) == {2: "refused"}
    (stop,) = [f for f in outcome.findings if f.code == "MARK-STALE"]
    assert second.batch in desk.ruleset.tell(stop).what


def test_a_stale_row_that_was_mended_as_the_vehicle_was_declared_since_is_unchanged(desk: Desk) -> None:
    """Who mended the older of two results was sent to query anew, for a difference of “内容相同”."""
    held = desk.drop([{"production_date": "2019.03"}])
    desk.again(held, {2: {"production_date": "2021.10"}})
    outcome = desk.again(held, {2: {"production_date": "2021.10"}})
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "unchanged"}, ["MARK-STALE-NOTE"])


@pytest.mark.parametrize(
    "more",
    [{"revocation_reason": "车辆退运"}, {"confirmed": "是"}, {"action": "申报"}, {"colour": 5.0}],
    ids=str,
)
def test_but_not_one_that_asks_for_more(desk: Desk, more: Cells) -> None:
    held = desk.drop([{"production_date": "2019.03"}])
    desk.again(held, {2: {"production_date": "2021.10"}})
    outcome = desk.again(held, {2: {"production_date": "2021.10", **more}})
    assert verdicts(outcome) == {2: "refused"}


def test_a_stale_draft_that_was_mended_alike_is_told_that_it_was_not_declared(desk: Desk) -> None:
    first = desk.drop([{"action": "暂存"}])
    desk.again(first, {2: {"action": "暂存", "colour": "红"}})
    assert codes(desk.again(first, {2: {"colour": "红"}}), "vehicle") == ["MARK-STALE"]


def test_a_confirmation_of_a_stale_row_acts(desk: Desk) -> None:
    first = desk.drop([{"action": "暂存"}])
    held = desk.again(first, {2: {"action": "申报", "production_date": "2019.03"}})
    assert verdicts(held) == {2: "held"}
    assert codes(desk.again(first, {2: {"confirmed": "是"}}), "vehicle") == ["MARK-STALE"]


def test_a_change_is_compared_with_the_data_in_force(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    drafted = desk.drop([{"_mark": desk.mark(record), "action": "变更暂存", "colour": "红"}])
    back = desk.again(drafted, {2: {"action": "变更", "colour": "碳黑色"}})
    assert "CHANGE-WITHOUT-DIFFERENCE" in codes(back)


def test_a_refused_row_whose_vin_could_not_be_read_comes_back_as_it_was(desk: Desk) -> None:
    first = desk.drop([{"vin": "WBA13BJ03MCF1234"}])
    again = desk.again(first)
    assert verdicts(again) == {2: "refused"}
    assert codes(again, "vehicle") == codes(first, "vehicle")


def test_a_long_difference_is_cut_with_a_count_of_the_rest(desk: Desk) -> None:
    diff = tuple(Diff(f.key, None, 1, "structure") for f in desk.ruleset.fields("structure")[:10])
    told = shown_diff(desk.ruleset, diff)
    assert (len(told), told[-1]) == (9, "… +2")


@pytest.mark.parametrize(
    ("edits", "verdict", "code"),
    [
        ({}, "unchanged", "RECORD-GONE-NOTE"),
        ({"action": "申报"}, "refused", "RECORD-GONE"),
        ({"colour": "红"}, "refused", "RECORD-GONE"),
    ],
    ids=str,
)
def test_a_row_whose_record_is_gone_is_refused_only_where_it_asks_for_something(
    desk: Desk, edits: dict[str, str], verdict: str, code: str
) -> None:
    saved = desk.drop([{"action": "暂存"}])
    desk.facts = replace(desk.facts, records={})
    outcome = desk.again(saved, {2: edits})
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: verdict}, [code])


def test_a_result_of_another_home_is_not_told_that_its_records_were_deleted_here(desk: Desk) -> None:
    """A result of the trial, dropped in production: its vehicles are declared nowhere yet."""
    trial = desk.drop()
    desk.facts = Facts()
    outcome = desk.again(trial)
    told = [
        desk.ruleset.tell(f) for f in outcome.findings if f.code in ("RECORD-GONE-NOTE", "STRUCTURE-DELETED")
    ]
    assert len(told) == 2
    assert all("另一套系统" in t.what for t in told)
    assert "要在这里备案" in told[0].cure


def test_a_vehicle_sorted_to_the_mark_of_a_deleted_one_is_told_of_the_sorting(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}, {"vin": OTHER_VIN, "action": "暂存"}])
    desk.facts = replace(desk.facts, records={OTHER_VIN: desk.facts.records[OTHER_VIN]})
    outcome = desk.again(saved, {2: {"vin": OTHER_VIN}, 3: {"vin": "WBA13BJ05MCF12346"}})
    assert ("MARK-SORTED", 2) in {(f.code, f.row) for f in outcome.findings}


def test_the_draft_of_a_change_tells_what_it_would_change(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更暂存", "colour": "红"}], [])
    assert verdicts(outcome) == {2: "saved"}
    assert "CHANGE-NOT-DECLARED" in codes(outcome)


# ── without a ledger ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("edits", "verdict"),
    [
        ({}, "unchanged"),
        ({"action": "删除"}, "deleted"),
        ({"action": "删除含结构参数"}, "deleted"),
        ({"colour": "红"}, "declared"),
        ({"action": "暂存"}, "saved"),
        ({"vin": "WBA13BJ05MCF12340"}, "refused"),
    ],
    ids=str,
)
def test_without_a_ledger_a_marked_row_is_judged_by_its_fields_only(
    desk: Desk, edits: dict[str, str], verdict: str
) -> None:
    saved = desk.drop([{"action": "暂存"}])
    desk.facts = Facts(blind=True)
    assert verdicts(desk.again(saved, {2: edits})) == {2: verdict}


def test_without_a_ledger_untouched_parameters_stand_as_they_are(desk: Desk) -> None:
    """With one they are unchanged too: that no vehicle asks for anything is no news of them."""
    filed = desk.drop([{}])
    desk.facts = Facts(blind=True)
    outcome = desk.again(filed, {})
    assert [verdicts(outcome, sheet) for sheet in ("vehicle", "structure")] == [{2: "unchanged"}] * 2
    assert codes(outcome) == []


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"confirmed": "是"}, "declared"),
        ({"action": "删除"}, "deleted"),
        ({"action": "变更", "confirmed": "是"}, "refused"),
        ({"action": "变更暂存"}, "refused"),
    ],
    ids=str,
)
def test_a_row_without_a_mark_ends_a_held_change_and_begins_none(
    desk: Desk, cells: dict[str, str], verdict: str
) -> None:
    draft = desk.place(Type.CHANGE, State.DRAFT, held=True, colour="红")
    assert draft.accepted is not None
    force = replace(draft.accepted, data={**draft.accepted.data, "colour": "白"})
    changed = replace(draft, accepted=force, before=force)
    desk.facts = replace(desk.facts, records={draft.vin: changed})
    assert verdicts(desk.drop([{**cells, "colour": "红"}])) == {2: verdict}


def test_without_a_ledger_nobody_knows_whether_parameters_were_deleted(desk: Desk) -> None:
    """The catalogue was not looked into, and its entry was told to be gone."""
    filed = desk.drop([{}])
    desk.facts = Facts(blind=True)
    outcome = desk.again(filed, {2: {"action": "变更", "colour": "红", "ccc_no": "1"}})
    assert codes(outcome, "structure") == ["STRUCTURE-UNUSED"]


# ── rows that say nothing ────────────────────────────────────────────────────────────────────────


def cleared(desk: Desk, sheet: str = "vehicle") -> dict[str, str]:
    """A row whose cells were emptied one by one."""
    return {f.key: "" for f in desk.ruleset.fields(sheet)}


def test_a_refused_row_that_was_cleared_asks_for_nothing(desk: Desk) -> None:
    """People empty a row that is not meant, instead of deleting it."""
    twice = desk.drop([{}, {}])
    outcome = desk.again(twice, {3: cleared(desk)})
    assert verdicts(outcome) == {2: "declared", 3: "unchanged"}
    assert codes(outcome, row=3) == ["ROW-EMPTY"]


def test_a_record_is_not_changed_by_a_row_that_was_cleared(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{**cleared(desk), "_mark": desk.mark(record)}])
    assert verdicts(outcome) == {2: "unchanged"}
    assert outcome.records == ()


def test_an_act_alone_names_no_vehicle(desk: Desk) -> None:
    outcome = desk.drop([{**cleared(desk), "action": "申报"}, {"vin": OTHER_VIN}])
    assert verdicts(outcome) == {2: "refused", 3: "declared"}
    assert codes(outcome, row=2) == ["ROW-ACT-ALONE"]


def test_a_row_without_a_vin_is_first_told_to_be_deleted_whole(desk: Desk) -> None:
    outcome = desk.drop([{**cleared(desk), "structure_no": "BMW-G30-530I-21", "colour": "红"}])
    first = next(f for f in outcome.findings if f.row == 2)
    assert first.code == "ROW-UNNAMED"
    assert "整行删除" in desk.ruleset.tell(first).cure


def test_a_cleared_structure_row_asks_for_nothing(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {**cleared(desk, "structure"), "_mark": "@0:0123456789ab"}])
    assert verdicts(outcome, "structure") == {2: "stored", 3: "unchanged"}
    assert codes(outcome, "structure") == ["ROW-EMPTY"]


def test_empty_rows_do_not_count_against_the_limit(desk: Desk) -> None:
    """Such as rows that are numbered in a column of the clerk's own."""
    numbered = {**cleared(desk), "_mark": "@0:0123456789ab"}
    outcome = desk.drop([{}, *[numbered] * 200])
    assert verdicts(outcome)[2] == "declared"


def test_an_act_that_cannot_be_read_is_not_said_to_be_missing(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record), "action": "变更吧", "colour": "红"}
    outcome = desk.drop([row], [])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "refused"}, ["ACT-UNKNOWN"])


def test_a_new_row_that_differs_in_what_cannot_be_read_shows_that(desk: Desk) -> None:
    """It was refused for other contents, and the difference was that they are the same."""
    desk.place(Type.FILING, State.ACCEPTED, remarks="")
    outcome = desk.drop([{"remarks": "a\u200bb"}])
    (told,) = [f for f in outcome.findings if f.code == "RECORD-DIFFERS"]
    assert dict(told.params)["diff"] == ("@vehicle.remarks|– → a\u200bb",)


def test_a_new_row_with_the_same_contents_and_a_word_for_yes_that_is_none_is_the_same(
    desk: Desk,
) -> None:
    desk.place(Type.FILING, State.ACCEPTED)
    assert verdicts(desk.drop([{"confirmed": "已核实"}])) == {2: "unchanged"}


@pytest.mark.parametrize("act", ["删除", "删除含结构参数"])
def test_without_a_ledger_nobody_says_that_a_record_is_not_there(act: str, rulebook: Rulebook) -> None:
    desk = Desk(rulebook, Facts(blind=True))
    assert (verdicts(outcome := desk.drop([{"action": act}])), codes(outcome, "vehicle")) == (
        {2: "deleted"},
        [],
    )
