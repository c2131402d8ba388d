"""What a vehicle row asks for: `RowCase` is what `intent` reads it from, `Intent` the answer."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.lifecycle.acts import DRAFTING
from vinbatch.model import (
    BARE,
    VEHICLE,
    Act,
    Diff,
    Facts,
    Finding,
    Param,
    Record,
    Row,
    Severity,
    Source,
    State,
    Value,
    Verdict,
)
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset


class Intent(Noun, frozen=True):
    """A row and what it asks for.

    `act` None: nothing to do, `verdict` stands. `record` is the record it acts on (None: none, or one whose
    revocation was accepted: then `revoked` holds it). `values` are the row's values by key, columns that the
    source lacks filled in from the record.
    """

    row: Row
    values: Mapping[str, Value]
    act: Act | None = None
    verdict: Verdict | None = None
    record: Record | None = None
    revoked: Record | None = None
    replaces: Record | None = None  # the draft under the VIN that the mark still names
    confirmed: bool = False
    findings: tuple[Finding, ...] = ()
    diff: tuple[Diff, ...] = field(default=())
    unstated: frozenset[str] = frozenset()  # fields without a column, whose values are not known

    @property
    def marked(self) -> bool:
        """Whether the row carries a record's mark."""
        return self.row.marked

    @property
    def vin(self) -> str:
        """The VIN, "" where the cell is not usable."""
        vin = self.values.get("vin")
        return vin if isinstance(vin, str) else ""

    @property
    def structure_no(self) -> str:
        """The number of the parameters that the row names, "" where it names none."""
        return str(self.values.get("structure_no") or "")

    @property
    def draft(self) -> Record | None:
        """The record that keeps what was asked and answered before: only a draft has anything to keep."""
        return self.record or self.replaces

    @property
    def open_asks(self) -> tuple[str, ...]:
        """What its draft was asked and has not answered."""
        return self.draft.open_asks if self.draft is not None else ()

    @property
    def with_contents(self) -> bool:
        """Whether the row asks to file or to change, if only as a draft: then its contents matter."""
        return self.act is not None and self.act not in BARE

    @property
    def drafting(self) -> bool:
        """Whether the row asks for a draft only, which may be unfinished."""
        return self.act in DRAFTING

    @property
    def stopped(self) -> bool:
        """Whether a stop already refuses it."""
        return any(f.severity is Severity.STOP for f in self.findings)

    @property
    def at_rest(self) -> bool:
        """Whether the row shows what is declared, and asks for nothing; its vehicle was not revoked."""
        if self.act is not None or self.verdict is not Verdict.UNCHANGED or self.record is None:
            return False
        return self.record.live and self.record.now.state is not State.DRAFT

    @property
    def counts(self) -> bool:
        """Whether the row stands for a vehicle that is to have what it says, or has it."""
        return self.with_contents or self._waits or self.at_rest

    @property
    def _waits(self) -> bool:
        """Whether the row shows a draft and leaves it as it is."""
        if self.act is not None or self.verdict not in (Verdict.HELD, Verdict.UNCHANGED):
            return False
        return self.record is not None and self.record.now.state is State.DRAFT

    def accepted_with(self, key: str) -> str:
        """What its vehicle was accepted with, "" for none."""
        force = self.record.accepted if self.record is not None else None
        return str(force.data.get(key) or "") if force is not None else ""


class RowCase(Noun, frozen=True):
    """One row on the table, with everything that its intent is read from."""

    ruleset: Ruleset
    facts: Facts
    source: Source
    row: Row
    columns: Mapping[str, int]  # of the source: which input columns it has
    answered_numbers: frozenset[str]  # structure numbers whose own row has 核实确认=是, or was mended
    vins: Mapping[str, int]  # how often each VIN stands in the sheet
    marks: Mapping[str, bool] = field(default_factory=dict)  # by key: whether one is on a row of its VIN
    doubtful: bool = False  # whether 核实确认 is crossed out, or shows another word than it holds
    later: str = ""  # the batch that it is left to, as a row of an older result

    def elsewhere(self, vin: str) -> bool:
        """Whether a VIN stands on another row of the sheet."""
        own = self.row.values[self.ruleset.index(VEHICLE)["vin"]]
        return self.vins.get(vin, 0) > (vin == own)

    def finding(self, code: str, key: str = "vin", /, **params: Param) -> Finding:
        """A finding about a cell of this row."""
        value = self.row.values[self.ruleset.index(VEHICLE)[key]]
        text = self.ruleset.shown(self.ruleset.field(VEHICLE, key), value) if value is not None else ""
        return self.ruleset.finding(code, sheet=VEHICLE, row=self.row.number, field=key, value=text, **params)


def refuse(intent: Intent, finding: Finding, act: Act | None) -> Intent:
    """The row is refused, for this finding."""
    return replace(note(intent, finding), act=act, verdict=Verdict.REFUSED)


def note(intent: Intent, finding: Finding) -> Intent:
    """The row goes on, and is told this."""
    return replace(intent, findings=(*intent.findings, finding))


def leave(intent: Intent, verdict: Verdict = Verdict.UNCHANGED) -> Intent:
    """Nothing is to be done for the row: this is its verdict."""
    return replace(intent, verdict=verdict)
