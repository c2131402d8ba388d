"""How old the last copy and the last check of the ledger are: noted in production, and no alarm."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from run_place import Place

from vinbatch.effects import upkeep
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.condition.upkeep import unchecked, uncopied

PRODUCTION = (
    "site = 'BJ01'\ndeclarant_code = '110000123456789012'\ndeclarant_name = '甲'\nproduction = true\n"
)
DAY = timedelta(days=1)


@pytest.fixture
def real(place: Place) -> Place:
    (place.root / "rules" / "settings.toml").write_text(PRODUCTION, "utf-8")
    return place


def told(place: Place, days: float, what: str = upkeep.COPIED) -> list[str]:
    """What is noted of a ledger of 100 days, where this was last done so many days ago; below 0: never."""
    if days >= 0:
        upkeep.note(place.home, what, place.now - days * DAY)
    look = uncopied if what == upkeep.COPIED else unchecked
    return [one.line for one in look(place.home, place.now - 100 * DAY, place.now, place.ruleset)]


def test_a_copy_of_a_week_ago_is_none_too_old(real: Place) -> None:
    assert told(real, 7) == []


def test_one_that_is_older_is_noted_with_its_time(real: Place) -> None:
    (line,) = told(real, 7.1)
    last = (real.now - 7.1 * DAY).astimezone(real.home.settings.zone)
    assert f"{last:%Y-%m-%d %H:%M}" in line


def test_a_note_is_as_old_as_it_says_where_a_copy_of_the_home_lost_its_time(real: Place) -> None:
    (line,) = told(real, 9)
    os.utime(real.home.own / upkeep.COPIED)
    assert told(real, -1) == [line]


def test_a_note_without_a_time_of_its_own_is_as_old_as_its_file(real: Place) -> None:
    note, then = real.home.own / upkeep.COPIED, real.now - 9 * DAY
    note.write_text("/srv/backup/a.db", "utf-8")
    os.utime(note, (then.timestamp(), then.timestamp()))
    assert upkeep.last(real.home, upkeep.COPIED) == upkeep.Done(then, "/srv/backup/a.db")


def test_that_there_never_was_one_is_noted_once_the_ledger_is_as_old(real: Place) -> None:
    (line,) = told(real, -1)
    assert "从来没有" in line
    assert list(uncopied(real.home, real.now - 7 * DAY, real.now, real.ruleset)) == []
    assert list(uncopied(real.home, None, real.now, real.ruleset)) == []


def test_a_check_is_noted_after_a_month(real: Place) -> None:
    assert told(real, 30, upkeep.CHECKED) == []
    assert len(told(real, 32, upkeep.CHECKED)) == 1
    (real.home.own / upkeep.CHECKED).unlink()
    assert len(told(real, -1, upkeep.CHECKED)) == 1


def test_whoever_copies_otherwise_is_not_told(real: Place) -> None:
    (real.root / "rules" / "settings.toml").write_text(f"backup_days = 0\n{PRODUCTION}", "utf-8")
    assert told(real, -1) == []


def test_a_trial_needs_no_copy(place: Place) -> None:
    assert told(place, -1) == told(place, -1, upkeep.CHECKED) == []


def test_it_is_no_alarm_and_no_news_for_clerks(real: Place) -> None:
    stock = Stock(began=real.now - 100 * DAY)
    found = health(real.home, stock, real.now, real.ruleset)
    assert ([one.what for one in found.notices], found.exit_code) == (["copied"], 0)
    assert health(real.home, stock, real.now, real.ruleset, on_page=True).notices == ()
    assert found.as_json()["last_backup"] is None


def test_who_only_looks_leaves_no_trace(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An auditor's check counts for him: his note in our folder would keep passes from working."""
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    upkeep.note(place.home, upkeep.CHECKED, place.now)
    assert upkeep.last(place.home, upkeep.CHECKED) is None


def test_root_leaves_a_note_that_the_user_that_works_can_write(
    place: Place, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    home = replace(place.home)
    monkeypatch.setattr(type(home), "worker", property(lambda _: 4321))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, user, _: given.append((path, user)))
    upkeep.note(home, upkeep.COPIED, place.now)
    assert given == [(home.own / upkeep.COPIED, 4321)]
