"""The regular expressions of the rules. Those of a home are bounded: sixty characters may take one hours.

Python's own engine cannot be stopped, and holds the whole program; that of `regex` looks at a clock. The
packaged patterns need no bound, and a home without patterns of its own does not pay for that import.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from vinbatch.cut import cut

_SECONDS = 0.1  # of the processor for one value; a sound pattern takes microseconds
_LENGTH = 60  # characters of a text to try a pattern with
_CELL = 32_767  # characters of a cell, in Excel
# What is escaped, a class, a group's ends, and how often at least what stands before it is repeated.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]|\{(\d+)(?:,\d*)?\}", re.DOTALL)
_SHOWN = 40  # characters of a text in a sentence
_END = "\0"  # that no pattern means: what came before it is gone through in every way there is

Match = Callable[[str], bool | None]  # None: it came to no end


class SlowError(ValueError):
    """A pattern that came to no end with this text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.shown = repr(cut(text, _SHOWN))


def check(pattern: str, example: str, *, own: bool) -> None:
    """ValueError where it is no regular expression, SlowError where it comes to no end with such texts."""
    try:
        re.compile(pattern)  # what this says of a mistake is the more helpful
    except (re.error, OverflowError, RecursionError) as e:
        raise ValueError(str(e)) from e
    if _laid_out(pattern) > _CELL:
        raise ValueError(f"a cell has no more than {_CELL} characters")  # each repeat would be laid out
    if pattern and own:
        for text in _probes(example):
            if _bounded(pattern)(text) is None:
                raise SlowError(text)


def _laid_out(pattern: str) -> int:
    """How often at least the part of a pattern stands there that is repeated most, repeats of repeats too."""
    most, group, end = [1], 1, -1
    for part in _PART.finditer(pattern):
        if part[0] == "(":
            most.append(1)
        elif part[0] == ")" and len(most) > 1:  # not one of a comment
            group, end = most.pop(), part.end()
            most[-1] = max(most[-1], group)
        elif part[1]:
            times = int(part[1]) * (group if part.start() == end else 1)
            most[-1] = max(most[-1], times)
    return max(most)


def matcher(pattern: str, *, own: bool) -> Match:
    """Whether a whole text is of this pattern. `own`, of a home: None where that takes too long."""
    return _bounded(pattern) if own else _plain(pattern)


def _probes(example: str) -> Iterator[str]:
    """Texts that a pattern with repeats of repeats does not come to an end with."""
    yield example
    yield (example * _LENGTH)[:_LENGTH] + _END
    for char in dict.fromkeys(example):
        yield char * _LENGTH + _END


@lru_cache(maxsize=256)
def _plain(pattern: str) -> Match:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _bounded(pattern: str) -> Match:
    import regex

    try:
        compiled = regex.compile(pattern)
    except regex.error as e:
        raise ValueError(str(e)) from e

    def matches(text: str) -> bool | None:
        try:
            return compiled.fullmatch(text, timeout=_SECONDS) is not None
        except TimeoutError:
            return None

    return matches
