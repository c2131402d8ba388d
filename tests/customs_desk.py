"""Customs on the desk: receipts for what a desk declared, heard as the ledger would have them heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from desk import Desk

from vinbatch import flow
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Effect, Finding, Heard, Outcome, Record, Reply, Return, Sent
from vinbatch.noun import replace

TIME = "20260302102231500"


@dataclass
class Customs:
    """Answers to the packages of one desk. `replies` are all that were kept, in order."""

    desk: Desk
    sent: dict[str, Sent] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    count: int = 0

    def take(self, outcome: Outcome) -> str:
        """Takes the packages of an outcome; the guid of the last one."""
        guid = ""
        for package in flow.render(outcome, self.desk.rulebook):
            guid = package.guid
            declared = tuple(d for d in outcome.declarations if d.type is package.type)
            self.sent[guid] = Sent(guid, outcome.batch, package.type, declared)
        return guid

    def say(
        self,
        guid: str,
        status: str,
        vin: str = "",
        *,
        info: str = "",
        time: str = TIME,
        override: bool = False,
    ) -> Heard:
        """One answer, for the whole package or for one vehicle; an override is a person's."""
        data = receipt_xml(guid, (Return(status, vin, time, info),))
        return self.receipt(data, override=override, user="wang" if override else "")

    def receipt(self, data: bytes, *, override: bool = False, user: str = "") -> Heard:
        """These bytes; what they do is folded into the desk's facts."""
        receipt = flow.receive(data, self.desk.rulebook)
        if isinstance(receipt, Finding):
            return Heard(problems=(receipt,))
        heard = flow.hear(
            receipt,
            self.sent.get(receipt.guid),
            self.desk.facts.records,
            self.replies,
            self.desk.rulebook,
            self.desk.now,
            user=user,
            override=override,
        )
        self.replies += heard.replies
        changed = {c.vin: c.record for c in heard.records if c.record is not None}
        facts = self.desk.facts
        agreed = facts.agreed | frozenset(heard.agreed)
        self.desk.facts = replace(facts, records={**facts.records, **changed}, agreed=agreed)
        return heard

    @property
    def contradicted(self) -> dict[str, tuple[Reply, ...]]:
        """All replies to vehicles that were answered in contradiction."""
        odd = {r.vin for r in self.replies if r.effect is Effect.REFUSED}
        return {vin: tuple(r for r in self.replies if r.vin == vin) for vin in odd}

    def record(self, vin: str = "") -> Record:
        """The record of this VIN, or the only one."""
        records = self.desk.facts.records
        return records[vin] if vin else next(iter(records.values()))


def place(record: Record) -> str:
    """`filing declared`: type and state."""
    return f"{record.now.type} {record.now.state}"


def effects(heard: Heard) -> list[str]:
    """What came of each reply."""
    return [r.effect.value for r in heard.replies]


def problems(heard: Heard) -> list[str]:
    """The codes of what could not be used."""
    return [p.code for p in heard.problems]
