"""The one sentence on top of a result: what happened, which rows to mend, what to do next."""

from __future__ import annotations

from collections import Counter

from vinbatch.model import STRUCTURE, VEHICLE, Files, Outcome, Severity, Verdict
from vinbatch.report.customs import rejected_rows
from vinbatch.report.words import row_ranges
from vinbatch.ruleset import Ruleset

_DONE = (Verdict.DECLARED, Verdict.SAVED, Verdict.DELETED, Verdict.STORED)


def sentence(outcome: Outcome, files: Files, ruleset: Ruleset) -> tuple[str, str]:
    """The sentence and its tone: "good", "mend" or "refused".

    `files.result` is the name of the workbook to mend, "" where the reader has it before him.
    """
    if outcome.refused:
        stop = next(f for f in outcome.findings if not f.row and f.severity is Severity.STOP)
        told = ruleset.tell(stop)
        reason, cure = told.what.rstrip("。."), told.cure.rstrip("。.")
        return ruleset.phrase("result.refused", reason=reason, cure=cure), "refused"
    counts = counted(outcome, ruleset)
    todo = to_do(outcome, ruleset)
    if todo and files.result:
        return ruleset.phrase("result.mend_named", counts=counts, todo=todo, name=files.result), "mend"
    if todo:
        return ruleset.phrase("result.mend", counts=counts, todo=todo), "mend"
    if files.extracts and not outcome.rows:
        name = files.extracts[0]
        return ruleset.phrase("result.found", n=files.found, name=name), "good"
    done = any(j.verdict in _DONE for j in outcome.rows)
    return ruleset.phrase("result.good" if done else "result.idle", counts=counts), "good"


def to_do(outcome: Outcome, ruleset: Ruleset) -> str:
    """Which rows to mend and to confirm, those that customs rejected among them; "" for none."""
    told = "".join(
        _todo(outcome, ruleset, verdict, phrase)
        for verdict, phrase in (
            (Verdict.REFUSED, "result.todo_refused"),
            (Verdict.HELD, "result.todo_held"),
        )
    )
    rejected = rejected_rows(outcome)
    if rejected:
        name = ruleset.word(f"@sheet.{VEHICLE}")
        told += ruleset.phrase("result.todo_rejected", sheet=name, rows=row_ranges(rejected, ruleset))
    return told


def headline(outcome: Outcome, ruleset: Ruleset) -> str:
    """One line for a list of workbooks: the counts, or why the file was refused."""
    if not outcome.refused:
        return counted(outcome, ruleset)
    stop = next(f for f in outcome.findings if not f.row and f.severity is Severity.STOP)
    return ruleset.phrase("result.refused_short", reason=ruleset.tell(stop).what)


def counted(outcome: Outcome, ruleset: Ruleset) -> str:
    """`车辆 198 行已申报、2 行未通过`: the rows by verdict."""
    parts: list[str] = []
    for sheet in (VEHICLE, STRUCTURE):
        numbers = Counter(j.verdict for j in outcome.rows if j.row.sheet == sheet)
        if sheet == STRUCTURE:
            # Parameters that were merely looked at are no news beside the vehicles that use them.
            numbers = Counter({v: n for v, n in numbers.items() if v is not Verdict.UNCHANGED or not parts})
        for i, verdict in enumerate(v for v in Verdict if numbers[v]):
            phrase = "result.count" if i else f"result.count_{sheet}"
            word = ruleset.word(f"@verdict.{verdict}").lower()  # within a sentence
            parts.append(ruleset.phrase(phrase, n=numbers[verdict], verdict=word))
    if not parts and outcome.reading.queries:
        parts = [ruleset.phrase("result.count_query", n=len(outcome.reading.queries))]
    joint = "，" if ruleset.settings.language == "zh" else ", "
    return joint.join(parts) or ruleset.phrase("result.no_rows")


def _todo(outcome: Outcome, ruleset: Ruleset, verdict: Verdict, phrase: str) -> str:
    told = ""
    for sheet in (STRUCTURE, VEHICLE):
        rows = [j.row.number for j in outcome.rows if j.row.sheet == sheet and j.verdict is verdict]
        if rows:
            name = ruleset.word(f"@sheet.{sheet}")
            told += ruleset.phrase(phrase, sheet=name, rows=row_ranges(rows, ruleset))
    return told
