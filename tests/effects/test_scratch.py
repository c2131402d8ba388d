"""What a killed process left in the temporary folder goes; what may be a living one's or a person's stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch.effects.scratch import scratch

HOLDING = """
import time
from vinbatch.effects.scratch import scratch
with scratch() as folder:
    (folder / "words").write_text("half")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that has a folder, which looks two hours old."""
    process = subprocess.Popen([sys.executable, "-c", HOLDING], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        aged(folder)
        yield process, folder
        process.kill()


def aged(folder: Path) -> None:
    at = folder.stat().st_mtime - 7200
    os.utime(folder, (at, at))


def next_one() -> None:
    with scratch() as folder:
        assert folder.is_dir()
    assert not folder.exists()


def test_the_folder_of_a_killed_process_goes(holder: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = holder
    process.send_signal(signal.SIGKILL)
    process.wait()
    next_one()
    assert not folder.exists()


def test_the_folder_of_a_living_process_stays_however_old(
    holder: tuple[subprocess.Popen[str], Path],
) -> None:
    _, folder = holder
    next_one()
    assert (folder / "words").read_text() == "half"


def test_one_that_may_have_just_been_made_stays(temporary: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vinbatch-words-"))
    next_one()
    assert folder.exists()


def test_what_another_way_of_ours_or_a_person_made_stays(temporary: Path) -> None:
    demo = Path(tempfile.mkdtemp(prefix="vinbatch-demo-"))
    shared = temporary / "vinbatch-words-shared"
    shared.mkdir(mode=0o755)
    target = temporary / "elsewhere"
    target.mkdir(mode=0o700)
    link = temporary / "vinbatch-words-link"
    link.symlink_to(target)
    for folder in (demo, shared, target):
        aged(folder)
    next_one()
    assert [p.exists() for p in (demo, shared, target, link)] == [True] * 4
