"""An older copy in the place of the ledger is noticed before it gives anything a second time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from run_place import SETTINGS, Audit, Fresh, Place

from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import last_event
from vinbatch.effects.parts import part_in
from vinbatch.errors import AccessError
from vinbatch.model import Return
from vinbatch.run.keeping import backup, restore


@pytest.fixture
def copied(place: Place, fresh: Fresh, tmp_path: Path) -> Path:
    """A copy of the ledger, after which one more batch was declared."""
    (first, second, _), sets = fresh(3)
    place.drop("a.xlsx", place.sheet([first], sets))
    place.run()
    backup(place.home, tmp_path / "copy.db")
    place.drop("b.xlsx", place.sheet([second], sets))
    place.run()
    return tmp_path / "copy.db"


def test_a_copy_that_was_put_over_the_ledger_declares_nothing(
    place: Place, fresh: Fresh, copied: Path
) -> None:
    """It would give the number and the guid of the second batch once more."""
    shutil.copy(copied, place.home.ledger)
    (*_, third), sets = fresh(3)
    dropped = place.drop("c.xlsx", place.sheet([third], sets))
    outbox = sorted((place.root / "outbox").glob("*.zip"))
    with pytest.raises(AccessError, match="vinbatch restore"):
        place.run()
    assert sorted((place.root / "outbox").glob("*.zip")) == outbox
    assert dropped.exists()


def test_what_restore_puts_there_is_worked_with(place: Place, fresh: Fresh, copied: Path) -> None:
    shutil.copy(copied, place.home.ledger)
    assert len(restore(place.home, copied, place.now, "zhang").unknown) == 1
    (*_, third), sets = fresh(3)
    place.drop("c.xlsx", place.sheet([third], sets))
    (line,) = place.run().lines
    assert line.batch.endswith("-0003")


def test_of_a_pass_that_failed_half_way_it_is_known_too(place: Place, fresh: Fresh, tmp_path: Path) -> None:
    """Its package lies in the outbox; the copy of before would give its number and guid again."""
    (first, second), sets = fresh(2)
    place.drop("a.xlsx", place.sheet([first], sets))
    place.run()
    backup(place.home, tmp_path / "copy.db")
    place.drop("b.xlsx", place.sheet([second], sets))

    def interrupted() -> None:
        if len(list((place.root / "outbox").glob("*.zip"))) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(place.machine(), beat=interrupted).run()
    shutil.copy(tmp_path / "copy.db", place.home.ledger)
    with pytest.raises(AccessError, match="vinbatch restore"):
        place.run()


@pytest.mark.parametrize(
    "torn",
    [b"", b"\0" * 40, b"12 ", b"12 0a1b", b"12 0a1b" + b"\0" * 61, b"\xff\xfe"],
    ids=["empty", "zeros", "half", "cut", "half zeros", "junk"],
)
def test_a_note_that_a_power_cut_has_torn_stops_nothing(place: Place, fresh: Fresh, torn: bytes) -> None:
    """It is not written durably: the ledger is ahead of it at most."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    (place.home.own / "reached").write_bytes(torn)
    assert place.run().lines == []


