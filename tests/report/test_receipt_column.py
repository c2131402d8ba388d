"""What the column 海关回执 of a result says, row by row."""

from __future__ import annotations

import io

import openpyxl
import pytest
from customs_desk import TIME, Customs
from desk import Desk

from vinbatch import flow
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import FileNames, Known, Outcome, Return, Rulebook

AT = "2026-03-02 10:22:31"


def receipt_of(customs: Customs, outcome: Outcome) -> str | None:
    """Of the first row of the result, as a clerk reads it."""
    desk = customs.desk
    known = Known(desk.now, desk.facts.records, replies=tuple(customs.replies))
    answer = flow.answer(outcome, known, FileNames(), desk.rulebook)
    heads, row, *_ = openpyxl.load_workbook(io.BytesIO(answer.workbook))["车辆信息"].values
    return dict(zip(heads, row, strict=True))["海关回执"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([], None),
        ([("3", TIME, "")], f"3 已发往海关 · {AT}"),
        ([("120", TIME, "")], f"120 海关入库 · {AT}"),
        ([("120", TIME, "海关入库")], f"120 海关入库 · {AT}"),
        ([("100", TIME, "品牌有误")], f"100 海关退单 · {AT} · 品牌有误"),
        ([("4", TIME, "")], f"4 发往海关失败 · {AT}"),
        ([("-7", TIME, "报文有误")], f"-7 处理异常 · {AT} · 报文有误"),
        ([("120", "", "")], "120 海关入库"),
        ([("120", "20260231000000000", "")], "120 海关入库 · “20260231000000000”"),
        ([("3", TIME, ""), ("120", TIME, "")], f"120 海关入库 · {AT}"),
        ([("120", TIME, ""), ("3", TIME, "")], f"120 海关入库 · {AT}"),
        ([("120", TIME, ""), ("100", TIME, "品牌有误")], f"120 海关入库 · {AT}"),
    ],
    ids=[
        "none yet",
        "on its way",
        "accepted",
        "its meaning twice",
        "rejected",
        "a message that failed",
        "a negative code",
        "without a time",
        "a day that is none",
        "progress, then the answer",
        "progress that came late",
        "a contradiction",
    ],
)
def test_code_meaning_time_and_the_words_of_customs(
    rulebook: Rulebook, said: list[tuple[str, str, str]], shown: str | None
) -> None:
    customs = Customs(Desk(rulebook))
    outcome = customs.desk.drop([{}])
    guid = customs.take(outcome)
    for status, time, info in said:
        customs.say(guid, status, info=info, time=time)
    assert receipt_of(customs, outcome) == shown


def test_who_recorded_an_answer_by_hand_is_named(rulebook: Rulebook) -> None:
    customs = Customs(Desk(rulebook))
    outcome = customs.desk.drop([{}])
    customs.receipt(receipt_xml(customs.take(outcome), (Return("120", "", TIME, "电话答复"),)), user="王")
    assert receipt_of(customs, outcome) == f"120 海关入库 · {AT} · 电话答复 · 由 王 人工登记"


def test_a_row_that_was_not_declared_has_none(rulebook: Rulebook) -> None:
    customs = Customs(Desk(rulebook))
    assert receipt_of(customs, customs.desk.drop([{"action": "暂存"}])) is None
