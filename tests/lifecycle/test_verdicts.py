"""What a row writes: the whole change of its record, and the whole declaration, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import Diff, Outcome, Record, Standing, State, Type
from vinbatch.noun import replace


@dataclass
class Written:
    """The only change of a record that an outcome holds."""

    outcome: Outcome
    record: Record = field(init=False)

    def __post_init__(self) -> None:
        (self.change,) = self.outcome.records
        assert self.change.record is not None
        self.record = self.change.record


def on_extract(desk: Desk, record: Record, **cells: Any) -> Outcome:
    """The record's row of an extract with these cells changed, dropped."""
    return desk.drop([{**shown(desk, record), **cells, "_mark": desk.mark(record)}])


def shown(desk: Desk, record: Record) -> Cells:
    fields = desk.ruleset.fields("vehicle")
    texts = {f.key: desk.ruleset.shown(f, v) for f in fields if (v := record.now.data.get(f.key)) is not None}
    return {**dict.fromkeys((f.key for f in fields), ""), **texts}


def test_a_new_filing_is_a_first_record_of_its_department(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}], department="北京")
    written = Written(outcome)
    change, record = written.change, written.record
    assert (change.vin, change.expected, change.kind, change.sheet, change.row) == (
        record.vin,
        0,
        "declared",
        "vehicle",
        2,
    )
    assert record == Record(
        record.vin,
        version=1,
        revision=1,
        now=Standing(
            Type.FILING, State.DECLARED, outcome.batch, record.now.data, structure_revision=1, since=desk.now
        ),
        department="北京",
        updated=desk.now,
    )
    assert "revocation_reason" not in record.now.data


def test_a_declaration_carries_the_data_of_the_record_and_the_row_of_its_parameters(desk: Desk) -> None:
    outcome = desk.drop([None, {"action": "申报"}], [None, None, {}])
    record = Written(outcome).record
    (declared,) = outcome.declarations
    assert (declared.type, declared.vin, declared.data) == (Type.FILING, record.vin, record.now.data)
    assert (declared.sheet, declared.row, declared.entry_row, declared.diff) == ("vehicle", 3, 4, ())
    assert declared.entry is not None
    assert declared.entry.number == record.now.data["structure_no"]


def test_parameters_of_the_catalogue_come_from_no_row(desk: Desk) -> None:
    entry = desk.shelve(revision=3)
    outcome = desk.drop([{"action": "申报"}], [])
    (declared,) = outcome.declarations
    assert declared.entry is not None
    assert (declared.entry.number, declared.entry.revision, declared.entry_row) == (entry.number, 3, 0)
    assert Written(outcome).record.now.structure_revision == 3


def test_a_draft_follows_the_latest_parameters(desk: Desk) -> None:
    desk.shelve(revision=3)
    assert Written(desk.drop([{"action": "暂存"}], [])).record.now.structure_revision is None


def test_a_held_row_is_a_draft_with_its_asks(desk: Desk) -> None:
    written = Written(desk.drop([{"action": "申报", "production_date": "2018.03"}]))
    assert (written.change.kind, written.record.now.state) == ("held", State.DRAFT)
    assert [ask.partition(":")[0] for ask in written.record.held] == ["DATE-MODEL-YEAR"]
    assert written.outcome.declarations == ()
    assert written.record.now.structure_revision is None


