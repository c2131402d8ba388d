"""What the ledger knows: records, catalogue entries, and the facts looked up for a chunk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vinbatch.model.terms import Effect, Place, State, Type, Value
from vinbatch.noun import Noun, field, replace


class Reply(Noun, frozen=True):
    """What customs answered to one declaration: to this VIN within the package of this guid.

    `state` is what the return code means; progress leaves it at DECLARED. `time` are the digits of
    ReturnTime (yyyyMMddHHmmssSSS, the site's time zone), "" where there are none, or none to go by: then
    `doubted` is what stood there. `receipt` is the SHA-256 of the receipt, `effect` what came of it, `user`
    who recorded it by command.
    """

    guid: str
    vin: str
    status: str
    state: State
    time: str = ""
    info: str = ""
    receipt: str = ""
    effect: Effect = Effect.APPLIED
    user: str = ""
    doubted: str = ""


class Standing(Noun, frozen=True):
    """One declaration of a record: what it says and where it stands.

    `structure_revision` is the catalogue revision that it was declared with; None follows the latest.
    `since` is when it was declared or drafted (UTC), `heard` customs' last word on it.
    """

    type: Type
    state: State
    batch: str
    data: Mapping[str, Value]
    structure_revision: int | None = None
    since: datetime | None = None
    heard: Reply | None = None


def structure_of(standing: Standing) -> str:
    """The structure number that a declaration names, "" where it names none."""
    return str(standing.data.get("structure_no") or "")


def certificate_of(values: Mapping[str, Value]) -> str:
    """The CCC certificate that they name, without its version; "" for none."""
    return str(values.get("ccc_no") or "")[:16]


ROOT = "inbox"  # the department of what is dropped into no folder of one, as people are told of it


class Record(Noun, frozen=True):
    """A VIN. `now` is its latest declaration or draft, `accepted` the one that customs last accepted.

    `before` is what a change draft returns to when it is dropped, `previous` what was in force before customs
    accepted the latest change. `version` rises with every change of data or state, `revision` with changes of
    data only. `held` are the asks that a draft waits for, each `code:field:value`: a confirmation answers the
    same question about the same value. `confirmed` are those of a draft that were answered: it is not asked
    again. `asked` are all those of a draft that none may hold: they hold it when it is declared. `asked_in`
    has those of both that a batch before that of `now` asked, with that batch. Times are UTC.
    """

    vin: str
    version: int
    revision: int
    now: Standing
    department: str = ""
    accepted: Standing | None = None
    before: Standing | None = None
    previous: Standing | None = None
    held: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    asked_in: tuple[tuple[str, str], ...] = ()
    confirmed: tuple[str, ...] = ()
    revoked: str = ""  # of an accepted revocation: its date, YYYY-MM-DD
    updated: datetime | None = None

    @property
    def open_asks(self) -> tuple[str, ...]:
        """What a draft was asked and has not answered, whether it is held for it or not."""
        return (*self.held, *self.asked)

    @property
    def filed_by(self) -> str:
        """The department whose it is, as people are told."""
        return self.department or ROOT

    @property
    def live(self) -> bool:
        """Whether it still stands: everything but an accepted revocation."""
        return not (self.now.type is Type.REVOCATION and self.now.state is State.ACCEPTED)

    @property
    def in_force(self) -> Standing | None:
        """What customs has accepted and nobody has revoked."""
        filed = self.now.type is Type.FILING and self.now.state is not State.ACCEPTED
        return self.accepted if self.live and not filed else None

    @property
    def firm(self) -> bool:
        """Whether customs has it: anything live beyond a filing draft or a rejected filing."""
        loose = self.now.type is Type.FILING and self.now.state in (State.DRAFT, State.REJECTED)
        return self.live and not loose

    @property
    def follows(self) -> bool:
        """Whether it will take the newest revision of its parameters, as it stands."""
        return self.live and (self.now.state is State.DRAFT or not self.firm)

    @property
    def undrafted(self) -> Record | None:
        """Without its draft and what that was asked: what it was before, None where there was nothing."""
        if self.before is None:
            return None
        return replace(self, now=self.before, before=None, held=(), asked=(), asked_in=(), confirmed=())

    @property
    def beside(self) -> Mapping[str, Standing]:
        """Structure numbers that it stands on beside the one of `now`, with the standing that names each.

        A change to another number may be dropped or rejected: until customs accepts it, the vehicle needs
        the parameters of what its draft returns to and of what is in force.
        """
        found: dict[str, Standing] = {}
        left = self.undrafted
        if left is not None and left.live:
            found[structure_of(left.now)] = left.now
        if self.in_force is not None:
            found.setdefault(structure_of(self.in_force), self.in_force)
        found.pop(structure_of(self.now), None)
        found.pop("", None)
        return found


class Entry(Noun, frozen=True):
    """A parameter set of the catalogue, one revision of it. `confirmed` are its released asks, `asked` open
    ones that its values alone do not raise.
    """

    number: str
    revision: int
    values: Mapping[str, Value]
    confirmed: tuple[str, ...] = ()
    batch: str = ""
    updated: datetime | None = None
    asked: tuple[str, ...] = ()


# Five are named where parameters cannot go, and a workbook may delete two hundred others.
MOST_SAMPLED = 205


class Users(Noun, frozen=True):
    """The live records that use a structure number: by their latest declaration, or beside it.

    `firm` counts those beyond filing drafts and rejected filings; `sample` names the first 205 VINs;
    `certificate` is the CCC certificate (first 16 digits) first on record and `certificate_vin` its VIN.
    `drafts` counts by department those that will take the newest revision: drafts and rejected filings;
    `waiting` likewise those of them that are held for a question about it which another workbook may answer.
    """

    live: int = 0
    firm: int = 0
    sample: tuple[str, ...] = ()
    certificate: str = ""
    certificate_vin: str = ""
    drafts: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)


class Forgotten(Noun, frozen=True):
    """A package that went out after the backup from which the ledger was restored.

    `made` is when it was declared. Until a person has decided about it nobody can tell how its
    vehicles stand: the rows of such VINs are refused.
    """

    guid: str
    batch: str
    type: Type
    name: str
    digest: str
    vehicles: int
    made: datetime


class Facts(Noun, frozen=True):
    """Everything looked up for a chunk of readings, as it stood before the first of them."""

    records: Mapping[str, Record] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)  # the latest revision of each number
    former: Mapping[tuple[str, int], Entry] = field(default_factory=dict)  # revisions that records stand on
    users: Mapping[str, Users] = field(default_factory=dict)
    # source digest → (sheet, row) that an earlier drop of these bytes acted on → its batch
    seen: Mapping[str, Mapping[Place, str]] = field(default_factory=dict)
    # refused row on no record, by its mark → what it says where it waits → that batch, the latest last
    waiting: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # (WMI, country) pairs that were confirmed or accepted by customs
    agreed: frozenset[tuple[str, str]] = frozenset()
    forgotten: Mapping[str, Forgotten] = field(default_factory=dict)  # VIN → the oldest one that holds it
    # VIN, structure number → the last revision that a record (entry) under it had when it was deleted
    gone_vins: Mapping[str, int] = field(default_factory=dict)
    gone_numbers: Mapping[str, int] = field(default_factory=dict)
    floor: int = 0  # no revision given from now on is lower: the ledger was restored
    blind: bool = False  # nothing was looked up: a check without a home

    def next_revision(self, vin: str, now: int = 0) -> int:
        """The revision after `now` of a record. None is given twice: old marks would fit other data."""
        return max(now, self.gone_vins.get(vin, 0), self.floor - 1) + 1

    def next_entry_revision(self, number: str, now: int) -> int:
        """The same of a catalogue entry."""
        return max(now, self.gone_numbers.get(number, 0), self.floor - 1) + 1


class Event(Noun, frozen=True):
    """One event of the audit chain as it was stored. `body` has time, kind, and what the kind needs."""

    id: int
    vin: str
    batch: str
    body: Mapping[str, Any]
    hash: str
