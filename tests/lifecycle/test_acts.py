"""Semantics section 1: the table of legal acts, walked in full."""

from __future__ import annotations

import pytest
from desk import Desk, codes, verdicts

from vinbatch.lifecycle.acts import LEGAL, TARGET, act_of, legal_acts
from vinbatch.model import Act, State, Type

PLACES = [
    (Type.FILING, State.DRAFT),
    (Type.FILING, State.DECLARED),
    (Type.FILING, State.REJECTED),
    (Type.FILING, State.ACCEPTED),
    (Type.CHANGE, State.DRAFT),
    (Type.CHANGE, State.DECLARED),
    (Type.CHANGE, State.REJECTED),
    (Type.CHANGE, State.ACCEPTED),
    (Type.REVOCATION, State.DECLARED),
    (Type.REVOCATION, State.REJECTED),
    (Type.REVOCATION, State.ACCEPTED),
]

# The table of semantics section 1, copied by hand: the code must agree with it.
TABLE = """
filing draft        | 申报 暂存 删除 删除含结构参数
filing declared     |
filing rejected     | 申报 暂存
filing accepted     | 变更 变更暂存 撤销
change draft        | 变更 变更暂存 删除
change declared     |
change rejected     | 变更 变更暂存 撤销
change accepted     | 变更 变更暂存 撤销
revocation declared |
revocation rejected | 变更 变更暂存 撤销
revocation accepted | 申报 暂存
"""


def expected() -> dict[tuple[str, str], set[str]]:
    table = {}
    for line in TABLE.strip().splitlines():
        left, _, acts = line.partition("|")
        kind, state = left.split()
        table[kind, state] = set(acts.split())
    return table


@pytest.mark.parametrize(("kind", "state"), PLACES)
def test_the_legal_acts_are_those_of_the_table(kind: Type, state: State) -> None:
    assert set(LEGAL[kind, state]) == expected()[kind.value, state.value]


def test_without_a_record_one_may_declare_or_save() -> None:
    assert legal_acts(None) == (Act.DECLARE, Act.SAVE)


def test_each_type_is_declared_by_an_act_of_its_own() -> None:
    assert [act_of(kind) for kind in (Type.FILING, Type.CHANGE, Type.REVOCATION)] == [
        Act.DECLARE,
        Act.CHANGE,
        Act.REVOKE,
    ]


@pytest.mark.parametrize(("kind", "state"), PLACES)
@pytest.mark.parametrize("act", list(Act))
def test_an_act_on_a_marked_row_arrives_where_the_table_says_or_changes_nothing(
    kind: Type, state: State, act: Act, desk: Desk
) -> None:
    record = desk.place(kind, state)
    edited = {"colour": "红"} if act in (Act.CHANGE, Act.SAVE_CHANGE) else {}
    outcome = desk.drop(
        [
            {
                "_mark": desk.mark(record),
                "action": act.value,
                "confirmed": "是",
                "revocation_reason": "车辆退运" if act is Act.REVOKE else "",
                **edited,
            }
        ]
    )
    if act not in LEGAL[kind, state]:
        assert verdicts(outcome) == {2: "refused"}
        assert {"ACT-ILLEGAL", "ACT-WAITS", "DELETE-NO-DRAFT", "DELETE-REJECTED"} & set(codes(outcome))
        assert outcome.records == ()
        return
    change = outcome.records[0]
    if act in TARGET:
        assert change.record is not None
        now = (change.record.now.type, change.record.now.state)
        held = kind is Type.REVOCATION and state is State.ACCEPTED and act is Act.DECLARE
        # A new filing after an accepted revocation asks first, and the mark did not know that ask.
        assert now == ((Type.FILING, State.DRAFT) if held else TARGET[act])
    elif kind is Type.CHANGE:
        assert change.record is not None  # dropping a change draft: back to what it was
        assert (change.record.now.type, change.record.now.state) == (Type.FILING, State.ACCEPTED)
    else:
        assert change.record is None


def test_an_illegal_act_names_the_legal_ones(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.DRAFT)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更"}])
    (finding,) = [f for f in outcome.findings if f.code == "ACT-ILLEGAL"]
    told = desk.ruleset.tell(finding, "zh")
    assert "申报、暂存、删除、删除含结构参数" in told.cure


def test_a_rejected_change_leaves_the_accepted_data_in_force(desk: Desk) -> None:
    record = desk.place(Type.CHANGE, State.REJECTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "colour": "红"}])
    change = outcome.records[0].record
    assert change is not None
    assert change.accepted == record.accepted
