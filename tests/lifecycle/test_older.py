"""Rows of an older result: as it had them they are left to the batch that refused them as edited since."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch.model import OLDER, STRUCTURE, VEHICLE, Outcome, Rulebook
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger

LATE, GOOD = "2035.01", "2021.10"
COLOURS = st.sampled_from(("黑", "红", "白"))


@pytest.fixture
def first(desk: Desk) -> Outcome:
    """Two rows that are refused."""
    return desk.drop([{"production_date": LATE}, {"vin": OTHER_VIN, "production_date": LATE}])


def batches(outcome: Outcome) -> set[object]:
    return {dict(f.params)["batch"] for f in outcome.findings if f.code == OLDER}


def test_a_row_as_an_older_result_had_it_is_left_to_the_batch_that_has_its_edits(
    desk: Desk, first: Outcome
) -> None:
    later = desk.again(first, {2: {"colour": "红"}, 3: {"colour": "白"}})
    older = desk.again(first)
    assert verdicts(older) == {2: "unchanged", 3: "unchanged"}
    assert codes(older, VEHICLE) == [OLDER, OLDER]
    assert batches(older) == {later.batch}


def test_it_is_not_declared_without_the_edits_where_nothing_stands_against_it_any_more(
    desk: Desk, first: Outcome
) -> None:
    """As where rules or catalogue were mended since."""
    desk.again(first, {2: {"colour": "红"}})
    desk.now = desk.now.replace(year=2036)
    older = desk.again(first, only=[2])
    assert (verdicts(older), older.declarations) == ({2: "unchanged"}, ())


def test_a_row_that_was_edited_in_it_is_worked_and_the_others_are_left(desk: Desk, first: Outcome) -> None:
    later = desk.again(first, {2: {"colour": "红"}, 3: {"colour": "白"}})
    older = desk.again(first, {2: {"production_date": GOOD}})
    assert verdicts(older) == {2: "declared", 3: "unchanged"}
    assert batches(older) == {later.batch}


def test_a_row_goes_with_another_that_the_later_batch_has_edited(desk: Desk, first: Outcome) -> None:
    """Or some of them would wait in the one result, and some in the other."""
    desk.again(first, {2: {"colour": "红"}})
    assert verdicts(desk.again(first)) == {2: "unchanged", 3: "unchanged"}


def test_a_result_of_which_nothing_was_edited_since_is_decided_anew(desk: Desk, first: Outcome) -> None:
    """Rules or catalogue may have been mended."""
    desk.again(first)
    assert verdicts(desk.again(first)) == {2: "refused", 3: "refused"}


def test_the_newest_result_as_it_was_issued_is_decided_anew(desk: Desk, first: Outcome) -> None:
    later = desk.again(first, {2: {"colour": "红"}, 3: {"colour": "白"}})
    assert verdicts(desk.again(later)) == {2: "refused", 3: "refused"}


def test_in_the_newest_result_a_row_may_be_edited_back_to_what_it_was(desk: Desk, first: Outcome) -> None:
    later = desk.again(first, {2: {"colour": "红"}})
    colour = str(desk.sample(VEHICLE)["colour"])
    assert verdicts(desk.again(later, {2: {"colour": colour}}, only=[2])) == {2: "refused"}


def test_a_result_between_is_an_older_one_too(desk: Desk, first: Outcome) -> None:
    between = desk.again(first, {2: {"colour": "红"}}, only=[2])
    last = desk.again(between, {2: {"colour": "白"}})
    for older in (desk.again(between), desk.again(first, only=[2])):
        assert (verdicts(older), batches(older)) == ({2: "unchanged"}, {last.batch})


def test_a_row_that_waits_nowhere_any_more_is_decided_anew(desk: Desk, first: Outcome) -> None:
    """Cleared in the later result, as who wants to be rid of it does."""
    later = desk.again(first, {2: {"colour": "红"}}, only=[2])
    blank = {f.key: "" for f in desk.ruleset.fields(VEHICLE)}
    desk.again(later, {2: blank})
    assert verdicts(desk.again(first, only=[2])) == {2: "refused"}


def test_a_file_that_was_refused_as_a_whole_has_no_row_to_go_on_with(desk: Desk, first: Outcome) -> None:
    whole = desk.again(first, {2: {"colour": "红"}}, only=[2], without=["production_date"])
    assert whole.refused
    assert verdicts(desk.again(first, only=[2])) == {2: "refused"}


def test_what_was_left_keeps_its_act_for_who_edits_it_after_all(desk: Desk) -> None:
    first = desk.drop([{"production_date": LATE, "action": "暂存"}])
    desk.again(first, {2: {"colour": "红"}})
    older = desk.again(first)
    assert verdicts(older) == {2: "unchanged"}
    assert verdicts(desk.again(older, {2: {"production_date": GOOD}})) == {2: "saved"}


def test_parameters_are_left_with_the_vehicles_that_use_them(desk: Desk) -> None:
    first = desk.drop([{}], [{"width": 99999}])
    later = desk.again(first, {}, {2: {"width": 88888}})
    older = desk.again(first)
    assert (verdicts(older), verdicts(older, STRUCTURE)) == ({2: "unchanged"}, {2: "unchanged"})
    assert (codes(older), batches(older)) == ([OLDER, OLDER], {later.batch})


def test_parameters_that_an_edited_vehicle_uses_are_decided_with_it(desk: Desk) -> None:
    first = desk.drop([{}], [{"width": 99999}])
    desk.again(first, {2: {"colour": "红"}}, {2: {"width": 88888}})
    older = desk.again(first, {2: {"colour": "白"}})
    assert (verdicts(older), verdicts(older, STRUCTURE)) == ({2: "refused"}, {2: "refused"})
    assert OLDER not in codes(older)


drops = st.lists(
    st.tuples(st.integers(0, 9), st.fixed_dictionaries({}, optional={2: COLOURS, 3: COLOURS})), max_size=7
)


@given(drops)
@settings(max_examples=25, deadline=None)
def test_whatever_result_is_dropped_no_edit_goes_out_of_sight_but_for_a_later_one(
    rulebook: Rulebook, dropped: list[tuple[int, dict[int, str]]]
) -> None:
    """In any order, edited or not; the ledger and the facts of a pass say the same of where they wait."""
    desk = Desk(rulebook)
    with Ledger.empty() as ledger:
        row: Cells = {"production_date": LATE, "colour": "黑"}
        results = [committed(ledger, desk.drop([row, {**row, "vin": OTHER_VIN}]))]
        says = [{2: "黑", 3: "黑"}]
        waits = {2: (results[0].batch, "黑"), 3: (results[0].batch, "黑")}
        for which, edits in dropped:
            issued = says[which % len(says)]
            came = {**issued, **edits}
            still = [n for n in came if came[n] == issued[n]]
            newer = {waits[n][0] for n in still if waits[n][1] != came[n]}
            left = {n for n in still if waits[n][0] in newer}
            done = desk.again(results[which % len(results)], {n: {"colour": c} for n, c in edits.items()})
            assert verdicts(done) == {n: "unchanged" if n in left else "refused" for n in came}
            waits |= {n: (done.batch, came[n]) for n in came if n not in left}
            results.append(committed(ledger, done))
            says.append(came)
            now = {mark: has for mark, has in desk.facts.waiting.items() if has}
            assert ledger.facts([], [], [], list(now)).waiting == now
            assert {tuple(has.values()) for has in now.values()} == {(waits[2][0],), (waits[3][0],)}


def committed(ledger: Ledger, outcome: Outcome) -> Outcome:
    ledger.take(outcome.reading.source, outcome.batch, outcome.now, "TRIAL", ZoneInfo("Asia/Shanghai"))
    ledger.commit([(outcome, ())], Law("rules"))
    return outcome
