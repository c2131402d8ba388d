"""Values as elements: the one place that says how a value is written in the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import getitem

from vinbatch.escaped import escape
from vinbatch.memo import Memo
from vinbatch.model import NOT_DATA, Field, Kind, Value
from vinbatch.ruleset import Ruleset

_INDENT = "      "  # where the template puts them


@lru_cache(maxsize=16)
def declared_fields(ruleset: Ruleset, sheet: str) -> tuple[Field, ...]:
    """The fields that go into the package, in column order."""
    return tuple(f for f in ruleset.fields(sheet) if f.key not in NOT_DATA)


def written(field: Field, value: Value, ruleset: Ruleset) -> str:
    """The stored form: a country as its alpha-3 code, all else as people see it."""
    if field.kind is Kind.COUNTRY and isinstance(value, str):
        return value
    return ruleset.shown(field, value)


def elements(ruleset: Ruleset, sheet: str, data: Mapping[str, Value]) -> str:
    """The elements of one row, escaped, one a line; empty fields have none."""
    keys, made = _elements(ruleset, sheet)
    return "".join(map(getitem, made, map(data.get, keys)))


@lru_cache(maxsize=16)
def _elements(ruleset: Ruleset, sheet: str) -> tuple[tuple[str, ...], tuple[Memo[Value, str], ...]]:
    """The keys of the fields of the package, and value → element for each."""

    def memo(field: Field) -> Memo[Value, str]:
        def made(value: Value) -> str:
            if value is None:
                return ""
            text = escape(_legal(written(field, value, ruleset)))
            return f"{_INDENT}<{field.element}>{text}</{field.element}>\n"

        return Memo(made)

    fields = declared_fields(ruleset, sheet)
    return tuple(f.key for f in fields), tuple(map(memo, fields))


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
