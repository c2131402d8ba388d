"""That the ledger is the one that the last pass left, or one that has come further since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vinbatch.effects import reached
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError
from vinbatch.store import audit
from vinbatch.store.ledger import Ledger


@contextmanager
def followed(home: Home, ledger: Ledger) -> Iterator[None]:
    """AccessError where it lacks the last event that was noted: somebody put an older copy in its place.

    How far it comes meanwhile is noted, also where what is done with it fails half way.
    """
    known = reached.known(home)
    if known and not audit.has(ledger.db, *known):
        raise AccessError("ledger.behind", place=readable(str(home.ledger)))
    try:
        yield
    finally:
        last = audit.last(ledger.db)
        if last and last != reached.known(home):
            reached.note(home, *last)
