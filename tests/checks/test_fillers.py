"""Words that are no value are not declared as if they were."""

from __future__ import annotations

import pytest
from desk import Desk, codes, verdicts

from vinbatch.checks.fillers import is_filler, unfinished
from vinbatch.model import STRUCTURE, VEHICLE, Rulebook, State, Type
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

WORDS = [
    "待补",
    "待補",
    "同上",
    "〃",
    "见附件",
    "(待补)",
    "【待定】",
    "待补。",
    "ＴＢＤ",
    "see  Attachment",
    "？？",
    "……",
    "#N/A",
    "N.A.",
    "待 补",
    "同　上",
    "见附件1",
    "見附件",
    "↓",
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("key", ["vin", "structure_no", "ccc_no", "production_date", "engine_no", "remarks"])
def test_it_refuses_the_vehicle_that_it_stands_on(key: str, word: str, desk: Desk) -> None:
    outcome = desk.drop([{key: word}])
    assert verdicts(outcome) == {2: "refused"}
    assert [f.code for f in outcome.findings if f.sheet == VEHICLE] == ["CELL-FILLER"]


@pytest.mark.parametrize("key", ["brand_zh", "country", "length", "axle_loads", "fuel", "co2", "abs"])
@pytest.mark.parametrize("word", ["待补", "#N/A", "同上"])
def test_parameters_with_it_are_not_stored(key: str, word: str, desk: Desk) -> None:
    outcome = desk.drop([], [{key: word}])
    assert (verdicts(outcome, STRUCTURE), codes(outcome)) == ({2: "refused"}, ["CELL-FILLER"])


def test_no_draft_has_it_either_and_the_cure_says_what_to_do(desk: Desk) -> None:
    outcome = desk.drop([{"action": "暂存", "ccc_no": "待补"}])
    (told,) = (f for f in outcome.findings if f.sheet == VEHICLE)
    assert (verdicts(outcome), told.code, told.value) == ({2: "refused"}, "CELL-FILLER", "待补")
    assert "新车先清空，车辆行的“操作”填“暂存”" in desk.ruleset.tell(told).cure
    mended = desk.again(outcome, {2: {"ccc_no": ""}})
    assert verdicts(mended) == {2: "saved"}


@pytest.mark.parametrize(
    ("sheet", "key", "word", "value"),
    [
        (STRUCTURE, "abs", "没有", "否"),
        (STRUCTURE, "abs", "×", "否"),
        (STRUCTURE, "country", "NA", "NAM"),
        (STRUCTURE, "battery_model", "无", None),
        (STRUCTURE, "battery_model", "無", None),
        (STRUCTURE, "battery_model", "N/A", None),
        (STRUCTURE, "battery_model", "‑‑", None),
        (VEHICLE, "colour", "---", None),
        (VEHICLE, "remarks", "发动机号待补", "发动机号待补"),
        (VEHICLE, "colour", "未知蓝", "未知蓝"),
    ],
)
def test_a_word_that_its_field_knows_and_a_longer_text_stay_what_they_were(
    sheet: str, key: str, word: str, value: str | None, desk: Desk
) -> None:
    outcome = desk.drop(
        [{key: word}] if sheet == VEHICLE else None, [{key: word}] if sheet == STRUCTURE else None
    )
    (judged,) = (j for j in outcome.rows if j.row.sheet == sheet)
    assert judged.row.values[desk.ruleset.index(sheet)[key]] == value
    assert "CELL-FILLER" not in codes(outcome)


def test_a_home_says_which_words_are_none(rulebook: Rulebook) -> None:
    own = '[filler.unknown]\naliases = ["?"]\n\n[filler.ours]\nzh = "等通知"\nen = "wait"\n'
    home = replace(rulebook, home=(("words-own.toml", own),), digest="fillers")
    ours, packaged = compile_rules(home), compile_rules(rulebook)
    assert [is_filler(word, packaged) for word in ("等通知", "略", "×")] == [False, True, True]
    assert [is_filler(word, ours) for word in ("等通知", "略", "×")] == [True, True, False]


def test_no_example_or_choice_of_the_packaged_rules_is_one(ruleset: Ruleset) -> None:
    for sheet in (VEHICLE, STRUCTURE):
        for field in ruleset.fields(sheet):
            assert not any(is_filler(text, ruleset) for text in (field.example, *field.choices))


def test_an_undecided_act_calls_the_row_off_and_is_not_to_be_cleared(desk: Desk) -> None:
    """Cleared, the new vehicle would be declared."""
    outcome = desk.drop([{"action": "待定"}])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "refused"}, ["ACT-CALLED-OFF"])


