"""Backup and restore of the ledger. The archive beside it is only ever added to: any file backup will do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from vinbatch.effects import disk, failing, last_event, traces
from vinbatch.effects.archive import Archive
from vinbatch.effects.clock import check_clock
from vinbatch.effects.home import Home, beside
from vinbatch.effects.lock import HomeLock
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Forgotten
from vinbatch.noun import Noun, replace
from vinbatch.numbering import in_order
from vinbatch.paths import is_folder, is_there
from vinbatch.store import audit
from vinbatch.store.backup import check_ledger, copy_ledger
from vinbatch.store.ledger import Ledger

BEFORE = "ledger-before-"  # how the ledgers that a restore took away begin
_NEWEST = 20  # batches whose files tell whether a backup is of this home
RESTORED = "@doubt.restored"  # why a package is in doubt


class Restored(Noun, frozen=True):
    """What a restore found: the ledger taken away, packages that are unknown now, and those in doubt.

    `drafted` have a result too, and sent nothing: what they saved or deleted is not known any more.
    `strange`: the archive has none of the files that it worked last, so it may be another home's.
    """

    events: int
    kept: Path | None
    unknown: tuple[traces.Trace, ...]
    doubtful: tuple[str, ...]
    bare: tuple[str, ...]  # batches of which only a result is left: whether they sent anything, nobody knows
    drafted: tuple[str, ...] = ()
    strange: bool = False


def backup(home: Home, target: Path) -> int:
    """Copies the ledger into a new file, also while a pass works; the number of its events."""
    with disk.reaching(target):
        folder = is_folder(target)
    if folder:
        example = readable(target / "ledger-backup.db")
        raise UsageError("backup.folder", at=readable(target), example=example)
    if os.path.lexists(target):
        raise UsageError("backup.there", at=readable(target))
    _refuse_shared(home, target)
    home.check_ledger()
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        # What the system says of the place, before SQLite says less of it. No folder of ours guards it there.
        disk.write_new(part, b"", 0o640)
        events = copy_ledger(home.ledger, part, readable(target))
        disk.fsync_file(part)
        disk.rename_new(part, target)
        disk.fsync_folder(target.absolute().parent)
    except OSError as e:
        raise AccessError("backup.unwritten", at=readable(target), why=disk.why(e)) from e
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return events


def _refuse_shared(home: Home, target: Path) -> None:
    """UsageError where others look: it holds every vehicle, and the inbox would take it for a workbook."""
    with disk.reaching(target):
        above = target.resolve().parents
        shared = [folder for folder in (home.inbox, home.outbox, home.reports) if folder.resolve() in above]
    if shared:
        raise UsageError("backup.shared", at=readable(target), place=readable(shared[0]))


def restore(home: Home, source: Path, now: datetime, user: str) -> Restored:
    """Puts a backup in the ledger's place; the present one is kept beside it.

    What was not published when the backup was made may have been published since: in doubt, a person decides.
    So does one about each package that came after it; until then its vehicles are refused. Numbers go on
    above those that are found in archive, outbox and reports, and none of a package is used twice. What
    customs answered since, the next pass or command hears again out of the archive, before it does anything
    else. Of which batches only a result is left, the ledger keeps, for `unsettled`.
    """
    check_clock(now, home.settings.zone)
    events = _checked(home, source)
    with (
        HomeLock(home.watch_lock_path, what="restore", zone=home.settings.zone),
        HomeLock(home.lock_path, 60, what="restore", zone=home.settings.zone),
        _copied(home, source) as part,
    ):
        left = _left(home)
        with Ledger.open(part) as ledger:
            # One that a person has decided about is known too.
            found = _found(home, ledger.packages.guids() | ledger.forgotten.settled())
            with ledger.transaction():
                # What lies in a claim gets another number: this one may be out.
                ledger.abandon("", whole=False)
                doubtful = _doubt(ledger, now)
                _forget(home, ledger, found, now)
                floor = ledger.revise_above(now)
                strange = _is_strange(home, ledger)
                bare, drafted = _unsent(home, ledger, found)
                told: dict[str, object] = {
                    "user": user,
                    "file": source.name,
                    "events": events,
                    "floor": floor,
                    **left,
                }
                ledger.note("restored", now, told | ({"results_only": list(bare)} if bare else {}))
        with disk.reaching(home.own):
            disk.write_beside(home.hear_again, b"")
        kept = _put(home, part, now)
        failing.forget(home)
    return Restored(events, kept, found.unknown, doubtful, bare, drafted, strange)


def _checked(home: Home, source: Path) -> int:
    """The number of its events."""
    with disk.reaching(source):
        source.open("rb").close()  # SQLite does not say that it may not be read
        if source.resolve() in {place.resolve() for place in home.restoring}:
            raise UsageError("backup.part", at=readable(source))  # the copy goes there: it would be of itself
    return check_ledger(source)


def _left(home: Home) -> Mapping[str, object]:
    """How far the ledger had come that is taken away: by that whoever looks into it later knows it for that.

    Of one that cannot be read nobody knows; what its -wal holds may be had yet, and is left alone.
    """
    with suppress(AccessError), Ledger.read_only(home.ledger, traceless=True) as present:
        last = audit.last(present.db)
        return {"left": last[0], "left_head": last[1]} if last else {}
    return {}


def _unsent(home: Home, ledger: Ledger, found: _Found) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Batches that have a result and no package: those that nobody knows, and those that sent nothing."""
    known = found.batches | ledger.forgotten.batches()  # of those that a person has settled, too
    unknown = [batch for batch in ledger.unknown(traces.answered(home)) if batch not in known]
    unarchived = traces.unarchived(home, frozenset(unknown))
    bare = tuple(batch for batch in unknown if batch in unarchived)
    return bare, tuple(batch for batch in unknown if batch not in unarchived)


