"""操作 that holds a word for nothing, such as 无: read as empty it declares a new vehicle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vinbatch.checks.cells import original
from vinbatch.checks.headings import Layout, blank, cell_at
from vinbatch.model import VEHICLE, Finding, Row, Sheet
from vinbatch.ruleset import Ruleset

_KEY = "action"


def unsaid(
    sheet: Sheet, layout: Layout, rows: Iterable[Row], ruleset: Ruleset
) -> Iterator[tuple[int, Finding]]:
    """By number, of these vehicle rows those that have such a word and no record, each with its note.

    On a row of ours an empty 操作 asks for nothing, and so does 无; a dash is how people write an empty cell.
    """
    column = layout.columns.get(_KEY)
    if column is None:
        return
    at = ruleset.index(VEHICLE)[_KEY]
    for row in rows:
        cells = sheet.rows[row.number - 1]
        raw = cell_at(cells, column)
        if row.marked or row.values[at] is not None or blank(raw) or _KEY in dict(row.leftovers):
            continue
        text = original(raw)
        if any(map(str.isalnum, text)):
            yield (
                row.number,
                ruleset.finding("ACT-UNSAID", sheet=VEHICLE, row=row.number, field=_KEY, value=text),
            )
