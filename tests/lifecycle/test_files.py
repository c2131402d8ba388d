"""Semantics sections 2 (all-or-nothing) and 4: limits, same bytes, order of a pass."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, only, verdicts
from test_examples import with_settings

from vinbatch.model import Forgotten, Rulebook, State, Type, Verdict
from vinbatch.noun import replace

UNKNOWN = {"structure_no": "UNKNOWN-1"}


def test_rows_stand_alone(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN, **UNKNOWN}])
    assert verdicts(outcome) == {2: "declared", 3: "refused"}


def test_all_or_nothing_keeps_the_whole_workbook(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    outcome = desk.drop([{}, {"vin": OTHER_VIN, **UNKNOWN}])
    assert verdicts(outcome) == {2: "refused", 3: "refused"}
    assert codes(outcome, "vehicle", 2) == ["BATCH-INCOMPLETE"]
    assert outcome.records == outcome.entries == outcome.declarations == ()


def test_a_held_row_keeps_an_all_or_nothing_workbook_too(rulebook: Rulebook) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    outcome = desk.drop([{"production_date": "2019.03"}])
    assert verdicts(outcome) == {2: "refused"}
    assert outcome.records == ()


@pytest.mark.parametrize("act", ["暂存", "变更", "变更暂存"])
def test_a_row_that_is_kept_back_is_not_told_as_saved_or_changed(rulebook: Rulebook, act: str) -> None:
    desk = Desk(with_settings(rulebook, {"all_or_nothing": True}))
    row: Cells = {"action": act, "colour": "红"}
    if act == "暂存":
        row = {**row, "production_date": "2019.10"}
    else:
        row = {**row, "_mark": desk.mark(desk.place(Type.FILING, State.ACCEPTED))}
    outcome = desk.drop([row, {"vin": OTHER_VIN, **UNKNOWN}])
    asked = ["DATE-MODEL-YEAR"] if act == "暂存" else []
    assert codes(outcome, "vehicle", 2) == [*asked, "BATCH-INCOMPLETE"]


def test_what_keeps_a_workbook_back_is_told_where_a_home_asks_about_it(rulebook: Rulebook) -> None:
    """The row named itself as the one to be confirmed, and nothing that is asked of it."""
    asked = {"all_or_nothing": True, "severities": {"RECORD-REPLACED": "ask"}}
    desk = Desk(with_settings(rulebook, asked))
    desk.drop([{"action": "暂存"}])
    outcome = desk.drop([{"colour": "红"}])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == (
        {2: "refused"},
        ["RECORD-REPLACED", "BATCH-INCOMPLETE"],
    )


def test_more_than_200_asking_rows_refuse_the_file(desk: Desk) -> None:
    outcome = desk.drop([{}] * 201)
    assert outcome.refused
    assert codes(outcome)[0] == "FILE-TOO-MANY-VEHICLES"
    assert set(verdicts(outcome).values()) == {"refused"}
    assert len(verdicts(outcome)) == 201


def test_untouched_marked_rows_do_not_count(desk: Desk) -> None:
    done = desk.drop()
    (judged,) = [j for j in done.rows if j.row.sheet == "vehicle"]
    row = {"_mark": str(judged.mark)}
    outcome = desk.drop([row] * 300)
    assert not outcome.refused


def test_untouched_marked_rows_that_a_restore_forgot_do_not_count(desk: Desk) -> None:
    """They are refused one by one: an extract of many such vehicles is not one that asks for too much."""
    done = desk.drop()
    (judged,) = [j for j in done.rows if j.row.sheet == "vehicle"]
    lost = Forgotten("F0", "TRIAL-20260301-0002", Type.FILING, "x.zip", "", 1, desk.now)
    desk.facts = replace(desk.facts, forgotten={str(desk.sample("vehicle")["vin"]): lost})
    outcome = desk.drop([{"_mark": str(judged.mark)}] * 300)
    assert not outcome.refused
    assert set(verdicts(outcome).values()) == {"refused"}


def test_more_than_200_parameter_sets_beside_vehicles_refuse_the_file(desk: Desk) -> None:
    outcome = desk.drop([{}], [{"structure_no": f"N-{i}"} for i in range(201)])
    assert codes(outcome)[0] == "FILE-TOO-MANY-STRUCTURES"


def test_a_workbook_of_parameters_only_may_have_more(desk: Desk) -> None:
    outcome = desk.drop([], [{"structure_no": f"N-{i}"} for i in range(201)])
    assert not outcome.refused
    assert len(only(outcome, Verdict.STORED, "structure")) == 201


def test_same_bytes_again_declare_nothing_twice(desk: Desk) -> None:
    first = desk.drop([{}], digest="same")
    again = desk.drop([{}], digest="same")
    assert verdicts(again) == {2: "unchanged"}
    assert first.batch in desk.ruleset.tell(again.findings[0]).what
    assert again.declarations == again.records == ()


def test_same_bytes_are_never_acted_on_again_whatever_happened_since(desk: Desk) -> None:
    saved = desk.drop([{"action": "暂存"}], digest="same")
    desk.again(saved, {2: {"action": "删除"}})
    assert verdicts(desk.drop([{"action": "暂存"}], digest="same")) == {2: "unchanged"}
    assert desk.facts.records == {}


def test_rows_that_were_refused_are_decided_anew(desk: Desk) -> None:
    refused = desk.drop([{}], [], digest="same")
    assert verdicts(refused) == {2: "refused"}
    desk.drop([], [{}])
    assert verdicts(desk.drop([{}], [], digest="same")) == {2: "declared"}


def test_a_row_is_known_again_by_its_sheet_and_number(desk: Desk) -> None:
    """Row 2 of the parameters was stored, row 2 of the vehicles was not."""
    rows = [UNKNOWN, {"vin": OTHER_VIN}]
    first, again = (verdicts(desk.drop(rows, digest="same")) for _ in range(2))
    assert (first, again) == ({2: "refused", 3: "declared"}, {2: "refused", 3: "unchanged"})


def test_parameters_that_these_bytes_have_stored_come_from_the_catalogue_then(desk: Desk) -> None:
    """Their entry may have gone on since: the row is not where its values stand."""
    waits = desk.place(Type.FILING, State.DECLARED, OTHER_VIN)
    rows = [{}, {"vin": OTHER_VIN, "colour": "红"}]
    desk.drop(rows, digest="same")
    desk.know(replace(waits, now=replace(waits.now, state=State.REJECTED)))
    again = desk.drop(rows, digest="same")
    assert verdicts(again) == {2: "unchanged", 3: "declared"}
    assert [(d.vin, d.entry_row) for d in again.declarations] == [(OTHER_VIN, 0)]


def test_the_third_drop_of_the_same_bytes_remembers_the_first(desk: Desk) -> None:
    for _ in range(2):
        desk.drop([{}], digest="same")
    assert verdicts(desk.drop([{}], digest="same")) == {2: "unchanged"}


def test_blank_lines_keep_row_numbers(desk: Desk) -> None:
    assert verdicts(desk.drop([None, {}, None, {"vin": OTHER_VIN, "production_date": "2031.01"}])) == {
        3: "declared",
        5: "refused",
    }


def test_what_an_earlier_workbook_learnt_counts_for_the_later(desk: Desk) -> None:
    desk.drop([{}])
    assert verdicts(desk.drop([{"vin": OTHER_VIN}], [])) == {2: "declared"}


def test_rows_in_are_rows_out(desk: Desk) -> None:
    outcome = desk.drop([{}, None, {"vin": "?"}, {"vin": ""}], [{}, {"structure_no": ""}])
    assert sorted(verdicts(outcome)) == [2, 4, 5]
    assert sorted(verdicts(outcome, "structure")) == [2, 3]
