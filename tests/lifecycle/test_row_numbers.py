"""Row numbers as a finding names them."""

from __future__ import annotations

from vinbatch.lifecycle.row_numbers import row_numbers


def test_twenty_rows_are_named_and_more_are_only_hinted_at() -> None:
    twenty = ", ".join(map(str, range(1, 21)))
    assert row_numbers(range(1, 21)) == twenty
    assert row_numbers(range(1, 22)) == f"{twenty} …"


def test_a_row_does_not_name_itself() -> None:
    assert row_numbers([2, 3, 5], 3) == "2, 5"
