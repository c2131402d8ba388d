"""The rules of a column as predicates: pandera runs them over columns, `across` over kept values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from vinbatch.checks.names import KNOWN, LENGTH, PATTERN, RANGE
from vinbatch.errors import RulesError
from vinbatch.memo import Memo
from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.patterns import SlowError, matcher

Test = Callable[..., object]


@lru_cache(maxsize=16)
def limits(ruleset: Ruleset, sheet: str) -> Mapping[str, tuple[tuple[str, Test], ...]]:
    """Key → (name of the check, predicate over a typed value), at most two a field."""
    return {f.key: tuple(_tests(f, ruleset)) for f in ruleset.fields(sheet)}


def broken(ruleset: Ruleset, sheet: str, key: str, value: Value) -> str:
    """The name of the first check that a value fails, "" for none."""
    if value is None:
        return ""
    return next((name for name, test in limits(ruleset, sheet).get(key, ()) if not test(value)), "")


@lru_cache(maxsize=16)
def broken_by_column(ruleset: Ruleset, sheet: str) -> tuple[Memo[Value, str], ...]:
    """`broken` of each field in column order, remembered by value."""

    def memo(key: str) -> Memo[Value, str]:
        return Memo(lambda value: broken(ruleset, sheet, key, value))

    return tuple(memo(f.key) for f in ruleset.fields(sheet))


def _tests(field: Field, ruleset: Ruleset) -> list[tuple[str, Test]]:
    tests: list[tuple[str, Test]] = []
    if field.kind in (Kind.CHOICE, Kind.YESNO):
        tests.append((KNOWN, frozenset(field.choices).__contains__))
    if field.kind is Kind.COUNTRY:
        tests.append((KNOWN, ruleset.countries.known))
    if field.pattern:
        tests.append((PATTERN, _matches(field)))
    elif field.length is not None:
        tests.append((LENGTH, _no_longer(field.length)))
    if field.low is not None or field.high is not None:
        tests.append((RANGE, _within(field)))
    return tests


def _matches(field: Field) -> Test:
    """RulesError where a pattern of the home comes to no end with a value."""
    matches = matcher(field.pattern, own=field.own_pattern)

    def one(value: Value) -> bool:
        try:
            return isinstance(value, str) and matches(value)
        except SlowError as e:
            at = f"rules/fields.toml [{field.sheet}.{field.key}] pattern"
            raise RulesError("rule.slow", at=at, value=e.shown) from e

    return one


def _no_longer(most: int) -> Test:
    return lambda value: isinstance(value, str) and len(value) <= most


def _within(field: Field) -> Test:
    low = float("-inf") if field.low is None else field.low
    high = float("inf") if field.high is None else field.high

    def one(value: Value) -> bool:
        return isinstance(value, int | float) and low <= value <= high

    def many(value: Value) -> bool:
        if not isinstance(value, tuple):
            return False
        return low <= sum(value) <= high if field.bound == "sum" else all(low <= v <= high for v in value)

    return many if field.kind is Kind.INTLIST else one
