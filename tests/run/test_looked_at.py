"""Status for a user who only looks: of rights that he lacks, and the user that works has, nothing is told."""

from __future__ import annotations

import os

import pytest
from run_place import Place

from vinbatch.errors import AccessError
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.health import Health, health
from vinbatch.run.condition.stock import Stock

LOOKER = 4321


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user than the one that works, who may write nowhere."""
    monkeypatch.setattr(os, "geteuid", lambda: LOOKER)
    monkeypatch.setattr(os, "access", lambda *_args, **_more: False)


def seen(place: Place, ruleset: Ruleset) -> Health:
    return health(place.home, Stock(), place.now, ruleset)


@pytest.mark.usefixtures("looker")
def test_what_he_may_not_write_is_no_alarm(place: Place, ruleset: Ruleset) -> None:
    assert seen(place, ruleset).alarms == ()


@pytest.mark.usefixtures("looker")
@pytest.mark.parametrize("name", ["inbox", "inbox/receipts", "reports", "outbox"])
def test_what_the_user_that_works_may_not_write_is_one(place: Place, ruleset: Ruleset, name: str) -> None:
    """As the mode says: the home's are his."""
    (place.root / name).chmod(0o555)
    assert [one.what for one in seen(place, ruleset).alarms] == [name.rpartition("/")[2]]


@pytest.mark.usefixtures("looker")
def test_a_staging_folder_is_not_made_by_who_only_looks(place: Place, ruleset: Ruleset) -> None:
    settings = place.root / "rules" / "settings.toml"
    settings.write_text("staging = 'on-its-way'\n" + settings.read_text("utf-8"), "utf-8")
    assert seen(place, ruleset).alarms == ()
    assert not (place.root / "on-its-way").exists()


@pytest.mark.usefixtures("looker")
def test_a_staging_folder_that_cannot_be_written_is_told_of_before_a_package_is_due(
    place: Place, ruleset: Ruleset
) -> None:
    settings = place.root / "rules" / "settings.toml"
    settings.write_text("staging = 'on-its-way'\n" + settings.read_text("utf-8"), "utf-8")
    (place.root / "on-its-way").mkdir(mode=0o555)
    (alarm,) = seen(place, ruleset).alarms
    assert (alarm.what, alarm.code) == ("outbox", 7)
    assert "on-its-way" in alarm.line


def refused(place: Place) -> bool:
    """Whether a pass leaves no trace, and says who works here."""
    before = sorted(place.home.own.iterdir())
    with pytest.raises(AccessError, match="sudo -u"):
        place.machine().run()
    return sorted(place.home.own.iterdir()) == before


@pytest.mark.usefixtures("looker")
def test_who_may_only_look_leaves_no_trace_of_a_pass(place: Place) -> None:
    assert refused(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_root_leaves_no_trace_of_a_pass(place: Place) -> None:
    """His note that the rules are right stood there as one that the user that works could not write."""
    os.chown(place.home.own, LOOKER, LOOKER)
    assert refused(place)
