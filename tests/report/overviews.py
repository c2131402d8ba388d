"""Homes as their overview shows them: a busy one, a closed month of it, one before its first workbook."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    BatchLine,
    Day,
    Month,
    Overview,
    RegisterPart,
    Span,
    Unmended,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LONG = "三月进口车 汇总表（含补录及更正）最终版 确认后请勿再改动 v3.xlsx"


def lines(ruleset: Ruleset) -> tuple[BatchLine, ...]:
    """One of every kind, newest first."""
    refusal = ruleset.finding("FILE-TOO-LARGE", size="31.4", limit="20")
    mixed = {
        (VEHICLE, Verdict.DECLARED): 195,
        (VEHICLE, Verdict.HELD): 2,
        (VEHICLE, Verdict.REFUSED): 3,
        (STRUCTURE, Verdict.STORED): 12,
        (STRUCTURE, Verdict.REFUSED): 1,
    }
    customs = {"accepted": 180, "rejected": 2, "overdue": 4, "doubt": 1, "open": 8}
    rows: tuple[tuple[str, str, dict[tuple[str, str], int], dict[str, int]], ...] = (
        (LONG, "上海", mixed, customs),
        ("查询.xlsx", "", {("query", "asked"): 3}, {}),
        ("参数.xlsx", "北京", {(STRUCTURE, Verdict.STORED): 12}, {}),
        ("再投.xlsx", "北京", {(VEHICLE, Verdict.UNCHANGED): 20}, {}),
    )
    made = [
        BatchLine(
            f"BJ01-20260310-{9 - i:04d}",
            NOW - timedelta(hours=i),
            file,
            department,
            "李敏",
            counts,
            None,
            **answers,
            result=f"BJ01-20260310-{9 - i:04d}_a.xlsx",
            report=f"BJ01-20260310-{9 - i:04d}_a.html",
        )
        for i, (file, department, counts, answers) in enumerate(rows)
    ]
    refused = replace(
        made[-1], batch="BJ01-20260309-0001", source="大.xlsx", rows={}, refusal=refusal, open=1
    )
    return *made, refused


def busy(ruleset: Ruleset) -> Overview:
    """The index of a home at work."""
    days = tuple(
        Day(
            date(2026, 3, day),
            {Verdict.DECLARED: 20 * day, Verdict.REFUSED: day},
            accepted=18 * day,
            rejected=day,
            overdue=day % 3,
            seconds=3600 * day,
        )
        for day in range(1, 11)
    )
    return Overview(
        NOW,
        "",
        "202603",
        Span(days[0].day, days[-1].day, days, (("CCC-NUMERIC", 40), ("VIN-CHECK-DIGIT", 7))),
        lines(ruleset),
        "5d" * 32,
        months=(Month("202603", 5, 215, 5, 180, 2, 4), Month("202602", 31, 4100, 60, 4080, 20, 0)),
        register=(
            RegisterPart(1, "register.xlsx", 5000),
            RegisterPart(2, "register_2-2.xlsx", 17, beside=True),
        ),
        standing=(
            ("filing", "accepted", 4900),
            ("revocation", "accepted", 37),
            ("filing", "declared", 100),
            ("change", "rejected", 2),
            ("filing", "draft", 15),
        ),
        held=2,
        overdue=4,
        doubt=1,
        aside=1,
        files=2,
        news=(
            ruleset.phrase("cli.overdue", n=4, days=3, vin="WBA13BJ03MCF12346"),
            ruleset.phrase("clerk.rejected", n=2, by=""),
        ),
        unmended=(Unmended(LONG, "上海", 4), Unmended("大.xlsx", "北京", 0)),
        beat=NOW,
        form="VIN申报模板.xlsx",
    )


def month(ruleset: Ruleset) -> Overview:
    """The page of a closed month."""
    of_all = busy(ruleset)
    return Overview(NOW, "202602", "202603", of_all.span, of_all.lines, of_all.head)


def empty(_ruleset: Ruleset) -> Overview:
    """A home before its first workbook."""
    today = NOW.date()
    return Overview(NOW, "", "202603", Span(today, today), (), "0" * 64, form="VIN申报模板.xlsx")
