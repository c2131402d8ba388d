"""Backup and restore of the ledger. The archive beside it is only ever added to: any file backup will do."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from vinbatch.effects import disk, traces
from vinbatch.effects.home import Home
from vinbatch.effects.lock import HomeLock
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.noun import Noun
from vinbatch.store.backup import check_ledger, copy_ledger
from vinbatch.store.ledger import Ledger

_RESTORED = "@doubt.restored"


class Restored(Noun, frozen=True):
    """What a restore found: the ledger taken away, packages that are unknown now, and those in doubt."""

    events: int
    kept: Path | None
    unknown: tuple[traces.Trace, ...]
    doubtful: tuple[str, ...]


def backup(home: Home, target: Path) -> int:
    """Copies the ledger into a new file, also while a pass works; the number of its events."""
    if target.is_dir():
        example = readable(str(target / "ledger-backup.db"))
        raise UsageError("backup.folder", at=readable(str(target)), example=example)
    if os.path.lexists(target):
        raise UsageError("backup.there", at=readable(str(target)))
    if not home.ledger.exists():
        raise AccessError("ledger.none", at=str(home.ledger))
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        disk.write_new(part, b"")  # what the system says of the place, before SQLite says less of it
        events = copy_ledger(home.ledger, part, readable(str(target)))
        disk.fsync_file(part)
        disk.rename_new(part, target)
        disk.fsync_folder(target.absolute().parent)
    except OSError as e:
        raise AccessError("backup.unwritten", at=readable(str(target)), why=disk.why(e)) from e
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return events


def restore(home: Home, source: Path, now: datetime, user: str) -> Restored:
    """Puts a backup in the ledger's place; the present one is kept beside it.

    What was not published when the backup was made may have been published since: in doubt, a person decides.
    Numbers go on above every number that is found in archive, outbox and reports: none is used twice.
    """
    events = check_ledger(source)
    with HomeLock(home.watch_lock_path, what="watch"), HomeLock(home.lock_path, 60, what="restore"):
        kept = _put(home, source, now)
        with Ledger.open(home.ledger) as ledger:
            found = {t.guid: t for t in traces.packages(home)}
            highest = traces.numbers(home)
            for trace in found.values():
                traces.note(highest, trace.batch)
            ledger.go_on_above(highest)
            doubtful = [p.guid for p in ledger.packages.open()]
            for guid in doubtful:
                ledger.packages.doubt(guid, _RESTORED, now)
            ledger.deliveries.doubt_all()
            known = ledger.packages.known(found)
            ledger.note("restored", now, {"user": user, "file": source.name, "events": events})
    unknown = tuple(t for guid, t in sorted(found.items()) if guid not in known)
    return Restored(events, kept, unknown, tuple(doubtful))


def _put(home: Home, source: Path, now: datetime) -> Path | None:
    """The backup under the ledger's name; the present one, with what its WAL still holds, beside it."""
    part = home.ledger.with_name("ledger.db.part")
    with disk.reaching(home.own):
        part.unlink(missing_ok=True)
        disk.write_new(part, source.read_bytes())
        kept = None
        if home.ledger.exists():
            _fold(home.ledger)
            kept = home.ledger.with_name(f"ledger-before-{now:%Y%m%dT%H%M%S}.db")
            disk.rename_new(home.ledger, kept)
        for ending in ("-wal", "-shm"):
            home.ledger.with_name(home.ledger.name + ending).unlink(missing_ok=True)
        part.replace(home.ledger)
        disk.fsync_folder(home.own, must=True)
    return kept


def _fold(path: Path) -> None:
    """What a killed writer left in the WAL belongs to the ledger that is taken away."""
    try:
        Ledger.open(path).close()
    except AccessError:
        return  # damaged: it is kept as it is
