"""The stages are those of a pass of today: they name functions of it, which move."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.ledgers import grow
from vinbatch import samples
from vinbatch.ruleset import Ruleset
from vinbatch.store.ledger import Ledger

ROOT = Path(__file__).parents[2]
STAGES = {"claim", "parse", "check", "facts", "decide", "render", "commit", "publish", "answer", "rest"}


def test_a_pass_over_a_large_ledger_is_timed_stage_by_stage(ruleset: Ruleset, tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_bytes(samples.workbook(ruleset, samples.vehicles(2), samples.parameters()))
    command = [sys.executable, "-m", "benchmarks.stages", str(tmp_path), str(tmp_path / "home")]
    with Ledger.open(tmp_path / "old.db", create=True) as ledger:
        grow(ledger, 300)
    done = subprocess.run(
        [*command, "--ledger", str(tmp_path / "old.db")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["count"], set(told["stages"])) == (1, STAGES)


def test_the_peak_of_a_process_is_its_own_whatever_its_parent_held() -> None:
    told = "from benchmarks.memory import peak; print(peak())"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {told!r}])"
    held = f"held = b'x' * 300_000_000; {child}"
    done = subprocess.run([sys.executable, "-c", held], cwd=ROOT, capture_output=True, text=True)
    assert 0 < int(done.stdout) < 200, done.stderr