def _killed(place: Place, copy: Path, there: Callable[[], bool]) -> None:
    """What a pass leaves that is killed at this moment, and whose `-wal` somebody takes for litter."""

    def killing() -> None:
        if there():
            shutil.copy(place.home.own / "reached", copy.with_name("reached"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(place.machine(), beat=killing).run()
    shutil.copy(copy, place.home.ledger)
    shutil.copy(copy.with_name("reached"), place.home.own)


def test_a_package_that_a_killed_pass_put_out_does_not_go_out_again_without_the_wal(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """What the pass committed stood there alone; the gateway got the same guid with other bytes."""
    (first, second), sets = fresh(2)
    place.drop("a.xlsx", place.sheet([first], sets))
    place.run()
    backup(place.home, tmp_path / "folded.db")
    place.drop("b.xlsx", place.sheet([second], sets))
    outbox = place.root / "outbox"
    _killed(place, tmp_path / "folded.db", lambda: len(list(outbox.glob("*.zip"))) == 2)
    with pytest.raises(AccessError, match="-wal"):
        place.run()


def test_an_answer_whose_file_a_killed_pass_removed_is_not_lost_with_the_wal(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    backup(place.home, tmp_path / "folded.db")
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    for name in ("1.xml", "2.xml"):
        told = Return("120", time="20260302102231500", info=name)
        place.drop(f"receipts/{name}", receipt_xml(package.guid, (told,)))
    home = place.home
    _killed(
        place,
        tmp_path / "folded.db",
        lambda: len(list(home.claims.rglob("*.xml"))) == 1 and not list(home.receipts.glob("*.xml")),
    )
    with pytest.raises(AccessError, match="-wal"):
        place.run()


PRODUCTION = f'site = "AB"\nproduction = true\ndeclarant_code = "1"\ndeclarant_name = "甲"\n{SETTINGS}'


@pytest.fixture
def put_back(place: Place, fresh: Fresh, tmp_path: Path) -> Place:
    """A home in production, its results elsewhere, as of before its second batch: the gateway has both."""
    (first, second, _), sets = fresh(3)
    place.root.joinpath("rules", "settings.toml").write_text(PRODUCTION, "utf-8")
    (place.root / "reports").rename(tmp_path / "share")
    (place.root / "reports").symlink_to(tmp_path / "share")
    place.drop("a.xlsx", place.sheet([first], sets))
    place.run()
    snapshot = tmp_path / "snapshot"
    shutil.copytree(place.root, snapshot, symlinks=True)
    place.drop("b.xlsx", place.sheet([second], sets))
    place.run()
    shutil.rmtree(place.root)
    snapshot.rename(place.root)
    for taken in (place.root / "outbox").glob("*.zip"):
        taken.unlink()
    return place


def test_a_home_that_was_put_back_whole_declares_nothing_where_its_results_lie_elsewhere(
    put_back: Place, fresh: Fresh
) -> None:
    """Ledger and note are of then: number and guid of the second batch would go out again."""
    (*_, third), sets = fresh(3)
    put_back.drop("c.xlsx", put_back.sheet([third], sets))
    with pytest.raises(AccessError, match="snapshot"):
        put_back.run()
    assert put_back.outbox() == {}


def test_an_audit_says_of_a_home_that_was_put_back_whole_that_it_is_older(
    put_back: Place, audit: Audit
) -> None:
    """Its chain is whole, and all else as that says: passes refused it, and the audit found nothing wrong."""
    code, _, told = audit(put_back, "verify")
    assert (code, "整个工作目录可能恢复成了以前的样子" in told) == (6, True)


def test_after_a_restore_a_home_that_was_put_back_goes_on_above_its_results(
    put_back: Place, fresh: Fresh, tmp_path: Path
) -> None:
    backup(put_back.home, tmp_path / "copy.db")
    restore(put_back.home, tmp_path / "copy.db", put_back.now, "zhang")
    (*_, third), sets = fresh(3)
    put_back.drop("c.xlsx", put_back.sheet([third], sets))
    assert [line.batch[-5:] for line in put_back.run().lines] == ["-0003"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
@pytest.mark.parametrize("said", ["9999 " + "0" * 64 + "\n", "junk"])
def test_a_note_in_reports_that_another_user_wrote_stops_nothing(put_back: Place, said: str) -> None:
    note = put_back.root / "reports" / ".vinbatch-reached-AB"
    note.write_text(said, "ascii")
    os.chown(note, 12345, -1)
    assert put_back.run().lines == []


@pytest.mark.parametrize("lay", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/etc/passwd")])
def test_what_is_no_file_in_the_place_of_the_note_in_reports_stops_nothing(
    put_back: Place, lay: Callable[[Path], None]
) -> None:
    """Whoever may write there could stop all work for good."""
    (note := put_back.root / "reports" / ".vinbatch-reached-AB").unlink()
    lay(note)
    assert put_back.run().lines == []


def test_the_note_in_reports_is_written_through_no_link_that_was_laid_for_it(put_back: Place) -> None:
    """Its name while it is not whole can be guessed; the ledger would be written over."""
    reports, mine = put_back.root / "reports", put_back.home.own / "precious"
    mine.write_text("mine", "ascii")
    pid, count = (int(n) for n in part_in(reports).stem.split("-")[1:])
    for n in range(count + 1, count + 20):
        (reports / f".vinbatch-{pid}-{n}.part").symlink_to(mine)
    last_event.note(put_back.home, 9999, "0" * 64)
    assert mine.read_text("ascii") == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_the_note_beside_the_ledger_counts_whoever_of_the_group_wrote_it(place: Place, copied: Path) -> None:
    """A command of one operator, a pass of another: both may write there."""
    os.chown(place.home.own / "reached", 12345, -1)
    shutil.copy(copied, place.home.ledger)
    with pytest.raises(AccessError, match="older than at the last pass"):
        place.run()


def test_reports_within_the_home_hold_no_note(place: Place, fresh: Fresh) -> None:
    """Whatever puts the home back puts it back, too."""
    place.root.joinpath("rules", "settings.toml").write_text(PRODUCTION, "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert list((place.root / "reports").glob(".vinbatch-reached*")) == []
