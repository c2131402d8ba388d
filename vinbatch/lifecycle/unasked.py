"""Cells that were crossed out, or showed another value, on a row that asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vinbatch.model import LEFT_ALONE, Finding
from vinbatch.ruleset import Ruleset

_LOOKS = frozenset({"CELL-MASKED", "CELL-STRUCK", "ROW-STRUCK"})


def left_alone(ruleset: Ruleset, found: Iterable[Finding]) -> Iterator[Finding]:
    """That nothing came of it. The result keeps the line: whatever is asked for on that row later, asks."""
    for f in found:
        if f.code in _LOOKS:
            yield ruleset.finding(LEFT_ALONE, sheet=f.sheet, row=f.row, field=f.field, value=f.value)
