"""Words that are no value are not declared as if they were."""

from __future__ import annotations

import pytest
from desk import Desk, codes, verdicts

from vinbatch.checks.fillers import is_filler
from vinbatch.model import STRUCTURE, VEHICLE, Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

WORDS = [
    "待补",
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
    "↓",
]


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    return Desk(rulebook)


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
    assert "先清空，车辆行的“操作”填“暂存”" in desk.ruleset.tell(told).cure
    mended = desk.again(outcome, {2: {"ccc_no": ""}})
    assert verdicts(mended) == {2: "saved"}


@pytest.mark.parametrize(
    ("sheet", "key", "word", "value"),
    [
        (STRUCTURE, "abs", "没有", "否"),
        (STRUCTURE, "abs", "×", "否"),
        (STRUCTURE, "country", "NA", "NAM"),
        (STRUCTURE, "battery_model", "无", None),
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
