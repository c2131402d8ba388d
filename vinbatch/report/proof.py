"""Page templates tried at start on made-up contents, so that a slip of their editor shows before any work."""

from __future__ import annotations

from vinbatch.noun import replace
from vinbatch.report.frame import bar, frame
from vinbatch.report.history import Happened
from vinbatch.report.html import html
from vinbatch.report.mending import Group, Item, MendRow
from vinbatch.report.page import TEMPLATE, Link, Moment, Report, Vehicle
from vinbatch.report.sent import PackageView
from vinbatch.ruleset import Ruleset


def prove(ruleset: Ruleset) -> None:
    """RulesError where a template cannot show everything that there is to show, or nothing at all."""
    full = _full(ruleset)
    bare = replace(
        full, facts=(), bars=(), mend=(), left_out=0, groups=(), packages=(), story=(), vehicles=(), links=()
    )
    for one in (full, replace(bare, tone="refused", unshown=0)):
        html(ruleset, TEMPLATE, report=one, frame=one.frame)


def _full(ruleset: Ruleset) -> Report:
    """A report with one of everything."""
    answers = bar("x", [("accepted", "x", 1), ("rejected", "x", 1), ("waiting", "x", 1), ("overdue", "x", 1)])
    item = Item("A1", "x", "x", "stop", "x", "X-X", "x", "x")
    event = Happened("x", "declared", "x", "x", "x", "x")
    return Report(
        frame=frame("x", "0" * 64, ruleset, up="./index.html"),
        file="x.xlsx",
        batch="TRIAL-20260101-0001",
        tone="mend",
        sentence="x",
        facts=(("x", "x"),),
        bars=(answers,),
        mend=(MendRow("x", 2, "x", "refused", "x", (item, replace(item, cell="", cure="", value=""))),),
        left_out=1,
        groups=(Group("X-X", "stop", "x", "x", True, "x", 1, (("x", "2"), ("x", "3"))),),
        packages=(PackageView("x.zip", "x", "x", "doubt", "x", "x", "x", 4, answers),),
        story=(Moment("x", "x", "x"), Moment("x", "x", "")),
        vehicles=(Vehicle("x", "accepted", "x", (("x", "x"),), (event,)),),
        unshown=1,
        links=(Link("x", "x.xlsx", "./x.xlsx"), Link("x", "x.zip", "", "x")),
    )
