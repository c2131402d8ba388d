"""What one rendering of a template may take of steps, and make of characters.

Who may edit a template need not be trusted with the time and the memory of the machine. What is asked for is
judged before it is there; what a page needs is far below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

# What one rendering may go through of loops and calls: the page of 200 bad vehicles takes 1,500.
STEPS = 5_000_000
# And make of characters, in all that it joins, repeats and filters. The page of 30,000 findings takes 8
# million, that of 200 rows with 32,000 characters in each of seven cells 2; that of a month of 100,000
# batches would come near 270.
LETTERS = 2**29
_PLACE = 8  # characters that an item of a list takes as much memory as
_MOST_BITS = 100_000  # of a number
# Filters and methods that take a width, or what is put in many places. (`truncate` makes nothing longer.)
SPREAD = frozenset(
    {"center", "ljust", "rjust", "zfill", "expandtabs", "indent", "wordwrap", "tojson"}
    | {"batch", "slice", "replace", "join", "translate"}
)
# `%99999d`, `%*d`, `{:99999}`, `{:{}}`: widths that a format names, or takes from its values.
WIDE = re.compile(r"%[^%A-Za-z]*(?:\*|\d{5})|\{[^{}]*(?:\{|\d{5})")


class EndlessError(Exception):
    """More steps than any page needs: who waited for the end would wait for hours, and say nothing."""


class HugeError(Exception):
    """A text that no page or package has: who made it would take the machine's memory."""


class Budget:
    """What a rendering may still take of steps, and make of characters."""

    def __init__(self, steps: int, letters: int) -> None:
        self._steps, self._letters = steps, letters

    def take(self) -> None:
        """Spends one step. EndlessError where none is left."""
        self._steps -= 1
        if self._steps < 0:
            raise EndlessError

    def make(self, letters: int) -> None:
        """So many characters, or items of a list: asked before they are there, where that can be known."""
        self._letters -= letters
        if self._letters < 0:
            raise HugeError


_budget: ContextVar[Budget] = ContextVar("vinbatch_template")  # of this thread: mails have one of their own


def begin() -> None:
    """A rendering begins in this thread, with a whole budget."""
    _budget.set(Budget(STEPS, LETTERS))


def step() -> None:
    """Spends one step: for a call, or a turn of a loop. EndlessError where none is left."""
    _budget.get().take()


def make(letters: int) -> None:
    """Spends so many characters, or items of a list. HugeError where so many are not left."""
    _budget.get().make(letters)


def sized(value: Any) -> Any:
    """What was made, or is to be joined."""
    if isinstance(value, str):
        make(len(value))
    return value


def check_format(text: Any) -> None:
    """Before a format is filled; what it is filled with may be any text."""
    if isinstance(text, str) and WIDE.search(text.replace("{{", "").replace("}}", "")):
        raise HugeError


def check_spread(name: str, given: Sequence[Any]) -> None:
    """Before a width is filled, or one text put in many places of another: sizes multiply."""
    if name in SPREAD:
        first, second = sorted((_size(one) for one in (*given, 1, 1)), reverse=True)[:2]
        make(first * second)


def _size(value: Any) -> int:
    if isinstance(value, int):
        return abs(value)
    if isinstance(value, list | tuple):
        return sum(len(one) if isinstance(one, str) else 1 for one in value)
    return len(value) if isinstance(value, str | dict) else 1


def _held(value: Any) -> int:
    """What a copy of it takes: of a list one place for each item, whatever the items are."""
    return _PLACE * len(value) if isinstance(value, list | tuple) else _size(value)


def check_operands(operator: str, left: Any, right: Any) -> None:
    """Before an operator makes more of two than they are."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        if bits > _MOST_BITS:
            raise HugeError
    elif operator == "%" and isinstance(left, str):
        check_format(left)
    elif operator == "*":
        make(_held(left) * _held(right))
    elif operator == "+" and not isinstance(left, int) and not isinstance(right, int):
        make(_held(left) + _held(right))


def counted(items: Iterable[object]) -> Iterator[object]:
    """The items of a loop, a step spent for each."""
    budget = _budget.get()
    for item in items:
        budget.take()
        yield item
