"""What status tells of folders, and of what lies there and is not worked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from run_place import Fresh, Place

from vinbatch.effects import inbox
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.folders import look
from vinbatch.run.condition.health import Health, health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.engines import SERIAL, Engine

HOLD = """
import sys; from datetime import datetime; from pathlib import Path
from vinbatch.effects.lock import HomeLock
with HomeLock(Path(sys.argv[1]), now=lambda: datetime.fromisoformat(sys.argv[2])):
    print("held", flush=True); sys.stdin.readline()
"""
SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "schemas" / "status.json"


def seen(place: Place, ruleset: Ruleset) -> Health:
    with place.ledger() as ledger:
        return health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset)


def work(place: Place) -> None:
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    machine.run()


@contextmanager
def held(place: Place, since: datetime) -> Iterator[int]:
    """A run that holds the home since then, and does not move; its process."""
    command = [sys.executable, "-c", HOLD, str(place.home.lock_path), since.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        try:
            yield child.pid
        finally:
            child.kill()


def test_files_that_a_killed_run_took_wait_as_well(place: Place, ruleset: Ruleset) -> None:
    """They are no more in the inbox and not yet in the ledger: nobody would look for them."""
    work(place)
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        place.drop(name, b"x")
    inbox.claim_all(place.home, inbox.scan(place.home, place.now).ready[:2])
    found = seen(place, ruleset)
    assert (found.exit_code, found.as_json()["waiting"]) == (0, 3)
    assert found.lines == ("收件夹中有 3 个文件等待处理，其中 2 个已被中断的运行取走：请运行 vinbatch run",)
    with held(place, place.now):
        assert seen(place, ruleset).lines == ("收件夹中有 3 个文件等待处理",)


def test_a_run_that_holds_the_home_for_hours_is_told(place: Place, ruleset: Ruleset) -> None:
    """It may hang or stand still, and no other pass begins; to look at its lock takes it from nobody."""
    work(place)
    with held(place, place.now - timedelta(minutes=61)) as pid:
        found = seen(place, ruleset)
    assert (found.exit_code, len(found.lines)) == (6, 1)
    assert f"进程 {pid}" in found.lines[0]
    assert "自 2026-03-02 08:29:00 起" in found.lines[0]
    told = found.as_json()
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(told)
    assert (told["hangs"]["what"], told["hangs"]["pid"]) == ("run", pid)
    assert seen(place, ruleset).lines == ()


def test_what_nobody_works_is_told_with_the_cure_and_is_no_alarm(place: Place, ruleset: Ruleset) -> None:
    work(place)
    (place.home.inbox / "link.xlsx").symlink_to(place.root / "nowhere.xlsx")
    (place.home.receipts / "2026-03").mkdir()
    (place.home.receipts / "2026-03" / "r.xml").write_bytes(b"<a/>")
    found = seen(place, ruleset)
    assert found.exit_code == 0
    first, second = found.lines
    assert first.startswith("不会办理：link.xlsx（不是普通文件")
    assert second.startswith("不会办理：receipts/2026-03（")
    told = found.as_json()
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(told)
    assert [one["path"] for one in told["ignored"]] == ["link.xlsx", "receipts/2026-03"]
    assert told["waiting"] == 0


def test_an_archive_that_was_deleted_or_left_behind_is_told(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    """The next package could not go out, and nothing that came in could be shown."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    work(place)
    assert seen(place, ruleset).lines == ()
    away = place.root / "away"
    place.home.archive.rename(away)
    assert (seen(place, ruleset).exit_code, len(seen(place, ruleset).lines)) == (6, 1)
    place.home.archive.mkdir()
    assert seen(place, ruleset).lines[0].startswith("存档（archive）不完整：")
    shutil.copytree(away, place.home.archive, dirs_exist_ok=True)
    assert seen(place, ruleset).lines == ()


