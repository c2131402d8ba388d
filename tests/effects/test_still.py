"""What a watch has seen twice, unchanged, with the settle time in between."""

from __future__ import annotations

import pytest

from vinbatch.effects.scan import Candidate, Seen
from vinbatch.effects.still import EMPTY_SECONDS, Still

ONE = Candidate("a.xlsx", Seen(inode=1, size=10, mtime=5, ctime=5))


@pytest.mark.parametrize(("size", "needed"), [(10, 2), (0, EMPTY_SECONDS)], ids=["filled", "empty"])
def test_a_file_stands_still_after_the_settle_time_and_an_empty_one_later(size: int, needed: float) -> None:
    one = Candidate("a.xlsx", Seen(inode=1, size=size, mtime=5, ctime=5))
    still = Still(2)
    assert [still.look([one], 100 + after) for after in (0, needed - 0.1, needed)] == [[], [], [one]]


def test_a_file_that_changed_is_waited_for_anew() -> None:
    still = Still(2)
    still.look([ONE], 0)
    grown = Candidate("a.xlsx", Seen(inode=1, size=11, mtime=6, ctime=6))
    assert [still.look([grown], at) for at in (1.5, 3, 3.5)] == [[], [], [grown]]


def test_still_forgets_what_is_gone() -> None:
    still = Still(2)
    still.look([ONE], 0)
    still.look([], 1)
    assert not still.fresh()
    assert still.look([ONE], 2) == []
