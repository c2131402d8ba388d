"""Who holds the ledger locked is told so: the cure is another than for a disk that fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from vinbatch.errors import AccessError
from vinbatch.store import ledger as module
from vinbatch.store.ledger import Ledger


def test_a_ledger_that_another_program_writes_into_is_told_as_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database tool with an open transaction: the message spoke of a full disk."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    path = tmp_path / "ledger.db"
    with (
        Ledger.open(path, create=True) as ledger,
        closing(sqlite3.connect(path, isolation_level=None)) as tool,
    ):
        tool.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(AccessError, match="another program holds it locked") as told,
            ledger.transaction(),
        ):
            raise AssertionError("nobody else may write meanwhile")
    assert "sqlite3" in told.value.cure
