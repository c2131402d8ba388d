"""The home that the tests of this folder drop workbooks into."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_place import Fresh, Place, new_place, some

from vinbatch.ruleset import Ruleset


@pytest.fixture
def place(tmp_path: Path, ruleset: Ruleset, empty_ledger: Path) -> Place:
    return new_place(tmp_path / "home", ruleset, empty_ledger)


@pytest.fixture
def fresh() -> Fresh:
    """So many valid vehicles of one model, and its parameters."""
    return some
