"""What killed writers left goes; what may be a living one's stays."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vinbatch.effects import leavings, parts
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    for folder in (home.own, home.archive, home.reports):
        folder.mkdir()
    return home


def left(path: Path, hours: float) -> Path:
    """A file that was last written so many hours ago."""
    path.write_bytes(b"half")
    at = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (at, at))
    return path


def swept(home: Home) -> None:
    leavings.sweep(home, Archive(home.archive), NOW)


def test_parts_of_killed_writers_go(home: Home) -> None:
    """Those in .vinbatch once they are too old to be a living writer's."""
    folders = (home.own, home.archive, home.reports)
    left_over = [left(parts.part_in(folder), 2) for folder in folders]
    swept(home)
    assert [part.exists() for part in left_over] == [False, False, False]


def test_what_a_watch_is_noting_stays(home: Home) -> None:
    part = left(parts.part_in(home.own), 0.5)
    swept(home)
    assert part.exists()


def test_the_part_of_a_process_that_is_no_more_goes_at_once(home: Home) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    part = left(home.own / f".vinbatch-{gone.pid}-0.part", 0)
    beyond = left(home.own / f".vinbatch-{2**70}-0.part", 0)
    swept(home)
    assert (part.exists(), beyond.exists()) == (False, False)


def test_a_folder_that_somebody_gave_such_a_name_ends_no_pass(home: Home) -> None:
    """Clerks write reports/."""
    parts.part_in(home.reports).mkdir()
    part = left(parts.part_in(home.reports), 2)
    swept(home)
    assert not part.exists()


def test_a_part_that_gets_its_name_meanwhile_ends_no_pass(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch notes its heartbeat without the lock: what was listed may be gone."""
    gone = parts.part_in(home.own)
    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda at: iter([*listed(at), *([gone] if at == home.own else [])]))
    swept(home)
    assert not gone.exists()


def test_the_half_of_a_killed_restore_goes(home: Home) -> None:
    halves = [left(path, 0) for path in home.restoring]
    swept(home)
    assert not any(half.exists() for half in halves)


def test_what_is_not_ours_stays(home: Home) -> None:
    mine = left(home.own / "notes.part", 1000)
    swept(home)
    assert mine.exists()
