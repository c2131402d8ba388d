"""The answer to a batch whose real answer cannot be made: that it was worked, and whom to ask."""

from __future__ import annotations

from vinbatch.model import FileNames, Known, Outcome
from vinbatch.noun import replace
from vinbatch.report.page import Report, report
from vinbatch.report.result import result_workbook
from vinbatch.report.sentence import headline
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.fill import fill

TONE = "refused"


def plain_workbook(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> bytes:
    """The result with its summary alone: no row, no finding, nothing that came from a cell."""
    bare, nobody = _bare(outcome, known)
    filled = result_workbook(bare, nobody, files, ruleset)
    if filled.summary is None:
        raise ValueError(f"{outcome.batch}: a result without a summary")
    summary = replace(filled.summary, sentence=told(outcome, ruleset), tone=TONE)
    return fill(ruleset, replace(filled, summary=summary, queries=()), ruleset.settings.language)


def plain_report(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> Report:
    """The page without rows and history."""
    bare, nobody = _bare(outcome, known)
    return replace(report(bare, nobody, files, ruleset), sentence=told(outcome, ruleset), tone=TONE)


def told(outcome: Outcome, ruleset: Ruleset) -> str:
    """What was done, that it cannot be told in full, and whom to ask."""
    return ruleset.phrase("result.untold", counts=headline(outcome, ruleset), batch=outcome.batch)


def _bare(outcome: Outcome, known: Known) -> tuple[Outcome, Known]:
    """Batch and source, without anything that was in the workbook or became of its rows."""
    reading = replace(outcome.reading, rows=(), queries=(), unclear=(), findings=(), extra={}, saved_by="")
    bare = replace(outcome, reading=reading, rows=(), findings=(), records=(), entries=(), declarations=())
    return bare, Known(known.now, head=known.head)
