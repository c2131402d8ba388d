"""What is too long to be read is told to its limit, and says that there is more."""

from __future__ import annotations

import pytest

from vinbatch.cut import cut, first_of


@pytest.mark.parametrize(("text", "told"), [("", ""), ("abc", "abc"), ("abcd", "abc…")])
def test_a_text(text: str, told: str) -> None:
    assert cut(text, 3) == told


@pytest.mark.parametrize(
    ("names", "told"), [([], ()), (["a", "b"], ("a", "b")), (["a", "b", "c"], ("a", "b", "…"))]
)
def test_names(names: list[str], told: tuple[str, ...]) -> None:
    assert first_of(names, 2) == told
