"""A desk to drop tables on: rows as dicts in, verdicts and findings out; `after` plays the ledger.

A row given as a dict lies over the sample made of the fields' examples; "" empties a cell, `_mark` gives
the row a record mark. None is a blank line. Rows start at Excel row 2.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vinbatch import flow
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Entry,
    Facts,
    Judged,
    Mark,
    Outcome,
    Parsed,
    Raw,
    Record,
    Rulebook,
    Sheet,
    Source,
    Standing,
    State,
    Type,
    Users,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules, digest_row

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
OTHER_VIN = "WBA13BJ05MCF12346"
Cells = Mapping[str, Raw]


@dataclass
class Desk:
    """Drops workbooks one after another; `facts` is what the ledger would say."""

    rulebook: Rulebook
    facts: Facts = field(default_factory=Facts)
    now: datetime = NOW
    count: int = 0
    outcome: Outcome | None = None

    @property
    def ruleset(self) -> Ruleset:
        return compile_rules(self.rulebook)

    # ── dropping ─────────────────────────────────────────────────────────────────────────────────

    def drop(
        self,
        vehicles: Sequence[Cells | None] | None = None,
        structures: Sequence[Cells | None] | None = None,
        *,
        without: Iterable[str] = (),
        digest: str = "",
        department: str = "",
    ) -> Outcome:
        """One workbook of these rows; by default one sample vehicle and its parameters.

        `without` are the keys of columns that the vehicle sheet lacks.
        """
        vehicles = [{}] if vehicles is None else vehicles
        structures = [{}] if structures is None else structures
        sheets = []
        if vehicles:
            sheets.append(self.sheet(VEHICLE, vehicles, without))
        if structures:
            sheets.append(self.sheet(STRUCTURE, structures))
        return self.put(tuple(sheets), digest=digest, department=department)

    def put(self, sheets: tuple[Sheet, ...], *, digest: str = "", department: str = "") -> Outcome:
        """A workbook of these sheets, decided as the next batch; its outcome counts for the next one."""
        self.count += 1
        digest = digest or hashlib.sha256(repr((self.count, sheets)).encode()).hexdigest()
        parsed = Parsed(Source(f"{self.count}.xlsx", digest, department), sheets)
        (reading,) = flow.check([parsed], self.rulebook)
        batch = f"TRIAL-20260302-{self.count:04d}"
        self.outcome = flow.decide(reading, self.facts, self.rulebook, batch, self.now)
        self.facts = flow.after(self.facts, self.outcome)
        return self.outcome

    def again(
        self,
        outcome: Outcome,
        edits: Mapping[int, Cells] | None = None,
        structure_edits: Mapping[int, Cells] | None = None,
        *,
        without: Iterable[str] = (),
        only: Iterable[int] | None = None,
        department: str = "",
    ) -> Outcome:
        """The result workbook of this outcome, edited (by Excel row) and dropped."""
        sheets = []
        for sheet, changes, lacking in (
            (VEHICLE, edits or {}, without),
            (STRUCTURE, structure_edits or {}, ()),
        ):
            rows = [j for j in outcome.rows if j.row.sheet == sheet]
            if sheet == VEHICLE and only is not None:
                rows = [j for j in rows if j.row.number in only]
            if rows:
                sheets.append(self._returned(sheet, rows, changes, lacking))
        return self.put(tuple(sheets), department=department)

    def _returned(
        self, sheet: str, rows: Sequence[Judged], edits: Mapping[int, Cells], without: Iterable[str]
    ) -> Sheet:
        from vinbatch.report.result import shown_cells

        last = max(j.row.number for j in rows)
        table: list[Cells | None] = [None] * (last - 1)
        for judged in rows:
            blank: dict[str, Raw] = {f.key: "" for f in self.ruleset.fields(sheet)}
            cells = dict(zip(blank, shown_cells(judged, self.ruleset), strict=True))
            shown: dict[str, Raw] = {**blank, **cells, "_mark": str(judged.mark)}
            table[judged.row.number - 2] = {**shown, **edits.get(judged.row.number, {})}
        return self.sheet(sheet, table, without)

    def sheet(self, sheet: str, rows: Sequence[Cells | None], without: Iterable[str] = ()) -> Sheet:
        """A sheet of the form: headings, then the rows over the sample."""
        fields = [f for f in self.ruleset.fields(sheet) if f.key not in set(without)]
        mark = self.ruleset.phrase("column.mark")
        table: list[tuple[Raw, ...]] = [(*(f.zh for f in fields), mark)]
        for row in rows:
            if row is None:
                table.append((None,) * (len(fields) + 1))
                continue
            full = {**self.sample(sheet), **self._engine(sheet, row), **row}
            cells = tuple(full.get(f.key) if full.get(f.key) != "" else None for f in fields)
            table.append((*cells, full.get("_mark")))
        return Sheet(self.ruleset.word(f"@sheet.{sheet}"), tuple(table))

    def _engine(self, sheet: str, row: Cells) -> dict[str, Raw]:
        """Engine and motor of another vehicle than the sample, by the VIN that the row came with."""
        sample = self.sample(sheet)
        vin = str(row.get("_mark") or row.get("vin") or "").partition("@")[0].strip().upper()
        if vin in ("", sample.get("vin", "")):
            return {}
        serial = zlib.crc32(vin.encode())
        own = {"engine_no": f"B48B20B {serial % 10**8:08d}", "motor_no": f"BSG48-{serial % 10**7:07d}"}
        return {key: number for key, number in own.items() if sample.get(key)}

    def sample(self, sheet: str) -> dict[str, Raw]:
        """The fields' examples as a row that asks for nothing but what a new row asks for."""
        silent = ("action", "confirmed", "revocation_reason")
        return {f.key: f.example for f in self.ruleset.fields(sheet) if f.key not in silent}

    # ── what the ledger knows ────────────────────────────────────────────────────────────────────

    def place(
        self, kind: Type, state: State, vin: str | None = None, *, held: bool = False, **data: Raw
    ) -> Record:
        """Put the sample vehicle on record in this type and state, with these cells changed."""

        at = Desk(self.rulebook, now=self.now)
        cells: dict[str, Raw] = {**data, **({"vin": vin} if vin else {})}
        made = at.drop([{**cells, "action": "申报", "confirmed": "是"}]).records[0].record
        assert made is not None
        revision = made.now.structure_revision
        drafted = State.DRAFT is state
        standing = Standing(kind, state, "TRIAL-20260101-0001", made.now.data, None if drafted else revision)
        force = Standing(Type.FILING, State.ACCEPTED, "TRIAL-20260101-0001", made.now.data, revision)
        above = kind is not Type.FILING
        accepted = force if above else (standing if state is State.ACCEPTED else None)
        record = replace(
            made,
            version=3,
            revision=2,
            now=standing,
            accepted=accepted,
            before=force if kind is Type.CHANGE and drafted else None,
            held=("VIN-REVOKED::",) if held else (),
            revoked="2026-01-05" if kind is Type.REVOCATION and state is State.ACCEPTED else "",
        )
        self.know(record)
        return record

    def know(self, record: Record) -> None:
        """Add a record, and what follows from it, to the facts."""
        from vinbatch.lifecycle.after import _count

        users: dict[str, Users] = dict(self.facts.users)
        _count(users, record, +1)
        self.facts = replace(self.facts, records={**self.facts.records, record.vin: record}, users=users)

    def shelve(self, revision: int = 1, **cells: Raw) -> Entry:
        """Put the sample parameters into the catalogue, with these cells changed."""
        at = Desk(self.rulebook, now=self.now)
        learnt = at.drop([{"action": "暂存", "confirmed": "是"}], [{"confirmed": "是"}]).entries[0].entry
        assert learnt is not None
        index = self.ruleset.index(STRUCTURE)
        values = dict(learnt.values)
        (reading,) = flow.check([Parsed(Source("x", "x"), (self.sheet(STRUCTURE, [cells]),))], self.rulebook)
        for key in cells:
            value = reading.rows[0].values[index[key]]
            values = (
                {**values, key: value} if value is not None else {k: v for k, v in values.items() if k != key}
            )
        entry = replace(learnt, revision=revision, values=values, batch="TRIAL-20260101-0001")
        self.facts = replace(self.facts, entries={**self.facts.entries, entry.number: entry})
        return entry

    def mark(self, record: Record, *, stale: bool = False) -> str:
        """The mark that an extract carries for this record."""
        digest = digest_row(self.ruleset, VEHICLE, record.now.data)
        return str(Mark(record.vin, record.revision - 1 if stale else record.revision, digest))

    def entry_mark(self, entry: Entry, *, stale: bool = False) -> str:
        """The mark that an extract carries for this entry."""
        digest = digest_row(self.ruleset, STRUCTURE, entry.values)
        return str(Mark(entry.number, entry.revision - 1 if stale else entry.revision, digest))


def on(standing: Standing, number: str) -> Standing:
    """The same declaration with another structure number."""
    return replace(standing, data={**standing.data, "structure_no": number})


def verdicts(outcome: Outcome, sheet: str = VEHICLE) -> dict[int, str]:
    """Excel row → verdict."""
    return {j.row.number: j.verdict.value for j in outcome.rows if j.row.sheet == sheet}


def codes(outcome: Outcome, sheet: str = "", row: int | None = None) -> list[str]:
    """The codes found, in order; of one sheet and row where given."""
    return [
        f.code for f in outcome.findings if (not sheet or f.sheet == sheet) and (row is None or f.row == row)
    ]


def said(outcome: Outcome) -> list[tuple[str, str]]:
    """Code and severity of everything found."""
    return [(f.code, f.severity.value) for f in outcome.findings]


def only(outcome: Outcome, verdict: Verdict, sheet: str = VEHICLE) -> list[int]:
    """The rows with this verdict."""
    return [j.row.number for j in outcome.rows if j.row.sheet == sheet and j.verdict is verdict]
