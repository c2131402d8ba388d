"""Row numbers as a finding names them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_MOST = 20


def row_numbers(numbers: Iterable[int], own: int = 0) -> str:
    """`3, 5, 9`: these rows but for `own`, cut after 20.

    Five thousand rows with one VIN, each naming all others, would be 125 MB of numbers.
    """
    some = [str(n) for n in islice((n for n in numbers if n != own), _MOST + 1)]
    return ", ".join(some[:_MOST]) + (" …" if len(some) > _MOST else "")
