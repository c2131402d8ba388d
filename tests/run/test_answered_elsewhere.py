"""Parameters that a draft waits for, confirmed in another workbook: its result, the register, a command."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from run_place import Fresh, Place, book_of, first_lines, row_of, verdicts

from vinbatch.model import Act, Order
from vinbatch.run import choosing, commands


@pytest.fixture
def answered(place: Place, fresh: Fresh) -> Place:
    vehicles, sets = fresh(1)
    odd = {**sets[0], "length": int(sets[0]["length"]) + 50}
    place.drop("a.xlsx", place.sheet(vehicles, [odd]))
    assert [verdicts(o) for o in place.run().outcomes] == [{2: "held"}]
    place.now += timedelta(hours=1)
    place.drop("b.xlsx", place.sheet([], [{**odd, "confirmed": "是"}]))
    place.run()
    return place


def test_the_result_says_that_nothing_is_left_to_verify(answered: Place) -> None:
    """It sent its reader to a row that asked nothing any more."""
    assert row_of(answered, 1)["修改建议"] == answered.ruleset.word("@verify.settled")


def test_its_first_lines_lead_to_the_row_that_goes_on(answered: Place) -> None:
    """They said to delete the row of the parameters: the vehicle asked for nothing, so nothing was done; then
    to verify it once more.
    """
    told = first_lines(answered, 1)
    assert (
        "“车辆信息”第 2 行所等的结构参数后来已核实或改正，不用再核实：要接着办理，在“核实确认”填“是”。"
        in told
    )
    assert "请按原件核对" not in told
    assert "整行删除" not in told


def test_refused_for_parameters_that_were_mended_elsewhere_it_leads_to_what_is_left(
    place: Place, fresh: Fresh
) -> None:
    """It went on to say that their row is to be mended, and this one left alone."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, [{**sets[0], "doors": "x"}]))
    place.run()
    assert row_of(place, 1)["修改建议"] == "请改正那一行，本行不用改"
    place.now += timedelta(hours=1)
    place.drop("b.xlsx", place.sheet([], sets))
    place.run()
    assert row_of(place, 1)["修改建议"] == place.ruleset.word("@moot.parameters")


def test_parameters_that_came_again_and_were_refused_again_are_mended_there_first(
    place: Place, fresh: Fresh
) -> None:
    """It said that they were dealt with since, and to delete their row: the vehicle had none then."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, [{**sets[0], "doors": "x"}]))
    place.run()
    place.now += timedelta(hours=1)
    book = book_of(place, 1)
    book["车辆信息"].delete_rows(2)
    out = io.BytesIO()
    book.save(out)
    place.drop("b.xlsx", out.getvalue())
    place.run()
    told = first_lines(place, 1)
    assert "所用的结构参数后来在别的批次重新放入，也没有办成：请先在那一份结果表上改好" in told
    assert "后来已另行办理" not in told
    later = place.ruleset.word("@moot.again|TRIAL-20260302-0002")
    assert row_of(place, 1)["修改建议"] == later


def test_who_answered_is_told_of_the_vehicles_that_wait_for_it(answered: Place) -> None:
    """It said that there is nothing left to do, and no vehicle goes on by another workbook's answer."""
    told = first_lines(answered, 2)
    assert "别的文件里有 1 辆待核实的车在等结构参数" in told
    assert "不需再做什么" not in told


def test_a_draft_that_was_asked_for_waits_for_nothing_more(place: Place, fresh: Fresh) -> None:
    """Its result went on to say that there is something to verify."""
    vehicles, sets = fresh(1)
    odd = {**sets[0], "length": int(sets[0]["length"]) + 50}
    place.drop("a.xlsx", place.sheet([{**vehicles[0], "action": "暂存"}], [odd]))
    place.run()
    assert "其中有待核实的内容" in first_lines(place, 1)
    place.now += timedelta(hours=1)
    place.drop("b.xlsx", place.sheet([], [{**odd, "confirmed": "是"}]))
    place.run()
    assert "第 2 行已存为草稿，内容齐全，尚未申报" in first_lines(place, 1)


def test_a_command_declares_it(answered: Place) -> None:
    """It wanted --confirm, though nothing was left to confirm."""
    rules = answered.rulebook
    drafts = choosing.only_drafts(choosing.every_draft(rules), rules, named=False, confirm=False)
    order = Order(Act.DECLARE, marked=False)
    done = commands.carry_out(answered.machine(), "declare", order, drafts, "chen")
    assert (list(answered.outbox()), done.left) == (["TRIAL-20260302-0003-filing.zip"], ())
