"""Streams that the shell closed: `2>&-` in a crontab."""

from __future__ import annotations

from pathlib import Path

from forked import Forked
from shell import Shell

_SCRIPT = """
import os, sys
os.close(2)
sys.stderr = None  # as Python starts under 2>&-
from vinbatch.cli import main
try:
    main(sys.argv[1:])
except SystemExit as e:
    print(e.code, os.readlink("/proc/self/fd/2"), os.get_inheritable(2))
"""


def test_a_pass_works_whose_messages_nobody_can_hear(shell: Shell, forked: Forked, tmp_path: Path) -> None:
    """It was a bug, exit 1, as long as anything lay there; and the ledger's lock had number 2."""
    shell.drop("a.csv", b"VIN\n")
    script = tmp_path / "closed.py"
    script.write_text(_SCRIPT, "utf-8")
    done = forked.program(script, tmp_path, "--home", str(shell.home), "run", "--engine", "serial")
    assert done.stdout.split() == ["4", "/dev/null", "True"]
