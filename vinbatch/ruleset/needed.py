"""Fields that rules about other fields stand on: without them those would be lifted, and nobody told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vinbatch.errors import Faults
from vinbatch.layers import Table, Tables
from vinbatch.model import STRUCTURE, Field, FindingRule, Kind, Severity
from vinbatch.ruleset.compared import COMPARED
from vinbatch.settings import Settings

# Condition of `required` → the parameters that it looks at.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "if_engine": ("category", "fuel"),
    "if_motor": ("fuel", "new_energy"),
    "if_not_o": ("category",),
    "if_m_or_n": ("category",),
    "if_m_n_or_o": ("category",),
}
_NUMBERS = frozenset({Kind.INT, Kind.DECIMAL})


def check_needed(
    tables: Tables,
    sheets: Mapping[str, tuple[Field, ...]],
    findings: Mapping[str, FindingRule],
    settings: Settings,
) -> None:
    """RulesError for each field that a home removed, or made another thing, below rules that are left."""
    kept = {(field.sheet, field.key): field for fields in sheets.values() for field in fields}
    faults = Faults()
    for (sheet, key), table in tables.items():
        changed = _changed(table) if sheet == STRUCTURE else ""
        for code in _codes_on(key, kept) if changed in ("off", "kind") else ():
            severity = settings.severities.get(code, findings[code].severity)
            told = {"code": code, "about": COMPARED[code].name}
            if severity == Severity.STOP:
                faults.found.append(table.refuse(changed, "rule.needed", **told))
            elif severity == Severity.ASK:
                faults.found.append(table.refuse(changed, "rule.needed_ask", **told))
        if changed and (names := ", ".join(_conditional_on(key, kept))):
            faults.found.append(table.refuse(changed, "rule.needed_condition", names=names))
    faults.tell()


def _changed(table: Table) -> str:
    """The key by which the home takes the field away from those that look at it, "" where it does not."""
    if table.is_own("off") and table.flag("off"):
        return "off"
    kind, before = table.values.get("kind"), table.packaged.get("kind")
    if table.is_own("kind") and kind != before and not {kind, before} <= _NUMBERS:
        return "kind"
    required = table.values.get("required")
    weaker = table.is_own("required") and required not in ("always", table.packaged.get("required"))
    return "required" if weaker else ""


def _codes_on(key: str, kept: Mapping[tuple[str, str], Field]) -> Iterator[str]:
    return (code for code, c in COMPARED.items() if key in c.others and (c.sheet, c.about) in kept)


def _conditional_on(key: str, kept: Mapping[tuple[str, str], Field]) -> Iterator[str]:
    for (sheet, name), field in kept.items():
        if name != key and key in CONDITIONS.get(field.required, ()):
            yield f"{sheet}.{name}"
