"""Semantics section 3: structure parameters. A test for each sentence."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Desk, codes, on, verdicts
from test_examples import with_settings

from vinbatch.model import Outcome, Record, Rulebook, State, Type, Users
from vinbatch.noun import replace
from vinbatch.report.drafts import deleted_sets
from vinbatch.report.story import other_departments

# A parameter set that asks: the overhangs and the wheelbase do not make the length.
ODD = {"overhang_front": "700"}
THIRD_VIN = "WBA13BJ07MCF12347"


# ── looked up, filled in, learnt ─────────────────────────────────────────────────────────────────


def test_a_known_number_is_filled_in_from_the_catalogue(desk: Desk) -> None:
    entry = desk.shelve()
    outcome = desk.drop([{}], [])
    assert verdicts(outcome) == {2: "declared"}
    assert outcome.declarations[0].entry == entry


def test_on_a_row_with_a_known_number_an_empty_cell_is_not_stated(desk: Desk) -> None:
    desk.shelve()
    blank = {f.key: "" for f in desk.ruleset.fields("structure") if f.key != "structure_no"}
    outcome = desk.drop([{}], [blank])
    assert verdicts(outcome) == {2: "declared"}
    assert verdicts(outcome, "structure") == {2: "unchanged"}
    assert codes(outcome) == []


def test_an_unknown_number_is_learnt_when_a_vehicle_is_declared(desk: Desk) -> None:
    outcome = desk.drop()
    assert verdicts(outcome, "structure") == {2: "stored"}
    assert [e.revision for e in desk.facts.entries.values()] == [1]


def test_an_unknown_number_is_learnt_when_a_vehicle_is_saved(desk: Desk) -> None:
    assert verdicts(desk.drop([{"action": "暂存"}]), "structure") == {2: "stored"}


def test_in_neither_is_a_stop(desk: Desk) -> None:
    outcome = desk.drop([{}], [])
    assert verdicts(outcome) == {2: "refused"}
    assert codes(outcome) == ["STRUCTURE-UNKNOWN"]


def test_in_neither_is_a_note_for_a_draft(desk: Desk) -> None:
    outcome = desk.drop([{"action": "暂存"}], [])
    assert verdicts(outcome) == {2: "saved"}
    assert codes(outcome) == ["STRUCTURE-UNKNOWN-DRAFT"]


def test_nothing_is_learnt_from_refused_rows(desk: Desk) -> None:
    outcome = desk.drop([{"production_date": "2031.01"}])
    assert verdicts(outcome, "structure") == {2: "unchanged"}
    assert desk.facts.entries == {}


# ── verdicts and confirmation on structure rows ──────────────────────────────────────────────────


def test_a_stop_on_a_structure_row_refuses_every_vehicle_that_uses_it_with_a_link(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}], [{"kerb_mass": "99999"}])
    assert verdicts(outcome) == {2: "refused", 3: "refused"}
    assert verdicts(outcome, "structure") == {2: "refused"}
    told = [desk.ruleset.tell(f).what for f in outcome.findings if f.code == "STRUCTURE-REFUSED"]
    assert len(told) == 2
    assert all("第2行" in t for t in told)


def test_an_ask_on_a_structure_row_holds_every_vehicle_that_uses_it(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}], [ODD])
    assert verdicts(outcome) == {2: "held", 3: "held"}
    assert verdicts(outcome, "structure") == {2: "held"}
    assert codes(outcome, "vehicle") == ["STRUCTURE-ASK", "STRUCTURE-ASK"]


def test_confirming_once_on_the_structure_row_settles_it_for_every_row(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}], [{**ODD, "confirmed": "是"}])
    assert verdicts(outcome) == {2: "declared", 3: "declared"}


def test_confirming_finishes_the_open_act_of_untouched_held_rows(desk: Desk) -> None:
    held = desk.drop([{}, {"vin": OTHER_VIN}], [ODD])
    outcome = desk.again(held, structure_edits={2: {"confirmed": "是"}})
    assert verdicts(outcome) == {2: "declared", 3: "declared"}


def test_confirming_does_not_finish_rows_with_another_ask(desk: Desk) -> None:
    held = desk.drop([{}, {"vin": OTHER_VIN, "production_date": "2019.03"}], [ODD])
    outcome = desk.again(held, structure_edits={2: {"confirmed": "是"}})
    assert verdicts(outcome) == {2: "declared", 3: "held"}


def test_a_confirmation_stays_with_the_revision_and_later_uses_get_a_note(desk: Desk) -> None:
    desk.drop([{}], [{**ODD, "confirmed": "是"}])
    outcome = desk.drop([{"vin": OTHER_VIN}], [])
    assert verdicts(outcome) == {2: "declared"}
    assert codes(outcome) == ["STRUCTURE-CONFIRMED"]


def test_a_set_that_a_draft_brought_with_an_open_ask_asks_at_each_use(desk: Desk) -> None:
    desk.drop([{"action": "暂存"}], [ODD])
    outcome = desk.drop([{"vin": OTHER_VIN}], [])
    assert verdicts(outcome) == {2: "held"}
    assert codes(outcome) == ["STRUCTURE-ASK"]


def test_what_the_catalogue_asks_is_confirmed_on_a_row_of_the_number_alone(desk: Desk) -> None:
    """As its cure says: the row that asked is in no workbook that the clerk has."""
    desk.drop([{"action": "暂存"}], [ODD])
    held = desk.drop([{"vin": OTHER_VIN}], [])
    keys = [f.key for f in desk.ruleset.fields("structure") if f.key != "structure_no"]
    row = {"vin": OTHER_VIN, "_mark": str(held.rows[0].mark)}
    outcome = desk.drop([row], [{**dict.fromkeys(keys, ""), "confirmed": "是"}])
    assert verdicts(outcome) == {2: "declared"}


def test_rows_that_no_vehicle_uses_are_checked_and_not_learnt(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {"structure_no": "OTHER-1"}])
    assert verdicts(outcome, "structure") == {2: "stored", 3: "unchanged"}
    assert codes(outcome, "structure", 3) == ["STRUCTURE-UNUSED"]
    assert set(desk.facts.entries) == {desk.sample("structure")["structure_no"]}


def test_a_workbook_of_parameters_only_is_a_catalogue_import(desk: Desk) -> None:
    outcome = desk.drop([], [{}, {"structure_no": "OTHER-1"}])
    assert verdicts(outcome, "structure") == {2: "stored", 3: "stored"}


def test_importing_the_same_again_changes_nothing(desk: Desk) -> None:
    desk.drop([], [{}])
    again = desk.drop([], [{}])
    assert verdicts(again, "structure") == {2: "unchanged"}
    assert again.entries == ()


# ── revising ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [State.DRAFT, State.REJECTED])
def test_without_firm_users_a_differing_row_makes_the_next_revision(desk: Desk, state: State) -> None:
    desk.shelve()
    desk.place(Type.FILING, state)
    outcome = desk.drop([{"vin": OTHER_VIN}], [{"width": "1870"}])
    assert verdicts(outcome, "structure") == {2: "stored"}
    (note,) = [f for f in outcome.findings if f.code == "STRUCTURE-REVISED"]
    assert "→ 1870" in desk.ruleset.tell(note).what
    assert [e.revision for e in desk.facts.entries.values()] == [2]


@pytest.mark.parametrize(
    ("setting", "kind", "state", "department", "verdict"),
    [
        ("refuse", Type.FILING, State.DRAFT, "北京", "refused"),
        ("refuse", Type.FILING, State.REJECTED, "北京", "refused"),
        ("refuse", Type.CHANGE, State.DRAFT, "北京", "refused"),
        ("refuse", Type.FILING, State.ACCEPTED, "北京", "held"),
        ("refuse", Type.FILING, State.DRAFT, "上海", "stored"),
        ("note", Type.FILING, State.DRAFT, "北京", "stored"),
    ],
)
def test_nobody_revises_what_another_departments_drafts_stand_on_where_that_is_set(
    rulebook: Rulebook, setting: str, kind: Type, state: State, department: str, verdict: str
) -> None:
    """They would follow, and be declared with parameters that their department has never seen."""
    desk = Desk(with_settings(rulebook, {"foreign_department": setting}))
    desk.shelve()
    record = desk.place(kind, state)
    desk.facts = replace(desk.facts, users={})
    desk.know(replace(record, department="上海"))
    outcome = desk.drop([], [{"width": "1870"}], department=department)
    assert verdicts(outcome, "structure") == {2: verdict}
    assert ("STRUCTURE-DEPARTMENT" in codes(outcome, "structure")) == (verdict == "refused")


@pytest.mark.parametrize(("department", "count"), [("北京", "2"), ("上海", "")])
def test_a_revision_tells_how_many_drafts_of_another_department_follow_it(
    desk: Desk, department: str, count: str
) -> None:
    """Semantics section 7: a note to both. They take other parameters when they are declared."""
    desk.shelve()
    for vin in (OTHER_VIN, THIRD_VIN):
        record = desk.place(Type.FILING, State.DRAFT, vin)
        desk.know(replace(record, department="上海"))
    desk.facts = replace(desk.facts, users={next(iter(desk.facts.entries)): Users(2, drafts={"上海": 2})})
    outcome = desk.drop([], [{"width": "1870"}], department=department)
    told = [f for f in outcome.findings if f.code == "STRUCTURE-OTHERS"]
    assert [dict(f.params)["count"] for f in told] == ([count] if count else [])
    assert {d: t.drafts for d, t in other_departments(outcome).items()} == ({"上海": 2} if count else {})


def test_of_parameters_that_were_not_revised_no_department_is_told(desk: Desk) -> None:
    """They wait for a confirmation, or are refused: the drafts stay as they are."""
    entry = desk.shelve()
    desk.facts = replace(desk.facts, users={entry.number: Users(2, firm=1, drafts={"上海": 1})})
    for cells in ({"width": "1870"}, {"width": "1870", "colour": "?", "length": "x"}):
        outcome = desk.drop([], [cells], department="北京")
        assert "STRUCTURE-OTHERS" not in codes(outcome, "structure")
        assert other_departments(outcome) == {}


@pytest.mark.parametrize("state", [State.DECLARED, State.ACCEPTED])
def test_used_by_a_declared_or_accepted_vehicle_a_difference_is_a_stop(desk: Desk, state: State) -> None:
    desk.shelve()
    desk.place(Type.FILING, state)
    outcome = desk.drop([{"vin": OTHER_VIN}], [{"width": "1870"}])
    assert verdicts(outcome) == {2: "refused"}
    assert codes(outcome, "structure") == ["STRUCTURE-DIFFERS"]
    (stop,) = [f for f in outcome.findings if f.code == "STRUCTURE-DIFFERS"]
    assert "→ 1870" in desk.ruleset.tell(stop).what


def test_it_says_which_batch_stored_what_the_catalogue_has(desk: Desk) -> None:
    """Another department had revised it: the old form was red, and nobody knew where that came from."""
    entry = desk.shelve()
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"vin": OTHER_VIN}], [{"width": "1870"}])
    (stop,) = [f for f in outcome.findings if f.code == "STRUCTURE-DIFFERS"]
    assert f"目录中的值是批次 {entry.batch} 存入的" in desk.ruleset.tell(stop).what


def test_confirmed_and_only_changes_use_it_then_it_is_revised(desk: Desk) -> None:
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop(
        [{"_mark": desk.mark(record), "action": "变更"}], [{"width": "1870", "confirmed": "是"}]
    )
    assert verdicts(outcome) == {2: "declared"}
    assert verdicts(outcome, "structure") == {2: "stored"}
    declaration = outcome.declarations[0]
    assert declaration.entry is not None
    assert declaration.entry.revision == 2
    assert ("structure", "width") in {(d.sheet, d.field) for d in declaration.diff}


def test_not_all_rows_are_changes_then_it_stays_a_stop(desk: Desk) -> None:
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop(
        [{"_mark": desk.mark(record), "action": "变更", "colour": "红"}, {"vin": OTHER_VIN}],
        [{"width": "1870", "confirmed": "是"}],
    )
    assert verdicts(outcome) == {2: "refused", 3: "refused"}


def test_a_row_that_asks_for_nothing_does_not_ask_for_a_change(desk: Desk) -> None:
    """Every vehicle row of the workbook with that number has to: here the second one would keep the old."""
    desk.shelve()
    records = [desk.place(Type.FILING, State.ACCEPTED, vin) for vin in (None, OTHER_VIN)]
    first, second = ({"vin": r.vin, "_mark": desk.mark(r)} for r in records)
    outcome = desk.drop([{**first, "action": "变更"}, second], [{"width": "1870", "confirmed": "是"}])
    assert verdicts(outcome) == {2: "refused", 3: "unchanged"}
    both = [{**first, "action": "变更"}, {**second, "action": "变更"}]
    assert verdicts(desk.drop(both, [{"width": "1870", "confirmed": "是"}])) == {2: "declared", 3: "declared"}


def test_who_has_done_half_of_it_is_told_which_rows_are_left(desk: Desk) -> None:
    """He was told both halves again, and not what he lacked."""
    desk.shelve()
    records = [desk.place(Type.FILING, State.ACCEPTED, vin) for vin in (None, OTHER_VIN)]
    first, second = ({"vin": r.vin, "_mark": desk.mark(r)} for r in records)
    rows = [{**first, "action": "变更"}, second]
    assert "“车辆信息”第 3 行“操作”填“变更”" in cure(desk, desk.drop(rows, [{"width": "1870"}]))


def test_no_change_is_asked_of_vehicles_that_are_not_on_record(desk: Desk) -> None:
    """They are filed after the catalogue is revised."""
    desk.shelve()
    desk.place(Type.FILING, State.ACCEPTED, OTHER_VIN)
    told = cure(desk, desk.drop([{}], [{"width": "1870"}]))
    assert "变更" not in told
    assert "并把车辆行全部整行删除（只改目录，已申报的车不变），车辆之后另投" in told


def cure(desk: Desk, outcome: Outcome) -> str:
    (stop,) = [f for f in outcome.findings if f.code == "STRUCTURE-DIFFERS"]
    return desk.ruleset.tell(stop).cure


def test_what_is_said_of_revising_is_said_in_one_voice(desk: Desk) -> None:
    """Three messages told it in three; a stop, the ask that follows it, and the note where none is needed."""
    keep = "不改参数的，改回原值；是另一种车的，换用新编号。要改参数的，在本行“核实确认”填“是”"
    rules = desk.ruleset.findings
    assert rules["STRUCTURE-DIFFERS"].cure_zh.startswith(keep)
    assert rules["STRUCTURE-IN-USE"].cure_zh == keep
    for code in ("STRUCTURE-REVISED", "STRUCTURE-DIFFERS", "STRUCTURE-IN-USE", "STRUCTURE-TWICE"):
        assert "是另一种车的，换用新编号" in rules[code].cure_zh, code
    for code in ("STRUCTURE-STALE", "STRUCTURE-STALE-NOTE"):
        assert rules[code].cure_zh.endswith("要改参数的，重新查询，在新的查询结果上改"), code


def test_the_cells_that_differ_from_the_catalogue_are_those_to_be_seen_to(desk: Desk) -> None:
    """The number was dark red alone, of eighty columns."""
    desk.shelve()
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([], [{"width": "1870", "height": "1480"}])
    (ask,) = outcome.findings
    assert desk.ruleset.cells(ask) == ("structure_no", "width", "height")


def test_later_parts_of_an_extract_follow_the_revision_of_the_first(desk: Desk) -> None:
    """Their row of parameters is outdated by then; untouched it asks for nothing, and its vehicles change."""
    entry = desk.shelve()
    records = [desk.place(Type.FILING, State.ACCEPTED, vin) for vin in (None, OTHER_VIN)]
    first, second = ({"vin": r.vin, "_mark": desk.mark(r), "action": "变更"} for r in records)
    old = {"_mark": desk.entry_mark(entry)}
    desk.facts = replace(desk.facts, former={(entry.number, 1): entry})
    desk.drop([first], [{**old, "width": "1870", "confirmed": "是"}])
    outcome = desk.drop([second], [old])
    assert verdicts(outcome) == {2: "declared"}
    assert ("structure", "width") in {(d.sheet, d.field) for d in outcome.declarations[0].diff}
    assert codes(outcome, "structure") == ["STRUCTURE-STALE-NOTE"]


def test_an_import_of_parameters_in_use_asks_and_tells_how_many_vehicles_stand_on_the_old(desk: Desk) -> None:
    desk.shelve()
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([], [{"width": "1870"}])
    assert verdicts(outcome, "structure") == {2: "held"}
    assert desk.facts.entries[str(desk.sample("structure")["structure_no"])].revision == 1
    confirmed = desk.again(outcome, structure_edits={2: {"confirmed": "是"}})
    assert verdicts(confirmed, "structure") == {2: "stored"}
    assert desk.facts.entries[str(desk.sample("structure")["structure_no"])].revision == 2


def test_a_record_keeps_the_revision_it_was_declared_with(desk: Desk) -> None:
    first = desk.drop()
    vin = first.records[0].vin
    asked = desk.drop([], [{"width": "1870", "confirmed": "是"}])
    assert verdicts(asked, "structure") == {2: "stored"}
    assert desk.facts.records[vin].now.structure_revision == 1
    later = desk.drop([{"vin": OTHER_VIN}], [])
    assert later.declarations[0].entry is not None
    assert later.declarations[0].entry.revision == 2


def test_the_same_number_with_the_same_values_twice_is_told(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {}])
    assert verdicts(outcome) == {2: "declared"}
    assert codes(outcome) == ["STRUCTURE-REPEATED"]


@pytest.mark.parametrize("row", [2, 3])
def test_a_number_is_confirmed_on_any_of_its_equal_rows(desk: Desk, row: int) -> None:
    """On the second it was told 已确认 there, and the vehicle was held for the first, for ever."""
    rows = [{"length": "4974", "confirmed": "是" if at == row else ""} for at in (2, 3)]
    outcome = desk.drop([{}], rows)
    assert verdicts(outcome) == {2: "declared"}
    assert verdicts(outcome, "structure") == {2: "stored", 3: "unchanged"}
    assert all(f.released for f in outcome.findings if f.code == "LENGTH-SUM")


def test_a_held_vehicle_is_finished_on_any_of_the_equal_rows(desk: Desk) -> None:
    held = desk.drop([{}], [{"length": "4974"}, {"length": "4974"}])
    assert verdicts(held) == {2: "held"}
    assert verdicts(desk.again(held, structure_edits={3: {"confirmed": "是"}})) == {2: "declared"}


def test_a_held_vehicle_is_finished_by_mending_what_was_doubted(desk: Desk) -> None:
    """It waited for its parameters, and they, as nobody acted on it, waited for it."""
    held = desk.drop([{}], [ODD])
    mended = desk.again(held, structure_edits={2: {"overhang_front": "866"}})
    assert verdicts(mended) == {2: "declared"}
    assert verdicts(mended, "structure") == {2: "stored"}


def test_a_held_vehicle_is_held_on_where_its_parameters_are_mended_to_another_doubt(desk: Desk) -> None:
    held = desk.drop([{}], [ODD])
    doubted = desk.again(held, structure_edits={2: {"overhang_front": "701"}})
    assert verdicts(doubted) == {2: "held"}
    assert verdicts(desk.again(doubted, structure_edits={2: {"overhang_front": "866"}})) == {2: "declared"}


def test_a_vehicle_that_is_held_for_something_of_its_own_waits_though_its_parameters_are_mended(
    desk: Desk,
) -> None:
    held = desk.drop([{"production_date": "2018.03"}], [ODD])
    mended = desk.again(held, structure_edits={2: {"overhang_front": "866"}})
    assert (verdicts(mended), codes(mended, "vehicle", 2)) == ({2: "held"}, ["DATE-MODEL-YEAR"])


def test_the_same_number_with_other_values_refuses_all_its_rows(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {"width": "1870"}])
    assert verdicts(outcome, "structure") == {2: "refused", 3: "refused"}
    assert verdicts(outcome) == {2: "refused"}


# ── two certificates ─────────────────────────────────────────────────────────────────────────────

OTHER_CCC = "2020011101000999"


def test_one_number_with_two_certificates_asks_on_the_row_that_differs(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN, "ccc_no": OTHER_CCC}])
    assert verdicts(outcome) == {2: "declared", 3: "held"}
    assert codes(outcome) == ["CCC-TWO-CERTIFICATES"]


def test_the_version_of_a_certificate_does_not_count(desk: Desk) -> None:
    number = str(desk.sample("vehicle")["ccc_no"])
    assert verdicts(desk.drop([{}, {"vin": OTHER_VIN, "ccc_no": f"{number}(B0)"}])) == {
        2: "declared",
        3: "declared",
    }


def test_the_first_certificate_is_the_one_on_record(desk: Desk) -> None:
    desk.drop()
    outcome = desk.drop([{"vin": OTHER_VIN, "ccc_no": OTHER_CCC}, {"vin": THIRD_VIN}], [])
    assert verdicts(outcome) == {2: "held", 3: "declared"}


def test_rows_with_a_stop_do_not_count_as_first(desk: Desk) -> None:
    outcome = desk.drop(
        [{"ccc_no": OTHER_CCC, "production_date": "2031.01"}, {"vin": OTHER_VIN}, {"vin": THIRD_VIN}]
    )
    assert verdicts(outcome) == {2: "refused", 3: "declared", 4: "declared"}


# ── deletion with parameters ─────────────────────────────────────────────────────────────────────


def test_deleting_with_parameters_removes_them_when_no_other_record_uses_them(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome) == {2: "deleted"}
    assert desk.facts.entries == {}


def test_the_row_of_parameters_that_went_with_their_vehicle_says_so(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome, "structure") == {2: "deleted"}
    assert deleted_sets(outcome, desk.ruleset) == 0


def test_parameters_that_were_deleted_are_told_so_when_their_row_comes_back(desk: Desk) -> None:
    """It was told 已检查，未入库, and how to store what had been deleted on purpose."""
    saved = desk.drop([{"action": "暂存"}])
    deleted = desk.again(saved, {2: {"action": "删除含结构参数"}})
    outcome = desk.again(deleted)
    assert codes(outcome, "structure") == ["STRUCTURE-DELETED"]
    assert desk.facts.entries == {}


def test_deleted_parameters_without_a_row_are_told_in_a_line(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    outcome = desk.drop([{"action": "删除含结构参数", "_mark": str(saved.rows[0].mark)}], [])
    assert deleted_sets(outcome, desk.ruleset) == 1


def test_parameters_stay_as_they_were_where_the_whole_workbook_is_kept_back(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    saved = desk.drop([{"action": "暂存"}])
    mark = str(saved.rows[0].mark)
    outcome = desk.drop([{"action": "删除含结构参数", "_mark": mark}, {"vin": OTHER_VIN, "ccc_no": ""}])
    assert verdicts(outcome, "structure") == {2: "unchanged"}


def test_deleting_with_parameters_in_use_deletes_nothing_and_names_users(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}, {"action": "暂存", "vin": OTHER_VIN}])
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome) == {2: "refused", 3: "unchanged"}
    (stop,) = [f for f in outcome.findings if f.code == "STRUCTURE-STILL-USED"]
    assert OTHER_VIN in desk.ruleset.tell(stop).what


def test_users_deleted_by_the_same_workbook_do_not_count(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}, {"action": "暂存", "vin": OTHER_VIN}])
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}, 3: {"action": "删除"}})
    assert verdicts(outcome) == {2: "deleted", 3: "deleted"}
    assert desk.facts.entries == {}


def test_a_draft_without_a_number_shares_its_parameters_with_nobody(desk: Desk) -> None:
    """Other drafts that name no number either are no users of them."""
    saved = desk.drop([{"action": "暂存", "structure_no": ""}], [])
    deleted = {"action": "删除含结构参数", "structure_no": "", "_mark": str(saved.rows[0].mark)}
    others = [{"vin": vin, "action": "暂存", "structure_no": ""} for vin in (OTHER_VIN, THIRD_VIN)]
    assert verdicts(desk.drop([deleted, *others], [])) == {2: "deleted", 3: "saved", 4: "saved"}


def test_a_vehicle_that_only_loses_its_draft_still_uses_its_parameters(desk: Desk) -> None:
    """Its filing stands again, and with it the number: the parameters must not go with somebody's draft."""
    saved = desk.drop([{"action": "暂存"}])
    draft = desk.place(Type.CHANGE, State.DRAFT, OTHER_VIN)
    dropped = {"vin": OTHER_VIN, "_mark": desk.mark(draft), "action": "删除"}
    outcome = desk.drop([{"action": "删除含结构参数", "_mark": str(saved.rows[0].mark)}, dropped], [])
    assert verdicts(outcome) == {2: "refused", 3: "deleted"}
    assert OTHER_VIN in desk.ruleset.tell(outcome.findings[0]).what
    assert len(desk.facts.entries) == 1


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Type.CHANGE, State.DRAFT),
        (Type.CHANGE, State.DECLARED),
        (Type.CHANGE, State.REJECTED),
        (Type.REVOCATION, State.DECLARED),
    ],
)
def test_what_a_filing_in_force_stands_on_is_not_deleted_while_a_change_names_another_number(
    desk: Desk, kind: Type, state: State
) -> None:
    """The change may be dropped or rejected; then the filing needs its parameters again."""
    saved = desk.drop([{"action": "暂存"}])
    number = next(iter(desk.facts.entries))
    know_only(desk, saved.records[0].record, standing_on(desk.place(kind, state, OTHER_VIN), number))
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome) == {2: "refused"}
    assert OTHER_VIN in desk.ruleset.tell(outcome.findings[0]).what


