"""The rows of a forgotten package without the drafts that they stood on, which a restore does not bring back.

A row that was held and confirmed, or saved and declared the next day, bears the mark of a draft. What was
declared of it stands in the row itself, and whoever works it compares that with the package.
"""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.lifecycle.acts import act_of
from vinbatch.lifecycle.marks import untouched
from vinbatch.model import STRUCTURE, VEHICLE, Facts, Reading, Record, Row, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset


def as_then(
    reading: Reading, facts: Facts, types: Mapping[str, Type], ruleset: Ruleset
) -> tuple[Reading, Facts]:
    """Its rows upon the records that there are; `types` has by VIN what was declared.

    Their revisions go on where the marks were, so that what people hold of a lost draft fits nothing else.
    """
    index, rows = ruleset.index(VEHICLE), []
    records: dict[str, Record | None] = dict(facts.records)
    gone_vins, gone_numbers = dict(facts.gone_vins), dict(facts.gone_numbers)
    for row in reading.rows:
        vin = str(row.values[index["vin"]]) if row.sheet == VEHICLE else ""
        if (kind := types.get(vin)) is not None:
            records[vin] = _undrafted(records.get(vin), kind)
            gone_vins[vin] = max(gone_vins.get(vin, 0), _last(row, ruleset))
            rows.append(_acting(row, kind, records[vin], index["action"]))
        elif (number := _unknown(row, facts)) is not None:
            gone_numbers[number] = max(gone_numbers.get(number, 0), _last(row, ruleset))
            rows.append(replace(row, mark=None))
        else:
            rows.append(row)
    there = {vin: record for vin, record in records.items() if record is not None}
    known = replace(facts, records=there, gone_vins=gone_vins, gone_numbers=gone_numbers)
    return replace(reading, rows=tuple(rows)), known


def _unknown(row: Row, facts: Facts) -> str | None:
    """The number of a row of parameters that the catalogue has older than its mark says, or not at all."""
    if row.sheet != STRUCTURE or row.mark is None:
        return None
    entry = facts.entries.get(row.mark.key)
    stored = 0 if entry is None else entry.revision
    return row.mark.key if row.mark.revision > stored else None


def _last(row: Row, ruleset: Ruleset) -> int:
    """The revision before the one that the row made: an untouched row made none."""
    if row.mark is None or not row.marked:
        return 0
    return row.mark.revision - (1 if untouched(ruleset, row) else 0)


def _undrafted(record: Record | None, kind: Type) -> Record | None:
    """Without its draft of a change where it was revoked since: somebody dropped that first."""
    if record is None or kind is not Type.REVOCATION or record.now.state is not State.DRAFT:
        return record
    return record.undrafted or record


def _acting(row: Row, kind: Type, record: Record | None, at: int) -> Row:
    """The row with the act that it was declared by; a filing needs no mark."""
    values = (*row.values[:at], act_of(kind).value, *row.values[at + 1 :])
    if row.mark is None or kind is Type.FILING or record is None:
        return replace(row, values=values, mark=None)
    return replace(row, values=values, mark=replace(row.mark, revision=record.revision))
