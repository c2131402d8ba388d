"""A fresh home, and a shell to work it."""

from __future__ import annotations

from pathlib import Path

import pytest
from forked import SETTINGS, Forked
from shell import Shell


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory, forked: Forked) -> Path:
    """What `vinbatch init` makes, with settings that wait for nothing."""
    shell = Shell(tmp_path_factory.mktemp("fresh"), forked)
    assert shell("init", "home").returncode == 0
    (shell.home / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    return shell.home


@pytest.fixture
def shell(tmp_path: Path, forked: Forked, fresh_home: Path) -> Shell:
    return Shell(fresh_home.parent, forked).copied(tmp_path)
