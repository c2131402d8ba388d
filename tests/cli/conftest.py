"""A fresh home, and a shell to work it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import Forked
from shell import Shell


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    with Forked() as forked:
        yield forked


@pytest.fixture
def shell(tmp_path: Path, forked: Forked) -> Shell:
    shell = Shell(tmp_path, forked)
    assert shell("init", "home").returncode == 0
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text("settle_seconds = 0.05\n[worker]\nprocesses = 1\n", "utf-8")
    return shell
