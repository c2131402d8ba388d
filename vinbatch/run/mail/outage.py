"""A folder of the gateway's that cannot be used: told to the operator by mail, as is its end; once each time.

An outbox that takes no packages is noted for `status` too; that `receipts/` is another folder it sees itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from vinbatch.effects.disk import reaching, write_beside, written_at
from vinbatch.effects.home import Home
from vinbatch.paths import is_there
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import call_off, trouble
from vinbatch.store.writing import utc


def begins(home: Home, ledger: Ledger, waiting: int, now: datetime) -> None:
    """So many packages cannot go out."""
    _begins(home.outage, ledger, "unpublished", {"n": str(waiting)}, now)


def ends(home: Home, ledger: Ledger, now: datetime) -> None:
    """The outbox takes packages."""
    _ends(home.outage, ledger, ("unpublished", "republished"), now)


def deaf(home: Home, ledger: Ledger, now: datetime) -> None:
    """No answer of customs is heard."""
    _begins(_unheard(home), ledger, "unheard", {}, now)


def hears(home: Home, ledger: Ledger, now: datetime) -> None:
    """The folder of receipts is the one that passes know."""
    _ends(_unheard(home), ledger, ("unheard", "reheard"), now)


def since(home: Home) -> datetime | None:
    """Since when the outbox takes no packages; None where it does, as far as a pass has seen."""
    return written_at(home.outage)


def unheard_since(home: Home) -> datetime | None:
    """Since when no answer of customs is heard; None where they are."""
    return written_at(_unheard(home))


def _unheard(home: Home) -> Path:
    return home.own / "unheard"


def _begins(note: Path, ledger: Ledger, kind: str, about: Mapping[str, str], now: datetime) -> None:
    """Killed between the two writes it is told again: better than never."""
    if is_there(note):
        return
    if ledger.mailing:
        with ledger.transaction() as db:
            trouble(db, kind, "", about, utc(now))
    with reaching(note):
        write_beside(note, b"")


def _ends(note: Path, ledger: Ledger, kinds: tuple[str, str], now: datetime) -> None:
    """`kinds` of its begin and its end."""
    if not is_there(note):
        return
    begun, ended = kinds
    if ledger.mailing:
        with ledger.transaction() as db:
            call_off(db, begun, ended, utc(now))
    with reaching(note):
        note.unlink(missing_ok=True)
