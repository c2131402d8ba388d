"""What Excel shows beside a cell: condition, rule, limits and example."""

from __future__ import annotations

import pytest

from vinbatch.model import Field, Kind
from vinbatch.noun import replace
from vinbatch.ruleset.prompts import prompt
from vinbatch.ruleset.words import Word

FIELD = Field("structure", "k", "新", "New", Kind.MONTH, "always", "K", example="5")
LIMITS = {
    "int": Word("整数{low}–{high}{unit}。", "Whole {low}–{high}{unit}."),
    "decimal": Word("数{low}–{high}{unit}。", "Number {low}–{high}{unit}."),
    "intlist": Word("每个{low}–{high}{unit}用{separator}连。", "Each {low}–{high}{unit} by {separator}."),
    "intlist_sum": Word("合计{low}–{high}{unit}用{separator}连。", "Sum {low}–{high}{unit} by {separator}."),
    "text": Word("最多{length}。", "At most {length}."),
    "choice": Word("请选。", "Choose."),
    "example": Word("例{example}", "E.g. {example}"),
}
WORDS = {"limit": LIMITS, "required": {"always": Word("必填。", "Required.")}}


@pytest.mark.parametrize(
    ("field", "zh", "en"),
    [
        ({"kind": Kind.MONTH}, "", ""),
        ({"kind": Kind.TEXT, "length": 9}, "最多9。", "At most 9. "),
        ({"kind": Kind.CODE, "length": 9}, "最多9。", "At most 9. "),
        ({"kind": Kind.CHOICE}, "请选。", "Choose. "),
        ({"kind": Kind.YESNO}, "请选。", "Choose. "),
        ({"kind": Kind.INT, "low": 0, "high": 10, "unit": "mm"}, "整数0–10 mm。", "Whole 0–10 mm. "),
        ({"kind": Kind.INT, "high": 10}, "整数…–10。", "Whole …–10. "),
        ({"kind": Kind.DECIMAL, "low": 0.5, "high": 1e6}, "数0.5–1000000。", "Number 0.5–1000000. "),
        (
            {"kind": Kind.INTLIST, "low": 1, "high": 7, "separator": ";"},
            "每个1–7用;连。",
            "Each 1–7 by ;. ",
        ),
        (
            {"kind": Kind.INTLIST, "low": 1, "high": 7, "separator": ";", "bound": "sum"},
            "合计1–7用;连。",
            "Sum 1–7 by ;. ",
        ),
    ],
    ids=str,
)
def test_a_prompt_tells_condition_rule_limits_and_example_with_blanks_in_english_only(
    field: dict[str, object], zh: str, en: str
) -> None:
    told = replace(FIELD, **field)
    assert prompt(told, "规则。", WORDS, "zh") == f"必填。规则。{zh}例5"
    assert prompt(told, "Rule.", WORDS, "en") == f"Required. Rule. {en}E.g. 5"


def test_a_prompt_without_a_rule_has_no_gap() -> None:
    assert prompt(FIELD, "", WORDS, "en") == "Required. E.g. 5"
