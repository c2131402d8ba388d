"""The rules of a column as predicates: pandera runs them over columns, `across` over kept values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from vinbatch.memo import Memo
from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.patterns import matcher

Test = Callable[..., object]

# The names of the checks: what the schema says failed, and what diagnosis starts from.
PATTERN, LENGTH, RANGE, KNOWN = "pattern", "length", "range", "known"
SLOW = "slow"  # the pattern of a home came to no end


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
        tests += _pattern_tests(field)
    elif field.length is not None:
        tests.append((LENGTH, _no_longer(field.length)))
    if field.low is not None or field.high is not None:
        tests.append((RANGE, _within(field)))
    return tests


def _pattern_tests(field: Field) -> list[tuple[str, Test]]:
    """A packaged pattern says how long a text may be. One of a home need not, and may come to no end.

    Then there are three questions, and a text that is too long is asked the first alone.
    """
    matches = matcher(field.pattern, own=field.own_pattern)
    if not field.own_pattern:
        return [(PATTERN, lambda value: isinstance(value, str) and matches(value))]
    fits = _no_longer(field.length) if field.length is not None else _is_text
    judged = Memo(matches)
    return [
        (LENGTH, fits),
        (SLOW, lambda value: not fits(value) or judged[value] is not None),
        (PATTERN, lambda value: not fits(value) or judged[value] is not False),
    ]


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


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
