"""vinbatch as a shell has it: its commands, called in a folder with a home."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from forked import Forked
from ordinary import ordinary


class Shell:
    """Runs vinbatch in a folder."""

    def __init__(self, folder: Path, forked: Forked) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._forked = forked

    def copied(self, folder: Path) -> Shell:
        """The same home as it is now, in another folder: what many tests begin with is worked once."""
        other = Shell(folder, self._forked)
        shutil.copytree(self.home, other.home, symlinks=True)
        return other

    def __call__(self, *args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if k != "VINBATCH_HOME"} | (env or {})
        return self._forked(args, self.folder, environment)

    def at_home(self, *args: str) -> subprocess.CompletedProcess[str]:
        return self("--home", str(self.home), *args)

    def ordinary(self, *args: str, epoch: str = "") -> subprocess.CompletedProcess[str]:
        """At home, by somebody whom rights count for."""
        return ordinary(self._forked, self.home, *args, epoch=epoch)

    def work(self) -> subprocess.CompletedProcess[str]:
        """A pass that starts no workers, which most claims are not about."""
        return self.at_home("run", "--engine", "serial")

    def drop(self, name: str, data: bytes) -> None:
        (self.home / "inbox" / name).write_bytes(data)
