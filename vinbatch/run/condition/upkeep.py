"""How old the last copy and the last check of the ledger are, where that is long: for `status` and `doctor`.

A note and no alarm: nothing is lost yet, and copies that are not made by `backup` cannot be seen from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from vinbatch.effects import upkeep
from vinbatch.effects.home import Home
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice

# The crontab checks every Sunday: four times it did not, or failed.
_UNCHECKED = timedelta(days=31)


def uncopied(home: Home, began: datetime | None, now: datetime, ruleset: Ruleset) -> Iterator[Notice]:
    """That a home in production has no recent copy of its ledger. `began` is when that was begun."""
    days = ruleset.settings.backup_days
    if days:
        yield from _long_ago("copied", home, began, now - timedelta(days=days), ruleset)


def unchecked(home: Home, began: datetime | None, now: datetime, ruleset: Ruleset) -> Iterator[Notice]:
    """That it was not checked for long."""
    yield from _long_ago("checked", home, began, now - _UNCHECKED, ruleset)


def _long_ago(
    what: str, home: Home, began: datetime | None, before: datetime, ruleset: Ruleset
) -> Iterator[Notice]:
    if not home.settings.production or began is None or began >= before:
        return
    last = upkeep.last(home, what)
    if last is None:
        yield Notice(what, ruleset.phrase(f"cli.never_{what}"))
    elif last.at < before:
        yield Notice(what, ruleset.phrase(f"cli.long_{what}", "", last=local_time(last.at, ruleset)))
