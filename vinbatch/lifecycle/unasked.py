"""Cells that were crossed out, showed another value or had a comment, on a row that asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from vinbatch.model import COMMENT, COMMENT_LEFT_ALONE, LEFT_ALONE, Finding
from vinbatch.ruleset import Ruleset

_LOOKS = frozenset({"CELL-MASKED", "CELL-STRUCK", "ROW-STRUCK"})


def left_alone(ruleset: Ruleset, found: Iterable[Finding]) -> Iterator[Finding]:
    """That nothing came of it. The result keeps the line: whatever is asked for on that row later, asks."""
    for f in found:
        if f.code in _LOOKS:
            yield ruleset.finding(LEFT_ALONE, sheet=f.sheet, row=f.row, field=f.field, value=f.value)
        elif f.code == COMMENT:
            told: dict[str, Any] = {name: value for name, value in f.params if name != "drop"}
            told |= {"sheet": f.sheet, "row": f.row, "field": f.field, "value": f.value}
            yield ruleset.finding(COMMENT_LEFT_ALONE, **told)
