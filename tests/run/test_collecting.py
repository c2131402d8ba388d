"""Cycles are seldom looked for in a pass, and all is as it was after it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from vinbatch.run.collecting import frozen_before, seldom_collecting


@pytest.fixture
def thawed() -> Iterator[None]:
    """As a program begins: the tests' own process is frozen."""
    gc.unfreeze()
    frozen_before.cache_clear()
    yield
    gc.freeze()
    frozen_before.cache_clear()


def test_a_pass_looks_for_cycles_as_seldom_as_it_has_rows() -> None:
    before = gc.get_threshold()
    with seldom_collecting():
        assert gc.get_threshold()[0] >= 200_000
    assert gc.get_threshold() == before


@pytest.mark.usefixtures("thawed")
def test_what_was_there_is_not_looked_through_while_it_works_and_is_thawed_after_it() -> None:
    with seldom_collecting():
        assert gc.get_freeze_count()
    assert not gc.get_freeze_count()


@pytest.mark.usefixtures("thawed")
def test_what_a_program_froze_itself_stays_frozen() -> None:
    """One that forks shares its pages with its children only so."""
    gc.freeze()
    held = gc.get_freeze_count()
    with seldom_collecting():
        kept = [{} for _ in range(10_000)]
    assert gc.get_freeze_count() == pytest.approx(held, abs=1000)
    assert kept
