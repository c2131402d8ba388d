"""The bench that vehicle rows are weighed on, and a row that was weighed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from vinbatch.lifecycle.structures import Parameters
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import VEHICLE, Diff, Entry, Facts, Finding, Param, Severity, certificate_of
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset


class Weighed(Noun, frozen=True):
    """An intent after its contents were checked."""

    intent: Intent
    findings: tuple[Finding, ...]
    entry: Entry | None = None
    entry_row: int = 0
    open_asks: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    asked_in: tuple[tuple[str, str], ...] = ()
    change: tuple[Diff, ...] = field(default=())  # of a change: against the data in force

    @property
    def stopped(self) -> bool:
        """Whether the row is refused."""
        return any(f.severity is Severity.STOP for f in self.findings)

    @property
    def certificate(self) -> str:
        """The CCC certificate without its version."""
        return certificate_of(self.intent.values)

    def noted(self, *findings: Finding) -> Weighed:
        """The same, with these findings too."""
        return replace(self, findings=(*self.findings, *findings))


class Bench(Noun, frozen=True):
    """Everything vehicle rows are weighed by."""

    ruleset: Ruleset
    facts: Facts
    now: datetime
    department: str | None  # None: a command, which belongs to none
    found: Mapping[int, tuple[Finding, ...]]
    sheet_entries: Mapping[str, Parameters]  # by number: the structure row of the workbook
    vins: Collection[str] = ()  # of all vehicle rows of the workbook
    answered: Collection[str] = ()  # structure numbers whose own row has 核实确认=是, or was mended


def finding_on(ruleset: Ruleset, intent: Intent, code: str, key: str = "vin", **params: Param) -> Finding:
    """A finding about a cell of the intent's row."""
    value = intent.values.get(key)
    shown = ruleset.shown(ruleset.field(VEHICLE, key), value) if value is not None else ""
    return ruleset.finding(code, sheet=VEHICLE, row=intent.row.number, field=key, value=shown, **params)
