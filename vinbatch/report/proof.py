"""Templates of pages and mails, tried at start on made-up contents: a slip shows before any work."""

from __future__ import annotations

from datetime import UTC, date, datetime

from vinbatch.model import (
    VEHICLE,
    BatchLine,
    Day,
    Finding,
    Month,
    Overview,
    RegisterPart,
    Severity,
    Span,
    State,
    Unmended,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.frame import bar, frame
from vinbatch.report.history import Happened
from vinbatch.report.html import html
from vinbatch.report.letter import Item as MailItem
from vinbatch.report.letter import Point, View, write
from vinbatch.report.mending import Group, Item, MendRow
from vinbatch.report.overview import overview_page
from vinbatch.report.page import TEMPLATE, Link, Moment, Report, Vehicle
from vinbatch.report.sent import PackageView
from vinbatch.ruleset import Ruleset

_THEN = datetime(2026, 3, 2, tzinfo=UTC)


def prove(ruleset: Ruleset) -> None:
    """RulesError where a template cannot show everything that there is to show, or nothing at all."""
    full = _full(ruleset)
    bare = replace(
        full,
        facts=(),
        audit=(),
        bars=(),
        mend=(),
        left_out=0,
        groups=(),
        packages=(),
        story=(),
        vehicles=(),
        links=(),
    )
    for one in (full, replace(bare, tone="refused", unshown=0)):
        html(ruleset, TEMPLATE, report=one, frame=one.frame)
    for seen in _overviews():
        overview_page(seen, ruleset)
    if ruleset.settings.mail.host:
        prove_mail(ruleset)


def prove_mail(ruleset: Ruleset) -> None:
    """RulesError where the templates of mail cannot show everything, whether mail is on or off."""
    for view in _mails():
        write(view, ruleset)


def _full(ruleset: Ruleset) -> Report:
    """A report with one of everything."""
    answers = bar("x", [("accepted", "x", 1), ("rejected", "x", 1), ("waiting", "x", 1), ("overdue", "x", 1)])
    item = Item("A1", "x", "y", "stop", "x", "X-X", "x", "x")
    event = Happened("x", "declared", "x", "x", "x", "x")
    group = Group("X-X", "stop", "x", "x", True, "x", 1, (("x", "2"), ("x", "3")))
    items = (item, replace(item, cell="", cure="", value=""))
    return Report(
        frame=frame("x", "0" * 64, ruleset, up="./index.html"),
        title="x",
        file="x.xlsx",
        batch="TRIAL-20260101-0001",
        tone="mend",
        sentence="x",
        facts=(("x", "x"),),
        audit=(("x", "x"), ("x", "x")),
        bars=(answers,),
        mend=(MendRow("x", 2, "x", "refused", "x", items, followers=1),),
        left_out=1,
        groups=(group, replace(group, rows=())),  # of the whole file
        packages=(PackageView("x.zip", "x", "x", "doubt", "x", "x", "x", 4, answers),),
        story=(Moment("x", "x", "x"), Moment("x", "x", "")),
        vehicles=(Vehicle("x", "accepted", "x", (("x", "x"),), (event,)),),
        unshown=1,
        links=(Link("x", "x.xlsx", "./x.xlsx"), Link("x", "x.zip", "", "x")),
    )


def _overviews() -> tuple[Overview, ...]:
    """The index with one of everything, a closed month, and the index of an empty home."""
    day = Day(date(2026, 3, 2), {Verdict.DECLARED: 2}, accepted=1, rejected=1, seconds=3600)
    span = Span(day.day, day.day, (day,), (("X-X", 2),))
    line = BatchLine(
        "TRIAL-20260302-0001",
        _THEN,
        "x.xlsx",
        "x",
        "x",
        {(VEHICLE, Verdict.DECLARED): 4, (VEHICLE, Verdict.REFUSED): 1},
        accepted=1,
        rejected=1,
        overdue=1,
        doubt=1,
        result="x.xlsx",
        report="x.html",
    )
    index = Overview(
        _THEN,
        "",
        "202603",
        span,
        (line, BatchLine(line.batch, _THEN, "x.xlsx", refusal=Finding("FILE-PROTECTED", Severity.STOP))),
        "0" * 64,
        months=(Month("202603", 1, 4, 1, 1, 1, 1), Month("202602", 1, 4, 1, 1, 1, 1)),
        register=(RegisterPart(1, "register.xlsx", 4), RegisterPart(2, "register_2-2.xlsx", 4, beside=True)),
        standing=tuple(("filing", state, 1) for state in State),
        news=("x",) * 20,
        unmended=(Unmended("x.xlsx", "x", 2), Unmended("x.xlsx", "", 0)),
        beat=_THEN,
        form="x.xlsx",
    )
    empty = Overview(_THEN, "", "202603", Span(day.day, day.day), (), "0" * 64, form="x.xlsx")
    return index, replace(index, month="202602", months=(), register=(), news=()), empty


def _mails() -> tuple[View, ...]:
    """A mail with one of everything, and one that only says something."""
    full = View(
        "x",
        "mend",
        "x",
        about="x",
        title="x",
        bar=bar("x", [("declared", "x", 1), ("refused", "x", 1)]),
        facts=(("x", "x"),),
        items_title="x",
        items=(
            MailItem("stop", "x", "x", "x", "x"),
            MailItem("ask", "x", "x", points=(Point("ask", "x", "x", "x"), Point("stop", "x", "x", ""))),
            MailItem("note", "x"),
        ),
        more="x",
        steps=("x",),
        notes=("x",),
        head="0" * 64,
        sentences=("x", "x"),
    )
    return full, View("x", "good", "x"), View("x", "refused", "x")
