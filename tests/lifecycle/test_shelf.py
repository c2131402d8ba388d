"""What becomes of a structure row: its verdict, its mark, the whole change of the catalogue."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Desk, codes, on, verdicts
from test_structures import narrowed

from vinbatch.model import Entry, EntryChange, Mark, Outcome, Rulebook, State, Type
from vinbatch.noun import replace

ODD = {"overhang_front": "700"}
SETTINGS = "all_or_nothing = true\n"


def mark(outcome: Outcome) -> Mark:
    """Of the first structure row."""
    found = next(j.mark for j in outcome.rows if j.row.sheet == "structure")
    assert found is not None
    return found


def shown(outcome: Outcome, key: str, desk: Desk) -> object:
    """A cell of the first structure row, as the result shows it."""
    row = next(j.row for j in outcome.rows if j.row.sheet == "structure")
    return row.values[desk.ruleset.index("structure")[key]]


def test_a_learnt_set_is_revision_1_of_its_batch(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}], [None, {}])
    (change,) = outcome.entries
    number = str(desk.sample("structure")["structure_no"])
    assert change.entry is not None
    assert change == EntryChange(number, 0, "learnt", change.entry, "structure", 3)
    assert change.entry == Entry(number, 1, change.entry.values, (), outcome.batch, desk.now)
    assert verdicts(outcome, "structure") == {3: "stored"}
    assert (mark(outcome).key, mark(outcome).revision) == (number, 1)


def test_a_revised_set_tells_its_difference(desk: Desk) -> None:
    desk.shelve(revision=4)
    outcome = desk.drop([{"action": "申报"}], [{"doors": "3"}])
    (change,) = outcome.entries
    assert (change.expected, change.kind) == (4, "revised")
    assert change.entry is not None
    assert change.entry.revision == 5
    assert [(d.field, d.new, d.sheet) for d in change.diff] == [("doors", 3, "structure")]
    assert mark(outcome).revision == 5


def test_a_held_set_is_stored_and_asked_about(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}], [ODD])
    (change,) = outcome.entries
    assert change.entry is not None
    assert (verdicts(outcome), verdicts(outcome, "structure")) == ({2: "held"}, {2: "held"})
    assert (change.kind, change.released, change.entry.confirmed) == ("learnt", (), ())
    assert mark(outcome).revision == 1


def test_a_set_that_no_vehicle_uses_gets_a_mark_without_an_entry(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报", "structure_no": "OTHER"}], [{}])
    assert (verdicts(outcome, "structure"), outcome.entries) == ({2: "unchanged"}, ())
    assert mark(outcome).revision == 0
    (note,) = [f for f in outcome.findings if f.code == "STRUCTURE-UNUSED"]
    number = desk.sample("structure")["structure_no"]
    assert (note.sheet, note.row, note.field, dict(note.params)) == (
        "structure",
        2,
        "structure_no",
        {"number": number},
    )


def test_a_set_that_waits_for_a_confirmation_gets_a_mark_without_an_entry(desk: Desk) -> None:
    """So that an empty cell of it goes on to mean what it meant: not stated."""
    desk.shelve()
    desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([], [{"doors": "3"}])
    assert (verdicts(outcome, "structure"), mark(outcome).revision) == ({2: "held"}, 0)


def test_a_set_that_repeats_a_new_one_gets_a_mark_without_an_entry(desk: Desk) -> None:
    outcome = desk.drop([{}], [{}, {}])
    assert [j.mark.revision for j in outcome.rows if j.row.sheet == "structure" and j.mark] == [1, 0]


def test_a_set_without_a_number_gets_a_mark_without_a_key(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}], [{"structure_no": ""}])
    assert verdicts(outcome, "structure") == {2: "refused"}
    assert (mark(outcome).key, mark(outcome).revision) == ("", 0)


def test_bytes_seen_before_show_the_set_as_the_catalogue_holds_it(desk: Desk) -> None:
    """Shown without what the catalogue filled in, it would ask for that to be cleared, once it is edited."""
    entry = desk.shelve()
    for verdict in ("stored", "unchanged"):
        outcome = desk.drop([{"action": "申报"}], [{"doors": "", "width": "1870"}], digest="same")
        assert verdicts(outcome, "structure") == {2: verdict}
        assert shown(outcome, "doors", desk) == entry.values["doors"]


def test_a_set_is_not_learnt_for_a_row_that_changes_nothing(desk: Desk) -> None:
    """The vehicle stands as the row says, its parameters in the catalogue do not."""
    first = desk.drop([{"action": "暂存"}])
    desk.facts = replace(desk.facts, entries={})
    outcome = desk.again(first)
    assert (verdicts(outcome), outcome.entries) == ({2: "unchanged"}, ())


def test_a_refused_set_keeps_its_mark_and_an_unmarked_one_gets_revision_0(desk: Desk) -> None:
    entry = desk.shelve(revision=2)
    wrong = desk.drop([{}], [{"doors": "x"}])
    assert (mark(wrong).key, mark(wrong).revision) == (entry.number, 0)
    assert verdicts(wrong, "structure") == {2: "refused"}
    own = desk.entry_mark(entry)
    assert str(mark(desk.drop([{}], [{"doors": "x", "_mark": own}]))) == own


@pytest.mark.parametrize("came", [None, "@0:0123456789ab"], ids=["unmarked", "of a refused row"])
def test_an_unchanged_set_gets_the_mark_and_the_values_of_the_catalogue(desk: Desk, came: str | None) -> None:
    entry = desk.shelve(revision=2)
    outcome = desk.drop([{"action": "申报"}], [{"doors": "", "confirmed": "是", "_mark": came}])
    assert verdicts(outcome, "structure") == {2: "unchanged"}
    assert str(mark(outcome)) == desk.entry_mark(entry)
    assert shown(outcome, "doors", desk) == entry.values["doors"]
    assert shown(outcome, "confirmed", desk) is None


def test_bytes_seen_before_show_what_stands_though_the_rules_take_it_no_more(desk: Desk) -> None:
    later = Desk(narrowed(desk.rulebook))
    for at in (desk, later):
        outcome = at.drop([{"action": "申报"}], [{"width": "1868"}], digest="same")
        later.facts = desk.facts
    (row,) = (j.row for j in outcome.rows if j.row.sheet == "structure")
    assert (row.leftovers, shown(outcome, "width", desk)) == ((), 1868)


@pytest.mark.parametrize("stale", [False, True])
def test_an_unchanged_set_that_came_with_a_mark_keeps_it(desk: Desk, stale: bool) -> None:
    entry = desk.shelve(revision=2)
    own = desk.entry_mark(entry, stale=stale)
    outcome = desk.drop([{"action": "申报"}], [{"_mark": own}])
    assert (verdicts(outcome, "structure"), str(mark(outcome))) == ({2: "unchanged"}, own)


def test_a_stored_set_shows_no_confirmation_to_give_again(desk: Desk) -> None:
    outcome = desk.drop([{"action": "申报"}], [{"confirmed": "是"}])
    assert verdicts(outcome, "structure") == {2: "stored"}
    assert shown(outcome, "confirmed", desk) is None


def test_a_workbook_that_is_kept_back_learns_nothing_and_says_which_rows(rulebook: Rulebook) -> None:
    book = replace(rulebook, home=(("settings.toml", SETTINGS),), digest="whole")
    desk = Desk(book)
    vehicles = [{"action": "申报"}, {"action": "申报", "vin": OTHER_VIN, "ccc_no": "x"}]
    outcome = desk.drop(vehicles)
    assert verdicts(outcome) == {2: "refused", 3: "refused"}
    assert (verdicts(outcome, "structure"), outcome.entries) == ({2: "refused"}, ())
    assert outcome.records == outcome.declarations == ()
    assert (mark(outcome).key, mark(outcome).revision) == (desk.sample("structure")["structure_no"], 0)
    (kept,) = [f for f in outcome.findings if f.code == "BATCH-INCOMPLETE" and f.sheet == "structure"]
    assert (kept.row, kept.field, dict(kept.params)["rows"]) == (
        2,
        "structure_no",
        ("@link.vehicle_rows|3",),
    )


def test_a_workbook_that_is_kept_back_leaves_rows_alone_that_ask_for_nothing(rulebook: Rulebook) -> None:
    desk = Desk(replace(rulebook, home=(("settings.toml", SETTINGS),), digest="whole"))
    desk.shelve()
    record = desk.place(Type.FILING, State.ACCEPTED, vin=OTHER_VIN)
    rows = [{"action": "申报", "ccc_no": "x"}, {"vin": OTHER_VIN, "_mark": desk.mark(record)}]
    outcome = desk.drop(rows, [{}])
    assert verdicts(outcome) == {2: "refused", 3: "unchanged"}
    assert verdicts(outcome, "structure") == {2: "unchanged"}
    assert "BATCH-INCOMPLETE" not in codes(outcome)


def test_the_parameters_of_the_last_user_are_deleted_once(desk: Desk) -> None:
    entry = desk.shelve(revision=3)
    ours = [desk.place(Type.FILING, State.DRAFT, vin) for vin in (None, OTHER_VIN)]
    ours = [replace(r, now=on(r.now, entry.number)) for r in ours]
    rows = [{"vin": r.vin, "action": "删除含结构参数", "_mark": desk.mark(r)} for r in ours]
    outcome = desk.drop(rows, [])
    assert outcome.entries == (EntryChange(entry.number, 3, "deleted", None, "vehicle", 2),)


def test_the_parameters_of_a_vehicle_that_is_deleted_alone_stay(desk: Desk) -> None:
    desk.shelve()
    record = desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"action": "删除", "_mark": desk.mark(record)}], [])
    assert (verdicts(outcome), outcome.entries) == ({2: "deleted"}, ())
