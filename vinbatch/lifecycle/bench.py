"""The bench that vehicle rows are weighed on, and a row that was weighed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from vinbatch.lifecycle.asked import Intent
from vinbatch.lifecycle.asks import DENIED, asked_on_row, asks_parameters, denied_parameters, of_row_alone
from vinbatch.lifecycle.catalogued import asked_of, stored_since
from vinbatch.lifecycle.structures import Parameters, Step
from vinbatch.model import VEHICLE, Diff, Entry, Facts, Finding, Param, Severity
from vinbatch.noun import Noun, field
from vinbatch.ruleset import Ruleset


class Weighed(Noun, frozen=True):
    """An intent after its contents were checked."""

    intent: Intent
    findings: tuple[Finding, ...]
    entry: Entry | None = None
    entry_row: int = 0
    open_asks: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    change: tuple[Diff, ...] = field(default=())  # of a change: against the data in force

    @property
    def stopped(self) -> bool:
        """Whether the row is refused."""
        return any(f.severity is Severity.STOP for f in self.findings)

    @property
    def certificate(self) -> str:
        """The CCC certificate without its version."""
        return str(self.intent.values.get("ccc_no") or "")[:16]


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

    def still_asks(self, intent: Intent, number: str) -> bool:
        """Whether what the row's draft was asked about its parameters has no answer yet: where only their row
        showed why, neither another workbook nor the catalogue tells of it.
        """
        draft, params, entry = intent.draft, self.sheet_entries.get(number), self.facts.entries.get(number)
        asks = draft.open_asks if draft is not None else ()
        if draft is None or not (any(asks_parameters(a, number) for a in asks) or of_row_alone(asks, number)):
            return False
        if number in self.answered:
            return False
        if of_row_alone(asks, number):
            return True
        # What is stored anew is asked about for itself.
        stored = params is not None and params.step is not Step.NOTHING
        return not stored and not stored_since(entry, draft.now)

    def of_row(self, intent: Intent, number: str) -> tuple[str, ...]:
        """What the row of its parameters alone tells of them, for the draft to keep: 否, and a question."""
        params, draft = self.sheet_entries.get(number), intent.draft
        told = draft.open_asks if draft is not None else ()
        said_no = denied_parameters(number) in told
        asks = asked_on_row(number) in told and self.still_asks(intent, number)
        if params is not None and not params.past:
            said_no = DENIED in params.open_asks
            asks = asks or self._asks_alone(params)
        kept = ((said_no, denied_parameters(number)), (asks, asked_on_row(number)))
        return tuple(ask for is_so, ask in kept if is_so)

    def _asks_alone(self, params: Parameters) -> bool:
        """Whether it asks what the catalogue does not, and is not stored."""
        entry = self.facts.entries.get(params.number)
        if not params.open_asks or entry is None or (params.step is not Step.NOTHING and not params.waits):
            return False
        return not {*params.open_asks} <= {DENIED, *asked_of(self.ruleset, entry).open_asks}


def finding_on(ruleset: Ruleset, intent: Intent, code: str, key: str = "vin", **params: Param) -> Finding:
    """A finding about a cell of the intent's row."""
    value = intent.values.get(key)
    shown = ruleset.shown(ruleset.field(VEHICLE, key), value) if value is not None else ""
    return ruleset.finding(code, sheet=VEHICLE, row=intent.row.number, field=key, value=shown, **params)
