"""What is said of a structure row, with all that it names, and which step it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import STRUCTURE, VEHICLE, Entry, Outcome, State, Type
from vinbatch.noun import replace

ODD = {"overhang_front": "700"}  # asks: overhangs and wheelbase do not make the length


def told(outcome: Outcome, code: str) -> list[tuple[int, dict[str, Any]]]:
    """Row and params of each finding with this code on the structure sheet, all of them on the number."""
    found = [f for f in outcome.findings if f.code == code and f.sheet == "structure"]
    assert all(f.field == "structure_no" and f.value for f in found)
    return [(f.row, dict(f.params)) for f in found]


def number(desk: Desk) -> str:
    return str(desk.sample("structure")["structure_no"])


def entry(outcome: Outcome) -> Entry:
    (change,) = outcome.entries
    assert change.entry is not None
    return change.entry


def test_a_number_repeated_with_equal_values_names_the_other_rows_and_is_stored_once(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {}, {}])
    assert told(outcome, "STRUCTURE-REPEATED") == [
        (3, {"number": number(desk), "rows": "2, 4"}),
        (4, {"number": number(desk), "rows": "2, 3"}),
    ]
    assert [(c.row, c.kind) for c in outcome.entries] == [(2, "learnt")]


def test_a_number_repeated_with_other_values_names_the_other_rows_on_each(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {"doors": "3"}, {"structure_no": "B"}])
    assert told(outcome, "STRUCTURE-TWICE") == [
        (2, {"number": number(desk), "rows": "3"}),
        (3, {"number": number(desk), "rows": "2"}),
    ]
    assert verdicts(outcome, "structure") == {2: "refused", 3: "refused", 4: "unchanged"}


@pytest.mark.parametrize(
    ("edit", "code", "verdict"),
    [({}, "STRUCTURE-STALE-NOTE", "unchanged"), ({"doors": "3"}, "STRUCTURE-STALE", "refused")],
)
def test_a_stale_row_names_the_revision_and_the_batch_that_made_it(
    desk: Desk, edit: Cells, code: str, verdict: str
) -> None:
    known = desk.shelve(revision=5)
    outcome = desk.drop([], [{**edit, "_mark": desk.entry_mark(known, stale=True)}])
    ((row, said),) = told(outcome, code)
    assert row == 2
    named = {"number": known.number, "revision": "5", "batch": known.batch}
    assert said == (named if not edit else {**named, "diff": ("@structure.doors|3 → 4",)})
    assert (verdicts(outcome, "structure"), outcome.entries) == ({2: verdict}, ())


def test_a_stale_row_that_says_what_the_catalogue_says_refuses_no_vehicle(desk: Desk) -> None:
    """Somebody else has revised the entry so: nothing of the row is left to be done."""
    mark = desk.entry_mark(desk.shelve(revision=4))
    desk.shelve(revision=5, doors="3")
    outcome = desk.drop([{}], [{"doors": "3", "_mark": mark}])
    assert [code for code in codes(outcome) if code.startswith("STRUCTURE-")] == ["STRUCTURE-STALE-NOTE"]
    assert (verdicts(outcome), verdicts(outcome, "structure")) == ({2: "declared"}, {2: "unchanged"})


def test_a_revision_names_its_difference(desk: Desk) -> None:
    known = desk.shelve(revision=5)
    outcome = desk.drop([{}], [{"doors": "3"}])
    diff = (f"@structure.doors|{known.values['doors']} → 3",)
    assert told(outcome, "STRUCTURE-REVISED") == [(2, {"number": number(desk), "diff": diff})]
    assert entry(outcome) == Entry(number(desk), 6, {**known.values, "doors": 3}, (), outcome.batch, desk.now)


@pytest.mark.parametrize("vehicle", [{"ccc_no": "x"}, {"structure_no": "OTHER-1"}])
def test_no_revision_is_told_of_where_none_was_made(desk: Desk, vehicle: Cells) -> None:
    """The vehicle is refused, or none uses the parameters: the catalogue keeps what it had."""
    desk.shelve()
    outcome = desk.drop([vehicle], [{"doors": "3"}])
    assert outcome.entries == ()
    assert told(outcome, "STRUCTURE-REVISED") == []


def in_use(desk: Desk) -> None:
    desk.shelve()
    for vin in (None, OTHER_VIN):
        desk.place(Type.FILING, State.ACCEPTED, vin)


def test_a_difference_that_declared_vehicles_stand_on_counts_them(desk: Desk) -> None:
    in_use(desk)
    outcome = desk.drop([{"vin": "WBA13BJ07MCF12347"}], [{"doors": "3"}])
    ((row, params),) = told(outcome, "STRUCTURE-DIFFERS")
    assert (row, params["count"], params["number"]) == (2, "2", number(desk))
    assert verdicts(outcome, "structure") == {2: "refused"}


def test_an_import_of_what_declared_vehicles_stand_on_waits_for_a_confirmation(desk: Desk) -> None:
    in_use(desk)
    outcome = desk.drop([], [{"doors": "3"}])
    ((_, params),) = told(outcome, "STRUCTURE-IN-USE")
    assert params["count"] == "2"
    assert (verdicts(outcome, "structure"), outcome.entries) == ({2: "held"}, ())
    confirmed = desk.drop([], [{"doors": "3", "confirmed": "是"}])
    assert (verdicts(confirmed, "structure"), entry(confirmed).revision) == ({2: "stored"}, 2)


def test_a_confirmation_is_of_the_revision_that_stands(desk: Desk) -> None:
    desk.drop([], [ODD])
    outcome = desk.drop([], [{**ODD, "confirmed": "是"}])
    (change,) = outcome.entries
    assert (change.kind, change.expected, entry(outcome).revision) == ("confirmed", 1, 1)
    assert entry(outcome).confirmed == change.released
    assert [ask.partition(":")[0] for ask in change.released] == ["LENGTH-SUM"]


def test_what_was_confirmed_before_is_not_confirmed_again(desk: Desk) -> None:
    confirmed = desk.drop([], [{**ODD, "confirmed": "是"}])
    again = desk.drop([], [{**ODD, "confirmed": "是"}])
    assert (verdicts(again, "structure"), again.entries) == ({2: "unchanged"}, ())
    unasked = desk.drop([], [ODD])
    assert (verdicts(unasked, "structure"), unasked.entries) == ({2: "unchanged"}, ())
    assert entry(confirmed).confirmed


def test_a_new_revision_forgets_what_was_confirmed_of_the_last(desk: Desk) -> None:
    desk.drop([], [{**ODD, "confirmed": "是"}])
    outcome = desk.drop([], [{**ODD, "doors": "3"}])
    assert (verdicts(outcome, "structure"), entry(outcome).confirmed) == ({2: "held"}, ())


def test_parameters_that_only_drafts_use_may_lack_something(desk: Desk) -> None:
    rows = [{"action": "暂存"}, {"vin": OTHER_VIN, "action": "暂存"}]
    assert verdicts(desk.drop(rows, [{"length": ""}]), "structure") == {2: "stored"}
    rows[1]["action"] = "申报"
    fresh = Desk(desk.rulebook)
    assert verdicts(fresh.drop(rows, [{"length": ""}]), "structure") == {2: "refused"}


def test_an_emptied_cell_of_a_marked_row_is_cleared_and_of_an_untouched_one_not(desk: Desk) -> None:
    known = desk.shelve()
    own = desk.entry_mark(known)
    cleared = desk.drop([], [{"remarks": "", "doors": "", "_mark": own}])
    assert told(cleared, "STRUCTURE-REVISED")
    assert "doors" not in entry(cleared).values


def test_a_marked_row_with_another_number_is_a_new_set(desk: Desk) -> None:
    known = desk.shelve()
    outcome = desk.drop([], [{"structure_no": "B", "_mark": desk.entry_mark(known)}])
    assert (entry(outcome).number, entry(outcome).revision) == ("B", 1)


def test_a_marked_row_whose_entry_is_gone_is_a_new_set(desk: Desk) -> None:
    own = desk.entry_mark(desk.shelve(revision=4))
    desk.facts = replace(desk.facts, entries={})
    assert entry(desk.drop([], [{"_mark": own}])).revision == 1


def test_a_row_with_nothing_but_a_confirmation_is_told_that_it_is_empty(desk: Desk) -> None:
    blank: dict[str, Any] = {f.key: "" for f in desk.ruleset.fields("structure")}
    outcome = desk.drop([], [{}, {**blank, "confirmed": "是"}])
    assert codes(outcome, "structure", 3) == ["ROW-EMPTY"]


@pytest.mark.parametrize("crossed", [2, 3])
def test_of_two_equal_rows_the_one_that_is_asked_about_counts(desk: Desk, crossed: int) -> None:
    """Else the vehicle was declared with the value that the other one has crossed out."""
    at = desk.ruleset.index(STRUCTURE)["width"] + 1
    rows = replace(desk.sheet(STRUCTURE, [{}, {}]), struck=((crossed, at),))
    outcome = desk.put((desk.sheet(VEHICLE, [{}]), rows))
    other = 5 - crossed
    assert verdicts(outcome) == {2: "held"}
    assert verdicts(outcome, STRUCTURE) == {crossed: "held", other: "unchanged"}
    assert codes(outcome, STRUCTURE, other) == ["STRUCTURE-REPEATED"]
    assert verdicts(desk.drop([{"action": "申报"}], [])) == {2: "held"}  # so the catalogue has it


@pytest.mark.parametrize(("mended", "doubted"), [("doors", "seats"), ("seats", "doors")])
def test_of_two_equal_rows_each_crossed_out_elsewhere_both_are_asked_about(
    desk: Desk, mended: str, doubted: str
) -> None:
    """Who mended the one cell in another workbook had the vehicle declared with the other."""
    at = desk.ruleset.index(STRUCTURE)
    rows = replace(desk.sheet(STRUCTURE, [{}, {}]), struck=((2, at[mended] + 1), (3, at[doubted] + 1)))
    first = desk.put((desk.sheet(VEHICLE, [{}]), rows))
    desk.now += timedelta(hours=1)
    desk.drop([], [{mended: 3}])
    back = desk.again(replace(first, rows=first.rows[:1]), {2: {"confirmed": "是"}})
    assert (verdicts(back), back.declarations) == ({2: "held"}, ())


def test_of_two_equal_rows_the_one_that_says_no_counts(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {"confirmed": "否"}])
    assert (verdicts(outcome), outcome.entries) == ({2: "held"}, ())
