"""View models → pages: one self-contained file each."""

from __future__ import annotations

from vinbatch.model import FileNames, Known, Outcome
from vinbatch.report.page import TEMPLATE, Report, report
from vinbatch.report.plain import plain_report
from vinbatch.ruleset import Ruleset
from vinbatch.templating import render


def html(ruleset: Ruleset, name: str, **context: object) -> bytes:
    """The page of this template. RulesError where it, or one that it uses, is wrong."""
    return render(ruleset, name, context, "template.page").encode()


def report_page(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> bytes:
    """The report of a batch."""
    return _page(report(outcome, known, files, ruleset), ruleset)


def plain_report_page(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> bytes:
    """The report of a batch whose real one cannot be made."""
    return _page(plain_report(outcome, known, files, ruleset), ruleset)


def _page(told: Report, ruleset: Ruleset) -> bytes:
    return html(ruleset, TEMPLATE, report=told, frame=told.frame)
