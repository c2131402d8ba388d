"""What a result says of the vehicles of another department, where the home refuses acts on them."""

from __future__ import annotations

import io

import openpyxl
import pytest
from desk import Desk, said
from test_examples import with_settings

from vinbatch import flow
from vinbatch.lifecycle.acts import closed_to
from vinbatch.model import FileNames, Known, Outcome, Rulebook, Source, State, Type
from vinbatch.noun import replace
from vinbatch.report.extract import extract_workbook
from vinbatch.report.story import other_departments


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    """A home that refuses, with a draft of Shanghai."""
    desk = Desk(with_settings(rulebook, {"foreign_department": "refuse"}))
    desk.shelve()
    desk.know(replace(desk.place(Type.FILING, State.DRAFT), department="上海"))
    return desk


def shown(desk: Desk, outcome: Outcome) -> tuple[str, object]:
    """The sentences on top, and what may be done on the first row."""
    answer = flow.answer(outcome, Known(desk.now, desk.facts.records), FileNames(), desk.rulebook)
    book = openpyxl.load_workbook(io.BytesIO(answer.workbook))
    heads, row, *_ = book["车辆信息"].values
    told = "\n".join(str(cell) for line in book["结果汇总"].values for cell in line if cell)
    return told, dict(zip(heads, row, strict=True))["可办理操作"]


def test_nothing_is_offered_on_the_vehicle_of_another_department(desk: Desk) -> None:
    for cells in ({"action": "申报"}, {}):
        _, acts = shown(desk, desk.drop([cells], [], department="北京"))
        assert acts == "无（由部门 上海 备案，请由其办理）"


def test_its_own_department_is_offered_what_is_open(desk: Desk) -> None:
    _, acts = shown(desk, desk.drop([{}], [], department="上海"))
    assert acts == "申报 / 暂存 / 删除 / 删除含结构参数"


def test_the_summary_sends_to_the_department_that_filed_it(desk: Desk) -> None:
    told, _ = shown(desk, desk.drop([{"action": "申报"}], [], department="北京"))
    assert "“车辆信息”第 2 行的车由其他部门备案，在这里改也不会办理：请由该部门办理" in told


@pytest.mark.parametrize("marked", [True, False])
def test_what_else_is_wrong_with_its_row_is_not_to_be_mended_there(desk: Desk, marked: bool) -> None:
    """It was told to fill in 操作, or to query anew, and that nothing can be done, side by side."""
    record = replace(desk.place(Type.FILING, State.ACCEPTED), department="上海")
    desk.know(record)
    mark = {"_mark": desk.mark(record)} if marked else {}
    told, acts = shown(desk, desk.drop([{**mark, "colour": "红"}], [], department="北京"))
    assert "“车辆信息”第 2 行的车由其他部门备案" in told
    assert "请在“操作”填" not in told
    assert "请重新查询" not in told
    assert marked is (acts == "无（由部门 上海 备案，请由其办理）")


def test_what_customs_rejected_is_not_to_be_mended_by_another_department(desk: Desk) -> None:
    record = replace(desk.place(Type.FILING, State.REJECTED), department="上海")
    desk.know(record)
    for department, asked in (("北京", False), ("上海", True)):
        told, _ = shown(desk, desk.drop([{"_mark": desk.mark(record)}], [], department=department))
        assert ("海关退回“车辆信息”第 2 行" in told) is asked


def test_a_command_and_a_new_filing_after_a_revocation_are_open_to_all(desk: Desk) -> None:
    record = desk.facts.records["WBA13BJ03MCF12345"]
    assert closed_to(record, Source("1.xlsx", "00", "北京"), desk.ruleset)
    assert not closed_to(record, Source("1.xlsx", "00", "", user="li"), desk.ruleset)
    revoked = replace(desk.place(Type.REVOCATION, State.ACCEPTED), department="上海")
    assert not closed_to(revoked, Source("1.xlsx", "00", "北京"), desk.ruleset)


@pytest.mark.parametrize(
    ("department", "acts"), [("北京", "无（由部门 上海 备案，请由其办理）"), ("上海", None)]
)
def test_an_extract_offers_a_department_what_it_may_do(desk: Desk, department: str, acts: str | None) -> None:
    """It offered 申报 and 删除 on every draft of the others."""
    source = Source("q.xlsx", "00", department)
    known = Known(desk.now, desk.facts.records, desk.facts.entries, asked_by=source)
    filled = extract_workbook(known, desk.ruleset)
    (row,), issues = filled.sheets[0].rows, [issue.code for issue in filled.issues]
    assert row.system["acts"] == (acts or "申报 / 暂存 / 删除 / 删除含结构参数")
    assert issues == (["DEPARTMENT-THEIRS"] if acts else [])


def test_an_extract_sends_nobody_to_a_department_that_may_do_nothing_itself(desk: Desk) -> None:
    """Of a vehicle that waits for customs it said to ask them."""
    desk.know(replace(desk.place(Type.FILING, State.DECLARED), department="上海"))
    known = Known(desk.now, desk.facts.records, desk.facts.entries, asked_by=Source("q.xlsx", "00", "北京"))
    (row,) = extract_workbook(known, desk.ruleset).sheets[0].rows
    assert row.system["acts"] == "无（请等待海关答复）"


def test_a_revision_that_waits_for_an_answer_is_asked_about_and_told_to_nobody_else(
    rulebook: Rulebook,
) -> None:
    """The row was held without a word: its question was taken for news of what is stored."""
    desk = Desk(with_settings(rulebook, {"severities": {"STRUCTURE-OTHERS": "ask"}}))
    desk.drop([{"action": "暂存"}], department="上海")
    held = desk.drop([], [{"width": "1890"}], department="北京")
    assert said(held) == [("STRUCTURE-OTHERS", "ask")]
    assert (held.entries, other_departments(held)) == ((), {})
    done = desk.again(held, {}, {2: {"confirmed": "是"}}, department="北京")
    assert [change.kind for change in done.entries] == ["revised"]
    assert list(other_departments(done)) == ["上海"]
