"""An outbox that takes no packages: noted for `status`, and told to the operator by mail, as is its end; once
each time.
"""

from __future__ import annotations

from datetime import datetime

from vinbatch.effects.disk import reaching, write_beside
from vinbatch.effects.home import Home
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import trouble, utc


def begins(home: Home, ledger: Ledger, waiting: int, now: datetime) -> None:
    """So many packages cannot go out. Killed between the two writes it is told again: better than never."""
    if home.outage.exists():
        return
    if ledger.mailing:
        with ledger.transaction() as db:
            trouble(db, "unpublished", "", {"n": str(waiting)}, utc(now))
    with reaching(home.outage):
        write_beside(home.outage, b"")


def ends(home: Home, ledger: Ledger, now: datetime) -> None:
    """The outbox takes packages. Where he was not told of the outage yet, there is nothing to tell."""
    if not home.outage.exists():
        return
    if ledger.mailing:
        with ledger.transaction() as db:
            if not db.execute("DELETE FROM trouble WHERE kind = 'unpublished'").rowcount:
                trouble(db, "republished", "", {}, utc(now))
    with reaching(home.outage):
        home.outage.unlink(missing_ok=True)
