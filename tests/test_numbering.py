"""Batch numbers: whatever is given is read again, and no made-up name takes the count to its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinbatch.effects.names import batch_in
from vinbatch.effects.traces import note
from vinbatch.numbering import LEAP, LONGEST, batch_of, batches_in, highest, is_batch

DAYS = st.from_regex(r"[A-Z0-9]{2,12}-[0-9]{8}", fullmatch=True)
NUMBERS = st.integers(1, 10**LONGEST - 1)


@given(DAYS, NUMBERS)
def test_a_number_that_is_given_is_known_by_every_reader(day: str, number: int) -> None:
    batch = batch_of(day, number)
    found: dict[str, set[int]] = {}
    note(found, f"{batch}-filing.zip")
    assert is_batch(batch)
    assert found == {day: {number}}
    assert batch_in(f"{batch}_三月.xlsx") == batch


@given(DAYS, st.integers(10**LONGEST, 10 ** (LONGEST + 3)))
def test_a_number_that_no_reader_knows_is_not_given(day: str, number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        batch_of(day, number)
    assert batches_in(f"{day}-{number}_x.xlsx") == []


@given(st.integers(0, 10**6), st.sets(NUMBERS, max_size=20))
def test_each_made_up_number_takes_the_count_on_by_a_bounded_leap(last: int, found: set[int]) -> None:
    assert last <= highest(last, found) <= last + LEAP * len(found)


@given(st.integers(0, 10**6), st.integers(1, 300), st.sets(NUMBERS, max_size=5))
def test_what_was_given_one_after_another_is_never_given_again(
    last: int, more: int, made_up: set[int]
) -> None:
    assert highest(last, made_up | set(range(last + 1, last + more + 1))) >= last + more
