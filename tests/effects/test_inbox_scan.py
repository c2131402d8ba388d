"""What the scan sees, and what it leaves alone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nesting import nested

from vinbatch.effects.home import Home
from vinbatch.effects.inbox import Scan, open_claims, scan, scan_receipts
from vinbatch.effects.scan import DEEPEST, _Found, is_receipt
from vinbatch.errors import AccessError


def drop(home: Home, *names: str) -> None:
    for name in names:
        path = home.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def ready(found: Scan) -> set[str]:
    return {c.path for c in found.ready}


def test_a_fresh_home_has_nothing_to_do(home: Home, now: datetime) -> None:
    assert scan(home, now) == Scan()


@pytest.mark.parametrize(
    "ending", ["xlsx", "XLSX", "xlsm", "xls", "xlsb", "et", "csv", "ods", "zip", "pdf", "docx", "wps", "txt"]
)
def test_office_files_are_answered_one_way_or_another(home: Home, now: datetime, ending: str) -> None:
    drop(home, f"三月.{ending}")
    assert ready(scan(home, now)) == {f"三月.{ending}"}


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.xlsx",
        "~$a.xlsx",
        ".~lock.a.xlsx#",
        ".~a.xlsx",
        "a.xlsx.tmp",
        "a.xlsx.part",
        "a.xlsx.crdownload",
        "Thumbs.db",
        "desktop.ini",
        "使用说明.txt",
        "How to use.txt",
        "华东/使用说明.txt",
        "receipts/r.xlsx",
        ".claims/1/a.xlsx",
        "#recycle/a.xlsx",
        "$RECYCLE.BIN/a.xlsx",
        "@eaDir/a.xlsx",
    ],
)
def test_litter_and_our_own_files_are_not_seen(home: Home, now: datetime, name: str) -> None:
    drop(home, name)
    assert scan(home, now) == Scan()


@pytest.mark.parametrize(
    ("leads", "taken"),
    [("D:\\三月.xlsx".encode("utf-16-le"), True), (b"d:\\A.XLS", True), (b"\\\\nas\\vin\\reports", False)],
)
def test_a_shortcut_is_taken_where_it_leads_to_a_workbook(
    home: Home, now: datetime, leads: bytes, taken: bool
) -> None:
    """Who dropped it waits for the answer; one to a folder somebody put there to stay."""
    drop(home, name := "三月 - 快捷方式.lnk")
    (home.inbox / name).write_bytes(b"L\0\0\0\x01\x14\x02\0" + bytes(68) + leads)
    assert ready(scan(home, now)) == ({name} if taken else set())


def test_a_workbook_that_was_never_all_there_is_told_once_no_copying_takes_so_long(home: Home) -> None:
    """Somebody waits for it; what Excel and Explorer leave behind has no such name."""
    drop(home, "三月.xlsx.crdownload", "华东/a.xls.tmp", "9A1F.tmp", "~$a.xlsx.tmp", "movie.mp4.part")
    came = datetime.now(UTC)
    assert ignored(home, came) == set()
    assert ignored(home, came + timedelta(hours=2)) == {
        (name, "unfinished") for name in ("三月.xlsx.crdownload", "华东/a.xls.tmp")
    }


@pytest.mark.parametrize(
    "name", ["photo.jpg", "扫描.PNG", "receipt.xml", "三月宝马", "letter.eml", "A1B2C3D"]
)
def test_whatever_a_clerk_drops_waits_for_an_answer(home: Home, now: datetime, name: str) -> None:
    drop(home, name)
    assert ready(scan(home, now)) == {name}


@pytest.mark.parametrize("name", ["A1B2C3D4", "a.xlsx.sb-5f3c9a1e-Xy12Zq", "Thumbs.db", "a.xlsx.xltd"])
def test_what_programs_leave_beside_a_workbook_is_not_answered(home: Home, now: datetime, name: str) -> None:
    drop(home, name)
    assert scan(home, now) == Scan()


def test_links_and_pipes_are_no_files(home: Home, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (home.inbox / "link.xlsx").symlink_to(tmp_path / "a.xlsx")
    (home.inbox / "folder.xlsx").symlink_to(tmp_path)
    os.mkfifo(home.inbox / "pipe.xlsx")
    found = scan(home, now)
    assert not found.ready
    assert {(s.path, s.reason) for s in found.ignored} == {
        (name, "@ignored.special") for name in ("link.xlsx", "folder.xlsx", "pipe.xlsx")
    }


def ignored(home: Home, now: datetime) -> set[tuple[str, str]]:
    return {(s.path, s.reason.removeprefix("@ignored.")) for s in scan(home, now).ignored}


def test_a_hidden_workbook_is_told_once_no_copying_takes_so_long(home: Home) -> None:
    drop(home, ".a.xlsx", "华东/.b.XLS", "receipts/.r.xml", ".bashrc", ".a.xlsx.part", ".stfolder/c.xlsx")
    came = datetime.now(UTC)
    assert ignored(home, came) == set()
    assert ignored(home, came + timedelta(hours=2)) == {
        (name, "hidden") for name in (".a.xlsx", "华东/.b.XLS", "receipts/.r.xml")
    }


@pytest.mark.parametrize("name", ["._a.xlsx", ".~a.xlsx", ".~lock.a.xlsx#", ".syncthing.a.xlsx", ".DS_Store"])
def test_what_programs_hide_beside_a_workbook_is_not_told(home: Home, name: str) -> None:
    drop(home, name, f"receipts/{name}")
    assert ignored(home, datetime.now(UTC) + timedelta(hours=2)) == set()


def test_what_lies_among_the_receipts_and_is_not_heard_is_told(home: Home, now: datetime) -> None:
    """A gateway that sorts receipts into folders would be deaf, and nobody would know."""
    drop(home, "receipts/2026-03/r.xml", "receipts/r.xml", "receipts/.sync/r.xml", "receipts/@eaDir/r.xml")
    (home.receipts / "empty").mkdir()
    (home.receipts / "link.xml").symlink_to(home.receipts / "r.xml")
    (home.receipts / "folder").symlink_to(home.receipts / "2026-03")
    os.mkfifo(home.receipts / "pipe.xml")
    assert ignored(home, now) == {
        ("receipts/2026-03", "folder"),
        ("receipts/link.xml", "special"),
        ("receipts/folder", "special"),
        ("receipts/pipe.xml", "special"),
    }


def test_the_department_is_the_first_folder(home: Home, now: datetime) -> None:
    drop(home, "a.xlsx", "华东/b.xlsx", "华东/三月/c.xlsx")
    assert {c.path: c.department for c in scan(home, now).ready} == {
        "a.xlsx": "",
        "华东/b.xlsx": "华东",
        "华东/三月/c.xlsx": "华东",
    }


@pytest.mark.parametrize("owner", ["~$a.xlsx", ".~lock.a.xlsx#", ".~a.xlsx", "~$A.XLSX"])
def test_an_open_workbook_waits(home: Home, now: datetime, owner: str) -> None:
    drop(home, "华东/a.xlsx", f"华东/{owner}", "a.xlsx")
    found = scan(home, now)
    assert ready(found) == {"a.xlsx"}
    assert [(s.path, s.reason) for s in found.unready] == [("华东/a.xlsx", "@unready.open")]


def test_an_owner_file_of_yesterday_is_reported_and_ignored(home: Home, now: datetime) -> None:
    drop(home, "a.xlsx", "~$a.xlsx")
    assert not scan(home, now + timedelta(hours=23)).ready
    found = scan(home, now + timedelta(hours=25))
    assert ready(found) == {"a.xlsx"}
    assert [(s.path, s.reason) for s in found.stale] == [("a.xlsx", "@unready.stale")]


def test_files_come_in_the_order_of_their_times_then_names(home: Home, now: datetime) -> None:
    drop(home, "b.xlsx", "a.xlsx", "c.xlsx")
    for name, time in (("b.xlsx", 100), ("a.xlsx", 200), ("c.xlsx", 100)):
        os.utime(home.inbox / name, (time, time))
    assert [c.path for c in scan(home, now).ready] == ["b.xlsx", "c.xlsx", "a.xlsx"]


def test_names_that_are_no_utf8_do_not_stop_the_others(home: Home, now: datetime) -> None:
    foreign = os.fsdecode(b"\xff\xfe.xlsx")
    drop(home, foreign, "a.xlsx", os.fsdecode(b"\xff/b.xlsx"), os.fsdecode(b"\xff.jpg"))
    found = scan(home, now)
    assert ready(found) == {foreign, "a.xlsx", os.fsdecode(b"\xff/b.xlsx"), os.fsdecode(b"\xff.jpg")}
    assert {c.department for c in found.ready} == {"", r"\xff"}


def test_an_inbox_that_cannot_be_read_is_a_failure(home: Home) -> None:
    home.inbox.rename(home.root / "away")
    with pytest.raises(AccessError):
        scan(home, datetime.now(UTC))


def test_folders_nested_without_end_stop_nobody(home: Home, now: datetime) -> None:
    deepest = "/".join(["d" * 8] * DEEPEST)
    with nested(home.inbox, 900, "d" * 8):
        drop(home, "a.xlsx", f"{deepest}/b.xlsx", f"{deepest}/{'d' * 8}/c.xlsx")
        found = scan(home, now)
        assert open_claims(home) == []
        (home.inbox / deepest / "b.xlsx").unlink()
        (home.inbox / deepest / ("d" * 8) / "c.xlsx").unlink()
    assert ready(found) == {"a.xlsx", f"{deepest}/b.xlsx"}
    assert [(s.path, s.reason) for s in found.unready] == [(f"{deepest}/{'d' * 8}", "@unready.deep")]


def test_a_department_that_cannot_be_looked_into_is_told_and_stops_no_other(
    home: Home, now: datetime
) -> None:
    """Its share may be gone; here its path is too long for any call."""
    with nested(home.inbox, 17, "d" * 250):
        drop(home, "a.xlsx")
        found = scan(home, now)
        assert open_claims(home) == []
    assert ready(found) == {"a.xlsx"}
    assert [s.reason for s in found.unready] == ["@unready.unreadable"]


@pytest.mark.parametrize("owner", ["~$a.xlsx", ".~lock.a.xlsx#"])
@pytest.mark.parametrize("year", [2, 100], ids=lambda n: f"in {n} years")
def test_an_owner_file_of_the_future_holds_its_workbook_for_a_day(
    home: Home, now: datetime, owner: str, year: int
) -> None:
    drop(home, "a.xlsx", owner)
    later = now.timestamp() + year * 365 * 86_400
    os.utime(home.inbox / owner, (later, later))
    assert not scan(home, now + timedelta(hours=23)).ready
    found = scan(home, now + timedelta(hours=25))
    assert ready(found) == {"a.xlsx"}
    assert [(s.path, s.reason) for s in found.stale] == [("a.xlsx", "@unready.stale")]


def test_an_owner_file_that_is_none_holds_nothing(home: Home, now: datetime, tmp_path: Path) -> None:
    """Opening a pipe would wait for ever, and a link would tell what it points at."""
    (tmp_path / "secret").write_text("secret,x")
    drop(home, "pipe.xlsx", "link.xlsx")
    os.mkfifo(home.inbox / ".~lock.pipe.xlsx#")
    (home.inbox / ".~lock.link.xlsx#").symlink_to(tmp_path / "secret")
    assert ready(scan(home, now)) == {"pipe.xlsx", "link.xlsx"}


def test_a_file_that_is_renamed_as_it_is_looked_at_stops_no_scan(home: Home, now: datetime) -> None:
    """Programs write under a hidden name and rename: it may be gone between the listing and the look."""
    drop(home, ".a.xlsx")
    found = _Found(home.inbox, now)
    with os.scandir(home.inbox) as listed:
        entries = [one for one in listed if one.name == ".a.xlsx"]
    (home.inbox / ".a.xlsx").rename(home.inbox / "a.xlsx")
    found.folder("", entries)
    assert found.ignored == []


@pytest.mark.parametrize("name", ["big.xlsx", "华东/big.xlsx", "receipts/big.xml"])
def test_a_file_far_beyond_the_limit_is_left_and_named(home: Home, now: datetime, name: str) -> None:
    drop(home, name)
    os.truncate(home.inbox / name, 100 * 2**20)
    assert scan(home, now).ignored == ()
    os.truncate(home.inbox / name, 100 * 2**20 + 1)
    found = scan(home, now)
    assert [(s.path, s.reason) for s in found.ignored] == [(name, "@ignored.large")]
    assert (found.ready, scan_receipts(home)) == ((), ())


@pytest.mark.parametrize("name", ["Receipts", "RECEIPTS"])
def test_a_folder_named_like_that_of_receipts_is_told(home: Home, now: datetime, name: str) -> None:
    (home.inbox / name).mkdir()
    assert scan(home, now).ignored == ()  # empty, nobody waits
    drop(home, f"{name}/a.xml")
    found = scan(home, now)
    assert ([(s.path, s.reason) for s in found.ignored], found.ready) == ([(name, "@ignored.case")], ())


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("receipts/a.xml", True),
        ("receipts.xlsx", False),
        ("receipts2/a.xml", False),
        ("进口/receipts/a.xml", False),
    ],
)
def test_a_receipt_is_what_lies_in_the_folder_of_receipts(path: str, is_one: bool) -> None:
    assert is_receipt(path) is is_one
