"""Backup and restore: nothing is given twice, nothing is sent twice, what is unknown is named."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from run_place import Fresh, Place, Ran, again, verdicts

from vinbatch import check
from vinbatch.cli.main import vinbatch
from vinbatch.effects.archive import Archive
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import AccessError, BusyError, UsageError, VinbatchError
from vinbatch.model import Source, Verdict
from vinbatch.run.commands import release
from vinbatch.run.keeping import backup, restore
from vinbatch.store.forgotten import VOID
from vinbatch.store.ledger import Ledger

STATUS = Path(__file__).parents[2] / "docs" / "schemas" / "status.json"
OTHER_XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Other">
<xs:complexType><xs:sequence><xs:element name="V" maxOccurs="200"/></xs:sequence>
<xs:attribute name="guid"/></xs:complexType></xs:element></xs:schema>"""


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


def test_a_backup_is_read_by_no_others_and_written_by_no_group(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """It lies outside of our folder; the umask of the crontab, 007, let the clerks' group write it."""
    file(place, fresh, 1)
    before = os.umask(0o007)
    try:
        backup(place.home, tmp_path / "b.db")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) == 0o640


def test_a_backup_is_taken_while_a_pass_holds_the_home(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    with HomeLock(place.home.lock_path):
        assert backup(place.home, tmp_path / "b.db") > 0


def test_a_ledger_on_a_disk_that_turned_read_only_is_copied_as_it_lies(
    place: Place, fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite could make no -shm beside it: it is opened without."""
    file(place, fresh, 1)
    opened, connect = [], sqlite3.connect

    def noted(name: str, **more: Any) -> sqlite3.Connection:
        opened.append(str(name))
        return connect(name, **more)

    found = list(os.statvfs(tmp_path))
    found[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(found))
    monkeypatch.setattr(sqlite3, "connect", noted)
    assert backup(place.home, tmp_path / "b.db") > 0
    assert [name.rpartition("?")[2] for name in opened if "ledger.db?" in name] == ["immutable=1"]


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


@pytest.mark.parametrize("folder", ["inbox", "inbox/北京", "outbox", "reports"])
def test_no_backup_is_laid_where_clerks_or_the_gateway_look(place: Place, folder: str) -> None:
    """Its group is that of the clerks there; and the next pass took it out of the inbox, for a workbook."""
    (place.root / folder).mkdir(exist_ok=True)
    with pytest.raises(UsageError) as caught:
        backup(place.home, place.root / folder / "ledger.db")
    assert caught.value.key == "backup.shared"
    assert not (place.root / folder / "ledger.db").exists()


def test_a_backup_overwrites_nothing(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    (tmp_path / "b.db").write_bytes(b"mine")
    with pytest.raises(UsageError):
        backup(place.home, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_bytes() == b"mine"


FORGETS = "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM forgotten_vin; END"


@pytest.mark.parametrize(
    ("done", "named"),
    [
        (FORGETS, "trigger t"),
        ("DROP INDEX record_tail", "index record_tail"),
        ("DROP TABLE forgotten_vin; CREATE VIEW forgotten_vin AS SELECT 1", "table forgotten_vin"),
    ],
)
def test_a_backup_that_somebody_has_altered_is_not_put_back(
    place: Place, fresh: Fresh, tmp_path: Path, done: str, named: str
) -> None:
    """Its trigger freed at once what the restore had just noted as sent: that was declared again."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    before = place.home.ledger.read_bytes()
    with closing(sqlite3.connect(tmp_path / "b.db")) as db:
        db.executescript(done)
    with pytest.raises(AccessError, match=named):
        restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert place.home.ledger.read_bytes() == before


def test_a_backup_of_which_the_archive_knows_no_workbook_is_told_to_be_another_homes(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """It took the place of the ledger, and what this home had declared was said to have come after it."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    place.home.archive.rename(tmp_path / "archive")
    place.home.archive.mkdir()
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").strange
    place.home.archive.rmdir()
    (tmp_path / "archive").rename(place.home.archive)
    assert not restore(place.home, tmp_path / "b.db", place.now, "wang").strange


def test_a_ledger_that_was_copied_without_being_folded_is_not_put_back_in_part(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """A folder that was copied while a watch worked: what it had done last was left out in silence."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    (tmp_path / "b.db-wal").write_bytes(b"what was done last")
    with pytest.raises(AccessError, match=r"b\.db-wal"):
        restore(place.home, tmp_path / "b.db", place.now, "wang")


def test_a_ledger_that_cannot_be_opened_is_kept_with_its_wal(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """What it holds may be had out of the two files yet."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    place.home.ledger.write_bytes(b"damaged" * 1000)
    wal = place.home.ledger.with_name("ledger.db-wal")
    wal.write_bytes(b"not folded")
    kept = restore(place.home, tmp_path / "b.db", place.now, "wang").kept
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"not folded"
    assert not wal.exists()


def torn(of: Path) -> bytes:
    """The journal of a writer that was killed over this database."""
    with closing(sqlite3.connect(of, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")  # what it changes goes into the file at once
        db.execute("BEGIN")
        db.execute("CREATE TABLE copied AS SELECT one.* FROM event AS one, event AS other")
        journal = of.with_name(f"{of.name}-journal").read_bytes()
        db.execute("ROLLBACK")
    return journal


def test_what_a_killed_restore_was_writing_is_put_into_no_other_backup(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """SQLite took the journal of the first for that of the second: it was called damaged."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "first.db")
    file(place, fresh, 20, first=1)
    backup(place.home, tmp_path / "second.db")
    (place.home.own / "ledger.db.part-journal").write_bytes(torn(tmp_path / "first.db"))
    done = restore(place.home, tmp_path / "second.db", place.now, "wang")
    with place.ledger() as ledger:
        assert ledger.queries.verify() == done.events + 1  # the restore


def test_what_stopped_the_passes_is_not_told_of_what_was_put_back(
    place: Place, fresh: Fresh, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status` said after the restore that the ledger was gone, and to restore it."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    place.home.ledger.unlink()
    with pytest.raises(AccessError):
        place.run()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    with pytest.raises(SystemExit) as left:
        vinbatch(["--home", str(place.root), "status"])
    assert (left.value.code, "不见了" in capsys.readouterr().out) == (0, False)


def test_what_a_killed_restore_left_is_not_restored_from_its_own_place(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """It was removed to make room for its copy, and an empty ledger put there: of 12 events, as it said."""
    file(place, fresh, 1)
    backup(place.home, part := place.home.own / "ledger.db.part")
    before = part.read_bytes(), place.home.ledger.read_bytes()
    (link := tmp_path / "b.db").symlink_to(part)
    for given in (part, link):
        with pytest.raises(UsageError):
            restore(place.home, given, place.now, "wang")
    assert (part.read_bytes(), place.home.ledger.read_bytes()) == before


def test_of_a_backup_that_cannot_be_read_the_system_says_why(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """One without the right to read it SQLite was "unable to open": name one that vinbatch made. A link to
    itself is one that root cannot read either.
    """
    file(place, fresh, 1)
    (saved := tmp_path / "b.db").symlink_to(saved)
    with pytest.raises(AccessError) as refused:
        restore(place.home, saved, place.now, "wang")
    assert refused.value.key == "disk.instead"


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (lambda data: data[: len(data) // 2], "malformed"),
        (lambda data: data.replace(b'"kind":"batch"', b'"kind":"BATCH"'), "审计链"),
    ],
    ids=["cut off", "an event changed"],
)
def test_of_a_backup_that_is_not_whole_the_backup_is_named_and_another_asked_for(
    place: Place, fresh: Fresh, tmp_path: Path, done: Callable[[bytes], bytes], why: str
) -> None:
    """Of a broken chain no file was named, as if it were that of the home."""
    file(place, fresh, 1)
    backup(place.home, saved := tmp_path / "b.db")
    saved.write_bytes(done(saved.read_bytes()))
    with pytest.raises(AccessError) as refused:
        restore(place.home, saved, place.now, "wang")
    told = refused.value.told("zh")
    assert (told.message.startswith(f"{saved}：备份已损坏"), why in told.message) == (True, True)
    assert told.cure == "请换一个备份"


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


def test_a_number_above_99999_is_seen_by_the_next_restore(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    """Whoever may write into reports/ can put it there: the number after it has six digits."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    (place.home.reports / "TRIAL-20260302-99999_x.xlsx").write_bytes(b"x")
    for number in range(2):
        restore(place.home, tmp_path / "b.db", place.now, "wang")
        place.drop("c.xlsx", str(number).encode())
        assert [line.batch for line in place.run().lines] == [f"TRIAL-20260302-{100_000 + number}"]


@pytest.mark.parametrize("digits", range(5, 20))
def test_no_made_up_name_hides_a_later_package_from_the_next_restore(
    place: Place, fresh: Fresh, tmp_path: Path, digits: int
) -> None:
    """A number with more digits than a restore reads: its vehicles would be declared twice under one guid."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    (place.home.reports / f"TRIAL-20260302-{'9' * digits}_x.xlsx").write_bytes(b"x")
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    vehicles, sets = fresh(2)
    place.drop("c.xlsx", place.sheet(vehicles[1:], sets))
    (line,) = place.run().lines
    (place.home.reports / f"TRIAL-20260302-{'9' * digits}_x.xlsx").unlink()
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert [t.batch for t in done.unknown] == [line.batch]


def test_the_number_of_a_forgotten_package_is_not_given_however_far_it_lies(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """Made-up names led up to it, and are gone: the count comes to it again, and its guid with it."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    with place.machine().open_ledger() as ledger:
        ledger.go_on_above({"TRIAL-20260302": range(100_000, 400_000, 100_000)})
    file(place, fresh, 1, first=1)
    for path in place.home.reports.glob("*_*.xlsx"):
        path.unlink()
    (lost,) = restore(place.home, tmp_path / "b.db", place.now, "wang").unknown
    with place.machine().open_ledger() as ledger:
        ledger.go_on_above({"TRIAL-20260302": [100_000, 200_000, 299_999]})
    vehicles, sets = fresh(3)
    place.drop("c.xlsx", place.sheet(vehicles[2:], sets))
    assert lost.batch == "TRIAL-20260302-300001"
    assert [line.batch for line in place.run().lines] == ["TRIAL-20260302-300000"]
    place.drop("d.xlsx", b"no workbook")
    assert [line.batch for line in place.run().lines] == ["TRIAL-20260302-300002"]


def test_packages_that_the_restored_ledger_does_not_know_are_named(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    file(place, fresh, 1, first=1)
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert [(t.batch, t.vehicles) for t in done.unknown] == [("TRIAL-20260302-0002", 1)]


def test_packages_are_named_in_the_order_in_which_a_person_decides(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """The oldest first, as status and the guide say; a guid is drawn without regard to time."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    for n in range(1, 6):
        place.now += timedelta(minutes=1)
        file(place, fresh, 1, first=n)
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert [t.batch[-4:] for t in done.unknown] == ["0002", "0003", "0004", "0005", "0006"]
    with place.ledger() as ledger:
        assert [p.guid for p in ledger.forgotten.open()] == [t.guid for t in done.unknown]


def test_a_file_made_up_with_the_guid_of_a_package_frees_none_of_its_vehicles(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """A clerk may drop what he likes, and all of it is in the archive."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    vins = file(place, fresh, 1, first=1)
    (package,) = place.home.outbox.glob("*-0002-*.zip")
    with zipfile.ZipFile(package) as real:
        manifest, xml = json.loads(real.read("manifest.json")), real.read("declaration.xml")
    archived(place, {**manifest, "vehicles": []}, xml)
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert [(t.path, list(t.vins)) for t in done.unknown] == [(package, vins)]


def archived(place: Place, manifest: Mapping[str, object], xml: bytes) -> None:
    """What somebody who dropped such a zip has brought into the archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as forged:
        forged.writestr("manifest.json", json.dumps(manifest))
        forged.writestr("declaration.xml", xml)
    Archive(place.home.archive).put(made.getvalue())


def manifest(place: Place, fresh: Fresh, **told: object) -> dict[str, object]:
    """Of a package that nobody sent, for a vehicle of its own; by default that of `<Other/>`."""
    return {
        "guid": "6F2B3D0E-5A51-5C55-9B0C-7A1D0C3F9E42",
        "batch": "TRIAL-20260302-0009",
        "type": "filing",
        "time": place.now.isoformat(),
        "digests": {"xml": hashlib.sha256(b"<Other/>").hexdigest()},
        "vehicles": [{"vin": str(fresh(2)[0][1]["vin"])}],
        **told,
    }


@pytest.mark.parametrize("digests", [{}, {"xml": hashlib.sha256(b"<Mine/>").hexdigest()}])
def test_a_manifest_of_another_declaration_withholds_no_vehicle(
    place: Place, fresh: Fresh, tmp_path: Path, digests: dict[str, str]
) -> None:
    """Without digests, and with that of a declaration that does not lie beside it."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    archived(place, manifest(place, fresh, digests=digests), b"<Other/>")
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").unknown == ()


@pytest.mark.parametrize(
    "told",
    [
        {"guid": "\ud800"},
        {"guid": "6f2b3d0e-5a51-5c55-9b0c-7a1d0c3f9e42"},
        {"batch": "TRIAL"},
        {"vehicles": [{"vin": "\ud800"}]},
        {"time": "0001-01-01T00:00:00+23:00"},
    ],
)
def test_a_manifest_that_no_ledger_could_keep_or_command_name_stops_no_restore(
    place: Place, fresh: Fresh, tmp_path: Path, told: dict[str, object]
) -> None:
    """Lone surrogates, a guid that `release` never finds, no number of a batch, a time before all time."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    archived(place, manifest(place, fresh, **told), b"<Other/>")
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").unknown == ()


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


def test_two_restores_within_a_second_keep_both_ledgers(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    kept = [restore(place.home, tmp_path / "b.db", place.now, "wang").kept for _ in range(3)]
    assert len(set(kept)) == 3
    assert all(path is not None and path.is_file() for path in kept)


def test_the_result_of_a_forgotten_batch_declares_nothing_of_the_draft_that_went_on_without_it(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """Both were the second revision of that draft: the data of the forgotten one would have been declared."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet([{**vehicles[0], "action": "暂存"}], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    again(place, 1, {"操作": "暂存", "车身颜色": "红"})
    forgotten = place.result("TRIAL-20260302-0002")
    restore(place.home, tmp_path / "b.db", place.now, "operator")
    again(place, 1, {"操作": "暂存", "车身颜色": "蓝"})
    book = openpyxl.load_workbook(io.BytesIO(forgotten))
    sheet = book["车辆信息"]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("操作") + 1).value = "申报"
    book.save(place.root / "inbox" / "late.xlsx")
    (outcome,) = place.run().outcomes
    assert verdicts(outcome) == {2: "refused"}
    assert "MARK-STALE" in [f.code for f in outcome.findings]
    assert place.outbox() == {}


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


def lost(place: Place, fresh: Fresh, tmp_path: Path) -> tuple[bytes, list[str]]:
    """A filing, a backup, a second filing, and the restore that forgets it; its workbook and VINs."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    vehicles, sets = fresh(3)
    data = place.sheet(vehicles[1:], sets)
    place.drop("b.xlsx", data)
    place.run()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    return data, [str(v["vin"]) for v in vehicles[1:]]


def refused(ran: Ran) -> list[list[str]]:
    """The codes of each refused row of a pass's workbooks."""
    return [
        sorted(f.code for f in o.findings if f.row == j.row.number and f.sheet == j.row.sheet)
        for o in ran.outcomes
        for j in o.rows
        if j.verdict is Verdict.REFUSED
    ]


def test_what_was_declared_after_the_backup_is_not_declared_again(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    data, vins = lost(place, fresh, tmp_path)
    before = place.outbox()
    place.drop("b.xlsx", data)
    ran = place.run()
    assert place.outbox() == before
    assert refused(ran) == [["VIN-FORGOTTEN"]] * len(vins)


def test_other_vehicles_of_the_workbook_go_on(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    lost(place, fresh, tmp_path)
    before = set(place.outbox())
    vehicles, sets = fresh(4)
    place.drop("c.xlsx", place.sheet(vehicles[2:], sets))
    assert verdicts(place.run().outcomes[0]) == {2: "refused", 3: "declared"}
    (new,) = set(place.outbox()) - before
    assert place.outbox()[new] == [vehicles[3]["vin"]]


@pytest.mark.parametrize("where", ["outbox", "archive"])
def test_one_trace_of_a_package_is_enough(place: Place, fresh: Fresh, tmp_path: Path, where: str) -> None:
    """The archive was lost with the disk, or the gateway has emptied the outbox."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    vehicles, sets = fresh(2)
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    place.run()
    if where == "archive":
        for path in place.home.outbox.glob("*.zip"):
            path.unlink()
    else:
        shutil.rmtree(place.home.archive)
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    place.drop("again.xlsx", place.sheet(vehicles[1:], sets))
    assert refused(place.run()) == [["VIN-FORGOTTEN"]]


def test_a_home_that_lost_its_archive_goes_on_after_a_restore(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """Each pass ended with 6: there was no place for the tags of what customs answered."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    shutil.rmtree(place.home.archive)
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    vehicles, sets = fresh(2)
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    (line,) = place.run().lines
    assert (line.refused, line.to_mend) == (False, False)


def test_the_vins_are_found_whatever_the_template_calls_its_elements(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    (place.root / "rules" / "declaration.xsd").write_text(OTHER_XSD, "utf-8")
    (place.root / "templates" / "declaration.xml").write_text(
        '<Other guid="{{ guid }}">{% for row in vehicles %}<V>{{ row.values.vin }}</V>{% endfor %}</Other>',
        "utf-8",
    )
    data, _ = lost(place, fresh, tmp_path)
    place.drop("b.xlsx", data)
    assert refused(place.run()) == [["VIN-FORGOTTEN"]] * 2


def test_a_second_restore_forgets_no_less(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    data, _ = lost(place, fresh, tmp_path)
    backup(place.home, tmp_path / "c.db")
    for minutes, name in enumerate(("c.db", "b.db"), start=1):
        restore(place.home, tmp_path / name, place.now + timedelta(minutes=minutes), "wang")
    place.drop("b.xlsx", data)
    assert refused(place.run()) == [["VIN-FORGOTTEN"]] * 2


def test_the_holding_survives_a_backup_and_is_told_once(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    data, vins = lost(place, fresh, tmp_path)
    backup(place.home, tmp_path / "c.db")
    place.now += timedelta(minutes=1)
    restore(place.home, tmp_path / "c.db", place.now, "wang")
    with place.ledger() as ledger:
        told = [e.body["kind"] for e in ledger.queries.history(vins[0])]
        assert (told, ledger.queries.verify() > 0) == (["forgotten"], True)
    place.drop("b.xlsx", data)
    assert refused(place.run()) == [["VIN-FORGOTTEN"]] * 2


def test_a_package_that_the_backup_knows_withholds_nothing(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    vehicles, sets = fresh(1)
    place.drop("b.xlsx", place.sheet(vehicles, [{**s} for s in sets]))
    assert verdicts(place.run().outcomes[0]) == {2: "unchanged"}


@pytest.mark.parametrize("where", ["outbox", "archive"])
def test_what_cannot_be_read_stops_the_restore_before_it_changes_anything(
    place: Place, fresh: Fresh, tmp_path: Path, where: str
) -> None:
    vins = file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    later = file(place, fresh, 1, first=1)
    package = max(place.home.outbox.glob("*.zip"))
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    path = package if where == "outbox" else place.home.archive / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(package.read_bytes()[:-40])
    with pytest.raises(AccessError) as told:
        restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert str(path) in str(told.value)
    with place.ledger() as ledger:
        assert set(ledger.records([*vins, *later])) == {*vins, *later}
    assert list(place.home.own.glob("*.part*")) == []


def test_a_zip_of_others_with_a_manifest_stops_no_restore(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("manifest.json", "[" * 100_000)
    place.drop("x.zip", (tmp_path / "x.zip").read_bytes())
    place.run()
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").unknown == ()


def test_a_zip_of_others_that_is_packed_in_a_way_of_its_own_stops_no_restore(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """What is wrong with LZMA is told by errors of LZMA."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.json", "{}" * 100)
    data = bytearray(made.getvalue())
    begin = data.index(b"manifest.json") + len("manifest.json")
    data[begin + 4 : begin + 6] = b"\xff" * 2  # its properties
    place.drop("x.zip", bytes(data))
    place.run()
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").unknown == ()


def test_a_dry_check_sees_what_is_withheld(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    data, _ = lost(place, fresh, tmp_path)
    assert check(data, "b.xlsx", home=place.root).verdicts["车辆信息"] == {2: "refused", 3: "refused"}


def test_status_lists_what_was_forgotten_and_what_ends_it(
    place: Place, fresh: Fresh, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A condition that needs a person: exit 7, as for a package in doubt; the JSON keeps its schema."""
    lost(place, fresh, tmp_path)
    assert vinbatch.main(["--home", str(place.root), "status"], standalone_mode=False) == 7
    shown = capsys.readouterr().out
    assert vinbatch.main(["--home", str(place.root), "status", "--json"], standalone_mode=False) == 7
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(STATUS.read_text("utf-8"))).validate(told)
    (one,) = told["forgotten"]
    assert (one["batch"], one["type"], one["vehicles"]) == ("TRIAL-20260302-0002", "filing", 2)
    assert f"vinbatch release {one['guid']} --sent" in shown.splitlines()[0]


def test_a_number_that_was_reserved_at_the_backup_is_not_used_for_something_else(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """The backup was made between reserving and commit; a package may be out under that number's guid."""
    file(place, fresh, 1)
    with place.machine().open_ledger() as ledger:
        ledger.take(Source("b.xlsx", "0" * 64), "claim/b.xlsx", place.now, "TRIAL", place.home.settings.zone)
    backup(place.home, tmp_path / "b.db")
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    vehicles, sets = fresh(2)
    place.drop("c.xlsx", place.sheet(vehicles[1:], sets))
    assert [line.batch for line in place.run().lines] == ["TRIAL-20260302-0003"]
    with place.ledger() as ledger:
        assert ledger.queries.status(place.now, 7).unfinished == ()


def test_a_restore_that_forgot_packages_leaves_with_7(
    place: Place, fresh: Fresh, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    file(place, fresh, 1, first=1)
    args = ["--home", str(place.root), "restore", str(tmp_path / "b.db")]
    assert vinbatch.main(args, standalone_mode=False) == 7
    assert "TRIAL-20260302-0002" in capsys.readouterr().out


@pytest.fixture
def left_behind(place: Place, fresh: Fresh, tmp_path: Path) -> Path:
    """A backup of one batch, with the archive of then; the second's package is gone. The newer archive."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    shutil.copytree(place.home.archive, tmp_path / "archive")
    file(place, fresh, 1, first=1)
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    place.home.archive.rename(tmp_path / "newer")
    shutil.copytree(tmp_path / "archive", place.home.archive)
    return tmp_path / "newer"


def told_after(place: Place, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    """Exit code and what it says of batches of which only a result is left."""
    code = int(vinbatch.main(["--home", str(place.root), *command], standalone_mode=False))
    lines = capsys.readouterr().out.splitlines()
    return code, "".join(line for line in lines if "（TRIAL-20260302-0002）" in line)


def results_only(place: Place, capsys: pytest.CaptureFixture[str]) -> list[str]:
    vinbatch.main(["--home", str(place.root), "status", "--json"], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(STATUS.read_text("utf-8"))).validate(told)
    since = [one["since"] for one in told["alarms"] if one["what"] == "results_only"]
    assert since in ([], [place.now.isoformat()]), "that of the restore"
    return list(told["results_only"])


def test_a_result_of_which_archive_and_outbox_know_nothing_is_warned_of(
    place: Place, left_behind: Path, tmp_path: Path
) -> None:
    """The archive came back from an older copy, and the gateway took the package: nobody knows the VINs."""
    done = restore(place.home, tmp_path / "b.db", place.now, "wang")
    assert (done.unknown, done.bare) == ((), ("TRIAL-20260302-0002",))


def test_batches_that_sent_nothing_after_the_backup_are_named(
    place: Place, fresh: Fresh, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their results said for good that the drafts are saved, and nobody was told whose they are."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    vehicles, sets = fresh(3)
    place.drop("b.xlsx", place.sheet([{**vehicles[1], "action": "暂存"}], sets))
    place.run()
    place.drop("c.xlsx", place.sheet(vehicles[2:], sets))
    place.run()
    args = ["--home", str(place.root), "restore", str(tmp_path / "b.db")]
    assert vinbatch.main(args, standalone_mode=False) == 7  # of the third batch, whose package is named
    said = capsys.readouterr()
    assert "1 个批次的结果（TRIAL-20260302-0002）是备份之后办理的" in said.out + said.err


def test_status_and_doctor_tell_of_it_until_the_result_is_taken_away(
    place: Place,
    left_behind: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(place.now.timestamp())))
    assert told_after(place, capsys, "restore", str(tmp_path / "b.db"))[0] == 7
    for command in ("status", "doctor"):
        code, line = told_after(place, capsys, command)
        assert (code, "请取回更新的存档 .vinbatch/archive 再恢复一次；或与海关核对" in line) == (7, True)
    assert results_only(place, capsys) == ["TRIAL-20260302-0002"]
    place.run()  # a pass settles nothing
    assert told_after(place, capsys, "status")[0] == 7
    (result,) = place.home.reports.glob("*-0002_*.xlsx")
    result.rename(tmp_path / result.name)
    assert told_after(place, capsys, "status") == (0, "")
    assert told_after(place, capsys, "doctor") == (0, "")
    assert results_only(place, capsys) == []


def test_a_restore_with_the_newer_archive_settles_it(
    place: Place, left_behind: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then its package is known, and a person decides about that."""
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    for path in left_behind.rglob("*"):  # as rsync does: what is there may not be written over
        target = place.home.archive / path.relative_to(left_behind)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").bare == ()
    assert results_only(place, capsys) == []
    with place.ledger() as ledger:
        assert [p.batch for p in ledger.forgotten.open()] == ["TRIAL-20260302-0002"]


def test_the_result_of_a_package_that_was_declared_void_is_no_reason_to_warn(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """A person has decided about it; the next disk was lost with its archive."""
    file(place, fresh, 1)
    backup(place.home, tmp_path / "a.db")
    file(place, fresh, 1, first=1)
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    (package,) = restore(place.home, tmp_path / "a.db", place.now, "wang").unknown
    release(place.machine(), package.guid, "wang", VOID, "没有收到")
    backup(place.home, tmp_path / "b.db")
    shutil.rmtree(place.home.archive)
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").bare == ()


def test_a_refused_file_after_the_backup_is_no_reason_to_warn(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    file(place, fresh, 1)
    backup(place.home, tmp_path / "b.db")
    place.drop("b.xlsx", b"no workbook")
    place.run()
    assert restore(place.home, tmp_path / "b.db", place.now, "wang").bare == ()
