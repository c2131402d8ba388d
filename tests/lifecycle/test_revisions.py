"""No revision is given twice: the mark of an old result never passes for the present one."""

from __future__ import annotations

from desk import Desk, codes, verdicts

from vinbatch.model import Outcome
from vinbatch.noun import replace


def revision(outcome: Outcome) -> int:
    """That of the only record, or entry, which the outcome writes."""
    (record,) = [c.record for c in outcome.records]
    assert record is not None
    return record.revision


def test_a_draft_that_is_saved_anew_goes_on_above_the_deleted_one(desk: Desk) -> None:
    desk.shelve()
    saved = desk.drop([{"action": "暂存"}])
    desk.again(saved, {2: {"action": "删除"}})
    assert (revision(saved), revision(desk.drop([{"action": "暂存"}]))) == (1, 2)


def test_the_result_of_a_deleted_draft_declares_nothing_of_the_one_saved_anew(desk: Desk) -> None:
    desk.shelve()
    old = desk.drop([{"action": "暂存", "colour": "白"}])
    desk.again(old, {2: {"action": "删除"}})
    desk.drop([{"action": "暂存", "colour": "红"}])
    late = desk.again(old, {2: {"action": "申报"}})
    assert (verdicts(late), late.declarations) == ({2: "refused"}, ())
    assert "MARK-STALE" in codes(late)


def test_a_draft_under_another_vin_leaves_its_revision_behind(desk: Desk) -> None:
    from desk import OTHER_VIN

    desk.shelve()
    old = desk.drop([{"action": "暂存"}])
    desk.again(old, {2: {"action": "暂存", "vin": OTHER_VIN}})
    assert revision(desk.drop([{"action": "暂存"}])) == 2


def test_parameters_that_are_learnt_anew_go_on_above_the_deleted_ones(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}], [{}])
    desk.again(saved, {2: {"action": "删除含结构参数"}})
    (change,) = desk.drop([{"action": "暂存"}], [{}]).entries
    assert change.entry is not None
    assert (change.expected, change.entry.revision) == (0, 2)


def test_what_is_deleted_twice_in_a_pass_goes_on_above_the_second_one(desk: Desk) -> None:
    """Record and parameters: the ledger is asked once, before the first of these workbooks."""
    for number in (1, 2, 3):
        saved = desk.drop([{"action": "暂存"}], [{}])
        (entry,) = (change.entry for change in saved.entries)
        assert entry is not None
        assert (revision(saved), entry.revision) == (number, number)
        desk.again(saved, {2: {"action": "删除含结构参数"}})


def test_the_result_of_deleted_parameters_revises_nothing_of_those_learnt_anew(desk: Desk) -> None:
    old = desk.drop([{"action": "暂存"}], [{"confirmed": "是"}])
    desk.again(old, {2: {"action": "删除含结构参数"}})
    desk.drop([{"action": "暂存"}], [{"net_power_speed": "199", "confirmed": "是"}])
    late = desk.again(old, {}, {2: {"confirmed": "是", "net_power_speed": "210"}})
    assert "STRUCTURE-STALE" in codes(late, "structure")
    assert late.entries == ()


def test_after_a_restore_every_change_is_above_what_the_ledger_forgot(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}], [{}])
    desk.facts = replace(desk.facts, floor=261126201530)
    same = desk.again(saved, {2: {"action": "暂存", "confirmed": "是"}})
    edited = desk.again(saved, {2: {"action": "暂存", "colour": "红"}})
    assert all(c.record is None or c.record.revision == 1 for c in same.records)
    assert revision(edited) == 261126201530


def test_a_mark_from_after_a_restore_reads_back(desk: Desk) -> None:
    desk.shelve()
    desk.facts = replace(desk.facts, floor=261126201530)
    saved = desk.drop([{"action": "暂存"}])
    declared = desk.again(saved, {2: {"action": "申报", "colour": "红"}})
    assert (revision(declared), verdicts(declared)) == (261126201531, {2: "declared"})
    assert "RECORD-REPLACED" not in codes(declared)


def test_above_the_floor_revisions_count_by_one(desk: Desk) -> None:
    desk.shelve()
    desk.facts = replace(desk.facts, floor=7)
    saved = desk.drop([{"action": "暂存"}])
    assert (revision(saved), revision(desk.again(saved, {2: {"action": "暂存", "colour": "红"}}))) == (7, 8)


def test_what_is_declared_as_it_was_saved_keeps_its_revision(desk: Desk) -> None:
    desk.shelve()
    saved = desk.drop([{"action": "暂存"}])
    assert revision(desk.again(saved, {2: {"action": "申报"}})) == revision(saved) == 1


def test_the_row_of_a_draft_that_is_gone_is_no_new_row_in_the_result_of_the_same_bytes(desk: Desk) -> None:
    desk.shelve()
    saved = desk.drop([{"action": "暂存"}], digest="the same")
    desk.again(saved, {2: {"action": "删除"}})
    again = desk.drop([{"action": "暂存"}], digest="the same")
    mark = again.rows[0].mark
    assert (verdicts(again), mark and mark.revision) == ({2: "unchanged"}, 1)
    assert verdicts(desk.again(again)) == {2: "unchanged"}


def test_a_row_without_a_mark_that_says_what_is_on_record_gets_the_mark_of_the_record(desk: Desk) -> None:
    desk.shelve()
    saved = desk.drop([{"action": "暂存"}])
    same = desk.drop([{}])
    assert (verdicts(same), same.rows[0].mark) == ({2: "unchanged"}, saved.rows[0].mark)
