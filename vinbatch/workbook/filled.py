"""What a result workbook or an extract shows, before it becomes bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from vinbatch.model import Unclear
from vinbatch.noun import Noun, field

Shown: TypeAlias = str | int | float
Cells: TypeAlias = tuple[Shown | None, ...]  # of a row, in the order of the fields of its sheet


class FilledRow(Noun, frozen=True):
    """A data row at its Excel row. `system` by the tokens of words [column.*].

    `verdict` is the colour of its verdict: one of these words, or "past" where nobody has to act any more.
    `colours` give the worst finding of a cell: "stop", "ask" or "note"; `crossed` are those that have a line
    through them; `extra` are the cells of columns that we do not know.
    """

    number: int
    cells: Cells
    system: Mapping[str, str]
    verdict: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    crossed: frozenset[str] = frozenset()
    extra: tuple[str, ...] = ()


class FilledSheet(Noun, frozen=True):
    """The rows of "vehicle" or "structure"; `extra` are the headings of columns that we do not know.

    `wanted`: it is there to be filled in, though it has no rows.
    """

    sheet: str
    rows: tuple[FilledRow, ...]
    extra: tuple[str, ...] = ()
    wanted: bool = True


class Issue(Noun, frozen=True):
    """A line of 问题清单. Row 0 is the whole file; the first of `fields` is linked to, none is the row; or
    `link`, the row of 结构参数 that is to be seen to instead.
    """

    sheet: str
    row: int
    fields: tuple[str, ...]
    code: str
    severity: str
    released: bool
    what: str
    cure: str
    value: str
    link: int = 0


class Summary(Noun, frozen=True):
    """结果汇总: its title, one sentence and its tone ("good", "mend", "refused"), then facts and counts.

    `counts` are (colour of a verdict, label, rows), `frequent` are (title, first case, times), `audit` are
    facts that a clerk need not know: the last one is the head of the audit chain.
    """

    title: str
    sentence: str
    tone: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, str, int], ...]
    frequent: tuple[tuple[str, str, int], ...]
    audit: tuple[tuple[str, str], ...]


class Filled(Noun, frozen=True):
    """All of it. `title` names it in the properties of the workbook and at the foot of each page."""

    sheets: tuple[FilledSheet, ...]
    issues: tuple[Issue, ...] = ()
    summary: Summary | None = None
    queries: tuple[Unclear, ...] = ()  # rows of 查询 that are to be mended
    title: str = ""
