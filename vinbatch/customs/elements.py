"""Values as elements: the one place that says how a value is written in the package."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset import Ruleset

# What is said to vinbatch, not to customs.
_OURS = frozenset({"action", "confirmed"})


def declared_fields(ruleset: Ruleset, sheet: str) -> tuple[Field, ...]:
    """The fields that go into the package, in column order."""
    return tuple(f for f in ruleset.fields(sheet) if f.key not in _OURS)


def written(field: Field, value: Value, ruleset: Ruleset) -> str:
    """The stored form: a country as its alpha-3 code, all else as people see it."""
    if field.kind is Kind.COUNTRY and isinstance(value, str):
        return value
    return ruleset.shown(field, value)


def elements(ruleset: Ruleset, sheet: str, data: Mapping[str, Value], indent: str) -> str:
    """The elements of one row, escaped, one a line; empty fields have none."""
    return "".join(
        f"{indent}<{field.element}>{escape(_legal(written(field, value, ruleset)))}</{field.element}>\n"
        for field in declared_fields(ruleset, sheet)
        if (value := data.get(field.key)) is not None
    )


def texts(ruleset: Ruleset, sheet: str, data: Mapping[str, Value]) -> dict[str, str]:
    """Every value by key, as text; "" for an empty one. For templates that place values themselves."""
    return {f.key: written(f, data.get(f.key), ruleset) for f in declared_fields(ruleset, sheet)}


def _legal(text: str) -> str:
    """Cleaned texts have no characters that XML forbids; a catalogue of older days might."""
    if text.isprintable():
        return text
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
