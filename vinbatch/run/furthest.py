"""That the ledger is the one that the last pass left, or one that has come further since."""

from __future__ import annotations

from vinbatch.effects import reached
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError
from vinbatch.store import audit
from vinbatch.store.ledger import Ledger


def check(home: Home, ledger: Ledger) -> None:
    """AccessError where it lacks the last event that was noted: somebody put an older copy in its place."""
    known = reached.known(home)
    if known and not audit.has(ledger.db, *known):
        raise AccessError("ledger.behind", place=readable(str(home.ledger)))


def keep(home: Home, ledger: Ledger) -> None:
    """Notes how far it has come, where that is news."""
    last = audit.last(ledger.db)
    if last and last != reached.known(home):
        reached.note(home, *last)