@pytest.mark.parametrize(
    ("sheet", "key", "value", "word"),
    [
        (VEHICLE, "engine_no", "DCB待补", "待补"),
        (VEHICLE, "engine_no", "DCB待補", "待補"),
        (VEHICLE, "engine_no", "待 补 DCB", "待 补"),
        (VEHICLE, "motor_no", "BSG48（ＴＢＤ）", "(TBD)"),
        (VEHICLE, "vin", "WBA13BJ0(待补)", "待补"),
        (VEHICLE, "ccc_no", "20200111(待核实)", "待核"),
        (VEHICLE, "production_date", "2021.待定", "待定"),
        (STRUCTURE, "model_name", "5系 见附件", "见附件"),
        (STRUCTURE, "brand_zh", "暂无中文品牌", "暂无"),
        (STRUCTURE, "brakes", "discs, to be confirmed", "to be confirmed"),
        (STRUCTURE, "length", "约4936待核", "待核"),
    ],
)
def test_such_a_word_within_a_value_refuses_it_once_and_is_named(
    sheet: str, key: str, value: str, word: str, desk: Desk
) -> None:
    """DCB待补 was declared as the engine number that it is not."""
    outcome = desk.drop([{key: value}]) if sheet == VEHICLE else desk.drop([], [{key: value}])
    (found,) = (f for f in outcome.findings if f.sheet == sheet and f.severity.value == "stop")
    assert (verdicts(outcome, sheet), found.code) == ({2: "refused"}, "CELL-UNFINISHED")
    assert dict(found.params)["word"] == word


@pytest.mark.parametrize(
    ("sheet", "key", "value"),
    [
        (VEHICLE, "remarks", "发动机号待补"),
        (VEHICLE, "colour", "未知蓝"),
        (VEHICLE, "engine_no", "TBD620 12345"),
        (STRUCTURE, "remarks", "配置见附件"),
        (STRUCTURE, "manufacturer", "大同上汽汽车有限公司"),
        (STRUCTURE, "brakes", "前后补偿孔，液压"),
        (STRUCTURE, "model_name", "Spending 略"),
        (STRUCTURE, "tyres", "225/45R18 91W（选装见备注）"),
        (STRUCTURE, "tyres", "225/45R18 91W, others see remarks"),
    ],
)
def test_what_may_be_a_part_of_a_name_or_of_a_remark_is_left_alone(
    sheet: str, key: str, value: str, desk: Desk
) -> None:
    outcome = desk.drop([{key: value}], None) if sheet == VEHICLE else desk.drop([], [{key: value}])
    assert "CELL-UNFINISHED" not in codes(outcome)
    assert verdicts(outcome, sheet)[2] in ("declared", "stored")


def test_a_home_says_which_words_and_which_fields(rulebook: Rulebook) -> None:
    own = '[unfinished.pending]\naliases = []\n\n[unfinished.ours]\nzh = "等单"\nen = "wait"\n'
    free = "[vehicle.engine_no]\nfree = true\n"
    home = replace(rulebook, home=(("words-own.toml", own), ("fields.toml", free)), digest="unfinished")
    ours = compile_rules(home)
    found = [unfinished(text, ours) for text in ("A1等单", "A1 wait", "A1wait", "A1待定", "A1待补")]
    assert found == ["等单", "wait", "", "", "待补"]
    assert verdicts(Desk(home).drop([{"engine_no": "DCB待补"}])) == {2: "declared"}


def test_no_example_or_choice_of_the_packaged_rules_is_unfinished(ruleset: Ruleset) -> None:
    for sheet in (VEHICLE, STRUCTURE):
        for field in ruleset.fields(sheet):
            assert not any(unfinished(text, ruleset) for text in (field.example, *field.choices))


@pytest.mark.parametrize("word", ["待补", "见附件", "同上"])
def test_as_the_reason_of_a_revocation_it_is_told_which_reasons_are_wanted(word: str, desk: Desk) -> None:
    """To empty the cell and save a draft, as for other cells, would have led to the next refusal."""
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    outcome = desk.drop([{"_mark": mark, "action": "撤销", "revocation_reason": word}])
    (found,) = (f for f in outcome.findings if f.sheet == VEHICLE)
    cure = desk.ruleset.tell(found).cure
    assert (verdicts(outcome), found.code) == ({2: "refused"}, "REVOCATION-REASON-FILLER")
    assert all(said in cure for said in ("车辆取消进口", "车辆退运", "重复备案"))
    assert "暂存" not in cure
