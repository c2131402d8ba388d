"""Records and catalogue entries → the contents of an extract, which may be edited and dropped again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.lifecycle.acts import closed_to, legal_acts
from vinbatch.lifecycle.asks import CONFIRMED, YES
from vinbatch.lifecycle.barred import THEIRS, unfinished
from vinbatch.lifecycle.catalogued import asked_of
from vinbatch.lifecycle.verify import questions, to_verify
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Entry,
    Finding,
    Known,
    Mark,
    Order,
    Record,
    Severity,
    structure_of,
)
from vinbatch.noun import replace
from vinbatch.report.customs import standing_findings
from vinbatch.report.lines import crossed
from vinbatch.report.result import acts_elsewhere, colours, issue, record_columns, told_columns
from vinbatch.report.waiting import asks_of
from vinbatch.report.words import local_time, shown_data
from vinbatch.ruleset import Ruleset, digest_row
from vinbatch.workbook.filled import Filled, FilledRow, FilledSheet


def extract_workbook(known: Known, ruleset: Ruleset, *, register: bool = False, about: str = "") -> Filled:
    """The records with the data last declared or drafted, and the parameters that they use.

    Rows start at Excel row 2, in the order given. What a record waits for is told on its row; in a file of
    the register nothing that changes by time alone, or the file would never rest. `about` is which extract it
    is, for its title: when and what was asked. Nothing is offered that the department may not do that asked.
    """
    untold = ("CUSTOMS-OVERDUE",) if register else ()
    used = dict.fromkeys(structure_of(r.now) for r in known.records.values())
    entries = [known.entries[number] for number in used if number in known.entries]
    there = {entry.number: row for row, entry in enumerate(entries, start=2)}
    asked = _all_asked(known, there, ruleset)
    vehicles, issues = [], []
    for number, record in enumerate(known.records.values(), start=2):
        asks = tuple(asks_of(record, number, known, there, asked, ruleset, moved=True))
        if asks and not record.held:
            asks += (to_verify(ruleset, record, number, questions(asks)),)
        standing = standing_findings(record, number, known, ruleset)
        findings = tuple(f for f in (*asks, *standing) if f.code not in untold)
        closed = known.asked_by is not None and closed_to(record, known.asked_by, ruleset)
        if closed:
            findings = _theirs(record, number, ruleset)
        vehicle = _vehicle(record, number, findings, ruleset)
        vehicles.append(_offering_nothing(vehicle, record, ruleset) if closed else vehicle)
        issues += [issue(f, ruleset) for f in findings]
    issues += [issue(f, ruleset) for found in asked.values() for f in found]
    rows = [_entry(entry, row, ruleset, asked.get(row, ())) for row, entry in enumerate(entries, start=2)]
    title = ruleset.phrase("overview.register" if register else "result.extract")
    return Filled(
        sheets=(FilledSheet(VEHICLE, tuple(vehicles)), FilledSheet(STRUCTURE, tuple(rows))),
        issues=tuple(issues),
        title=f"{title} {about}".strip(),
    )


def order_workbook(
    records: Sequence[Record], order: Order, title: str, edits: Mapping[str, str], ruleset: Ruleset
) -> Filled:
    """The records with the act of a command on every row; the parameters come from the catalogue."""
    asked = {**edits, "action": order.act.value, "revocation_reason": order.reason}
    asked[CONFIRMED] = YES if order.confirmed else ""
    keys, rows = ruleset.index(VEHICLE), []
    for number, record in enumerate(records, start=2):
        row = _vehicle(record, number, (), ruleset)
        cells = tuple(asked.get(key) or cell for key, cell in zip(keys, row.cells, strict=True))
        system = row.system if order.marked else {k: v for k, v in row.system.items() if k != "mark"}
        rows.append(replace(row, cells=cells, system=system))
    return Filled(sheets=(FilledSheet(VEHICLE, tuple(rows)), FilledSheet(STRUCTURE, ())), title=title)


def catalogue_workbook(entries: Sequence[Entry], ruleset: Ruleset) -> Filled:
    """The catalogue alone: dropped or imported again unchanged it changes nothing and answers nothing."""
    sheets = (FilledSheet(VEHICLE, ()), catalogue_sheet(entries, ruleset))
    return Filled(sheets=sheets, title=ruleset.phrase("result.extract"))


def catalogue_sheet(entries: Sequence[Entry], ruleset: Ruleset) -> FilledSheet:
    """The rows of 结构参数 for these entries, from row 2."""
    return FilledSheet(STRUCTURE, tuple(_entry(e, i, ruleset) for i, e in enumerate(entries, start=2)))


def _vehicle(record: Record, number: int, findings: Sequence[Finding], ruleset: Ruleset) -> FilledRow:
    data = record.now.data
    mark = Mark(record.vin, record.revision, digest_row(ruleset, VEHICLE, data))
    system = {**record_columns(record, ruleset), **told_columns(findings, ruleset), "mark": str(mark)}
    if record.held:
        system["verdict"] = ruleset.word("@verdict.held")
    verdict = "held" if record.held else ""
    cells, colour = shown_data(VEHICLE, data, ruleset), colours(findings, ruleset)
    return FilledRow(number, cells, system, verdict, colour, crossed(findings))


def _theirs(record: Record, row: int, ruleset: Ruleset) -> tuple[Finding, ...]:
    """What is said of a vehicle that waits for another department: that it does."""
    if not unfinished(record):
        return ()
    told = {"department": record.filed_by}
    return (ruleset.finding(THEIRS, sheet=VEHICLE, row=row, field="vin", value=record.vin, **told),)


def _offering_nothing(row: FilledRow, record: Record, ruleset: Ruleset) -> FilledRow:
    if not legal_acts(record):  # nor to its own department: it waits for customs
        return row
    return replace(row, system={**row.system, "acts": acts_elsewhere(record, ruleset)})


def _all_asked(known: Known, there: Mapping[str, int], ruleset: Ruleset) -> dict[int, tuple[Finding, ...]]:
    """What is still to be confirmed of parameters that a draft waits for, by their row; `there` by number."""
    open_still = (r for r in known.records.values() if r.open_asks)
    asking = (r for r in open_still if any(f.linked for f in known.asks.get(r.vin, ())))
    found = {}
    for number in dict.fromkeys(structure_of(r.now) for r in asking):
        if number in there:
            row = there[number]
            asked = asked_of(ruleset, known.entries[number], row).findings
            found[row] = tuple(f for f in asked if f.severity is Severity.ASK)
    return {row: found[row] for row in sorted(found) if found[row]}


def _entry(entry: Entry, number: int, ruleset: Ruleset, asked: Sequence[Finding] = ()) -> FilledRow:
    mark = Mark(entry.number, entry.revision, digest_row(ruleset, STRUCTURE, entry.values))
    system = {"batch": entry.batch, "updated": local_time(entry.updated, ruleset), "mark": str(mark)}
    if asked:
        system |= {**told_columns(asked, ruleset), "verdict": ruleset.word("@verdict.held")}
    cells = shown_data(STRUCTURE, entry.values, ruleset)
    colour = colours(asked, ruleset)
    return FilledRow(number, cells, system, "held" if asked else "", colour, crossed(asked))
