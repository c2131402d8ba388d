"""Completion: printed for three shells, and played in a real bash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def printed(shell: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "vinbatch", "completion", shell], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o nosort -F _vinbatch_completion vinbatch"),
        ("zsh", "#compdef vinbatch"),
        ("fish", "complete --no-files --command vinbatch"),
    ],
)
def test_each_shell_gets_its_own(shell: str, line: str) -> None:
    text = printed(shell)
    assert line in text
    assert "_VINBATCH_COMPLETE" in text


def complete(folder: Path, *words: str) -> list[str]:
    """What bash offers after these words; `type,value` where it is to look for files itself."""
    listed = " ".join(f"'{word}'" for word in words)
    play = (
        'eval "$(vinbatch completion bash)"\n'
        f"COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}\n"
        'compopt() { echo "option $1 $2"; }\n'
        "_vinbatch_completion vinbatch\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", play], cwd=folder, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.split("\n")


def test_bash_completes_commands_options_and_words(tmp_path: Path) -> None:
    assert "status" in complete(tmp_path, "vinbatch", "st")
    assert "--overdue" in complete(tmp_path, "vinbatch", "query", "--ov")
    assert {"accepted"} <= set(complete(tmp_path, "vinbatch", "query", "--state", "acc"))
    assert "verify" in complete(tmp_path, "vinbatch", "audit", "v")


def test_bash_completes_file_names(tmp_path: Path) -> None:
    """Left to bash itself, which knows the folder."""
    assert "option -o default" in complete(tmp_path, "vinbatch", "check", "veh")
