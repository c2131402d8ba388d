"""Which rows of an outcome somebody has to see to, and where; and which only wait for customs."""

from __future__ import annotations

from vinbatch.lifecycle.refusals import READY, WAITS
from vinbatch.model import VEHICLE, Known, Outcome, Severity, State, Verdict
from vinbatch.report.customs import CONTRADICTED, FAILED, OVERDUE, REJECTED
from vinbatch.report.since import vin_of
from vinbatch.ruleset import Ruleset

_AWAY = ("department", "nowhere", "done")  # what is not mended by the row
_HERE = ("cell", "diff", "link")  # places of the row itself, as the rules call them


def waiting_rows(outcome: Outcome) -> list[int]:
    """The vehicle rows refused as their vehicle waits for customs: nothing is to be mended before that."""
    return [row for row, codes in _stops(outcome).items() if not codes.isdisjoint(WAITS)]


def ready_rows(outcome: Outcome) -> list[int]:
    """Those of them that may be done now, as they stand; of an outcome `with_answers`."""
    return [row for row, codes in _stops(outcome).items() if codes == {READY}]


def _stops(outcome: Outcome) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for f in outcome.findings:
        if f.sheet == VEHICLE and f.severity is Severity.STOP:
            found.setdefault(f.row, set()).add(f.code)
    return found


def refused_rows(outcome: Outcome, sheet: str, ruleset: Ruleset) -> dict[str, list[int]]:
    """The refused rows of a sheet by where they are to be mended, as the rules say of their findings.

    What was outdated, or is gone, is of no use to be mended here, whatever else is wrong with it.
    """
    stops: dict[int, set[str]] = {}
    for f in outcome.findings:
        if f.sheet == sheet and f.severity is Severity.STOP and f.code in ruleset.findings:
            stops.setdefault(f.row, set()).add(ruleset.findings[f.code].where)
    found: dict[str, list[int]] = {}
    for judged in outcome.rows:
        if judged.row.sheet == sheet and judged.verdict is Verdict.REFUSED:
            places = stops.get(judged.row.number, {"cell"})
            where = next(w for w in ("query", "form", *_HERE, "row", "delete", "act", *_AWAY) if w in places)
            found.setdefault("cell" if where in _HERE else where, []).append(judged.row.number)
    return found


def rejected_rows(outcome: Outcome) -> tuple[list[int], list[int]]:
    """The vehicle rows that customs rejected and that wait to be mended, those declared here and those of
    vehicles that another batch declared; of an outcome `with_answers`.
    """
    rows, own = [f.row for f in outcome.findings if f.code in REJECTED], _declared_rows(outcome)
    return [row for row in rows if row in own], [row for row in rows if row not in own]


def failed_rows(outcome: Outcome) -> list[int]:
    """Of all those the rows whose message failed, which may have nothing to mend."""
    return [f.row for f in outcome.findings if f.code == FAILED]


def overdue_rows(outcome: Outcome) -> list[int]:
    """The vehicle rows declared here that customs owes an answer to for too long; of an outcome
    `with_answers`.
    """
    own = _declared_rows(outcome)
    return [f.row for f in outcome.findings if f.code == OVERDUE and f.row in own]


def unasked_rows(outcome: Outcome, known: Known, ruleset: Ruleset) -> list[int]:
    """The rows on which nothing was done, and whose vehicle was declared by an earlier batch and waits."""
    found = []
    for j in outcome.rows:
        if j.row.sheet == VEHICLE and j.verdict is Verdict.UNCHANGED:
            record = known.records.get(vin_of(j, ruleset))
            before = record is not None and (record.now.since is None or record.now.since <= outcome.now)
            if record is not None and before and record.now.state is State.DECLARED:
                found.append(j.row.number)
    return found


def _declared_rows(outcome: Outcome) -> set[int]:
    rows = (j for j in outcome.rows if j.row.sheet == VEHICLE)
    return {j.row.number for j in rows if j.verdict is Verdict.DECLARED}


def contradicted_rows(outcome: Outcome) -> list[int]:
    """The vehicle rows with two answers that contradict each other; of an outcome `with_answers`.

    A late answer to what was superseded is history: the note on its row is enough.
    """
    return list(dict.fromkeys(f.row for f in outcome.findings if f.code == CONTRADICTED))