def test_an_accepted_change_frees_the_number_that_it_left(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    changed = desk.place(Type.CHANGE, State.ACCEPTED, OTHER_VIN)
    now = on(changed.now, "S-2")
    know_only(desk, saved.records[0].record, replace(changed, now=now, accepted=now))
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome) == {2: "deleted"}


def test_a_revoked_filing_stands_on_nothing_though_a_new_draft_would_return_to_it(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    number = next(iter(desk.facts.entries))
    revoked = desk.place(Type.REVOCATION, State.ACCEPTED, OTHER_VIN)
    ended = replace(revoked.now, data={**revoked.now.data, "structure_no": number})
    draft = replace(
        revoked.now, type=Type.FILING, state=State.DRAFT, data={**ended.data, "structure_no": "S-2"}
    )
    desk.facts = replace(desk.facts, records={}, users={})
    draft_of_another = saved.records[0].record
    assert draft_of_another is not None
    desk.know(draft_of_another)
    desk.know(replace(revoked, now=draft, before=ended, accepted=ended))
    outcome = desk.again(saved, {2: {"action": "删除含结构参数"}})
    assert verdicts(outcome) == {2: "deleted"}


def test_parameters_of_a_filing_in_force_are_not_revised_while_its_change_names_another_number(
    desk: Desk,
) -> None:
    saved = desk.drop([{"action": "暂存"}])
    number = next(iter(desk.facts.entries))
    know_only(
        desk,
        saved.records[0].record,
        standing_on(desk.place(Type.CHANGE, State.DRAFT, OTHER_VIN), number),
    )
    outcome = desk.drop([{"action": "暂存", "vin": THIRD_VIN}], [{"width": "1870"}])
    assert "STRUCTURE-DIFFERS" in codes(outcome)


def know_only(desk: Desk, *records: Record | None) -> None:
    """These records and nobody else use parameters."""
    desk.facts = replace(desk.facts, users={})
    for record in records:
        assert record is not None
        desk.know(record)


def standing_on(record: Record, number: str) -> Record:
    """This record, its filing in force standing on another number than its latest declaration."""
    assert record.accepted is not None
    force = on(record.accepted, number)
    return replace(
        record, now=on(record.now, "S-2"), accepted=force, before=force if record.before is not None else None
    )


# ── values kept from the rules of another day ────────────────────────────────────────────────────


def narrowed(rulebook: Rulebook) -> Rulebook:
    """A home that has since lowered a limit of each sheet."""
    text = "[structure.width]\nhigh = 1800\nexample = '1700'\n[vehicle.colour]\nlength = 2\nexample = '黑'\n"
    return replace(rulebook, home=(("fields.toml", text),), digest="narrowed")


def test_a_kept_parameter_that_breaks_todays_rule_refuses_its_vehicles(desk: Desk) -> None:
    """Else the package would be refused, and with it every run."""
    entry = desk.shelve()
    later = Desk(narrowed(desk.rulebook))
    later.facts = replace(later.facts, entries={entry.number: entry})
    outcome = later.drop([{}], [])
    assert verdicts(outcome) == {2: "refused"}
    assert codes(outcome) == ["STRUCTURE-INCOMPLETE"]


def test_a_kept_value_of_a_record_that_breaks_todays_rule_is_told(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    later = Desk(narrowed(desk.rulebook), facts=desk.facts)
    row = {"_mark": desk.mark(record), "action": "变更", "remarks": "新"}
    outcome = later.drop([row], [{"width": "1700"}], without=["colour"])
    assert verdicts(outcome) == {2: "refused"}
    assert "TEXT-TOO-LONG" in codes(outcome, "vehicle")
