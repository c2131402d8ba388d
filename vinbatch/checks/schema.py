"""Column-wise rules as pandera schemas, built from the fields. The one module that knows pandas and pandera.

The cost of a call is per check, not per row (pitfalls): so the rows of all workbooks of a chunk go through
one call, and a column has at most two checks. Cells are typed before; nothing is coerced here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from vinbatch.checks.names import KNOWN, LENGTH, PATTERN, RANGE
from vinbatch.errors import RulesError
from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset import Ruleset


def failing_cells(
    ruleset: Ruleset, sheet: str, rows: Sequence[tuple[Value, ...]]
) -> list[tuple[int, str, str]]:
    """(position in `rows`, key, check) for every typed value that breaks its field's rule."""
    if not rows:
        return []
    keys = [f.key for f in ruleset.fields(sheet)]
    frame = pd.DataFrame(list(rows), columns=keys, dtype=object)
    try:
        _schema(ruleset, sheet).validate(frame, lazy=True)
    except SchemaErrors as e:
        return _failures(e)
    return []


def _failures(errors: SchemaErrors) -> list[tuple[int, str, str]]:
    cases = errors.failure_cases
    found = []
    for column, check, index in zip(cases["column"], cases["check"], cases["index"], strict=True):
        if check not in (PATTERN, LENGTH, RANGE, KNOWN) or index is None:
            # A check that raised tells nothing about a cell: it is a fault of the rules, never of the data.
            raise RulesError(
                f"rules/fields.toml: {column}: the check {check!r} cannot be applied", "mend the field"
            )
        found.append((int(index), str(column), str(check)))
    return sorted(set(found))


@lru_cache(maxsize=8)
def _schema(ruleset: Ruleset, sheet: str) -> pa.DataFrameSchema:
    columns = {f.key: pa.Column(nullable=True, checks=_checks(f, ruleset)) for f in ruleset.fields(sheet)}
    return pa.DataFrameSchema(columns)


def _checks(field: Field, ruleset: Ruleset) -> list[pa.Check]:
    checks = []
    if field.kind in (Kind.CHOICE, Kind.YESNO):
        checks.append(_elementwise(KNOWN, frozenset(field.choices).__contains__))
    if field.kind is Kind.COUNTRY:
        checks.append(_elementwise(KNOWN, ruleset.countries.known))
    if field.pattern:
        checks.append(_elementwise(PATTERN, re.compile(field.pattern).fullmatch))
    elif field.length is not None:
        most = field.length
        checks.append(_elementwise(LENGTH, lambda text: len(text) <= most))
    if field.low is not None or field.high is not None:
        checks.append(_elementwise(RANGE, _within(field)))
    return checks


def _elementwise(name: str, test: object) -> pa.Check:
    """One vector call a column: pandera's own element-wise mode costs several times more."""
    assert callable(test)  # noqa: S101

    def column(series: pd.Series) -> pd.Series:
        return pd.Series([bool(test(v)) for v in series], index=series.index, dtype=bool)

    return pa.Check(column, error=name, ignore_na=True)


def _within(field: Field) -> object:
    low = float("-inf") if field.low is None else field.low
    high = float("inf") if field.high is None else field.high

    def one(value: Value) -> bool:
        return isinstance(value, int | float) and low <= value <= high

    def many(value: Value) -> bool:
        if not isinstance(value, tuple):
            return False
        return low <= sum(value) <= high if field.bound == "sum" else all(low <= v <= high for v in value)

    return many if field.kind is Kind.INTLIST else one
