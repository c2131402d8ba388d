"""操作 with a word that is no act: the row is refused, and told what it may ask for."""

from __future__ import annotations

import pytest
from desk import Cells, Desk, codes, verdicts

from vinbatch.checks.meant import act_meant
from vinbatch.model import VEHICLE, Act, Outcome, State, Type
from vinbatch.noun import replace


def cure(desk: Desk, outcome: Outcome) -> str:
    """What to do about the word in 操作."""
    (found,) = [f for f in outcome.findings if f.code in ("ACT-UNKNOWN", "ACT-UNKNOWN-CLOSED")]
    assert (found.field, verdicts(outcome)) == ("action", {2: "refused"})
    return desk.ruleset.tell(found).cure


def test_a_new_row_is_offered_no_change(desk: Desk) -> None:
    """All acts were named; 变更 was chosen, and refused."""
    assert cure(desk, desk.drop([{"action": "改一下"}])) == "请从下拉列表选择：申报、暂存"


@pytest.mark.parametrize(
    ("kind", "state", "acts"),
    [
        (Type.FILING, State.ACCEPTED, "变更、变更暂存、撤销"),
        (Type.FILING, State.DRAFT, "申报、暂存、删除、删除含结构参数"),
        (Type.CHANGE, State.DRAFT, "变更、变更暂存、删除"),
    ],
)
@pytest.mark.parametrize("edited", [{}, {"colour": "红"}])
def test_a_row_of_a_record_is_offered_what_the_record_allows(
    kind: Type, state: State, acts: str, edited: Cells, desk: Desk
) -> None:
    """Also one that nobody edited: such a word was taken for nothing asked, and the row called unchanged."""
    mark = desk.mark(desk.place(kind, state))
    outcome = desk.drop([{"_mark": mark, "action": "办一下", **edited}])
    assert cure(desk, outcome) == f"请从下拉列表选择：{acts}"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("取消撤销", "请清空“操作”。现在能办的：无（请等待海关答复）"),
        ("撤消", "是要“撤销”吗？这一行现在不能撤销；不是的，请清空“操作”。现在能办的：无（请等待海关答复）"),
    ],
)
def test_a_row_on_which_no_act_is_open_is_not_asked_to_choose_one(word: str, told: str, desk: Desk) -> None:
    """It said: choose from the list: none (wait for the answer of customs)."""
    mark = desk.mark(desk.place(Type.REVOCATION, State.DECLARED))
    assert cure(desk, desk.drop([{"_mark": mark, "action": word}])) == told


@pytest.mark.parametrize(
    ("kind", "state", "acts"),
    [
        (Type.FILING, State.ACCEPTED, "请清空“操作”。现在能办的：无（请查询该车，在查询结果上办）"),
        (Type.CHANGE, State.DRAFT, "请从下拉列表选择：删除"),
        (Type.FILING, State.REJECTED, "请从下拉列表选择：申报、暂存"),
    ],
)
def test_a_row_without_the_mark_of_its_record_is_offered_no_change(
    kind: Type, state: State, acts: str, desk: Desk
) -> None:
    desk.place(kind, state)
    assert cure(desk, desk.drop([{"action": "办一下"}])) == acts


def test_an_outdated_row_and_one_without_its_record_are_offered_nothing(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    stale = desk.drop([{"_mark": desk.mark(record, stale=True), "action": "办一下"}])
    assert cure(desk, stale).endswith("无（本行已过时，请重新查询）")
    desk.facts = replace(desk.facts, records={})
    gone = desk.drop([{"_mark": desk.mark(record), "action": "办一下"}])
    assert cure(desk, gone).endswith("无（本系统没有本行的记录；备案请用空白模板）")


def test_without_a_ledger_a_row_of_a_record_is_told_all_acts(desk: Desk) -> None:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    desk.facts = replace(desk.facts, records={}, blind=True)
    told = cure(desk, desk.drop([{"_mark": mark, "action": "办一下", "colour": "红"}]))
    assert told.endswith("申报、暂存、变更、变更暂存、撤销、删除、删除含结构参数")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("撤消", "是要“撤销”吗？新填的行不能撤销：请先查询该车"),
        ("删", "是要“删除”吗？这辆车还没有记录：不办的，把这一行整行删除"),
        ("上报", "是要“申报”吗？是的，请改为“申报”"),
        ("暂存一下", "是要“暂存”吗？"),
    ],
)
def test_a_word_like_an_act_on_a_new_row_is_asked_for_it(word: str, said: str, desk: Desk) -> None:
    """撤消 was told to be 申报 or 暂存, which is not what anybody meant."""
    assert cure(desk, desk.drop([{"action": word}])).startswith(said)


