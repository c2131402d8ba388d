"""How the last passes ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vinbatch.effects import failing
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError

FIRST = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATER = FIRST + timedelta(hours=1)


def fails(home: Home, place: str, now: datetime) -> None:
    with pytest.raises(AccessError), failing.noted(home, lambda: now):
        raise AccessError("disk.full", at=place, why="")


def since(home: Home) -> datetime | None:
    found = failing.last(home)
    return found.since if found else None


@pytest.mark.parametrize(("place", "told"), [("/a", FIRST), ("/b", LATER)], ids=["same", "another"])
def test_a_failure_is_told_since_it_first_came_and_another_from_its_own_time_on(
    place: str, told: datetime, home: Home
) -> None:
    fails(home, "/a", FIRST)
    fails(home, place, LATER)
    assert since(home) == told


def test_a_pass_that_did_all_ends_the_failure(home: Home) -> None:
    fails(home, "/a", FIRST)
    failing.over(home, LATER)
    assert (since(home), failing.last_end(home)) == (None, LATER)


def test_of_a_bug_what_python_says_is_kept(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), failing.noted(home, lambda: FIRST):
        raise ZeroDivisionError("so\nmuch")
    found = failing.last(home)
    assert found is not None
    assert found.exit_code == 1
    assert all("ZeroDivisionError: so much" in told for told in found.told.values())
