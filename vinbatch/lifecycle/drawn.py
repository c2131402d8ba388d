"""Numbers and months that go up by one from row to row: what Excel makes of a text that is drawn down.

Text that ends in digits is counted on: `2021.10` becomes 2021.11, 2021.12, and a number becomes its
neighbours. Each of them looks right alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vinbatch.lifecycle.wanted import Intent
from vinbatch.noun import Noun

# Field → how many rows in step are no chance. Three months on end may stand in a sheet, a month 13 does not.
FIELDS = {"engine_no": 3, "motor_no": 3, "production_date": 4}
_MONTH = "production_date"
_COUNTED = re.compile(r"(.*?)(\d{1,12})", re.DOTALL)


class _Cell(Noun, frozen=True):
    intent: Intent
    stem: str
    number: int
    width: int  # of its digits


def drawn_down(intents: Sequence[Intent], key: str) -> dict[int, str]:
    """Row that files or changes → the rows that it stands in step with, `2–5`; the first of them is the one
    that was typed. Rows that are refused count, and so do drafts that are left as they are.
    """
    named: dict[int, str] = {}
    for run in _runs(_cells(intents, key)):
        off = key == _MONTH and run[-1].number > 12
        if len(run) < (2 if off else FIELDS[key]):
            continue
        rows = f"{run[0].intent.row.number}–{run[-1].intent.row.number}"
        for cell in run[1:]:
            own = cell.intent
            is_new = str(own.values.get(key) or "") != own.accepted_with(key)
            if own.with_contents and not own.stopped and own.values.get(key) is not None and is_new:
                named[own.row.number] = rows
    return named


def _cells(intents: Sequence[Intent], key: str) -> Iterator[_Cell]:
    for intent in sorted(intents, key=lambda i: i.row.number):
        text = intent.values.get(key) or dict(intent.row.leftovers).get(key)
        found = _COUNTED.fullmatch(str(text or "").strip())
        if found is not None and intent.counts:
            yield _Cell(intent, found[1].casefold(), int(found[2]), len(found[2]))


def _runs(cells: Iterator[_Cell]) -> Iterator[list[_Cell]]:
    run: list[_Cell] = []
    for cell in cells:
        if run and not _follows(run[-1], cell):
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def _follows(above: _Cell, cell: _Cell) -> bool:
    if (cell.intent.row.number, cell.number) != (above.intent.row.number + 1, above.number + 1):
        return False
    grown = len(str(cell.number)) > above.width  # 9 and 10
    return cell.stem == above.stem and (cell.width == above.width or grown)
