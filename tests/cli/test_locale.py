"""File names are UTF-8: in a locale that reads them otherwise nothing is done, and the cure is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("mode", ["0", "1"])
def test_names_that_would_be_misread_stop_every_command(tmp_path: Path, mode: str) -> None:
    told = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": mode}
    done = subprocess.run(
        [sys.executable, "-m", "vinbatch", "init", str(tmp_path / "home")],
        env={**os.environ, **told},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, (tmp_path / "home").exists()) == ((6, False) if mode == "0" else (0, True))
    assert ("PYTHONUTF8=1" in done.stderr.decode(errors="replace")) == (mode == "0")
