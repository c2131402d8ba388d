"""Backup and restore: nothing is given twice, nothing is sent twice, what is unknown is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_place import Fresh, Place

from vinbatch.effects.lock import HomeLock
from vinbatch.errors import AccessError, BusyError, UsageError, VinbatchError
from vinbatch.run.keeping import backup, restore
from vinbatch.store.ledger import Ledger


def file(place: Place, fresh: Fresh, count: int, first: int = 0) -> list[str]:
    """Files so many vehicles; their VINs."""
    vehicles, sets = fresh(first + count)
    place.drop("a.xlsx", place.sheet(vehicles[first:], sets))
    place.run()
    return [str(v["vin"]) for v in vehicles[first:]]


def test_a_backup_holds_what_the_ledger_held(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    vins = file(place, fresh, 2)
    events = backup(place.home, tmp_path / "b.db")
    with Ledger.read_only(tmp_path / "b.db") as ledger:
        assert set(ledger.records(vins)) == set(vins)
        assert ledger.queries.verify() == events


def test_a_backup_is_taken_while_a_pass_holds_the_home(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    with HomeLock(place.home.lock_path):
        assert backup(place.home, tmp_path / "b.db") > 0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere/b.db", "没有这个文件或文件夹"),
        ("file/b.db", "不是文件夹"),
        ("folder", "例如 {path}/ledger-backup.db"),
    ],
)
def test_a_place_that_takes_no_backup_is_named_and_not_the_ledger(
    place: Place, fresh: Fresh, tmp_path: Path, name: str, why: str
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(VinbatchError) as refused:
        backup(place.home, tmp_path / name)
    told = str(refused.value.told("zh"))
    assert told.startswith(f"{tmp_path / name}：")
    assert why.format(path=tmp_path / name) in told
    assert "ledger.db" not in told
    assert sorted(tmp_path.rglob("*")) == before


def test_a_backup_overwrites_nothing(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    (tmp_path / "b.db").write_bytes(b"mine")
    with pytest.raises(UsageError):
        backup(place.home, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_bytes() == b"mine"


def test_numbers_go_on_above_what_the_folders_show(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    """The batch after the backup left its result, its package and its archive."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    file(place, fresh, 1, first=1)
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    for path in place.home.reports.glob("*_*.xlsx"):
        path.unlink()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    vehicles, sets = fresh(3)
    place.drop("c.xlsx", place.sheet(vehicles[2:], sets))
    assert [line.batch for line in place.run().lines] == ["TRIAL-20260302-0003"]


def test_packages_that_the_restored_ledger_does_not_know_are_named(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    file(place, fresh, 1, first=1)
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert [(t.batch, t.vehicles) for t in done.unknown] == [("TRIAL-20260302-0002", 1)]


def test_what_was_not_published_at_the_backup_is_in_doubt_and_not_sent_again(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """The backup was made between commit and publish; the package went out after it."""
    file(place, fresh, 1)
    (path,) = place.home.outbox.glob("*.zip")
    path.unlink()
    with place.machine().open_ledger() as ledger:
        ledger.db.execute("UPDATE package SET state = 'due', published = ''")
    backup(place.home, tmp_path / "b.db")
    place.run()
    (path,) = place.home.outbox.glob("*.zip")
    path.unlink()
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    place.run()
    assert (len(done.doubtful), place.outbox()) == (1, {})


def test_the_former_ledger_is_kept(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    vins = file(place, fresh, 1, first=1)
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert done.kept is not None
    with Ledger.read_only(done.kept) as former, place.ledger() as ledger:
        assert set(former.records(vins)) == set(vins)
        assert ledger.records(vins) == {}


def test_a_restore_is_an_event_and_the_chain_goes_on(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    events = backup(place.home, tmp_path / "b.db")
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    with place.ledger() as ledger:
        assert ledger.queries.verify() == events + 1


@pytest.mark.parametrize("data", [b"", b"no database at all" * 100])
def test_what_is_no_ledger_is_refused_and_nothing_changes(
    place: Place, fresh: Fresh, tmp_path: Path, data: bytes
) -> None:
    vins = file(place, fresh, 1)
    (tmp_path / "b.db").write_bytes(data)
    with pytest.raises(AccessError):
        restore(place.home, tmp_path / "b.db", place.now, "wang")
    with place.ledger() as ledger:
        assert set(ledger.records(vins)) == set(vins)


def test_a_restore_waits_for_no_watch(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    with HomeLock(place.home.watch_lock_path, what="watch"), pytest.raises(BusyError):
        restore(place.home, tmp_path / "b.db", place.now, "wang")


def test_a_home_that_lost_its_ledger_is_brought_back(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    vins = file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    place.home.ledger.unlink()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    with place.ledger() as ledger:
        assert set(ledger.records(vins)) == set(vins)
