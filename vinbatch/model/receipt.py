"""What customs answers."""

from __future__ import annotations

from datetime import datetime

from vinbatch.model.ledger import Reply
from vinbatch.model.outcome import Declaration, RecordChange
from vinbatch.model.reading import Finding
from vinbatch.model.terms import Type
from vinbatch.noun import Noun


class Return(Noun, frozen=True):
    """One answer of a receipt: `status` is customs' return code; `vin` "" speaks for the whole package.

    `time` are 14 or 17 digits that are a moment, else "", and `doubted` what stood there instead.
    """

    status: str
    vin: str = ""
    time: str = ""
    info: str = ""
    doubted: str = ""


def moment_of(time: str) -> datetime:
    """The moment, without zone, that the digits of a ReturnTime name. ValueError where there is none."""
    year, month, day = int(time[:4]), int(time[4:6]), int(time[6:8])
    return datetime(year, month, day, int(time[8:10]), int(time[10:12]), int(time[12:14]))


class Receipt(Noun, frozen=True):
    """A receipt as read. With returns for single vehicles it speaks for those only (semantics section 6)."""

    guid: str
    digest: str
    returns: tuple[Return, ...]


class Sent(Noun, frozen=True):
    """A package that a receipt may speak for: what was declared with it."""

    guid: str
    batch: str
    type: Type
    declarations: tuple[Declaration, ...]


class Heard(Noun, frozen=True):
    """What a receipt does: records to write, replies to keep, and what of it cannot be used."""

    records: tuple[RecordChange, ...] = ()
    replies: tuple[Reply, ...] = ()
    problems: tuple[Finding, ...] = ()
    agreed: tuple[tuple[str, str], ...] = ()  # (WMI, country) pairs that customs accepted
