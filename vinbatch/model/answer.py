"""What goes back to people, and what is looked up for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vinbatch.model.ledger import Entry, Event, Record, Reply
from vinbatch.model.outcome import StoredPackage
from vinbatch.model.reading import Finding, Source
from vinbatch.model.terms import Act, Place
from vinbatch.noun import Noun, field


class Origin(Noun, frozen=True):
    """Where a batch came from. `who` owns the file, or gave the command: then no file was dropped."""

    file: str = ""
    department: str = ""
    who: str = ""
    by_command: bool = False


class FileNames(Noun, frozen=True):
    """The names of what came of a batch: packages, extracts asked for, its result; and of the form.

    `unsent` are the packages that the gateway has not got, or not for certain; `missed` the rows of 查询 that
    found nothing; `kept` is a person's copy that has the name which the result was to have.
    """

    packages: tuple[str, ...] = ()
    extracts: tuple[str, ...] = ()
    found: int = 0  # records in the extracts
    result: str = ""
    form: str = ""
    unsent: tuple[str, ...] = ()
    missed: tuple[int, ...] = ()
    kept: str = ""
    more: bool = False  # whether 查询 would find more than `found`


class Known(Noun, frozen=True):
    """What the ledger holds at `now` for an answer or an extract, in the order in which it is shown.

    `asks` are the questions that drafts have open, by VIN; `replies` what customs answered to the
    batch's packages; `contradicted` all replies to vehicles that it ever answered in contradiction, by VIN,
    as they came; `head` is the head of the audit chain. `packages` are those of the batch, `events` its own;
    `histories` those of the vehicles that were asked for, by VIN; `sources` where a batch came from: its
    file, department, and owner or user. `open` are the batch's rows (sheet, row) that no later one has taken
    over; None where that is not known. `since` tells of the others what became of them: the name of an event,
    or `again` where the row came back and is on no record, and the batch; ("", 0) is the whole file. `latest`
    is the last of those batches, and of those in which the rows of these came back. `asked_by` is the
    workbook whose query an extract answers; None where it is made for nobody in particular.
    """

    now: datetime
    records: Mapping[str, Record] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    asks: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    replies: tuple[Reply, ...] = ()
    contradicted: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    head: str = ""
    packages: tuple[StoredPackage, ...] = ()
    events: tuple[Event, ...] = ()
    histories: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    sources: Mapping[str, Origin] = field(default_factory=dict)
    open: frozenset[Place] | None = None
    since: Mapping[Place, tuple[str, str]] = field(default_factory=dict)
    latest: str = ""
    asked_by: Source | None = None


class Answer(Noun, frozen=True):
    """What goes back to people: the bytes of the result workbook."""

    batch: str
    workbook: bytes


class Letter(Noun, frozen=True):
    """A mail as it goes out: its texts, and those that say that it may be a repetition.

    `references` is the Message-ID of the mail that it answers, `topic` names its thread. `attachment` is a
    digest in the archive, under the name `attachment_name`; "" where there is none.
    """

    subject: str
    text: str
    html: str
    text_again: str
    html_again: str
    references: str = ""
    topic: str = ""
    attachment: str = ""
    attachment_name: str = ""


class Order(Noun, frozen=True):
    """What a command asks of every record that it is about: the cells that a clerk would fill in.

    `marked` False leaves the record marks out, so that 核实确认 answers every ask, also one that nobody was
    held for: who gives the command answers for it.
    """

    act: Act
    reason: str = ""
    confirmed: bool = False
    marked: bool = True