def test_an_archive_that_began_anew_is_told_until_the_old_one_is_back(
    place: Place, ruleset: Ruleset, fresh: Fresh
) -> None:
    """The next drop makes a new one, which has the latest files and nothing of before."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    work(place)
    away = place.root / "away"
    place.home.archive.rename(away)
    place.drop("b.xlsx", place.sheet(*fresh(2)))
    work(place)
    found = seen(place, ruleset)
    assert (found.exit_code, [line.partition("：")[0] for line in found.lines]) == (
        6,
        ["存档（archive）不完整"],
    )
    shutil.copytree(away, place.home.archive, dirs_exist_ok=True)
    assert seen(place, ruleset).lines == ()


def test_a_folder_of_receipts_that_is_gone_is_told_with_the_cure(place: Place, ruleset: Ruleset) -> None:
    """Passes go on, and no answer of customs would ever be heard."""
    work(place)
    shutil.rmtree(place.home.receipts)
    found = seen(place, ruleset)
    assert (found.exit_code, len(found.lines)) == (6, 1)
    assert found.lines[0].startswith("回执文件夹（inbox/receipts）不可用")
    assert found.lines[0].endswith(f"vinbatch init {place.root}")


def test_a_run_that_hangs_comes_before_what_no_other_pass_can_finish(place: Place, ruleset: Ruleset) -> None:
    """Status said first to call `vinbatch run`, which would have waited for the same lock."""
    work(place)
    place.home.outbox.rmdir()
    stock = Stock(replace(Stock().status, unfinished=("TRIAL-20260302-0001",)))
    assert "没有办完" in health(place.home, stock, place.now, ruleset).lines[1]
    with held(place, place.now - timedelta(minutes=61)) as pid:
        found = health(place.home, stock, place.now, ruleset)
    assert f"kill -9 {pid}" in found.lines[0]
    assert not any("没有办完" in line for line in found.lines)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another")
def test_claims_of_another_user_are_told_before_a_file_comes(place: Place, ruleset: Ruleset) -> None:
    """No pass would take it. An empty one is made anew, and nobody has to come."""
    claims = place.home.inbox / ".claims"
    claims.mkdir()
    os.chown(claims, 4321, -1)
    assert look(place.home, (), place.now, ruleset).gone == ()
    (claims / "his").mkdir()
    (told,) = look(place.home, (), place.now, ruleset).gone
    assert (told.what, told.code, str(claims) in told.line) == ("inbox", 6, True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another")
def test_claims_of_root_that_the_worker_may_not_write_are_told(place: Place, ruleset: Ruleset) -> None:
    claims = place.home.inbox / ".claims"
    (claims / "left").mkdir(parents=True)
    for path in (place.home.inbox, place.home.own):
        os.chown(path, 4321, -1)
    (told,) = (one for one in look(place.home, (), place.now, ruleset).gone if one.what == "inbox")
    assert (told.code, f"4321 不能写入 {claims}" in told.line) == (6, True)
    claims.chmod(0o777)
    assert not any(one.what == "inbox" for one in look(place.home, (), place.now, ruleset).gone)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another")
def test_a_share_that_shows_one_owner_for_all_has_no_claims_of_another(
    place: Place, ruleset: Ruleset
) -> None:
    claims = place.home.inbox / ".claims"
    (claims / "ours").mkdir(parents=True)
    for path in (place.home.inbox, claims):
        os.chown(path, 4321, -1)
    assert look(place.home, (), place.now, ruleset).gone == ()


def test_a_form_that_is_gone_is_told_until_a_pass_has_put_it_back(place: Place, ruleset: Ruleset) -> None:
    """Of an empty share over reports/ nothing else tells: it is a folder that can be written."""
    work(place)
    shutil.rmtree(place.root / "reports")
    (place.root / "reports").mkdir()
    (line,) = seen(place, ruleset).lines
    assert f"{place.root / 'reports'} 里的空白模板不见了" in line
    work(place)
    assert seen(place, ruleset).lines == ()
