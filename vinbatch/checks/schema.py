"""Column-wise rules as pandera schemas, built from the fields. The one module that knows pandas and pandera.

The cost of a call is per check, not per row (pitfalls): so the rows of all workbooks of a chunk go through
one call, and a column has two checks or three. Most columns repeat a few values: each different value goes
through once, and not again with the next chunk. Cells are typed before; nothing is coerced here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from vinbatch.checks.limits import KNOWN, LENGTH, PATTERN, RANGE, SLOW, Test, limits
from vinbatch.errors import RulesError
from vinbatch.model import Value
from vinbatch.ruleset import Ruleset, looks_of

_OURS = (PATTERN, SLOW, LENGTH, RANGE, KNOWN)
_FEW = 256  # different values of a column
_MOST = 1024  # values of a column that are remembered from one call to the next

_Told = dict[Value, list[str]]  # value → the checks that it fails


def failing_cells(
    ruleset: Ruleset, sheet: str, rows: Sequence[tuple[Value, ...]]
) -> list[tuple[int, str, str]]:
    """(position in `rows`, key, check) for every typed value that breaks its field's rule."""
    looks = looks_of(ruleset)  # fields and countries say what a value may be: no setting has a part in it
    known = _known(looks, sheet)
    columns = dict(zip(known, zip(*rows, strict=True), strict=False))
    fresh = {key: [v for v in dict.fromkeys(c) if v not in known[key]] for key, c in columns.items()}
    told: dict[str, _Told] = {key: {value: [] for value in values} for key, values in fresh.items()}
    for some in _alike(fresh):
        for key, check, at in _failures(looks, sheet, {key: fresh[key] for key in some}):
            told[key][fresh[key][at]].append(check)
    found = []
    for key, column in columns.items():
        known[key].update(told[key])
        found += [(at, key, check) for at, value in enumerate(column) for check in known[key][value]]
        if len(known[key]) > _MOST:  # memory stays flat over any backlog
            known[key].clear()
    return sorted(set(found))


@lru_cache(maxsize=16)
def _known(ruleset: Ruleset, sheet: str) -> Mapping[str, _Told]:
    """What earlier calls found, by column."""
    return {f.key: {} for f in ruleset.fields(sheet)}


def _alike(different: Mapping[str, Sequence[Value]]) -> list[list[str]]:
    """The columns of a few different values, and those of many: one of these makes its frame tall."""
    few = [key for key, values in different.items() if 0 < len(values) <= _FEW]
    many = [key for key, values in different.items() if len(values) > _FEW]
    return [keys for keys in (few, many) if keys]


def _failures(
    ruleset: Ruleset, sheet: str, columns: Mapping[str, Sequence[Value]]
) -> Iterator[tuple[str, str, int]]:
    """(key, check, position in its column) for each value that fails; shorter columns end in empty cells."""
    rows = list(zip_longest(*columns.values()))
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    for column, check, index in _cases(_schema(ruleset, sheet, tuple(columns)), frame):
        if check not in _OURS or index is None:
            # A check that raised tells nothing about a cell: the rules are at fault, never the data.
            raise RulesError("rule.no_check", at=f"rules/fields.toml {column}", check=repr(check))
        yield str(column), str(check), int(index)


def _cases(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Iterator[tuple[Any, Any, Any]]:
    """(column, check, position) of what failed. No failure of ours may hang on one of pandera's.

    That one holds the whole frame, and a cluster would send it along.
    """
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as e:
        cases = e.failure_cases
    else:
        return
    yield from zip(cases["column"], cases["check"], cases["index"], strict=True)


@lru_cache(maxsize=64)
def _schema(ruleset: Ruleset, sheet: str, keys: tuple[str, ...]) -> pa.DataFrameSchema:
    tests = limits(ruleset, sheet)
    return pa.DataFrameSchema(
        {
            key: pa.Column(nullable=True, checks=[_column(n, t) for n, t in some])
            for key, some in tests.items()
            if key in keys
        }
    )


def _column(name: str, test: Test) -> pa.Check:
    """One vector call a column: pandera's own element-wise mode costs several times more."""

    def column(series: pd.Series) -> pd.Series:
        return pd.Series([bool(test(v)) for v in series.tolist()], index=series.index, dtype=bool)

    return pa.Check(column, error=name, ignore_na=True)
