"""`manifest.json`: where every value of a package came from, for auditors and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vinbatch import __version__
from vinbatch.customs.elements import declared_fields
from vinbatch.model import STRUCTURE, VEHICLE, Declaration, Outcome, Place, Row, Value, column_letters
from vinbatch.noun import indented
from vinbatch.ruleset import Ruleset


def manifest(
    outcome: Outcome, declarations: Sequence[Declaration], guid: str, xml_digest: str, ruleset: Ruleset
) -> bytes:
    """The manifest of one package; the same for the same outcome."""
    reading, source = outcome.reading, outcome.reading.source
    entries = entry_order(declarations)
    told = _Provenance(outcome, ruleset)
    content = {
        "version": 1,
        "program": f"vinbatch {__version__}",
        "site": ruleset.settings.site,
        "batch": outcome.batch,
        "guid": guid,
        "type": declarations[0].type.value,
        "time": outcome.now.isoformat(),
        "counts": {"vehicles": len(declarations), "structures": len(entries)},
        "digests": {"source": source.digest, "rules": ruleset.digest, "xml": xml_digest},
        "source": {
            "file": source.name,
            "department": source.department,
            "owner": source.owner,
            "user": source.user,
            "saved_by": reading.saved_by,
        },
        "sheets": {
            sheet: {
                "name": reading.names.get(sheet, ""),
                "columns": {k: column_letters(n) for k, n in sorted(columns.items(), key=lambda kv: kv[1])},
            }
            for sheet in (STRUCTURE, VEHICLE)
            if (columns := reading.columns.get(sheet)) is not None
        },
        "vehicles": [told.vehicle(d) for d in declarations],
        "structures": [told.structure(d) for d in entries],
    }
    return indented(content) + b"\n"


def entry_order(declarations: Sequence[Declaration]) -> list[Declaration]:
    """One declaration for each parameter set of the package, in order of first use."""
    first: dict[Place, Declaration] = {}
    for declaration in declarations:
        if declaration.entry is not None:
            first.setdefault((declaration.entry.number, declaration.entry.revision), declaration)
    return list(first.values())


@dataclass(frozen=True)
class _Provenance:
    """What is told of one vehicle, and of one parameter set."""

    outcome: Outcome
    ruleset: Ruleset

    @cached_property
    def _rows(self) -> Mapping[Place, Row]:
        return {row.place: row for row in self.outcome.reading.rows}

    @cached_property
    def _confirmed(self) -> Mapping[Place, list[str]]:
        codes: dict[Place, list[str]] = {}
        for finding in self.outcome.findings:
            if finding.released:
                codes.setdefault(finding.place, []).append(finding.code)
        return codes

    def vehicle(self, declaration: Declaration) -> dict[str, Any]:
        """Its row, what stands in no cell of it, its parameters, and what people decided about it."""
        place = (declaration.sheet, declaration.row)
        told: dict[str, Any] = {"vin": declaration.vin, "sheet": place[0], "row": place[1] or None}
        row = self._rows.get(place)
        if row is not None and row.mark is not None:
            told["record"] = str(row.mark)
        elsewhere = self._elsewhere(*place, declaration.data)
        if elsewhere:
            told["from_record"] = elsewhere
        told["structure"] = _origin(declaration)
        reason = self.ruleset.settings.exemption(declaration.vin)
        if reason:
            told["exempt"] = reason
        if place in self._confirmed:
            told["confirmed"] = self._confirmed[place]
        if declaration.diff:
            told["diff"] = [d.told for d in declaration.diff]
        return told

    def structure(self, declaration: Declaration) -> dict[str, Any]:
        """Its row or revision, what the sheet left to the catalogue, and the asks that are settled."""
        told, entry, row = _origin(declaration) or {}, declaration.entry, declaration.entry_row
        if entry is None or not row:
            return told
        elsewhere = self._elsewhere(STRUCTURE, row, entry.values)
        if elsewhere:
            told["from_catalogue"] = elsewhere
        if (STRUCTURE, row) in self._confirmed:
            told["confirmed"] = self._confirmed[STRUCTURE, row]
        return told

    def _elsewhere(self, sheet: str, number: int, data: Mapping[str, Value]) -> list[str]:
        """The fields whose declared value is not that of the row's cell: no column, empty, or overruled."""
        row = self._rows.get((sheet, number))
        if row is None:
            return []
        index = self.ruleset.index(sheet)
        declared = list(map(data.get, index))
        if declared == list(row.values):
            return []
        ours = {field.key for field in declared_fields(self.ruleset, sheet)}
        return [
            key
            for key, value, cell in zip(index, declared, row.values, strict=True)
            if value is not None and value != cell and key in ours
        ]


def _origin(declaration: Declaration) -> dict[str, Any] | None:
    """The row of 结构参数, or the revision of the catalogue, that the parameters came from."""
    entry = declaration.entry
    if entry is None:
        return None
    where: dict[str, Any] = {"number": entry.number, "revision": entry.revision}
    if declaration.entry_row:
        where |= {"sheet": STRUCTURE, "row": declaration.entry_row}
    return where
