"""What killed writers left half done in our folders: removed under the lock, when no other writer lives."""

from __future__ import annotations

from datetime import datetime, timedelta

from vinbatch.effects import disk, parts, reports
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home

# A watch and the start of a command note things in .vinbatch without the lock, in a moment.
_YOUNG = timedelta(hours=1)


def sweep(home: Home, archive: Archive, now: datetime) -> None:
    """Removes it from archive, reports and .vinbatch, where what is young may be a living writer's."""
    archive.sweep()
    reports.sweep(home)
    with disk.reaching(home.own):
        parts.sweep(home.own, (now - _YOUNG).timestamp())
        for left in home.restoring:
            left.unlink(missing_ok=True)
