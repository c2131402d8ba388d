"""What held drafts wait for, told in another file than the one that asked: its rows are others there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from vinbatch.model import STRUCTURE, Finding, Known, Outcome, Param, Record, structure_of
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset


def numbers_there(outcome: Outcome, ruleset: Ruleset) -> dict[str, int]:
    """The numbers of 结构参数 in the batch's file → the first row of each."""
    at = ruleset.index(STRUCTURE)["structure_no"]
    rows = (j.row for j in reversed(outcome.rows) if j.row.sheet == STRUCTURE)
    return {str(row.values[at] or ""): row.number for row in rows}


def asks_of(
    record: Record,
    row: int,
    known: Known,
    there: Mapping[str, int],
    asked: Collection[int],
    *,
    moved: bool,
) -> Iterator[Finding]:
    """The questions that a draft waits for, on this row; `there` are the rows of 结构参数 by their number.

    Of those only the `asked` say what the question is: what another file alone showed is told nowhere here.
    Rows that a question names are those of the file that was asked about. `moved`: this is none that came of
    it; a result that is dropped again has its rows where they were.
    """
    for ask in known.asks.get(record.vin, ()) if record.held else ():
        params: dict[str, Param] = dict(ask.params)
        if ask.linked:
            number = structure_of(record.now)
            entry = known.entries.get(number)
            if number in there and there[number] not in asked and entry is not None:
                params |= {"link": f"@link.catalogue|{entry.revision}", "how": "@verify.catalogue"}
            elif number in there:
                params["link"] = f"@link.structure|{there[number]}"
            else:
                params |= {"link": f"@link.number|{number}", "how": "@verify.catalogue"}
        if "rows" in params and (moved or ask.row != row):
            params["rows"] = f"@twice.of_batch|{record.now.batch} · {params['rows']}"
        yield replace(ask, row=row, params=tuple(params.items()))
