"""What is ours and cannot be written is told by who only looks: the pass itself cannot note it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vinbatch.effects.guides import guide_text
from vinbatch.effects.home import Home
from vinbatch.effects.lock import HomeLock
from vinbatch.effects.making import init
from vinbatch.effects.own import check_own
from vinbatch.errors import AccessError, PublishError
from vinbatch.settings import Settings

WORKER = 4321

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    init(tmp_path / "home", b"form", guide_text())
    return Home(tmp_path / "home", Settings())


def give(home: Home, uid: int) -> None:
    for path in (home.own, *home.own.rglob("*")):
        os.chown(path, uid, uid)


@needs_root
def test_what_the_worker_owns_is_well(home: Home) -> None:
    give(home, WORKER)
    check_own(home)


@needs_root
@pytest.mark.parametrize("name", ["claims", "archive", "locks", "locks/run"])
def test_what_root_left_there_is_named_with_its_owner(name: str, home: Home) -> None:
    (home.locks / "run").touch()
    give(home, WORKER)
    os.chown(home.own / name, 0, 0)
    (home.own / name).chmod(0o644)
    with pytest.raises(AccessError, match=rf"{name}, which is root's, cannot be written .* {WORKER}"):
        check_own(home)


@needs_root
def test_what_his_group_may_write_he_may_write(home: Home) -> None:
    give(home, WORKER)
    os.chown(home.own / "claims", 0, WORKER)
    (home.own / "claims").chmod(0o664)
    check_own(home)


@needs_root
def test_root_works_in_no_home_of_another_user(home: Home) -> None:
    give(home, WORKER)
    with pytest.raises(AccessError, match=f"sudo -u {WORKER} vinbatch"), HomeLock(home.lock_path):
        pass
    assert not home.lock_path.exists()


def mounted_read_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kernel makes it after a disk error; a test may not mount."""
    found = list(os.statvfs(folder))
    found[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(found))


def test_a_read_only_folder_of_ours_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted_read_only(home.own, monkeypatch)
    with pytest.raises(AccessError, match="read-only"):
        check_own(home)


def test_a_read_only_outbox_is_not_told_as_a_missing_right(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PublishError, match="let the user that runs vinbatch"):
        home.check_outbox()
    mounted_read_only(home.outbox, monkeypatch)
    with pytest.raises(PublishError, match=f"{home.outbox}.*mounted read-only"):
        home.check_outbox()


def test_what_its_owner_has_closed_to_himself_has_another_cure(home: Home) -> None:
    """To give it to whom it belongs, as was told, changes nothing."""
    if os.geteuid() == 0:
        give(home, WORKER)
    home.archive.chmod(0)
    with pytest.raises(AccessError, match="chmod u\\+rwX"):
        check_own(home)
    home.archive.chmod(0o750)


@needs_root
def test_root_is_told_of_the_rights_of_the_worker_and_not_of_his_own(home: Home) -> None:
    """Monitoring that asked as root heard that all was well, until a pass had failed."""
    give(home, WORKER)
    home.reports.chmod(0o755)
    with pytest.raises(AccessError, match="reports"):
        home.check_reports()
