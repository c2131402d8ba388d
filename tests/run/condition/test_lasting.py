"""Since when the alarms of `status` stand."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from run_place import Fresh, Place, take_no_packages

from vinbatch.model import DUE
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.keeping import backup, restore
from vinbatch.store.ledger import Ledger


def alarm(place: Place, ruleset: Ruleset, what: str) -> Notice:
    """The one of this name; its line says the same moment as programs are told."""
    with place.ledger() as ledger:
        found = health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset).alarms
    (one,) = [one for one in found if one.what == what]
    told = one.as_json()["since"]
    assert told == (one.since.isoformat() if one.since else None)
    assert one.since is None or local_time(one.since, ruleset) in one.line
    return one


def test_an_overdue_vehicle_is_one_since_its_time_was_up(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    """Of the one that waits longest."""
    vehicles, sets = fresh(2)
    declared = place.now
    for vehicle in vehicles:
        place.drop("a.xlsx", place.sheet([vehicle], sets))
        place.run()
        place.now += timedelta(hours=1)
    place.now += timedelta(days=9)
    days = timedelta(days=ruleset.settings.overdue_days)
    assert alarm(place, ruleset, "overdue").since == declared + days


def test_of_overdue_vehicles_the_one_that_waits_longest_is_named(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    vehicles, sets = fresh(2)
    for vehicle in reversed(vehicles):
        place.drop("a.xlsx", place.sheet([vehicle], sets))
        place.run()
        place.now += timedelta(hours=1)
    place.now += timedelta(days=9)
    assert str(vehicles[1]["vin"]) in alarm(place, ruleset, "overdue").line


def test_a_package_in_doubt_is_one_since_its_event(place: Place, ruleset: Ruleset, fresh: Fresh) -> None:
    """Not since the day of its batch."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.now += timedelta(days=1)
    with Ledger.open(place.home.ledger) as ledger:
        (guid,) = ledger.packages.guids()
        ledger.packages.doubt(guid, "@doubt.restored", place.now)
    doubted = place.now
    place.now += timedelta(hours=5)
    assert alarm(place, ruleset, "doubt").since == doubted


def test_a_receipt_that_was_set_aside_is_one_since_then(place: Place, ruleset: Ruleset) -> None:
    """Since the first of those that still lie there."""
    for name, at in (("a.xml", 1000), ("b.xml", 2000), ("c.xml", 3000)):
        place.run()
        (place.home.receipts / name).write_bytes(name.encode())
        place.run()
        (reason,) = place.home.set_aside.glob(f"*{name}.txt")
        os.utime(reason, (at, at))
    for path in place.home.set_aside.glob("*a.xml*"):
        path.unlink()
    assert alarm(place, ruleset, "set_aside").since == datetime.fromtimestamp(2000, UTC)


def test_an_outbox_that_takes_nothing_is_one_since_the_first_pass_that_saw_it(
    place: Place, ruleset: Ruleset, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    take_no_packages(monkeypatch)
    place.run()
    os.utime(place.home.outage, (1000, 1000))
    place.run()
    assert alarm(place, ruleset, "unpublished").since == datetime.fromtimestamp(1000, UTC)


def test_of_a_folder_that_is_gone_it_is_told_since_when_no_pass_has_ended(
    place: Place, ruleset: Ruleset
) -> None:
    """It may have gone any time after that: programs are told no time."""
    place.run()
    ended = local_time(place.now, ruleset)
    place.home.sentinel.unlink()
    place.now += timedelta(days=2)
    found = alarm(place, ruleset, "inbox")
    assert found.since is None
    assert found.line.startswith(f"从 {ended} 起没有一次办理完：收件夹（inbox）不可用：")


def test_of_folders_that_lie_wrong_it_is_told_since_when_no_pass_has_ended(
    place: Place, ruleset: Ruleset
) -> None:
    place.run()
    ended = local_time(place.now, ruleset)
    inside = place.home.inbox / "outbox"
    place.home.outbox.rename(inside)
    place.home.outbox.symlink_to(inside)
    assert alarm(place, ruleset, "layout").line.startswith(f"从 {ended} 起没有一次办理完：")


def test_a_package_that_a_restored_ledger_does_not_know_is_one_since_the_restore(
    place: Place, ruleset: Ruleset, fresh: Fresh, tmp_path: Path
) -> None:
    """Not since the package was declared."""
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    place.drop("b.xlsx", place.sheet(vehicles[1:]))
    place.run()
    place.now += timedelta(days=1)
    restored = place.now
    restore(place.home, tmp_path / "b.db", restored, "wang")
    place.now += timedelta(days=2)
    assert alarm(place, ruleset, "forgotten").since == restored


def test_what_is_no_alarm_says_no_time(place: Place, ruleset: Ruleset, fresh: Fresh) -> None:
    """A package that the next pass publishes, though an outbox of long ago left its note."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with Ledger.open(place.home.ledger) as ledger, ledger.transaction() as db:
        db.execute("UPDATE package SET state = ?", (DUE,))
    with place.ledger() as ledger:
        told = health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset).notices
    (one,) = [one for one in told if one.what == "unpublished"]
    assert (one.code, one.since) == (0, None)
