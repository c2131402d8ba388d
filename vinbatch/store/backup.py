"""The ledger as one file, and back: taken while a run works, put back only where it is a ledger and whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.paths import is_there
from vinbatch.store import audit
from vinbatch.store.looking import FAILURES, at_rest, code_of, is_damage, locked_out, stamp, unread
from vinbatch.store.migrating import SCHEMA, version_of
from vinbatch.store.verifying_schema import verify_schema
from vinbatch.wording import Said

_MOST = 3  # names that a refusal tells
# What SQLite says of the copy alone: the ledger is only read.
_OF_COPY = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE")


def copy_ledger(source: Path, target: Path, named: str) -> int:
    """Copies a ledger, as of one moment, into an empty file; the number of its events. Writers go on.

    `named` is what the user calls the copy. AccessError says which of the two it was.
    """
    try:
        with closing(sqlite3.connect(target)) as copy:
            while not _copied(source, copy):
                pass  # somebody wrote meanwhile
            # One file, without -wal and -shm beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            return _check(copy, target)
    except FAILURES as e:
        if getattr(e, "sqlite_errorname", "") in _OF_COPY:  # an error of Python's own has none
            raise AccessError("backup.unwritten", at=named, why=Said("why.other", (("said", str(e)),))) from e
        raise unread(source, e) from e


def _copied(source: Path, copy: sqlite3.Connection) -> bool:
    """Whether the copy is of one moment. Who cannot lock the ledger looks whether it stood still."""
    still = at_rest(source) or locked_out(source)
    seen = stamp(source)
    how = "immutable=1" if still else "mode=ro"
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?{how}", uri=True, timeout=30)) as origin:
        origin.backup(copy)
    return not still or stamp(source) == seen


def check_ledger(path: Path) -> int:
    """The number of events of a backup. AccessError where it is no ledger of ours, not whole, or too new."""
    wal = path.with_name(f"{path.name}-wal")
    if is_there(wal) and wal.stat().st_size:
        raise AccessError("backup.unfolded", at=str(path), wal=wal.name)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            _refuse_altered(db, path)
            return _check(db, path)
    except FAILURES as e:
        if is_damage(e) and code_of(e) != sqlite3.SQLITE_NOTADB:
            raise _damaged(path, Said("why.other", (("said", str(e)),))) from e
        raise AccessError("backup.unread", at=str(path), said=str(e)) from e
    except AccessError as e:
        if e.key != "audit.broken":
            raise
        raise _damaged(path, Said(e.key, tuple(e.params.items()))) from e  # not that of the home


def _damaged(path: Path, why: Said) -> AccessError:
    return AccessError("backup.damaged", at=str(path), why=why)


def _refuse_altered(db: sqlite3.Connection, path: Path) -> None:
    """AccessError where it is no ledger as this version or an older one made it.

    A trigger acts as soon as we write, and could take away what a restore notes. Before anything else is
    asked of it: a view may have no end.
    """
    if (version := version_of(db)) > SCHEMA:
        raise AccessError("backup.newer", at=str(path))
    if version < 1:
        raise AccessError("backup.none", at=str(path))
    altered = verify_schema(db, version).wrong
    if altered:
        raise AccessError("backup.altered", at=str(path), names=", ".join(w.what for w in altered[:_MOST]))


def _check(db: sqlite3.Connection, path: Path) -> int:
    (told,) = db.execute("PRAGMA integrity_check").fetchone()
    if told != "ok":
        raise _damaged(path, Said("why.other", (("said", str(told)),)))
    return audit.verify(db)
