"""What an auditor is told of a vehicle beside its events: nothing of it has a number or hash in the chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vinbatch.model.reading import Finding
from vinbatch.model.terms import Value, Verdict
from vinbatch.noun import Noun


class Passage(Noun, frozen=True):
    """A row about a VIN in a batch, and what it was answered then.

    `sheet` and `cell` are where the workbook names the VIN, `values` what the row said by the keys of fields;
    a cell without a cleaned value has its text there. `number` and `revision` are the parameters that it was
    declared with: "" and None where it was not, or names none.
    """

    batch: str
    sheet: str
    row: int
    cell: str
    verdict: Verdict
    values: Mapping[str, Value]
    findings: tuple[Finding, ...] = ()
    number: str = ""
    revision: int | None = None


class Version(Noun, frozen=True):
    """A version of a batch's result workbook: its digest in the archive, and when it was written (UTC)."""

    batch: str
    number: int
    name: str
    digest: str
    at: datetime


class Mailed(Noun, frozen=True):
    """A mail about a batch: when it was queued (UTC), its subject, of each address what became of it
    (queued, sending, sent, refused) and the server's reply; its Message-ID.
    """

    batch: str
    at: datetime
    subject: str
    addresses: tuple[tuple[str, str, str], ...]
    message: str


class Period(Noun, frozen=True):
    """What was declared in a period: vehicles by type, as the events say; packages, the vehicles in them, and
    those that customs accepted and rejected, as the tables say.
    """

    declared: Mapping[str, int]
    packages: int
    vehicles: int
    accepted: int
    rejected: int

    @property
    def total(self) -> int:
        """All that was declared, of whatever type."""
        return sum(self.declared.values())


class Kept(Noun, frozen=True):
    """A file of the archive: a `source`, `package`, `receipt` or `result` of a batch; `at` is UTC."""

    batch: str
    kind: str
    name: str
    digest: str
    at: datetime


class Law(Noun, frozen=True):
    """What so many `batches` were decided by: the digest of rules and templates, and the program. `since` is
    when the first of them was (UTC).
    """

    rules: str
    program: str
    batches: int
    first: str
    since: datetime
    last: str
