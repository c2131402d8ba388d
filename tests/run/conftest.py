"""The home that the tests of this folder drop workbooks into."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from run_place import SETTINGS, Fresh, Place

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build


@pytest.fixture
def place(tmp_path: Path, ruleset: Ruleset, empty_ledger: Path) -> Place:
    root = tmp_path / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    place = Place(root)
    shutil.copy(empty_ledger, place.home.ledger)
    return place


@pytest.fixture
def fresh() -> Fresh:
    """So many valid vehicles of one model, and its parameters."""
    models = samples.MODELS[:1]
    return lambda count: (samples.vehicles(count, models=models), samples.parameters(models))
