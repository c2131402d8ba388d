"""The folder of receipts is known by its sentinel: what somebody puts in its place is not heard."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from vinbatch.effects import receipts_sentinel
from vinbatch.effects.home import Home
from vinbatch.effects.inbox import claim_all, drop, open_claims, put_back, scan, scan_receipts
from vinbatch.effects.scan import Candidate, Seen
from vinbatch.errors import AccessError


@pytest.fixture
def known(home: Home) -> Home:
    """A home whose folder of receipts a pass has seen."""
    receipts_sentinel.keep(home)
    return home


def answer(folder: Path, name: str = "r.xml") -> Path:
    path = folder / name
    path.write_bytes(b"<VinReceipt/>")
    return path


def replaced(home: Home) -> Path:
    """Somebody moves receipts/ away and makes a folder of his own; returns where it is now."""
    away = home.receipts.rename(home.inbox / "away")
    home.receipts.mkdir()
    return away


def shown(home: Home) -> list[str]:
    return [c.path for c in scan_receipts(home)]


def test_only_the_user_that_works_may_read_the_sentinel(known: Home) -> None:
    found = (known.receipts / receipts_sentinel.NAME).stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o600, known.worker)


def test_a_pass_takes_from_others_what_a_chmod_of_the_inbox_gave_them(known: Home) -> None:
    (known.receipts / receipts_sentinel.NAME).chmod(0o664)
    receipts_sentinel.keep(known)
    assert stat.S_IMODE((known.receipts / receipts_sentinel.NAME).stat().st_mode) == 0o600


def test_receipts_are_heard_before_and_after_it_was_laid(home: Home) -> None:
    answer(home.receipts)
    before = shown(home)
    receipts_sentinel.keep(home)
    assert shown(home) == before == ["receipts/r.xml"]


def test_what_lies_in_another_folder_is_not_heard_and_stays(known: Home) -> None:
    replaced(known)
    forged = answer(known.receipts)
    assert shown(known) == []
    assert forged.read_bytes() == b"<VinReceipt/>"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_folder_is_told_with_where_what_and_the_cure(known: Home, lang: str) -> None:
    replaced(known)
    with pytest.raises(AccessError) as told:
        receipts_sentinel.check(known)
    message, cure = told.value.told(lang)
    assert str(known.receipts) in message
    assert receipts_sentinel.NAME in message
    assert f"vinbatch init {known.root}" in cure


def test_a_folder_that_is_gone_is_told_too(known: Home) -> None:
    known.receipts.rename(known.root / "away")
    with pytest.raises(AccessError, match=r"not the folder of receipts"):
        receipts_sentinel.check(known)


@pytest.mark.parametrize("how", ["copy", "link", "symlink", "empty", "folder"])
def test_a_sentinel_that_is_made_up_makes_no_folder_ours(known: Home, how: str) -> None:
    away = replaced(known)
    theirs, true = known.receipts / receipts_sentinel.NAME, away / receipts_sentinel.NAME
    if how == "copy":
        theirs.write_bytes(true.read_bytes()[:-2] + b"0\n\n")
    elif how == "link":
        theirs.hardlink_to(true)
    elif how == "symlink":
        theirs.symlink_to(true)
    elif how == "empty":
        theirs.touch()
    else:
        theirs.mkdir()
    assert receipts_sentinel.strange(known)


def test_the_folder_moved_back_is_heard_again(known: Home) -> None:
    away = replaced(known)
    known.receipts.rmdir()
    away.rename(known.receipts)
    answer(known.receipts)
    assert shown(known) == ["receipts/r.xml"]


def test_a_folder_that_is_meant_to_be_new_is_known_after_init_and_a_pass(known: Home) -> None:
    replaced(known)
    receipts_sentinel.forget(known)
    receipts_sentinel.keep(known)
    answer(known.receipts)
    receipts_sentinel.check(known)
    assert shown(known) == ["receipts/r.xml"]


def test_a_copied_home_hears_its_receipts(known: Home, tmp_path: Path) -> None:
    """Such as a restored one: every inode is another."""
    copy = Home(Path(shutil.copytree(known.root, tmp_path / "copy")))
    answer(copy.receipts)
    receipts_sentinel.check(copy)
    assert shown(copy) == ["receipts/r.xml"]


def test_what_a_pass_killed_over_the_sentinel_left_goes_with_the_next(home: Home) -> None:
    (home.receipts / ".vinbatch-999999999-0.part").touch()
    receipts_sentinel.keep(home)
    assert [p.name for p in home.receipts.iterdir()] == [receipts_sentinel.NAME]


# ── between look and use ─────────────────────────────────────────────────────────────────────────


def test_a_folder_that_was_put_there_after_the_look_is_not_claimed_from(known: Home) -> None:
    answer(known.receipts)
    found = scan_receipts(known)
    replaced(known)
    forged = answer(known.receipts)
    assert claim_all(known, found) == ([], [])
    assert forged.exists()


def test_receipts_under_a_departments_name_are_no_workbooks(known: Home, now: datetime) -> None:
    """They would be refused, and customs' answers be lost."""
    away = replaced(known)
    true = answer(away)
    seen = scan(known, now)
    assert [(one.path, one.reason) for one in seen.ignored] == [("away", "@ignored.receipts")]
    assert claim_all(known, [Candidate("away/r.xml", Seen.of(true.stat()))])[0] == []
    assert (seen.ready, true.exists()) == ((), True)


