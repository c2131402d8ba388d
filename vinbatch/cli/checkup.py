"""What `doctor` finds, one thing each; and what it says of the machine: file systems, room and clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from vinbatch.cli.context import Context
from vinbatch.effects import disk, kernel, upkeep
from vinbatch.effects.archive import Archive
from vinbatch.effects.clock import check_clock, check_order
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.effects.program import MAY_BE_WELL
from vinbatch.effects.upkeep import CHECKED, COPIED
from vinbatch.errors import AccessError, VinbatchError
from vinbatch.mounts import is_network
from vinbatch.noun import Noun
from vinbatch.paths import is_folder, is_there
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.folders import full, is_full, room
from vinbatch.run.condition.upkeep import unchecked, uncopied
from vinbatch.store import pace

OK, NOTE, BAD = "ok", "note", "bad"
# What the next run makes or mends by itself, as after every upgrade; what may be no fault at all.
_NO_FAULT = ("ledger.none", "ledger.older", MAY_BE_WELL)
_LATELY_DAYS = 30  # by which growth is judged
_LONG_DAYS = 180  # a disk that lasts as long needs no word
_SKEW = 60.0  # seconds between our clock and that of a share


class Found(Noun, frozen=True):
    """One thing looked at: how it is, and what to do where it is not well."""

    level: str
    what: str
    cure: str = ""
    exit_code: int = 0


def failed(e: VinbatchError, lang: str) -> Found:
    """A failure with its cure."""
    told = e.told(lang)
    level = NOTE if e.key in _NO_FAULT else BAD
    return Found(level, told.message, told.cure, e.exit_code)


def folders(home: Home, ruleset: Ruleset) -> Iterator[Found]:
    """File system, durability and room of each folder."""
    for path in (home.inbox, home.outbox, home.reports, home.own):
        if not is_folder(path):
            continue
        kind = kernel.file_system(path)
        name = path.name
        if is_network(kind):
            yield Found(NOTE, ruleset.phrase("doctor.share", name=name, kind=kind))
        try:
            if not disk.fsync_folder(path):
                yield Found(NOTE, ruleset.phrase("doctor.fsync", name=name, kind=kind))
        except OSError as e:
            yield Found(BAD, f"{path}: {os.strerror(e.errno or 0)}", ruleset.phrase("doctor.fsync_cure"), 6)
        free = shutil.disk_usage(path).free
        if not is_full(free):
            yield Found(OK, ruleset.phrase("doctor.room", name=name, kind=kind, room=room(free)))
    for told in full(home, ruleset):
        yield Found(BAD, told.line, exit_code=told.code)


def cared_for(context: Context, home: Home, ruleset: Ruleset) -> Iterator[Found]:
    """When the ledger was last copied and checked; a note in production where that is long ago."""
    try:
        with context.reading() as ledger:
            began = pace.began(ledger.db)
    except VinbatchError:
        return  # told as the ledger's
    for what, long_ago in ((COPIED, uncopied), (CHECKED, unchecked)):
        told = [Found(NOTE, one.line) for one in long_ago(home, began, context.now, ruleset)]
        if not told and (last := upkeep.last(home, what)):
            at = local_time(last.at, ruleset)
            told = [Found(OK, ruleset.phrase(f"doctor.{what}", "", last=at, where=readable(last.where)))]
        yield from told


def growth(context: Context, home: Home, now: datetime, ruleset: Ruleset) -> Iterator[Found]:
    """What archive and ledger hold, since nothing is ever deleted, and how long the disk takes more of it.

    Looked at by `doctor` alone: the archive of years has a million files, and `status` is asked every minute.
    """
    ledger, share, days = _ledger(context, home, now, ruleset)
    stored = Archive(home.archive).stored(now.timestamp() - days * 86_400)
    told = {"files": f"{stored.files:,}", "size": room(stored.size), "ledger": room(ledger)}
    free, lately = shutil.disk_usage(home.own).free, stored.lately + ledger * share
    lasts = round(free / lately * days) if lately else _LONG_DAYS
    if lasts >= _LONG_DAYS:
        yield Found(OK, ruleset.phrase("doctor.archive", "", **told))
    else:
        cure = ruleset.phrase("doctor.archive_cure")
        speed: dict[str, str | int] = {"lately": days, "days": lasts}
        yield Found(NOTE, ruleset.phrase("doctor.archive_fills", "", **speed, **told), cure)


def _ledger(context: Context, home: Home, now: datetime, ruleset: Ruleset) -> tuple[int, float, int]:
    """Its bytes, the share of them that came in the last days, and how many days these are: 30, or all."""
    try:
        with context.reading() as ledger:
            begun = pace.began(ledger.db)
            days = max(1, min(_LATELY_DAYS, (now - begun).days)) if begun else _LATELY_DAYS
            since = (now - timedelta(days=days)).astimezone(ruleset.settings.zone)
            share = pace.share_since(ledger.db, f"{since:%Y%m%d}")
            size = home.ledger.stat().st_size if is_there(home.ledger) else 0
    except VinbatchError:
        return 0, 0.0, _LATELY_DAYS  # told as the ledger's
    return size, share, days


def clock(home: Home, now: datetime, ruleset: Ruleset) -> Iterator[Found]:
    """Our clock, and the clock of the server that holds the inbox: a file is timed by that one."""
    local = now.astimezone(ruleset.settings.zone)
    try:
        check_clock(now, ruleset.settings.zone)
        check_order(home, now)
    except AccessError as e:
        yield failed(e, ruleset.settings.language)
        return
    yield Found(OK, ruleset.phrase("doctor.clock", time=f"{local:%Y-%m-%d %H:%M:%S %Z}"))
    try:
        with NamedTemporaryFile(dir=home.inbox, prefix=".vinbatch-", suffix=".part") as probe:
            skew = Path(probe.name).stat().st_mtime - datetime.now(now.tzinfo).timestamp()
    except OSError:
        return  # the inbox was told of already
    if abs(skew) > _SKEW:
        yield Found(NOTE, ruleset.phrase("doctor.skew", n=round(skew)), ruleset.phrase("doctor.clock_cure"))
