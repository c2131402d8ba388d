"""Refuses a ledger that lacks what the last pass wrote: somebody put an older copy in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vinbatch.effects import last_event
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError
from vinbatch.store import audit
from vinbatch.store.ledger import Ledger


@contextmanager
def guarded(home: Home, ledger: Ledger) -> Iterator[None]:
    """AccessError where it lacks the last event that was noted, beside it or in reports/.

    The last event at the end is noted, also where what is done with the ledger fails half way.
    """
    check(home, ledger, last_event.known(home))
    check_apart(home, ledger, last_event.known_apart(home))
    try:
        yield
    finally:
        note(home, ledger)


def check(home: Home, ledger: Ledger, noted: tuple[int, str] | None) -> None:
    """AccessError where the ledger lacks the last event that was noted; the chain may be whole for all that.

    The note is read before the ledger is opened, or asked: what a pass at work commits meanwhile is there
    before it is noted, and who cannot lock the ledger sees it as it was when he opened it.
    """
    if noted and not audit.has(ledger.db, *noted):
        raise AccessError("ledger.behind", place=readable(home.ledger))


def check_apart(home: Home, ledger: Ledger, noted: tuple[int, str] | None) -> None:
    """The same of the note in reports/, which no snapshot of the home brings back."""
    if noted and not audit.has(ledger.db, *noted):
        raise AccessError("ledger.put_back", place=readable(home.ledger), reports=readable(home.reports))


def note(home: Home, ledger: Ledger) -> None:
    """Notes the last event, before anything that cannot be undone: a pass that is killed notes no more.

    What it committed then stands in the ledger's `-wal` alone, which somebody may take for litter.
    """
    last = audit.last(ledger.db)
    if last and last != last_event.known(home):
        last_event.note(home, *last)