def test_no_file_is_given_back_into_the_folder_of_receipts(known: Home, now: datetime) -> None:
    """Its clerk moves receipts/ to where her file came from, and then back: customs would have spoken."""
    (known.inbox / "华东").mkdir()
    answer(known.inbox / "华东", "a.xml")
    (made,) = claim_all(known, scan(known, now).ready)[0]
    (known.inbox / "华东").rmdir()
    known.receipts.rename(known.inbox / "华东")
    assert put_back(made) == "a.xml"
    (known.inbox / "华东").rename(known.receipts)
    assert shown(known) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_receipt_whose_folder_is_another_stays_in_its_claim(known: Home, *, there: bool) -> None:
    answer(known.receipts)
    (made,) = claim_all(known, scan_receipts(known))[0]
    replaced(known)
    if not there:
        known.receipts.rmdir()
    assert put_back(made) == f".claims/{made.id}/receipts/r.xml"
    assert [c.path for c in open_claims(known)] == ["receipts/r.xml"]
    assert known.receipts.exists() == there


def test_a_receipt_that_changed_comes_back_into_the_true_folder(known: Home) -> None:
    answer(known.receipts)
    (made,) = claim_all(known, scan_receipts(known))[0]
    assert drop(made, "of other bytes") == "receipts/r.xml"
    assert shown(known) == ["receipts/r.xml"]


def test_an_inbox_that_another_home_has_worked_since_is_refused_until_init(
    known: Home, tmp_path: Path
) -> None:
    """Each gave back what the other had in hand, and both declared it."""
    other = Home(tmp_path / "other", known.settings)
    other.own.mkdir(parents=True)
    other.inbox.symlink_to(known.inbox)
    receipts_sentinel.keep(other)
    with pytest.raises(AccessError) as told:
        receipts_sentinel.refuse_other(known)
    message, cure = told.value.told("en")
    assert (str(other.root) in message, f"vinbatch init {known.root}" in cure) == (True, True)
    receipts_sentinel.forget(known)
    receipts_sentinel.keep(known)
    receipts_sentinel.refuse_other(known)
    with pytest.raises(AccessError):
        receipts_sentinel.refuse_other(other)


def test_so_is_one_that_a_home_of_the_same_site_and_path_works_on_another_machine(
    known: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The likeliest of all: the second machine was installed as the first."""
    here = known.own.rename(tmp_path / "here")
    known.own.mkdir()
    with monkeypatch.context() as there:
        there.setattr("os.uname", lambda: SimpleNamespace(nodename="vin2"))
        receipts_sentinel.keep(known)
        receipts_sentinel.refuse_other(known)
    known.own.rename(tmp_path / "there")
    here.rename(known.own)
    with pytest.raises(AccessError, match=f"TRIAL vin2:{known.root}"):
        receipts_sentinel.refuse_other(known)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a file to a user needs root")
def test_nobody_who_drops_files_makes_up_another_home(known: Home) -> None:
    """A pass would work no workbook any more: that receipts/ is another folder stops receipts alone."""
    replaced(known)
    forged = known.receipts / receipts_sentinel.NAME
    forged.write_text("home: BB01 /srv/other\n", "utf-8")
    os.chown(forged, 12345, -1)
    receipts_sentinel.refuse_other(known)
    assert receipts_sentinel.strange(known)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
def test_a_home_that_root_works_is_told_to_the_user_of_another(known: Home, tmp_path: Path) -> None:
    os.chown(known.own, 12345, -1)
    other = Home(tmp_path / "other", known.settings)
    other.own.mkdir(parents=True)
    other.inbox.symlink_to(known.inbox)
    receipts_sentinel.keep(other)
    with pytest.raises(AccessError, match=str(other.root)):
        receipts_sentinel.refuse_other(known)


def test_a_sentinel_that_is_no_text_names_no_home(known: Home) -> None:
    (known.receipts / receipts_sentinel.NAME).write_bytes(b"\xff\xfe")
    receipts_sentinel.refuse_other(known)
    assert receipts_sentinel.strange(known)
