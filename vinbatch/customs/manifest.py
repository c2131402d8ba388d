"""`manifest.json`: where every value of a package came from, for auditors and programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from vinbatch import __version__
from vinbatch.model import STRUCTURE, VEHICLE, Declaration, Diff, Finding, Outcome, Value
from vinbatch.ruleset import Ruleset


def manifest(
    outcome: Outcome, declarations: Sequence[Declaration], guid: str, xml_digest: str, ruleset: Ruleset
) -> bytes:
    """The manifest of one package; the same for the same outcome."""
    reading, source = outcome.reading, outcome.reading.source
    settings = ruleset.settings
    content = {
        "version": 1,
        "program": f"vinbatch {__version__}",
        "site": settings.site,
        "batch": outcome.batch,
        "guid": guid,
        "type": declarations[0].type.value,
        "time": outcome.now.isoformat(),
        "counts": {"vehicles": len(declarations), "structures": len(entry_order(declarations))},
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
                "columns": {key: letters(n) for key, n in sorted(columns.items(), key=lambda kv: kv[1])},
            }
            for sheet, columns in sorted(reading.columns.items())
        },
        "vehicles": [_vehicle(d, outcome.findings, ruleset) for d in declarations],
        "structures": [_structure(d) for d in entry_order(declarations)],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def entry_order(declarations: Sequence[Declaration]) -> list[Declaration]:
    """One declaration for each parameter set of the package, in order of first use."""
    first: dict[tuple[str, int], Declaration] = {}
    for declaration in declarations:
        if declaration.entry is not None:
            first.setdefault((declaration.entry.number, declaration.entry.revision), declaration)
    return list(first.values())


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _vehicle(declaration: Declaration, findings: Sequence[Finding], ruleset: Ruleset) -> dict[str, Any]:
    about = [f for f in findings if f.sheet == VEHICLE and f.row == declaration.row]
    told: dict[str, Any] = {
        "vin": declaration.vin,
        "row": declaration.row or None,
        "structure": _origin(declaration),
    }
    reason = ruleset.settings.exemption(declaration.vin)
    if reason:
        told["exempt"] = reason
    confirmed = [f.code for f in about if f.released]
    if confirmed:
        told["confirmed"] = confirmed
    if declaration.diff:
        told["diff"] = [_diff(d) for d in declaration.diff]
    return told


def _origin(declaration: Declaration) -> dict[str, Any] | None:
    """The row of 结构参数, or the revision of the catalogue, that the parameters came from."""
    entry = declaration.entry
    if entry is None:
        return None
    where: dict[str, Any] = {"number": entry.number, "revision": entry.revision}
    if declaration.entry_row:
        where |= {"sheet": STRUCTURE, "row": declaration.entry_row}
    return where


def _structure(declaration: Declaration) -> dict[str, Any]:
    return _origin(declaration) or {}


def _diff(diff: Diff) -> dict[str, Any]:
    return {"sheet": diff.sheet, "field": diff.field, "old": _plain(diff.old), "new": _plain(diff.new)}


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value
