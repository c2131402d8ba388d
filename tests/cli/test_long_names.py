"""A name that is longer than a system takes is told, as any other that cannot be opened."""

from __future__ import annotations

import pytest
from shell import Shell

COMMANDS = ("check", "catalogue import", "restore", "backup", "init")


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_no_bug_of_ours(shell: Shell, command: str) -> None:
    done = shell.at_home(*command.split(), "x" * 3000)
    assert (done.returncode, done.stdout) == (6, "")
    assert "xxx：名称太长\n" in done.stderr
