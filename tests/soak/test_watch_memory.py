"""A watch that stays for years must not grow: memory after many waves of workbooks is that after one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

WAVES = int(os.environ.get("WAVES", "10"))
FILES = 25  # a chunk
VEHICLES = 20
_PATIENCE = 300.0  # seconds for one wave
_GROWTH = 1.1


@pytest.fixture
def root(tmp_path: Path, ruleset: Ruleset) -> Path:
    root = tmp_path / "home"
    making.init(root, build(ruleset), guides.guide_text())
    settings = "settle_seconds = 0.2\nscan_seconds = 0.5\n"
    (root / "rules" / "settings.toml").write_text(settings, "utf-8")
    return root


@pytest.fixture
def watch(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "vinbatch", "--home", str(root), "watch"])
    yield process
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def resident(pid: int) -> int:
    """Megabytes that a process holds."""
    (line,) = [x for x in Path(f"/proc/{pid}/status").read_text("ascii").splitlines() if "VmRSS" in x]
    return int(line.split()[1]) // 1024


def drop(root: Path, wave: int, ruleset: Ruleset, cars: list[samples.Cells]) -> None:
    """A wave of workbooks, each whole at once."""
    sets = samples.parameters(samples.MODELS)
    for n in range(FILES):
        part = root / "inbox" / ".part"
        part.write_bytes(samples.workbook(ruleset, cars[n * VEHICLES : (n + 1) * VEHICLES], sets))
        part.rename(root / "inbox" / f"{wave}-{n}.xlsx")


def wait_for_answers(root: Path, many: int) -> None:
    end = time.monotonic() + _PATIENCE
    while len(list((root / "reports").glob("TRIAL-*.xlsx"))) < many:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_a_watch_does_not_grow(root: Path, watch: subprocess.Popen[bytes], ruleset: Ruleset) -> None:
    per_wave = FILES * VEHICLES
    cars = samples.vehicles(WAVES * per_wave)
    held = []
    for wave in range(WAVES):
        drop(root, wave, ruleset, cars[wave * per_wave : (wave + 1) * per_wave])
        wait_for_answers(root, (wave + 1) * FILES)
        held.append(resident(watch.pid))
    assert held[-1] < held[1] * _GROWTH, held
