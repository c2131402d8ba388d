"""A home that nobody works: what waits, and no pass has come to its end for hours. Cron or watch is dead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from vinbatch.effects import failing, inbox
from vinbatch.effects.home import Home
from vinbatch.effects.lock import holder
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.told import Told


def unattended(home: Home, now: datetime, ruleset: Ruleset) -> Iterator[Told]:
    """The file that has waited longest, where that is too long. A pass at work or one that failed has looked.

    A file waits since it came, by the clock of the server that holds the inbox; its mtime may be years old.
    """
    patience = timedelta(hours=ruleset.settings.unattended_hours)
    last = failing.last_end(home)
    if not patience or (last and now - last <= patience):
        return
    if failing.last(home) or holder(home.lock_path):
        return
    found = _longest(home, now)
    if found is None or now - found[0] <= patience:
        return
    since, name = found
    told = {"name": readable(name), "since": local_time(since, ruleset)}
    if last:
        line = ruleset.phrase("cli.unattended", "", last=local_time(last, ruleset), **told)
    else:
        line = ruleset.phrase("cli.unattended_never", "", **told)
    yield Told("unattended", line, 6)


def _longest(home: Home, now: datetime) -> tuple[datetime, str] | None:
    """Workbooks and receipts that a pass would take, and those that one has taken and not finished."""
    try:
        waiting = (*inbox.scan(home, now).ready, *inbox.scan_receipts(home), *inbox.taken(home))
    except AccessError:
        return None  # told as a folder that cannot be used
    if not waiting:
        return None
    longest = min(waiting, key=lambda c: c.seen.ctime)
    return datetime.fromtimestamp(longest.seen.ctime / 1e9, UTC), longest.path
