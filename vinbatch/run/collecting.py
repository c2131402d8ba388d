"""How often Python looks for cycles while a pass works."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Rows make no cycles: looking for some after every 700 objects costs a tenth of the time.

    What is there by now stays as long as the process, and is not looked through again. What the pass leaves
    is put with what is old, unseen: most processes end here. A watch looks through all of it by itself.
    A program that froze its objects before its first pass, as those do that fork, keeps them frozen.
    """
    before = gc.get_threshold()
    thawed = not frozen_before()
    if thawed:
        gc.freeze()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        if thawed:
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*before)


@cache
def frozen_before() -> bool:
    """Whether somebody froze objects before the first pass. Once: Python counts each of them."""
    return gc.get_freeze_count() > 0
