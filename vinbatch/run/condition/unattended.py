"""A home that nobody works: what waits, and no pass has come to its end for hours. Cron or watch is dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vinbatch.effects import failing, inbox
from vinbatch.effects.home import Home
from vinbatch.effects.lock import holder
from vinbatch.effects.names import readable
from vinbatch.effects.owner import may_work
from vinbatch.errors import AccessError
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice, waits
from vinbatch.run.condition.unseen import Sight, sight


def unattended(home: Home, now: datetime, ruleset: Ruleset, found: Sight | None = None) -> Iterator[Notice]:
    """The file that has waited longest, where that is too long. A pass at work or one that failed has looked.

    A file waits since it came, by the clock of the server that holds the inbox; its mtime may be years old.
    `found` is what lies there, where the caller has looked already. Who may not look everywhere cannot tell
    whether anything waits, and is told how long no pass has ended: with cron or a watch one always has.
    """
    patience = timedelta(hours=ruleset.settings.unattended_hours)
    last = failing.last_end(home)
    if not patience or (last and now - last <= patience):
        return
    if failing.last(home) or holder(home.lock_path):
        return
    found = found or _sight(home, now)
    longest = _longest(home, found)
    if longest is None or now - longest[0] <= patience:
        if last and found.hidden:
            told = {
                "last": local_time(last, ruleset),
                "names": ruleset.phrase("cli.comma").join(found.hidden),
            }
            yield Notice("unattended", ruleset.phrase("cli.unattended_unseen", "", **told), 6, last)
        return
    since, name = longest
    told = {"name": readable(name), "since": local_time(since, ruleset)}
    if last:
        line = ruleset.phrase("cli.unattended", "", last=local_time(last, ruleset), **told)
    else:
        line = ruleset.phrase("cli.unattended_never", "", **told)
    yield Notice("unattended", line, 6, max(since, last) if last else since)


def forbidden(home: Home, now: datetime, ruleset: Ruleset, found: Sight | None = None) -> Iterator[Notice]:
    """What lies in the inbox for hours, and no pass may read or move. `found` as of `unattended`.

    What may not be moved is a line from the first on, as what may not be read is one of the scan.
    """
    patience = timedelta(hours=ruleset.settings.unattended_hours)
    if not patience:
        return
    try:
        scan = (found or sight(home, now)).scan
        worker = home.worker
    except AccessError:
        return  # told as a folder that cannot be used
    unread = [s.path for s in scan.unready if s.reason == inbox.UNREADABLE]
    folders = {Path(c.path).parent: c.path for c in reversed(scan.ready)}
    fixed = [
        path for folder, path in folders.items() if not may_work(home.inbox / folder, worker, moving=True)
    ]
    paths = [*(path for path in unread if not may_work(home.inbox / path, worker)), *fixed]
    old = [path for path in paths if now - _since(home.inbox / path, now) > patience]
    for path in fixed:
        if path not in old:
            yield Notice("unready", waits(inbox.Skipped(readable(path), "@unready.denied"), ruleset))
    if old:
        since = min(_since(home.inbox / path, now) for path in old)
        told = {"name": readable(old[0]), "since": local_time(since, ruleset)}
        yield Notice("forbidden", ruleset.phrase("cli.forbidden", n=len(old), **told), 6, since)


def _since(path: Path, now: datetime) -> datetime:
    """When a file came; of a folder, when it was made so or somebody last put a file there."""
    try:
        return datetime.fromtimestamp(path.lstat().st_ctime, UTC)
    except OSError:
        return now


def _sight(home: Home, now: datetime) -> Sight:
    try:
        return sight(home, now)
    except AccessError:
        return Sight()  # told as a folder that cannot be used


def _longest(home: Home, found: Sight) -> tuple[datetime, str] | None:
    """Workbooks and receipts that a pass would take, and those that one has taken and not finished."""
    waiting = list(found.scan.ready)
    for others in (inbox.scan_receipts, inbox.taken):
        with suppress(AccessError):  # told as a folder that cannot be used, or not for us to see
            waiting.extend(others(home))
    if not waiting:
        return None
    longest = min(waiting, key=lambda c: c.seen.ctime)
    return datetime.fromtimestamp(longest.seen.ctime / 1e9, UTC), longest.path