def _is_strange(home: Home, ledger: Ledger) -> bool:
    archive, worked = Archive(home.archive), ledger.queries.newest_sources(_NEWEST)
    return bool(worked) and not any(map(archive.has, worked))


def unsettled(home: Home, restored: Sequence[str]) -> tuple[str, ...]:
    """Of the batches that `Ledger.results_only` gives those whose result still lies in reports/.

    Nobody can see from here whether customs was asked about them: taking the results away says so.
    """
    return traces.with_result(home, restored) if restored else ()


class _Found(Noun, frozen=True):
    """Of all packages in the folders those that the ledger does not know, and the batches of all."""

    unknown: tuple[traces.Trace, ...]
    batches: frozenset[str]


def _found(home: Home, known: Collection[str]) -> _Found:
    """By their guid, the outbox's own first.

    Whatever was dropped is in the archive too: one made up with the guid of another must not free its VINs.
    """
    unknown: dict[str, traces.Trace] = {}
    batches = set()
    for trace in traces.packages(home):
        batches.add(trace.batch)
        if trace.guid not in known:
            first = unknown.get(trace.guid, trace)
            unknown[trace.guid] = replace(first, vins=tuple(dict.fromkeys((*first.vins, *trace.vins))))
    # In the order in which a person decides about them, as `store.forgotten` gives them.
    ordered = sorted(unknown.values(), key=lambda t: (t.made, in_order(t.batch), t.type))
    return _Found(tuple(ordered), frozenset(batches))


@contextmanager
def _copied(home: Home, source: Path) -> Iterator[Path]:
    """The backup beside the ledger: what it forgot is added there, so that no pass ever sees it without."""
    part, *_ = home.restoring
    try:
        with disk.reaching(home.own):
            _remove(home.restoring)
            disk.write_new(part, disk.blocks_of(source.resolve()))
        yield part
    finally:
        with suppress(OSError):
            _remove(home.restoring)


def _remove(files: Iterable[Path]) -> None:
    for left in files:
        left.unlink(missing_ok=True)


def _doubt(ledger: Ledger, now: datetime) -> tuple[str, ...]:
    doubtful = tuple(p.guid for p in ledger.packages.open())
    for guid in doubtful:
        ledger.packages.doubt(guid, RESTORED, now)
    ledger.deliveries.doubt_all()
    return doubtful


def _forget(home: Home, ledger: Ledger, found: _Found, now: datetime) -> None:
    """Tells the ledger what it forgot: which numbers were given, and which vehicles are in packages."""
    numbers = traces.numbers(home)
    for batch in found.batches:
        traces.note(numbers, batch)
    ledger.go_on_above(numbers)
    archive = Archive(home.archive)
    ledger.forgotten.add([(_noted(trace, archive), trace.vins) for trace in found.unknown], now)


def _noted(trace: traces.Trace, archive: Archive) -> Forgotten:
    """Its bytes go into the archive, where they may be missing: the gateway takes them from the outbox."""
    with disk.reaching(trace.path):
        digest = disk.hash_file(trace.path)
    if not archive.has(digest):
        archive.put_file(trace.path)
    return Forgotten(trace.guid, trace.batch, trace.type, trace.name, digest, trace.vehicles, trace.made)


def taken_away(home: Home) -> list[Path]:
    """The ledgers that restores took away, the oldest first."""
    with disk.reaching(home.own):
        return sorted(p for p in home.own.iterdir() if p.name.startswith(BEFORE) and p.suffix == ".db")


def stem_of(restored: datetime) -> str:
    """How the name of the ledger begins that a restore of this moment (UTC) took away."""
    return f"{BEFORE}{restored:%Y%m%dT%H%M%S}"


def _put(home: Home, part: Path, now: datetime) -> Path | None:
    """The restored ledger under its name; the present one, with what its WAL still holds, beside it.

    Killed between the two renames there is no ledger, which every command refuses: restore again.
    """
    with disk.reaching(home.own):
        disk.fsync_file(part)
        kept = None
        if is_there(home.ledger):
            _fold(home.ledger)
            kept = _rename(home.ledger, stem_of(now))
            for left, place in zip(beside(home.ledger), beside(kept), strict=True):
                if is_there(left):  # it could not be folded
                    left.replace(place)
        _remove(beside(home.ledger))
        last_event.forget(home)
        part.replace(home.ledger)
        disk.fsync_folder(home.own, must=True)
    return kept


def _rename(ledger: Path, stem: str) -> Path:
    """Under the first free name: a restore may follow another within a second."""
    names = (f"{stem}-{n}.db" if n > 1 else f"{stem}.db" for n in count(1))
    kept = next(path for path in map(ledger.with_name, names) if not os.path.lexists(path))
    disk.rename_new(ledger, kept)
    return kept


def _fold(path: Path) -> None:
    """What a killed writer left in the WAL belongs to the ledger that is taken away.

    One that is damaged, or of a newer vinbatch, is kept as it is: SQLite throws its WAL away as it closes.
    """
    wal, *_ = beside(path)
    spare = wal.with_name(f"{wal.name}.part")
    if is_there(wal):
        spare.unlink(missing_ok=True)
        disk.write_new(spare, disk.blocks_of(wal))
    try:
        Ledger.open(path).close()
    except AccessError:
        if is_there(spare):
            spare.replace(wal)
    else:
        spare.unlink(missing_ok=True)
