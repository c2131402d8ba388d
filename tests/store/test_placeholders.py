"""Statements that every Python from 3.11 on binds alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STORE = Path(__file__).resolve().parents[2] / "vinbatch" / "store"


@pytest.mark.parametrize("module", sorted(STORE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_statement_numbers_its_placeholders(module: Path) -> None:
    """`?1` with a sequence is a DeprecationWarning of Python 3.12.0 to 3.12.3: `:name` and a mapping."""
    assert re.findall(r"\?[0-9]+", "".join(re.findall(r'"[^"\n]*"', module.read_text("utf-8")))) == []
