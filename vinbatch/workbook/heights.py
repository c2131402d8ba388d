"""How tall a row must be: programs do not fit rows that come with a workbook, they show them as they are."""

from __future__ import annotations

import re
from functools import lru_cache

USUAL = 19.0  # points: one line with some air
_LINE = 15.0
_AIR = 5.0
# What no program breaks: a word of letters and digits with what clings to it; all else breaks anywhere.
_WORD = re.compile(r"[!-~]+ ?|[^!-~]")
# A row may be 409 points at most. Beyond, a cell is opened to be read; what is printed cannot be.
MOST_LINES = 26


def lines(text: str, width: float) -> int:
    """Lines of a wrapped text in a column of this width."""
    return sum(_lines(line, int(width)) for line in text.split("\n"))


@lru_cache(maxsize=2048)  # most cells of 问题清单 say what those above them do
def _lines(line: str, width: int) -> int:
    if breadth(line) <= width:
        return 1
    count, used = 1, 0
    for word in _WORD.findall(line):
        size = breadth(word.rstrip() or word)
        if used and used + size > width:
            count, used = count + 1, 0
        if size > width:  # a word that is longer than a line is broken where it ends
            count, size = count + (size - 1) // width, size % width
        used += size + len(word) - len(word.rstrip())
    return count


def tall(*cells: tuple[str, float]) -> float:
    """The height in points of a row with these (text, column width)."""
    needed = max((lines(text, width) for text, width in cells), default=1)
    return USUAL if needed <= 1 else min(needed, MOST_LINES) * _LINE + _AIR


def breadth(text: str) -> int:
    """How many letters wide a text is: a Chinese character is as wide as two."""
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace"))
