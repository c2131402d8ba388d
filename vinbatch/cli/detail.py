"""The read-only detail page of a vehicle: data in force, pending change, parameters, every event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vinbatch.cli.tables import folded, table, tell
from vinbatch.model import STRUCTURE, VEHICLE, Entry, Event, Known, Passage, Record, State, Type, Value
from vinbatch.report.audited import whole_story
from vinbatch.report.history import HEADS, Happened, batches_of, happened
from vinbatch.report.standing import standing
from vinbatch.ruleset import Ruleset
from vinbatch.store import passages as passages_of
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.heights import breadth

_PAGE = 80  # columns of a terminal, and of a printed page
_WIDTH = 76  # of a paragraph within it


def print_detail(
    record: Record | str, entry: Entry | None, known: Known, ledger: Ledger, ruleset: Ruleset
) -> None:
    """Prints one vehicle; a VIN alone is one whose record was deleted."""
    vin = record if isinstance(record, str) else record.vin
    _title(vin)
    if isinstance(record, Record):
        table(["", ""], standing(record, known, ruleset))
        _data(record, ruleset)
    else:
        tell(ruleset.phrase("cli.no_record"))
    if entry is not None:
        number = f"{entry.number} · {ruleset.phrase('cli.revision', n=entry.revision)}"
        _title(f"{ruleset.phrase('cli.parameters')} {number}")
        table(["", ""], _rows(STRUCTURE, entry.values, ruleset))
    _title(ruleset.phrase("cli.history"))
    print_history(vin, ledger, ruleset)


def print_history(vin: str, ledger: Ledger, ruleset: Ruleset, *, err: bool = False) -> None:
    """Every event of a VIN and of the packages that it went out with."""
    events = ledger.queries.history(vin)
    told = happened(events, ledger.queries.sources(batches_of(events)), ruleset)
    table(_heads(ruleset), [h.columns for h in told], err=err)


def _title(text: str) -> None:
    tell(f"\n── {text} " + "─" * max(3, 60 - breadth(text)))


def _data(record: Record, ruleset: Ruleset) -> None:
    """The data in force, and beside it what an open change would make of them."""
    force = record.in_force
    if force is None:
        _title(ruleset.phrase("cli.as_revoked" if not record.live else f"cli.as_{record.now.type}"))
        table(["", ""], _rows(VEHICLE, record.now.data, ruleset))
        return
    _title(ruleset.phrase("cli.in_force"))
    pending = record.now.type is Type.CHANGE and record.now.state is not State.ACCEPTED
    if not pending:
        data = {**force.data, **_reason(record)}
        table(["", ""], _rows(VEHICLE, data, ruleset))
        return
    new = {k: v for k, v in record.now.data.items() if force.data.get(k) != v}
    gone = {k: "–" for k in force.data if k not in record.now.data}
    rows = dict(_rows(VEHICLE, force.data, ruleset))
    beside = {
        **dict(_rows(VEHICLE, new, ruleset)),
        **{ruleset.word(f"@{VEHICLE}.{k}"): v for k, v in gone.items()},
    }
    heads = ["", ruleset.phrase("cli.in_force"), ruleset.phrase("cli.pending")]
    order = [ruleset.word(f"@{VEHICLE}.{f.key}") for f in ruleset.fields(VEHICLE)]
    table(heads, [(n, rows.get(n, ""), beside.get(n, "")) for n in order if n in rows or n in beside])


def _reason(record: Record) -> Mapping[str, Value]:
    if record.now.type is not Type.REVOCATION:
        return {}
    return {"revocation_reason": record.now.data.get("revocation_reason")}


def _rows(sheet: str, values: Mapping[str, Value], ruleset: Ruleset) -> list[tuple[str, str]]:
    return [
        (ruleset.word(f"@{sheet}.{f.key}"), ruleset.shown(f, values[f.key]))
        for f in ruleset.fields(sheet)
        if values.get(f.key) is not None
    ]


# ── history ──────────────────────────────────────────────────────────────────────────────────────


def print_story(
    vin: str, events: Sequence[Event], passages: Sequence[Passage], ledger: Ledger, ruleset: Ruleset
) -> None:
    """All that is known of a VIN, as an auditor compares it: a paragraph each, that fits a page.

    `events` are those of the story, with the batches of all `passages`.
    """
    own = {one.batch for one in passages} | batches_of(e for e in events if e.vin)
    sent = (passages_of.versions(ledger.db, own), passages_of.posted(ledger.db, own))
    sources = ledger.queries.sources(batches_of(events))
    tell(ruleset.phrase("cli.story", vin=vin, zone=str(ruleset.settings.zone)))
    for item in whole_story(events, passages, *sent, sources, ruleset):
        tell("")
        tell_happened(item.number or "–", item.happened, item.hash[:16])


def tell_happened(number: str, what: Happened, known_by: str) -> None:
    """A paragraph about something that happened: `known_by` is what ends its first line."""
    tell_folded(f"{number}  {what.when}  {what.what}  {known_by}".rstrip(), width=_PAGE)
    origin = " · ".join(filter(None, (what.source, what.by or what.who)))
    for line in filter(None, (origin, *what.detail.split("\n"))):
        tell_folded(line, "    ")


def tell_folded(line: str, indent: str = "", width: int = _WIDTH) -> None:
    """A line of any length in those of a page."""
    for part in folded(line, width):
        tell(indent + part)


def _heads(ruleset: Ruleset) -> list[str]:
    return [ruleset.phrase(f"cli.{key}") for key in HEADS]
