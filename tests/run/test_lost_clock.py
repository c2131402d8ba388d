"""A machine that has lost its clock works nothing, says so, and harms nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from run_place import Fresh, Place

from vinbatch.effects import failing
from vinbatch.effects.pool import Pool
from vinbatch.errors import AccessError
from vinbatch.model import Facts, Source
from vinbatch.run import commands
from vinbatch.run.judging import dry
from vinbatch.run.judging.judge import Dropped
from vinbatch.run.keeping import backup, restore

LOST = datetime(1972, 3, 2, 1, 30, tzinfo=UTC)


def test_a_pass_leaves_the_files_where_they_are_until_the_clock_is_right(place: Place, fresh: Fresh) -> None:
    now, place.now = place.now, LOST
    path = place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(AccessError) as refused:
        place.run()
    assert (refused.value.key, refused.value.exit_code, path.exists()) == ("clock.lost", 6, True)
    told = failing.last(place.home)
    assert told is not None
    assert "1972-03-02 09:30" in told.told["en"], "status says it, in the site's time"
    place.now = now
    assert len(place.run().lines) == 1
    assert failing.last(place.home) is None


@pytest.mark.parametrize(
    ("now", "right"),
    [(datetime(2025, 12, 31, 15, 59, tzinfo=UTC), False), (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), True)],
)
def test_the_first_year_is_that_of_the_site(place: Place, now: datetime, right: bool) -> None:
    place.now = now
    if right:
        assert place.run().idle
    else:
        with pytest.raises(AccessError):
            place.run()


def _import(place: Place, data: bytes, _: Path) -> None:
    commands.hand_in(place.machine(), Source("a.xlsx", "0"), data)


def _restore(place: Place, _: bytes, saved: Path) -> None:
    restore(place.home, saved, place.now, "wang")


def _check(place: Place, data: bytes, _: Path) -> None:
    dropped = Dropped(Source("a.xlsx", "0"), data, len(data))
    with Pool(1, 512, 30, place.rulebook) as pool:
        list(dry.check_files([lambda: dropped], pool, lambda _: Facts(), place.rulebook, place.now))


@pytest.mark.parametrize("act", [_import, _restore, _check])
def test_so_does_every_command_that_judges_or_declares(
    place: Place, fresh: Fresh, tmp_path: Path, act: Callable[[Place, bytes, Path], None]
) -> None:
    place.drop("a.xlsx", data := place.sheet(*fresh(1)))
    place.run()
    backup(place.home, saved := tmp_path / "b.db")
    place.now = LOST
    with pytest.raises(AccessError) as refused:
        act(place, data, saved)
    assert refused.value.key == "clock.lost"
