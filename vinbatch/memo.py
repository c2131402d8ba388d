"""Answers kept by argument: cells repeat themselves, and what was worked out once is looked up.

A memo belongs to one ruleset, whose object there is one of for each digest; it never outlives the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")

_MOST = 4096


class Memo(dict[Key, Made], Generic[Key, Made]):
    """`memo[key]` is `function(key)`. Full, it forgets everything: memory stays flat over any backlog.

    0 is never kept: 0.0 and -0.0 are the same key, but not written the same. The caller keeps True and 1
    apart, which are the same key too.
    """

    def __init__(self, function: Callable[[Key], Made], most: int = _MOST) -> None:
        super().__init__()
        self._function, self._most = function, most

    def __missing__(self, key: Key) -> Made:
        made = self._function(key)
        if key != 0:
            if len(self) >= self._most:
                self.clear()
            self[key] = made
        return made
