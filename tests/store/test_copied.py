"""A copy of the ledger by who cannot lock it: as of one moment all the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vinbatch.store import backup


def test_what_was_written_meanwhile_is_copied_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "ledger.db"
    with sqlite3.connect(source) as db:
        db.execute("CREATE TABLE told (n)")
    db.close()

    class Writer(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection) -> None:  # type: ignore[override]
            super().backup(target)
            if not written:
                written.append(True)
                with sqlite3.connect(source) as other:
                    other.executemany("INSERT INTO told VALUES (?)", [(n,) for n in range(1000)])
                other.close()

    written: list[bool] = []
    real = sqlite3.connect
    monkeypatch.setattr(backup, "locked_out", lambda _: True)
    monkeypatch.setattr(
        backup.sqlite3,
        "connect",
        lambda *args, **named: real(*args, **named, **({"factory": Writer} if "uri" in named else {})),
    )
    copy = real(":memory:")
    assert (backup._copied(source, copy), backup._copied(source, copy)) == (False, True)
    assert copy.execute("SELECT count(*) FROM told").fetchone() == (1000,)
    copy.close()
