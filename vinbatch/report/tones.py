"""The colour of a verdict: its word says what became of the row, its colour whether somebody has to act."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import VEHICLE, Outcome, Place, Severity, Verdict
from vinbatch.report.rows import refused_rows, waiting_rows
from vinbatch.ruleset import Ruleset

PAST = "past"  # of a row that was refused, held or rejected, and needs nobody any more, or nobody yet


def tones(outcome: Outcome, still: Outcome, ruleset: Ruleset) -> Mapping[Place, str]:
    """Sheet and row → the colour of its verdict: red where it is to be mended, also where customs rejected
    what was declared; of an outcome `with_answers`, and what is `still_open` of it.
    """
    open_rows = {j.row.place for j in still.rows}
    idle = {*waiting_rows(still), *refused_rows(still, VEHICLE, ruleset).get("done", ())}
    stops = {f.place for f in still.findings if f.severity is Severity.STOP}
    found: dict[Place, str] = {}
    for judged in outcome.rows:
        place = judged.row.place
        if outcome.refused and place not in stops:  # the file is to be seen to, not its rows
            found[place] = PAST
            continue
        asks = judged.verdict in (Verdict.REFUSED, Verdict.HELD, Verdict.DECLARED)
        if asks and (place not in open_rows or (place[0] == VEHICLE and place[1] in idle)):
            found[place] = PAST
        else:
            found[place] = (Verdict.REFUSED if place in stops else judged.verdict).value
    return found
