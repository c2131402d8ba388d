"""The rows of a data sheet as XML, column by column: they all have the same cells, with other contents.

A cell is its reference, which ends in the row's number, and a rest that repeats itself from row to row. Each
column remembers the rest of a cell by its value, with the beginning of the next cell behind it: a row is the
rests of its cells, joined by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import getitem

from vinbatch.memo import Memo
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import FilledRow, Shown
from vinbatch.workbook.heights import tall
from vinbatch.workbook.layout import SYSTEM, WIDTHS, letters
from vinbatch.workbook.shell import is_numeric
from vinbatch.workbook.splice import opened_at, rest, struck_rest
from vinbatch.workbook.styles import ink

_WRAPPED = ("problems", "cures", "acts", "receipt")
_Rest = Memo[Shown | None, bytes]
_ROW = b'<row r="'


@lru_cache(maxsize=16)
def data_rows(ruleset: Ruleset, sheet: str, styles: tuple[tuple[str, int], ...]) -> DataRows:
    """For a sheet of a shell with these styles."""
    return DataRows(ruleset, sheet, dict(styles))


class DataRows:
    """The columns of one data sheet: inputs, then the system columns."""

    def __init__(self, ruleset: Ruleset, sheet: str, styles: Mapping[str, int]) -> None:
        self._styles = styles
        self._fields = ruleset.fields(sheet)
        self._index = ruleset.index(sheet)
        self._last = len(self._fields) + len(SYSTEM) - 1
        self._following = [*(f'<c r="{letters(at + 1)}' for at in range(self._last)), ""]
        self._inputs = tuple(self._input(i) for i in range(len(self._fields)))
        self._columns: Memo[str, tuple[_Rest, ...]] = Memo(self._of_verdict)
        self._opened: Memo[tuple[str | None, ...], bytes] = Memo(_opened)

    def xml(self, row: FilledRow, extra: Iterable[tuple[int, str]]) -> bytes:
        """The row; `extra` are cells (0-based column, text) to the right of the system columns."""
        told = row.system.get
        values = (*row.cells, *map(told, SYSTEM))
        if len(values) != self._last + 1:  # the rest would stand in other columns
            raise ValueError(f"row {row.number} has {len(values)} cells, not {self._last + 1}")
        rests = list(map(getitem, self._columns[row.verdict], values))
        for key, colour in row.colours.items():
            if key in self._index:
                at = self._index[key]
                rests[at] = (
                    self._crossed(at, colour, values[at])
                    if key in row.crossed and values[at] not in (None, "")
                    else self._written(at, self._style(at, values[at], colour), values[at])
                )
        number = b"%d" % row.number
        cells = number.join((_ROW, self._opened[tuple(map(told, _WRAPPED))], *rests))
        text = self._styles["text_"]
        more = [f'<c r="{letters(i)}{row.number}{rest(value, text)}' for i, value in extra]
        return b"".join((cells, "".join(more).encode(), b"</row>") if more else (cells, b"</row>"))

    def _of_verdict(self, verdict: str) -> tuple[_Rest, ...]:
        return (*self._inputs, *(self._system(key, verdict) for key in SYSTEM))

    def _input(self, at: int) -> _Rest:
        return Memo(lambda value: self._written(at, self._style(at, value, ""), value))

    def _system(self, key: str, verdict: str) -> _Rest:
        at = len(self._fields) + SYSTEM.index(key)
        style = f"verdict_{verdict}" if key == "verdict" else "wrap" if key in _WRAPPED else "system"
        return Memo(lambda text: self._written(at, style, text))

    def _style(self, at: int, value: Shown | None, colour: str) -> str:
        is_text = not is_numeric(self._fields[at]) or (isinstance(value, str) and value != "")
        return f"{'text' if is_text else 'number'}_{colour}"

    def _written(self, at: int, style: str, value: Shown | None) -> bytes:
        return (rest("" if value is None else value, self._styles[style]) + self._following[at]).encode()

    def _crossed(self, at: int, colour: str, value: Shown | None) -> bytes:
        """It is text, whatever its column holds."""
        style = self._styles[f"text_{colour}"]
        cell = struck_rest("" if value is None else value, style, ink(colour))
        return (cell + self._following[at]).encode()


def _opened(texts: tuple[str | None, ...]) -> bytes:
    """What follows the number of a row with these texts, to that of its first cell."""
    height = tall(*((text or "", WIDTHS[key] - 2) for key, text in zip(_WRAPPED, texts, strict=True)))
    return f'{opened_at(height)}<c r="A'.encode()
