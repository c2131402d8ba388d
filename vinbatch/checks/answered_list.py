"""Answers that somebody wrote into 问题清单: nobody reads them there, and who wrote them has to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vinbatch.checks.cells import carried
from vinbatch.checks.headings import blank
from vinbatch.cut import cut
from vinbatch.model import LIST_ANSWERED, Finding, Raw, Sheet, column_letters
from vinbatch.ruleset import TRACE, Ruleset, traces

_MOST = 5  # cells that are named
_MOST_LINES = 5_000  # a list is not read further: each row that is still wrong is told anyway
_LONGEST = 40  # characters of what was written
_MEANT = (0, 2)  # which of its cells say what a line is about: the sheet and the cell


def answered_list(sheet: Sheet | None, ruleset: Ruleset) -> Iterator[Finding]:
    """One finding that names the cells of our list that say what we did not write; emptied ones say nothing.

    Each line carries traces of its cells in a hidden column, which may have been sorted apart from them. A
    list of an older build, or of somebody else, has none, and nothing can be told of it.
    """
    if sheet is None or not sheet.rows:
        return
    head = [carried(cell) for cell in sheet.rows[0]]
    if TRACE not in head:
        return
    at = head.index(TRACE)
    lines = sheet.rows[1:_MOST_LINES]
    every = {trace for line in lines for trace in carried(line[at]).split()}
    found = [
        (number, column) for number, line in enumerate(lines, start=2) for column in _written(line, at, every)
    ]
    if found:
        names = [_told(number, column, lines[number - 2], at) for number, column in found[:_MOST]]
        more = ("…",) if found[_MOST:] else ()
        yield ruleset.finding(LIST_ANSWERED, count=str(len(found)), names=(*names, *more))


def _written(line: Sequence[Raw], at: int, every: set[str]) -> list[int]:
    """The columns of a line that hold what we did not write there."""
    filled = [i for i, cell in enumerate(line) if i != at and not blank(cell)]
    told = traces(carried(line[i]) for i in filled)
    own = set(carried(line[at]).split())
    if 2 * len(own.intersection(told)) < len(own):
        own = every
    return [i for i, trace in zip(filled, told, strict=True) if trace not in own]


def _told(number: int, column: int, line: Sequence[Raw], at: int) -> str:
    """`I3“2019011101347003” → 车辆信息 E4`: where it stands, what it says, and the cell that is meant."""
    text = cut(" ".join(carried(line[column]).split()), _LONGEST)
    own = carried(line[at]).split()
    texts = [carried(cell) for cell in line]
    said = dict(zip(traces(texts), texts, strict=True))
    meant = [said.get(own[i], "") for i in _MEANT] if len(own) > max(_MEANT) else [""]
    there = f" → {' '.join(meant)}" if all(meant) else ""
    return f"{column_letters(column + 1)}{number}“{text}”{there}"
