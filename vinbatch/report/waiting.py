"""What drafts have open, told in another file than the one that asked: its rows are others there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from vinbatch.lifecycle.catalogued import settled
from vinbatch.lifecycle.verify import TO_VERIFY, asks_still
from vinbatch.model import (
    PARAMETERS,
    STRUCTURE,
    VEHICLE,
    Entry,
    Finding,
    Known,
    Outcome,
    Param,
    Record,
    Severity,
    Verdict,
    structure_of,
)
from vinbatch.noun import replace
from vinbatch.report.since import vin_of
from vinbatch.ruleset import Ruleset

_SETTLED = "@verify.settled"


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
    ruleset: Ruleset,
    *,
    moved: bool,
) -> Iterator[Finding]:
    """The questions that a draft has open, on this row; `there` are the rows of 结构参数 by their number.

    Of those only the `asked` say what the question is: what another file alone showed is told nowhere here.
    Rows that a question names are those of the file that was asked about. `moved`: this is none that came of
    it; a result that is dropped again has its rows where they were.
    """
    for ask in open_asks(record, known, ruleset):
        params: dict[str, Param] = dict(ask.params)
        if ask.code == PARAMETERS:
            params |= _where(record, known, there, asked, ruleset)
        if "rows" in params and (moved or ask.row != row):
            params["rows"] = f"@twice.of_batch|{record.now.batch} · {params['rows']}"
        yield replace(ask, row=row, params=tuple(params.items()))


def open_asks(record: Record, known: Known, ruleset: Ruleset) -> tuple[Finding, ...]:
    """The questions that a draft has open, as they were asked. One that was saved is asked no more what the
    home has ceased to ask, nor about parameters that were answered for elsewhere; one that is held waits for
    a word that it is to go on.
    """
    asks = known.asks.get(record.vin, ()) if record.open_asks else ()
    if record.held or not asks:
        return asks
    done = (PARAMETERS,) if is_settled(record, known, ruleset) else ()
    return tuple(ask for ask in asks if ask.code not in done and asks_still(ruleset, ask.code))


def _where(
    record: Record, known: Known, there: Mapping[str, int], asked: Collection[int], ruleset: Ruleset
) -> Mapping[str, Param]:
    """Where the parameters that a draft waits for are seen to, and how."""
    number = structure_of(record.now)
    entry, row = known.entries.get(number), there.get(number, 0)
    if entry is not None and is_settled(record, known, ruleset):
        return _answered(entry)
    if row and row not in asked and entry is not None:
        return {"link": f"@link.catalogue|{entry.revision}", "how": "@verify.catalogue"}
    if row:
        return {"link": f"@link.structure|{row}", "how": "@verify.row"}
    if entry is None:  # nothing of them was stored: they stand in the file alone that asked
        return {"link": f"@link.unstored|{number}", "how": f"@verify.result|{record.now.batch}"}
    return {"link": f"@link.number|{number}", "how": "@verify.catalogue"}


def with_settled(
    findings: Sequence[Finding], outcome: Outcome, known: Known, ruleset: Ruleset
) -> tuple[Finding, ...]:
    """Of vehicle rows whose parameters another workbook has answered for since: the draft that was held for
    them goes on, and one that was asked for waits for nothing more.
    """
    done = {
        j.row.number: (j.verdict, known.entries[structure_of(record.now)])
        for j in outcome.rows
        if j.row.sheet == VEHICLE and j.verdict in (Verdict.HELD, Verdict.SAVED)
        if (record := known.records.get(vin_of(j, ruleset))) is not None
        if record.now.batch == outcome.batch and is_settled(record, known, ruleset)
    }
    kept = []
    for f in findings:
        if f.code == TO_VERIFY and f.row in done:
            if not (others := _without_parameters(f)):
                continue
            f = replace(f, params=others)
        if f.code == PARAMETERS and f.row in done:
            verdict, entry = done[f.row]
            if verdict is Verdict.SAVED:
                continue
            f = replace(f, params=tuple({**dict(f.params), **_answered(entry)}.items()))
        kept.append(f)
    return tuple(kept)


def _without_parameters(asked: Finding) -> tuple[tuple[str, Param], ...]:
    """What is to be verified beside them; nothing where that is all."""
    params = dict(asked.params)
    others = tuple(name for name in params["asked"] if name != f"@title.{PARAMETERS}")
    return tuple({**params, "asked": others}.items()) if others else ()


def _answered(entry: Entry) -> Mapping[str, Param]:
    """It is the row of the vehicle that goes on, not that of the parameters: it leads to none."""
    return {"link": f"@link.answered|{entry.revision}", "how": _SETTLED}


def is_settled(record: Record, known: Known, ruleset: Ruleset) -> bool:
    """Whether what was asked of a draft's parameters was confirmed or mended in another workbook since."""
    return settled(ruleset, record, known.entries.get(structure_of(record.now)))


def settled_rows(outcome: Outcome) -> set[int]:
    """The held vehicle rows that wait for nothing but a word that they are to go on; of an outcome
    `with_answers`.
    """
    open_asks = [f for f in outcome.findings if f.sheet == VEHICLE and f.severity is Severity.ASK]
    rows = {f.row for f in open_asks if f.code == PARAMETERS and dict(f.params).get("how") == _SETTLED}
    return rows - {f.row for f in open_asks if f.code != PARAMETERS}
