"""How tall a row must be: programs do not fit rows that come with a workbook, they show them as they are."""

from __future__ import annotations

USUAL = 19.0  # points: one line with some air
_LINE = 14.5
# Beyond, a cell is opened to be read; a row may be 409 points at most.
MOST_LINES = 8


def lines(text: str, width: float) -> int:
    """Lines of a wrapped text in a column of this width. A Chinese character is as wide as two letters."""
    return sum(max(1, -(-_bytes(line) // int(width))) for line in text.split("\n"))


def tall(*cells: tuple[str, float], most: int = MOST_LINES) -> float:
    """The height in points of a row with these (text, column width)."""
    needed = max((lines(text, width) for text, width in cells), default=1)
    return USUAL if needed <= 1 else min(needed, most) * _LINE + 4


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace"))
