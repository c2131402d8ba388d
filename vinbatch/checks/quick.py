"""The quick way through the cells of a row, for rows in which nothing is found: most are.

Cells of one column repeat themselves from row to row and from workbook to workbook: what a cell of a field
becomes is worked out once, by `clean_cell`. Any row with a cell that is told of goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from operator import getitem, itemgetter
from types import NoneType
from typing import Final

from vinbatch.checks.cells import clean_cell
from vinbatch.memo import Memo
from vinbatch.model import Field, Raw, Value
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset

# True and 1 would be one key; odd cells and dates are rare.
_PLAIN: Final = frozenset({str, int, float, NoneType})
_TOLD: Final = object()
_Column = Memo[Hashable, object]


class Quick(Noun, frozen=True):
    """The columns of one data sheet: where the cell of each field stands, and what its cells become."""

    pick: Callable[[Sequence[Raw]], tuple[Raw, ...]]  # one beyond the row for a field without a column
    columns: tuple[_Column, ...]
    width: int

    @classmethod
    def of(cls, sheet: str, columns: Mapping[str, int], ruleset: Ruleset) -> Quick:
        """For a sheet with its fields in these 0-based columns."""
        width = max(columns.values(), default=-1) + 1
        places = [columns.get(f.key, width) for f in ruleset.fields(sheet)]
        return cls(itemgetter(*places, width), _columns(ruleset, sheet), width)

    def values(self, cells: tuple[Raw, ...]) -> list[Value] | None:
        """The values of a row by field; None where something is to be told of one of its cells."""
        known = cells[: self.width]
        row = self.pick((*known, *(None,) * (self.width + 1 - len(known))))
        if not _PLAIN.issuperset(map(type, row)):
            return None
        values = list(map(getitem, self.columns, row))
        return None if _TOLD in values else values  # type: ignore[return-value] # what is not _TOLD is a value


@lru_cache(maxsize=8)
def _columns(ruleset: Ruleset, sheet: str) -> tuple[_Column, ...]:
    return tuple(_column(field, ruleset) for field in ruleset.fields(sheet))


def _column(field: Field, ruleset: Ruleset) -> _Column:
    def cleaned(raw: Raw) -> object:
        made = clean_cell(field, raw, ruleset)
        return _TOLD if made.found or made.leftover else made.value

    return Memo(cleaned)  # type: ignore[arg-type] # only plain cells are asked for