@pytest.mark.parametrize("word", ["先不撤销", "撤销未批准", "勿变更", "do not revoke", "取消变更"])
def test_the_contrary_of_an_act_is_not_taken_for_it(word: str, desk: Desk) -> None:
    """先不撤销 was asked whether 撤销 is meant."""
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    assert cure(desk, desk.drop([{"_mark": mark, "action": word}])).startswith("请从下拉列表选择：变更")


@pytest.mark.parametrize("word", ["不变更", "不变", "已申报", "No change"])
def test_what_says_that_nothing_is_to_be_done_calls_the_row_off(word: str, desk: Desk) -> None:
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    outcome = desk.drop([{"_mark": mark, "action": word}])
    assert [f.code for f in outcome.findings if f.sheet == VEHICLE] == ["ACT-CALLED-OFF"]


def test_no_act_or_other_word_for_one_says_the_contrary(desk: Desk) -> None:
    action = desk.ruleset.field(VEHICLE, "action")
    said = (*action.choices, *action.choice_aliases)
    assert [act_meant(word, desk.ruleset) for word in said] == [
        *action.choices,
        *action.choice_aliases.values(),
    ]


def test_a_reason_beside_it_is_not_told_to_go_with_a_declaration(desk: Desk) -> None:
    """Nobody knew which act was meant, and 办的却是“申报” stood beside “是要撤销吗”."""
    outcome = desk.drop([{"action": "撤消", "revocation_reason": "车辆退运"}])
    assert [f.code for f in outcome.findings if f.sheet == VEHICLE] == ["ACT-UNKNOWN"]


@pytest.mark.parametrize(
    ("state", "word", "said"),
    [
        (State.ACCEPTED, "撤消", "是要“撤销”吗？是的，请改为“撤销”；不是的，请从下拉列表选择"),
        (State.ACCEPTED, "删掉", "是要“删除”吗？这一行现在不能删除；不是的，请从下拉列表选择：变更"),
        (State.DECLARED, "修改", "是要“变更”吗？这一行现在不能变更；"),
        (State.DRAFT, "删", "是要“删除”吗？是的，请改为“删除”；"),
    ],
)
def test_so_is_one_on_a_row_of_a_record(state: State, word: str, said: str, desk: Desk) -> None:
    mark = desk.mark(desk.place(Type.FILING, state))
    assert cure(desk, desk.drop([{"_mark": mark, "action": word}])).startswith(said)


@pytest.mark.parametrize("word", ["取消", "不办", "作废", "暂不申报。", "Cancel"])
def test_a_row_that_says_it_is_off_is_told_to_be_deleted_and_nothing_else(word: str, desk: Desk) -> None:
    """Whose 操作 is emptied instead has the vehicle declared."""
    outcome = desk.drop([{"action": word, "ccc_no": "", "production_date": "2021-3-41", "colour": "待补"}])
    (found,) = [f for f in outcome.findings if f.sheet == VEHICLE]
    assert (verdicts(outcome), found.code) == ({2: "refused"}, "ACT-CALLED-OFF")
    assert desk.ruleset.tell(found).cure.startswith("不办这一行的，整行删除")


@pytest.mark.parametrize("edited", [{}, {"colour": "红"}])
def test_so_is_a_row_of_a_record_which_stands_as_it_was(edited: Cells, desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "作废", **edited}])
    (found,) = [f for f in outcome.findings if f.sheet == VEHICLE]
    assert (found.code, outcome.records) == ("ACT-CALLED-OFF", ())
    assert desk.ruleset.tell(found).cure.endswith("变更、变更暂存、撤销")


@pytest.mark.parametrize("act", Act)
def test_what_an_english_result_calls_an_act_is_read_as_that_act(act: Act, desk: Desk) -> None:
    """Its cures say to put it into Action, whose list has the Chinese word alone."""
    told = desk.ruleset.word(f"@act.{act}", "en")
    assert act in told
    named, plain = desk.drop([{"action": told}]), Desk(desk.rulebook).drop([{"action": str(act)}])
    assert (verdicts(named), codes(named)) == (verdicts(plain), ["CELL-CLEANED", *codes(plain)])
