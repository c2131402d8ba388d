"""Cells as Excel takes them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinbatch.workbook.splice import plain, rest

MOST = 32_767  # UTF-16 units that a cell holds


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.integers(MOST - 9, MOST + 9), st.sampled_from(["长", "x", "🚗", "x🚗"]))
def test_no_cell_holds_more_than_excel_takes_and_a_cut_can_be_seen(length: int, text: str) -> None:
    whole = (text * length)[: length // units(text) * len(text)]
    kept = plain(whole)
    if units(whole) <= MOST:
        assert kept == whole
    else:
        assert MOST - 1 <= units(kept) <= MOST
        assert kept.endswith("…(…)")
        assert whole.startswith(kept.removesuffix("…(…)"))


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (5, "<v>5</v>"),
        (5.0, "<v>5</v>"),
        (0.1, "<v>0.1</v>"),
        (-(2.0**53), "<v>-9007199254740992.0</v>"),  # beyond it a float may stand for another whole number
        (True, "<is><t>True</t></is>"),
        (math.inf, "<is><t>inf</t></is>"),
        ("", None),
    ],
)
def test_a_number_is_one_and_all_else_is_text(value: str | float, content: str | None) -> None:
    kind = ' t="inlineStr"' if content and content.startswith("<is>") else ""
    assert rest(value, 3) == (f'" s="3"{kind}>{content}</c>' if content else '" s="3"/>')


@pytest.mark.parametrize("text", [" 左舵", "左舵\n", "\u3000"])
def test_white_space_at_the_ends_of_a_text_is_kept(text: str) -> None:
    assert f'<t xml:space="preserve">{text}</t>' in rest(text, 3)


def test_a_text_without_any_at_its_ends_has_no_attribute_that_others_might_read_as_text() -> None:
    assert "<is><t>BMW X5</t></is>" in rest("BMW X5", 3)
