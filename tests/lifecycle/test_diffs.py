"""Old and new: what differs, in which order, and how a sentence tells it."""

from __future__ import annotations

from desk import Desk

from vinbatch.lifecycle.diffs import differences, shown_diff, shown_edits
from vinbatch.model import Diff
from vinbatch.ruleset import Ruleset


def test_what_differs_is_told_in_column_order_and_a_field_of_former_rules_last(ruleset: Ruleset) -> None:
    old = {"zz_gone": "1", "aa_gone": "2", "remarks": "a", "colour": "白", "vin": "V"}
    new = {"colour": "红", "vin": "V", "remarks": "b"}
    assert differences(ruleset, old, new) == (
        Diff("colour", "白", "红", "vehicle"),
        Diff("remarks", "a", "b", "vehicle"),
        Diff("aa_gone", "2", None, "vehicle"),
        Diff("zz_gone", "1", None, "vehicle"),
    )


def test_an_edit_that_cannot_be_read_is_told_as_it_stands(desk: Desk) -> None:
    """A draft's empty date became 2021-05: the row was refused as edited, with “内容相同”."""
    draft = desk.drop([{"action": "暂存", "production_date": ""}])
    again = desk.again(draft, {2: {"production_date": "2021-05"}})
    (stop,) = [f for f in again.findings if f.code == "EDIT-WITHOUT-ACT"]
    assert dict(stop.params)["diff"] == ("@vehicle.production_date|– → 2021-05",)


def test_an_act_and_a_confirmation_are_no_difference(ruleset: Ruleset) -> None:
    assert differences(ruleset, {"action": "变更", "confirmed": "是"}, {}) == ()


def test_a_missing_key_is_an_empty_cell(ruleset: Ruleset) -> None:
    assert differences(ruleset, {"colour": None}, {}) == ()


def test_parameters_differ_on_their_own_sheet(ruleset: Ruleset) -> None:
    assert differences(ruleset, {"doors": 4}, {"doors": 5}, "structure") == (
        Diff("doors", 4, 5, "structure"),
    )


def test_a_difference_is_told_with_its_heading_and_a_dash_for_nothing(ruleset: Ruleset) -> None:
    diff = (
        Diff("colour", "白", None),
        Diff("doors", 4, 5, "structure"),
        Diff("gone", 1, "x"),
        Diff("wheelbase", (2975,), (2800, 1300), "structure"),
    )
    assert shown_diff(ruleset, diff) == (
        "@vehicle.colour|白 → –",
        "@structure.doors|4 → 5",
        "@vehicle.gone|1 → x",
        "@structure.wheelbase|2975 → 2800+1300",
    )


def test_eight_differences_are_told_and_of_more_the_count(ruleset: Ruleset) -> None:
    diff = tuple(Diff("colour", None, str(n)) for n in range(10))
    assert len(shown_diff(ruleset, diff[:8])) == 8
    assert shown_diff(ruleset, diff)[7:] == ("@vehicle.colour|– → 7", "… +2")


def test_no_difference_is_said_in_words(ruleset: Ruleset) -> None:
    """`Difference: –` reads as if something were left out."""
    (told,) = shown_diff(ruleset, ())
    assert ruleset.word(told) == "内容相同"


def test_what_stands_as_it_was_stored_is_no_edit_though_its_field_is_of_another_kind_now(
    ruleset: Ruleset,
) -> None:
    diff = (Diff("colour", "墨绿", None, "vehicle"), Diff("remarks", "a", None, "vehicle"))
    leftovers = {"colour": "墨绿", "remarks": "b"}
    assert shown_edits(ruleset, diff, leftovers, ()) == ("@vehicle.remarks|a → b",)
