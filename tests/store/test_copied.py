"""A copy of the ledger by who cannot lock it: as of one moment all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from vinbatch.errors import AccessError
from vinbatch.store import backup


def test_what_was_written_meanwhile_is_copied_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "ledger.db"
    with closing(sqlite3.connect(source)) as db, db:
        db.execute("CREATE TABLE told (n)")
    db.close()

    class Writer(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection) -> None:  # type: ignore[override]
            super().backup(target)
            if not written:
                written.append(True)
                with closing(sqlite3.connect(source)) as other, other:
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


@pytest.mark.parametrize(
    ("name", "told"),
    [("SQLITE_FULL", "the backup cannot be written there"), ("SQLITE_IOERR_READ", "disk I/O error")],
)
def test_which_of_both_files_failed_is_told(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> bool:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname, error.sqlite_errorcode = name, getattr(sqlite3, name)
        raise error

    monkeypatch.setattr(backup, "_copied", failing)
    with pytest.raises(AccessError) as refused:
        backup.copy_ledger(tmp_path / "ledger.db", tmp_path / "copy.db", "B")
    where = "B" if name == "SQLITE_FULL" else "ledger.db"
    assert (told in refused.value.message, where in refused.value.message) == (True, True)


@pytest.mark.parametrize(
    ("version", "told"), [(0, "empty, or no ledger of vinbatch"), (99, "the ledger of a newer vinbatch")]
)
def test_a_backup_that_a_full_disk_has_emptied_is_not_called_newer(
    tmp_path: Path, version: int, told: str
) -> None:
    path = tmp_path / "backup.db"
    path.touch()
    if version:
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(AccessError, match=told):
        backup.check_ledger(path)
