"""How the folders of a home are, and what lies in its inbox that nobody works: for `status` and `doctor`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from vinbatch.effects import claimed, forms, inbox, mounted, owner, receipts_sentinel
from vinbatch.effects.archive import Archive
from vinbatch.effects.clock import check_order
from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout
from vinbatch.effects.names import readable
from vinbatch.effects.own import check_own
from vinbatch.effects.program import MAY_BE_WELL, check_program
from vinbatch.errors import AccessError, VinbatchError
from vinbatch.noun import Noun
from vinbatch.numbering import batches_named
from vinbatch.paths import is_there
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice, waits
from vinbatch.run.condition.unseen import BLIND, Sight, sight
from vinbatch.store.ledger import Ledger

# Bytes free below which a disk is told as full. A night of 100 full workbooks takes 150 MB with customs'
# answers, and SQLite keeps part of the ledger's share of that a second time until it is written back.
_FULL = 200 * 2**20
_FEW_FILES = 2000  # that may still be made there; such a night makes as many
_NAMED = 20  # files that are told one by one: whoever drops ten thousand shall not hide the other lines


class Seen(Noun, frozen=True):
    """`gone` is what is wrong with disks, folders and after_batch.

    `ignored` is what nobody ever works: links and pipes, hidden workbooks, folders of receipts; `claimed`
    how many files were taken and are not finished.
    """

    gone: tuple[Notice, ...]
    sight: Sight
    ignored: tuple[inbox.Skipped, ...]
    claimed: int = 0

    @property
    def scan(self) -> inbox.Scan:
        """What lies there."""
        return self.sight.scan

    @property
    def waiting(self) -> int:
        """The files that are worked, now or when they are ready, and those that were taken."""
        return len(self.scan.ready) + len(self.scan.unready) + self.claimed

    def skipped(self, ruleset: Ruleset) -> list[str]:
        """What waits for somebody: open, held by an owner file of days ago, or to be put elsewhere."""
        skipped = (*self.scan.unready, *self.scan.stale, *self.ignored)
        more = len(skipped[_NAMED:])
        told = [waits(one, ruleset) for one in skipped[:_NAMED]]
        return [*told, ruleset.phrase("cli.more_unready", n=more)] if more else told


def look(home: Home, kept: Sequence[tuple[str, str]], now: datetime, ruleset: Ruleset) -> Seen:
    """Changes nothing. `kept` as of `check_archive`."""
    seen: Sight | None = None
    taken = 0

    def look_into_inbox() -> None:
        nonlocal seen, taken
        try:
            check_inbox(home)
            seen = sight(home, now)
            taken = inbox.count_claims(home)
        except VinbatchError as e:
            if _is_our_right(e, home):
                seen = seen or BLIND
            raise

    checks: dict[str, Callable[[], None]] = {
        "own": lambda: check_own(home),
        "clock": lambda: check_order(home, now),
        "layout": lambda: check_layout(home),
        "inbox": look_into_inbox,
        "receipts": lambda: _check_heard(home),
        "reports": lambda: mounted.check_reports(home),
        "outbox": lambda: mounted.check_outbox(home),
        "archive": lambda: check_archive(home, kept),
        "after": lambda: _check_after(home),
    }
    gone = full(home, ruleset)
    for name, check in checks.items():
        try:
            check()
        except VinbatchError as e:
            if not _is_our_right(e, home):
                told = str(e.told(ruleset.settings.language))
                code = 0 if e.key == MAY_BE_WELL else e.exit_code
                gone.append(Notice(name, ruleset.phrase(f"cli.{name}_gone", why=told), code))
    if not any(one.what == "reports" for one in gone):
        gone.extend(form_lost(home, ruleset))
    seen = seen or Sight()
    return Seen(tuple(gone), seen, _never(home, seen.scan), taken)


def _is_our_right(e: VinbatchError, home: Home) -> bool:
    """Whether it is a right that we lack who look, and not the user that works."""
    return e.key == "disk.denied" and owner.looks_only(home.worker)


def _check_heard(home: Home) -> None:
    """The folder of receipts, where the inbox is there: that is told by itself."""
    try:
        alive = is_there(home.sentinel) and mounted.inbox_there(home)
    except OSError:
        alive = False
    if alive:
        check_receipts(home)


def ignored(home: Home, now: datetime) -> tuple[inbox.Skipped, ...]:
    """What nobody ever works; an inbox that cannot be read is told of by others."""
    try:
        return _never(home, inbox.scan(home, now))
    except AccessError:
        return ()


def _never(home: Home, scan: inbox.Scan) -> tuple[inbox.Skipped, ...]:
    """With what lies among our claims and is not ours; what cannot be read there was told of already."""
    try:
        return (*scan.ignored, *inbox.strays(home))
    except AccessError:
        return scan.ignored


def check_inbox(home: Home) -> None:
    """AccessError where nothing can be dropped or taken."""
    mounted.check_inbox(home)
    claimed.check(home)


def check_receipts(home: Home) -> None:
    """AccessError where the gateway can put no answers of customs, or somebody else has taken its folder."""
    home.check_receipts()
    receipts_sentinel.check(home)


def check_archive(home: Home, kept: Sequence[tuple[str, str]]) -> None:
    """AccessError where the archive lacks one of these files; each is its batch and its digest.

    A look at the latest tells an archive that was deleted or left behind, one at the first that a new one has
    taken its place; `audit verify` reads all of it.
    """
    archive = Archive(home.archive)
    for batch, digest in kept:
        if not archive.has(digest):
            raise AccessError("archive.lost", place=readable(home.archive), batch=batch)


def form_lost(home: Home, ruleset: Ruleset) -> Iterator[Notice]:
    """That the form is gone from reports/, which an empty share that was mounted over it looks like."""
    with suppress(AccessError):  # told as a folder that cannot be used
        if forms.lost(home):
            yield Notice("reports", ruleset.phrase("cli.form_lost", place=readable(home.reports)))


def strange_results(home: Home, ledger: Ledger) -> list[str]:
    """Batches whose results lie in reports/ and that this ledger does not know: those of another home, or of
    a ledger before it. After a restore its own are not among them, for that tells of what it forgot.
    """
    if home.ledger_gone or home.outlived:
        return []  # which is told
    try:
        named = {named[0] for f in home.reports.iterdir() if (named := batches_named(f.name))}
    except OSError:
        return []  # told as a folder that cannot be used
    own = f"{home.settings.site}-" if ledger.queries.restores() else None
    return [batch for batch in ledger.unknown(sorted(named)) if own is None or not batch.startswith(own)]


def _check_after(home: Home) -> None:
    if home.settings.after_batch:
        check_program(home.settings.after_batch)


def room(size: int) -> str:
    """Bytes for people: `25 MB`, `1.2 GB`."""
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size // 2**20} MB"


def is_full(free: int) -> bool:
    """Whether so many free bytes may not take the work of a night."""
    return free < _FULL


def full(home: Home, ruleset: Ruleset) -> list[Notice]:
    """The folders on disks that are nearly full; one line for each disk.

    One with room may take no more files: asked of our own, since shares make up what they say of that.
    """
    found: dict[int, Notice] = {}
    with suppress(OSError):
        disk = os.statvfs(home.own)
        if disk.f_files and disk.f_favail < _FEW_FILES:
            line = ruleset.phrase("cli.disk_files", "", place=readable(home.own), n=f"{disk.f_favail:,}")
            found[home.own.stat().st_dev] = Notice("disk", line, 6)
    for path in (home.own, home.inbox, home.outbox, home.reports):
        with suppress(OSError):  # told as a folder that cannot be used
            free = shutil.disk_usage(path).free
            if is_full(free):
                line = ruleset.phrase("cli.disk_full", "", place=readable(path), room=room(free))
                found.setdefault(path.stat().st_dev, Notice("disk", line, 6))
    return list(found.values())
