"""Column-wise rules as pandera schemas, built from the fields. The one module that knows pandas and pandera.

The cost of a call is per check, not per row (pitfalls): so the rows of all workbooks of a chunk go through
one call, and a column has at most two checks. Cells are typed before; nothing is coerced here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from vinbatch.checks.limits import Test, limits
from vinbatch.checks.names import KNOWN, LENGTH, PATTERN, RANGE
from vinbatch.errors import RulesError
from vinbatch.model import Value
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
    tests = limits(ruleset, sheet)
    return pa.DataFrameSchema(
        {
            key: pa.Column(nullable=True, checks=[_column(n, t) for n, t in some])
            for key, some in tests.items()
        }
    )


def _column(name: str, test: Test) -> pa.Check:
    """One vector call a column: pandera's own element-wise mode costs several times more."""

    def column(series: pd.Series) -> pd.Series:
        return pd.Series([bool(test(v)) for v in series], index=series.index, dtype=bool)

    return pa.Check(column, error=name, ignore_na=True)
