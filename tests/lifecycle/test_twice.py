"""A VIN that comes again: which of its rows stands, and what is to be done with the others."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes, verdicts

from vinbatch.model import Outcome, State, Type

TWICE = "VIN-TWICE-IN-FILE"


def told(desk: Desk, outcome: Outcome, code: str = TWICE) -> dict[int, tuple[str, str]]:
    """Row → what is said of it, and what to do."""
    found = ((f.row, desk.ruleset.tell(f)) for f in outcome.findings if f.code == code)
    return {row: (one.what, one.cure) for row, one in found}


def cures(desk: Desk, outcome: Outcome) -> dict[int, str]:
    return {row: cure for row, (_, cure) in told(desk, outcome).items()}


def test_of_equal_rows_the_first_stays(desk: Desk) -> None:
    outcome = desk.drop([{}, {"vin": OTHER_VIN}, {}])
    assert verdicts(outcome) == {2: "refused", 3: "declared", 4: "refused"}
    assert cures(desk, outcome) == {
        2: "留下本行，把第 4 行整行删除",
        4: "把本行整行删除，留下第 2 行",
    }
    assert all("内容相同" in what for what, _ in told(desk, outcome).values())


def test_rows_that_differ_are_shown_against_each_other_and_a_person_compares(desk: Desk) -> None:
    outcome = desk.drop([{"colour": "黑"}, {"colour": "红"}])
    assert [what.partition("；")[2] for what, _ in told(desk, outcome).values()] == [
        "与第 3 行的差别（本行 → 那一行）：车身颜色：黑 → 红",
        "与第 2 行的差别（本行 → 那一行）：车身颜色：红 → 黑",
    ]
    assert set(cures(desk, outcome).values()) == {"请按单据核对：对的一行留下，多余的整行删除"}


@pytest.mark.parametrize(
    ("cells", "shown"),
    [({"action": "暂存"}, "操作：– → 暂存"), ({"ccc_no": "12"}, "CCC证书编号：2020011101345678 → 12")],
)
def test_what_a_row_asks_for_and_what_cannot_be_read_are_differences(
    desk: Desk, cells: Cells, shown: str
) -> None:
    assert told(desk, desk.drop([{}, cells]))[2][0].endswith(shown)


@pytest.mark.parametrize("state", [State.DECLARED, State.ACCEPTED])
def test_the_row_that_says_what_was_declared_stays(desk: Desk, state: State) -> None:
    """The right row was told to be one too many, in the words of the wrong one."""
    batch = desk.place(Type.FILING, state).now.batch
    outcome = desk.drop([{"colour": "红"}, {}])
    assert told(desk, outcome)[3] == (
        f"同一 VIN 在本表出现多次，另见第 2 行；本行与批次 {batch} 中已申报的相同",
        "留下本行，把第 2 行整行删除",
    )
    assert cures(desk, outcome)[2] == "把本行整行删除，留下第 3 行"
    assert set(codes(outcome, "vehicle")) == {TWICE}


def test_a_draft_may_be_meant_to_change_so_a_person_compares(desk: Desk) -> None:
    desk.place(Type.FILING, State.DRAFT)
    assert set(cures(desk, desk.drop([{"colour": "红"}, {}])).values()) == {
        "请按单据核对：对的一行留下，多余的整行删除"
    }


def test_of_equal_rows_the_one_out_of_the_record_stays(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{}, {"_mark": desk.mark(record)}])
    assert cures(desk, outcome) == {
        2: "把本行整行删除，留下第 3 行",
        3: "留下本行，把第 2 行整行删除",
    }


def test_a_row_and_its_copy_with_another_act_are_for_a_person(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record)}
    outcome = desk.drop([row, {**row, "action": "撤销", "revocation_reason": "退运"}])
    assert set(cures(desk, outcome).values()) == {"请按单据核对：对的一行留下，多余的整行删除"}


def test_the_surplus_deleted_what_stays_is_done(desk: Desk) -> None:
    refused = desk.drop([{}, {}])
    assert verdicts(desk.again(refused, only=[2])) == {2: "declared"}


@pytest.mark.parametrize("state", [State.DECLARED, State.ACCEPTED])
def test_a_vin_that_comes_again_with_the_same_data_is_told_where_it_stands(desk: Desk, state: State) -> None:
    """It was 无变化 without a word."""
    batch = desk.place(Type.FILING, state).now.batch
    outcome = desk.drop([{}])
    assert verdicts(outcome) == {2: "unchanged"}
    assert told(desk, outcome, "RECORD-SAME") == {
        2: (f"该车此前已在批次 {batch} 申报（备案），内容相同，没有重复申报", "不需处理")
    }


@pytest.mark.parametrize(
    ("state", "code"), [(State.DECLARED, "RECORD-WAITS"), (State.ACCEPTED, "RECORD-DIFFERS")]
)
def test_one_that_comes_again_with_other_data_is_told_that_the_first_stands(
    desk: Desk, state: State, code: str
) -> None:
    batch = desk.place(Type.FILING, state).now.batch
    what, cure = told(desk, desk.drop([{"colour": "红"}]), code)[2]
    assert f"批次 {batch} " in what
    assert "以那一批为准；本行内容不同，没有采用" in what
    assert "本行填错的，整行删除" in cure