def test_what_a_confirmation_releases_stands_in_the_change(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报", "production_date": "2018.03", "confirmed": "是"}])
    written = Written(outcome)
    assert [ask.partition(":")[0] for ask in written.change.released] == ["DATE-MODEL-YEAR"]
    assert written.record.held == ()


def test_a_change_keeps_what_is_in_force_until_customs_answers(desk: Desk) -> None:
    desk.shelve()
    force = desk.place(Type.FILING, State.ACCEPTED, colour="白色")
    outcome = on_extract(desk, force, action="变更", colour="红色")
    written = Written(outcome)
    assert (written.change.expected, written.record.version, written.record.revision) == (3, 4, 3)
    assert written.record.accepted == force.now
    assert written.record.before is None
    assert written.record.now.type is Type.CHANGE
    assert written.change.diff == (Diff("colour", "白色", "红色"),)
    assert outcome.declarations[0].diff == written.change.diff


def test_the_draft_of_a_change_returns_to_what_is_in_force(desk: Desk) -> None:
    desk.shelve()
    force = desk.place(Type.FILING, State.ACCEPTED, colour="白色")
    saved = on_extract(desk, force, action="变更暂存", colour="红色")
    draft = Written(saved).record
    assert draft.before == force.now
    again = on_extract(desk, draft, action="变更暂存", colour="蓝色")
    assert Written(again).record.before == force.now
    dropped = Written(on_extract(desk, Written(again).record, action="删除"))
    assert dropped.change.kind == "dropped"
    assert dropped.record == replace(
        force, version=6, revision=5, before=None, held=(), updated=desk.now, department=""
    )


def test_a_held_draft_that_is_dropped_holds_nothing_any_more(desk: Desk) -> None:
    held = desk.place(Type.CHANGE, State.DRAFT, held=True)
    assert Written(on_extract(desk, held, action="删除")).record.held == ()


def test_a_draft_that_is_dropped_takes_its_answers_along(desk: Desk) -> None:
    draft = replace(desk.place(Type.CHANGE, State.DRAFT), confirmed=("VIN-REVOKED::",))
    desk.know(draft)
    assert Written(on_extract(desk, draft, action="删除")).record.confirmed == ()


def test_a_draft_of_a_filing_returns_to_nothing(desk: Desk) -> None:
    draft = Written(desk.drop([{"action": "暂存"}])).record
    assert draft.before is None
    (gone,) = on_extract(desk, draft, action="删除").records
    assert (gone.vin, gone.expected, gone.kind, gone.record) == (draft.vin, 1, "deleted", None)
    assert (gone.sheet, gone.row) == ("vehicle", 2)


def test_a_draft_after_a_rejected_filing_forgets_the_rejection(desk: Desk) -> None:
    rejected = desk.place(Type.FILING, State.REJECTED)
    assert Written(on_extract(desk, rejected, action="暂存", colour="红色")).record.before is None


def test_a_deleted_row_dropped_again_asks_for_nothing(desk: Desk) -> None:
    draft = Written(desk.drop([{"action": "暂存"}])).record
    outcome = on_extract(desk, draft, action="删除")
    (mark,) = (j.mark for j in outcome.rows if j.row.sheet == "vehicle")
    assert mark is not None
    assert (mark.key, mark.revision) == (draft.vin, draft.revision)
    again = desk.again(outcome)
    assert (verdicts(again), again.records) == ({2: "unchanged"}, ())


def test_a_revocation_takes_nothing_but_its_reason(desk: Desk) -> None:
    desk.shelve(revision=4)
    force = desk.place(Type.FILING, State.ACCEPTED, colour="白色")
    written = Written(on_extract(desk, force, action="撤销", revocation_reason="退运", colour="红色"))
    assert written.record.now.type is Type.REVOCATION
    assert written.record.now.data == {**force.now.data, "revocation_reason": "退运"}
    assert written.record.now.structure_revision == force.now.structure_revision
    assert written.change.diff == (Diff("revocation_reason", None, "退运"),)


def test_a_revocation_after_a_rejected_change_repeats_what_is_in_force(desk: Desk) -> None:
    """Customs rejected the change: it knows nothing of the other colour, nor of the other parameters."""
    desk.shelve(revision=4)
    force = desk.place(Type.FILING, State.ACCEPTED, colour="白色")
    other = {**force.now.data, "colour": "红色", "structure_no": "OTHER-1"}
    change = Standing(Type.CHANGE, State.REJECTED, "TRIAL-20260102-0001", other, 9)
    desk.know(replace(force, now=change))
    written = Written(on_extract(desk, replace(force, now=change), action="撤销", revocation_reason="退运"))
    assert written.record.now.data == {**force.now.data, "revocation_reason": "退运"}
    assert written.record.now.structure_revision == force.now.structure_revision
    assert {d.field: (d.old, d.new) for d in written.change.diff} == {
        "structure_no": ("OTHER-1", force.now.data["structure_no"]),
        "colour": ("红色", "白色"),
        "revocation_reason": (None, "退运"),
    }
    assert codes(written.outcome) == []


def test_the_reason_of_a_revocation_is_no_part_of_a_change(desk: Desk) -> None:
    desk.shelve()
    force = desk.place(Type.FILING, State.ACCEPTED, colour="白色")
    for act in ("变更", "变更暂存"):
        draft = on_extract(desk, force, action=act, colour="红色", revocation_reason="退运")
        assert [d.field for d in Written(draft).change.diff] == ["colour"]
        declared = Written(desk.again(draft, {2: {"action": "变更", "confirmed": "是"}}))
        desk.facts = replace(desk.facts, records={force.vin: force})
        assert "revocation_reason" not in declared.record.now.data
        assert [d.field for d in declared.change.diff] == ["colour"]


def test_the_reason_of_a_draft_is_kept_until_it_is_declared(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存", "revocation_reason": "退运"}])
    assert Written(saved).record.now.data["revocation_reason"] == "退运"
    declared = desk.again(saved, {2: {"action": "申报", "confirmed": "是"}})
    assert "revocation_reason" not in Written(declared).record.now.data


def test_a_department_stays_with_its_record_whoever_drops_it_next(desk: Desk) -> None:
    draft = Written(desk.drop([{"action": "暂存"}], department="北京")).record
    cells = {**shown(desk, draft), "action": "暂存", "colour": "红", "_mark": desk.mark(draft)}
    assert Written(desk.drop([cells], department="上海")).record.department == "北京"


def test_an_edited_vin_writes_the_new_draft_and_ends_the_old(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    old = Written(saved).record
    outcome = desk.again(saved, {2: {"action": "暂存", "vin": OTHER_VIN}})
    ended, made = outcome.records
    assert (ended.vin, ended.expected, ended.kind, ended.record) == (old.vin, 1, "replaced", None)
    assert (ended.sheet, ended.row) == ("vehicle", 2)
    assert (made.vin, made.expected, made.kind) == (OTHER_VIN, 0, "saved")


def test_a_filing_after_a_revocation_follows_its_version(desk: Desk) -> None:
    desk.shelve()
    revoked = desk.place(Type.REVOCATION, State.ACCEPTED)
    written = Written(desk.drop([{"action": "申报", "confirmed": "是"}], []))
    assert (written.change.expected, written.record.version, written.record.revision) == (
        revoked.version,
        revoked.version + 1,
        revoked.revision + 1,
    )


def test_bytes_seen_before_show_the_record_as_it_was_by_a_mark_that_is_behind(desk: Desk) -> None:
    """Untouched it asks for nothing, edited it is stale: the record has moved on since."""
    first = desk.drop([{"action": "暂存"}], digest="same")
    for colour in ("红", "蓝"):
        desk.again(first, {2: {"action": "暂存", "colour": colour}})
        first = desk.outcome or first
    again = desk.drop([{"action": "暂存"}], digest="same")
    (mark,) = (j.mark for j in again.rows if j.row.sheet == "vehicle")
    assert mark is not None
    assert mark.revision == 2
    assert "ROW-ALREADY-DONE" in codes(again)


def test_bytes_seen_before_keep_a_mark_of_their_own(desk: Desk) -> None:
    draft = Written(desk.drop([{"action": "暂存"}])).record
    row = {**shown(desk, draft), "action": "暂存", "colour": "红", "_mark": desk.mark(draft)}
    desk.drop([row], digest="same")
    (judged, *_) = desk.drop([row], digest="same").rows
    assert str(judged.mark) == desk.mark(draft)


def test_a_refused_row_keeps_its_mark_and_an_unmarked_one_gets_revision_0(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报", "ccc_no": "x"}])
    (judged, *_) = outcome.rows
    assert judged.mark is not None
    assert (judged.mark.key, judged.mark.revision) == (desk.sample("vehicle")["vin"], 0)
    again = desk.again(outcome, {2: {"colour": "红"}})
    assert again.rows[0].mark is not None
    assert again.rows[0].mark.known_by == judged.mark.known_by


def test_an_unmarked_row_that_says_what_stands_gets_the_mark_of_the_record(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    record = Written(saved).record
    desk.now += timedelta(days=1)
    outcome = desk.drop([{}])
    assert verdicts(outcome) == {2: "unchanged"}
    assert str(outcome.rows[0].mark) == desk.mark(record)
    assert outcome.rows[0].act is None


def test_a_cell_that_cannot_be_read_comes_back_on_a_refused_row_and_not_on_one_that_ignores_it(
    desk: Desk,
) -> None:
    desk.shelve()
    force = desk.place(Type.FILING, State.ACCEPTED)
    left = [
        dict(on_extract(desk, force, action=act, revocation_reason="退运", ccc_no="x").rows[0].row.leftovers)
        for act in ("变更", "撤销")
    ]
    assert left == [{"ccc_no": "X"}, {}]
