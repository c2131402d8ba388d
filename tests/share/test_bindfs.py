"""An inbox on a share that gives no events: what others write behind it is found by the scan alone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

pytestmark = pytest.mark.skipif(shutil.which("bindfs") is None, reason="bindfs is not installed")
ONE = samples.MODELS[:1]


@pytest.fixture
def server(tmp_path: Path, ruleset: Ruleset) -> Iterator[Path]:
    """The folder on the server's side; the home's inbox shows it."""
    root = tmp_path / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(
        "settle_seconds = 0.3\nscan_seconds = 0.5\n[worker]\nprocesses = 1\n", "utf-8"
    )
    behind = tmp_path / "server"
    (root / "inbox").rename(behind)
    (root / "inbox").mkdir()
    subprocess.run(["bindfs", str(behind), str(root / "inbox")], check=True, timeout=30)
    yield behind
    subprocess.run(["umount", str(root / "inbox")], check=True, timeout=30)


@pytest.fixture
def watch(tmp_path: Path, server: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "vinbatch", "--home", str(tmp_path / "home"), "watch"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_for((tmp_path / "home" / ".vinbatch" / "heartbeat").exists)
    yield process
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) is not None
    assert process.returncode == 0


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def answered(tmp_path: Path, name: str) -> Callable[[], bool]:
    return lambda: any((tmp_path / "home" / "reports").glob(f"*_{name}"))


@pytest.fixture
def book(ruleset: Ruleset) -> bytes:
    return samples.workbook(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE))


@pytest.mark.usefixtures("watch")
def test_a_file_written_on_the_server_is_found_without_an_event(
    tmp_path: Path, server: Path, book: bytes
) -> None:
    (server / "a.xlsx").write_bytes(book)
    wait_for(answered(tmp_path, "a.xlsx"))


@pytest.mark.usefixtures("watch")
def test_a_slow_upload_is_worked_once_and_whole(tmp_path: Path, server: Path, book: bytes) -> None:
    with (server / "a.xlsx").open("wb", buffering=0) as file:
        for start in range(0, len(book), len(book) // 20):
            file.write(book[start : start + len(book) // 20])
            time.sleep(0.1)
    wait_for(answered(tmp_path, "a.xlsx"))
    assert len(list((tmp_path / "home" / "outbox").glob("*.zip"))) == 1
    assert len(list((tmp_path / "home" / "reports").glob("*_a*.xlsx"))) == 1


@pytest.mark.usefixtures("watch")
def test_a_writer_that_goes_on_after_the_claim_makes_a_new_drop(
    tmp_path: Path, server: Path, book: bytes, ruleset: Ruleset
) -> None:
    """It stalled, its file was taken; what it writes then is not lost."""
    whole = samples.workbook(ruleset, samples.vehicles(2, models=ONE), samples.parameters(ONE))
    with (server / "a.xlsx").open("r+b" if (server / "a.xlsx").exists() else "wb", buffering=0) as file:
        file.write(book)
        wait_for(lambda: not (server / "a.xlsx").exists())
        file.seek(0)
        file.truncate()
        file.write(whole)
    wait_for(answered(tmp_path, "a.xlsx"))

    def both() -> bool:
        command = [sys.executable, "-m", "vinbatch", "--home", str(tmp_path / "home"), "query"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
        return all(str(v["vin"]) in told for v in samples.vehicles(2, models=ONE))

    wait_for(both)
