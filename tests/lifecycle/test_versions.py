"""Versions, revisions, marks and what a confirmation leaves: what the next drop is compared with."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Desk, codes, verdicts

from vinbatch.model import Outcome, State, Type


def counted(outcome: Outcome) -> list[tuple[int, int, int]]:
    """Of each record written: the version that it must have had, its version, its revision."""
    return [
        (c.expected, c.record.version, c.record.revision) for c in outcome.records if c.record is not None
    ]


def test_the_version_counts_every_change_and_the_revision_those_of_data(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    assert counted(saved) == [(0, 1, 1)]
    edited = desk.again(saved, {2: {"action": "暂存", "colour": "红"}})
    assert counted(edited) == [(1, 2, 2)]
    declared = desk.again(edited, {2: {"action": "申报"}})
    assert counted(declared) == [(2, 3, 2)]


def test_a_mark_carries_the_revision_that_the_row_shows(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}])
    edited = desk.again(saved, {2: {"action": "暂存", "colour": "红"}})
    assert [(m.key, m.revision) for j in edited.rows if (m := j.mark) and j.row.sheet == "vehicle"] == [
        (edited.records[0].vin, 2)
    ]


@pytest.mark.parametrize(("edit", "revision"), [({}, 1), ({"colour": "红"}, 1)])
def test_bytes_that_come_again_carry_a_mark_of_what_they_show(
    desk: Desk, edit: dict[str, str], revision: int
) -> None:
    """Of the record as it stands, or of an older one where it was edited since: then the row is stale."""
    saved = desk.drop([{"action": "暂存"}], digest="same")
    if edit:
        desk.again(saved, {2: {"action": "暂存", **edit}})
    again = desk.drop([{"action": "暂存"}], digest="same")
    (mark,) = (j.mark for j in again.rows if j.row.sheet == "vehicle")
    assert mark is not None
    assert mark.revision == revision
    later = desk.again(again, {2: {"action": "暂存", "colour": "黑"}})
    assert verdicts(later) == {2: "refused" if edit else "saved"}


def test_a_confirmed_pair_of_manufacturer_and_country_is_agreed(desk: Desk) -> None:
    asked = desk.drop([{}], [{"country": "USA"}])
    assert "WMI-COUNTRY" in codes(asked)
    assert asked.agreed == ()
    confirmed = desk.again(asked, {2: {"confirmed": "是"}})
    assert verdicts(confirmed) == {2: "declared"}
    assert confirmed.agreed == (("WBA", "USA"),)
    assert verdicts(desk.drop([{"vin": OTHER_VIN}], [])) == {2: "declared"}


def test_rows_of_a_file_that_is_refused_carry_marks_without_a_record(desk: Desk) -> None:
    outcome = desk.drop([{"vin": f"WBA13BJ0{i:02d}MCF{i:05d}"[:17]} for i in range(201)], [{}])
    assert outcome.refused
    kinds = {(j.row.sheet, m.revision, m.key[:3]) for j in outcome.rows if (m := j.mark)}
    number = str(desk.sample("structure")["structure_no"])[:3]
    assert kinds == {("vehicle", 0, "WBA"), ("structure", 0, number)}


def test_a_filing_after_a_revocation_leaves_the_past_behind_it_and_its_draft_does_not(desk: Desk) -> None:
    record = desk.place(Type.REVOCATION, State.ACCEPTED)
    drafted = desk.drop([{"action": "暂存"}]).records[0].record
    assert drafted is not None
    assert (drafted.accepted, drafted.revoked) == (record.accepted, record.revoked)
    assert drafted.revision == record.revision + 1
    declared = desk.drop([{"action": "申报", "confirmed": "是"}]).records[0].record
    assert declared is not None
    assert (declared.now.type, declared.now.state) == (Type.FILING, State.DECLARED)
    assert (declared.accepted, declared.previous, declared.revoked) == (None, None, "")
