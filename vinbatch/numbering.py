"""Batch numbers, `<site>-<day>-<number>`: as they are given, and as they are read out of names and manifests.

Both are here, so that none is given that the readers do not know: a restore that overlooks a number gives it
again, and its declarations go out twice under one guid.
"""

from __future__ import annotations

import re
from collections.abc import Collection

SHORTEST, LONGEST = 4, 18  # digits; SQLite keeps whole numbers of 18
# How far above all else a name may lie and be believed: more than a day of any site, and far from the end.
LEAP = 100_000
BATCH = rf"[A-Z0-9]{{2,12}}-[0-9]{{8}}-[0-9]{{{SHORTEST},{LONGEST}}}"
_BATCH = re.compile(BATCH)
_IN_TEXT = re.compile(rf"(?<![A-Z0-9])({BATCH})(?![0-9])")


def batch_of(day: str, number: int) -> str:
    """The batch number of this `day`, site and date. ValueError where nobody could read it."""
    batch = f"{day}-{number:0{SHORTEST}d}"
    if not is_batch(batch):
        raise ValueError(f"{batch!r} is no batch number")
    return batch


def is_batch(text: str) -> bool:
    """Whether this is a batch number, and nothing beside it."""
    return _BATCH.fullmatch(text) is not None


def in_order(batch: str) -> tuple[int, str]:
    """What batches taken at the same time are sorted by: the ten-thousandth of a day has one digit more."""
    return len(batch), batch


def batches_named(text: str) -> list[str]:
    """Every batch number in a text, as it stands there."""
    return _IN_TEXT.findall(text)


def batches_in(text: str) -> list[tuple[str, int]]:
    """Every batch number in a text, apart: the day, site and date, and the number."""
    return [(day, int(number)) for day, _, number in (b.rpartition("-") for b in batches_named(text))]


def highest(last: int, found: Collection[int]) -> int:
    """The highest of those found that the last number given, or one found below it, makes believable.

    Whoever may write into reports/ or the inbox can make up any: each takes us on by a `LEAP` at most.
    """
    for number in sorted(found):
        if number - last > LEAP:
            break
        last = max(last, number)
    return last
