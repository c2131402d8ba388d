"""The clock of a command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vinbatch.cli.context import Context
from vinbatch.effects import guides, making


@pytest.mark.parametrize("fixed", ["", "x", "-5", "1.5", "99999999999999", "9" * 400])
def test_a_clock_that_is_none_is_not_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixed: str
) -> None:
    making.init(tmp_path / "home", b"", guides.guide_text())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", fixed)
    before = datetime.now(UTC)
    assert Context(str(tmp_path / "home")).fresh_now() >= before
