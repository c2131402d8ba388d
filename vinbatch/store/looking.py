"""Looking at a ledger that others may be writing, or making."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.paths import is_there
from vinbatch.store.codec import BrokenTextError
from vinbatch.store.disk import is_full, is_readonly
from vinbatch.store.migrating import SCHEMA, refuse_newer, version_of

BUSY_SECONDS = 30
_MIGRATING_SECONDS = 10
# What a byte that is another makes of a text. SQLite has no code of its own for it, and Python none at all.
_BROKEN = ("malformed JSON", "Could not decode to UTF-8")
_SCHEMA = b"malformed database schema"
# A message of SQLite may name what is no text any more: then Python has no words for its error.
FAILURES = (sqlite3.Error, UnicodeDecodeError)


def look_at(path: Path, *, traceless: bool = False) -> sqlite3.Connection | None:
    """A connection that changes nothing and leaves no file behind; None where nothing was ever kept.

    Traceless, not even the folder's time changes, but a writer that comes meanwhile is not noticed: whoever
    asks so compares `stamp` before and after.

    A ledger that a first pass is making holds nothing yet. A migration that is under way is waited for.
    AccessError where it is no ledger of ours, or of another schema.
    """
    until = time.monotonic() + _MIGRATING_SECONDS
    while True:
        writers = is_there(_wal(path))
        try:
            db = _connect(path, hot=writers, traceless=traceless)
            with closed_on_failure(db):
                refuse_newer(db, path)
                version = version_of(db)
                if version == SCHEMA:
                    return db
                unmade = not version and not db.execute("SELECT 1 FROM sqlite_master").fetchone()
        except FAILURES as e:
            raise unread(path, e) from e
        db.close()
        if unmade:
            return None
        if not writers or time.monotonic() > until:
            raise AccessError("ledger.older", at=str(path))
        time.sleep(0.1)


@contextmanager
def closed_on_failure(db: sqlite3.Connection) -> Iterator[None]:
    """Who fails to open a ledger leaves no connection behind: its caller has none to close."""
    try:
        yield
    except BaseException:
        db.close()
        raise


def unread(path: Path, error: Exception) -> AccessError:
    """The failure to raise for a ledger that cannot be looked at: SQLite has to write a little beside it."""
    if is_full(path.parent):
        return AccessError("ledger.full", at=str(path))
    known = damage(error, str(path)) or held(error, str(path))
    return known or AccessError("ledger.unread", at=str(path), said=str(error))


def code_of(error: Exception) -> int:
    """SQLite's primary result code; 0 for an error of Python's own, which has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def damage(error: BaseException, place: str = "ledger.db") -> AccessError | None:
    """The failure to raise where the file itself is broken, which neither room nor rights mend."""
    if not is_damage(error):
        return None
    return AccessError("ledger.damaged", at=place, said=str(error))


def held(error: Exception, place: str) -> AccessError | None:
    """The failure to raise where another program has the file locked for longer than we wait."""
    if code_of(error) != sqlite3.SQLITE_BUSY:
        return None
    return AccessError("ledger.held", at=place, n=str(BUSY_SECONDS))


def is_damage(error: BaseException) -> bool:
    """Whether SQLite found it broken, or a text in it that we can only have written whole."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.startswith(_SCHEMA)
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, BrokenTextError)
    return code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(error).startswith(_BROKEN)


def at_rest(path: Path) -> bool:
    """Whether it can be read as it lies: what was written is in it, and its disk takes no more."""
    return (is_full(path.parent) or is_readonly(path.parent)) and not is_there(_wal(path))


def locked_out(path: Path) -> bool:
    """Whether who only looks can make no lock file beside it, and nobody who writes has made one."""
    return not os.access(path.parent, os.W_OK, effective_ids=True) and not is_there(_wal(path))


def stamp(path: Path) -> tuple[int, int, bool]:
    """Differs when somebody wrote in between."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, is_there(_wal(path))


def _connect(path: Path, *, hot: bool, traceless: bool) -> sqlite3.Connection:
    """Whoever may write takes locks, and SQLite tidies its -wal and -shm away after him; else `immutable`."""
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    quiet = "mode=ro" if hot else "immutable=1"
    how = "mode=rw" if may_write and not traceless and not at_rest(path) else quiet
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    with closed_on_failure(db):
        db.execute("PRAGMA query_only = ON")
    return db


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
