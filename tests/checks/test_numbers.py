"""Cells that should be numbers: what is read, and what is told."""

from __future__ import annotations

import math

import pytest

from vinbatch.checks.numbers import Number, read_decimal, read_list, read_whole


@pytest.mark.parametrize("raw", [3.5, "3.5"])
def test_a_number_with_decimals_is_not_whole_typed_or_as_text(raw: float | str) -> None:
    assert read_whole(raw) == Number(code="NUMBER-NOT-WHOLE")


def test_an_endless_number_is_unreadable_and_nothing_is_meant_by_it() -> None:
    told = Number(code="NUMBER-UNREADABLE", params={"meant": ""})
    assert read_decimal(math.inf) == read_whole(math.inf) == told


def test_a_list_may_have_empty_decimals() -> None:
    assert read_list("1150.0 / 1290", "/") == Number((1150, 1290))
