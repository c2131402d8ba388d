"""The vehicle identification number: GB 16735-2019, check digit of its Appendix A."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = dict(zip(ALPHABET, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_SHAPE = re.compile(rf"[{ALPHABET}]{{17}}")
# Position 10, 30-year cycle from 1980: no I, O, Q (never in a VIN), U, Z, 0.
_YEARS = {c: 1980 + i for i, c in enumerate("ABCDEFGHJKLMNPRSTVWXY123456789")}
# What people and printers take for each other; tried first when a VIN has to be guessed. Not 1 and J, whose
# values are equal: no check digit tells them apart.
_ALIKE = {
    frozenset(pair)
    for pair in (
        "0D",
        "1L",
        "1T",
        "17",
        "2Z",
        "5S",
        "6G",
        "8B",
        "UV",
        "VW",
        "MN",
        "EF",
        "CG",
        "PR",
        "4A",
    )
}
_MOST_SUGGESTED = 5


def is_shaped(vin: str) -> bool:
    """Whether it is 17 characters of the alphabet."""
    return _SHAPE.fullmatch(vin) is not None


def check_digit(vin: str) -> str:
    """The digit that belongs at position 9, `0`-`9` or `X`. The VIN must be of the right shape."""
    if len(vin) != len(_WEIGHTS):
        raise ValueError(f"{vin!r} has not 17 characters")
    rest = sum(map(mul, map(_VALUES.__getitem__, vin), _WEIGHTS)) % 11
    return "X" if rest == 10 else str(rest)


def is_valid(vin: str) -> bool:
    """Whether shape and check digit are right."""
    return is_shaped(vin) and vin[8] == check_digit(vin)


def has_serial(vin: str) -> bool:
    """Whether the last four are digits, as GB 16735 has it."""
    return vin[13:].isdecimal()


def has_foreign_letters(vin: str) -> bool:
    """Whether it has a letter that no VIN has: I, O or Q."""
    return not set("OQI").isdisjoint(vin)


def repaired(vin: str) -> str:
    """The VIN with O and Q read as 0 and I as 1, all of them at once."""
    return vin.translate(str.maketrans("OQI", "001"))


def suggestions(vin: str, others: Collection[str] = ()) -> tuple[str, ...]:
    """The likeliest `candidates`, at most five: never applied, only offered.

    `others` are the VINs of other vehicles, which this one cannot be.
    """
    return tuple(v for v in candidates(vin) if v not in others)[:_MOST_SUGGESTED]


@lru_cache(maxsize=4096)
def candidates(vin: str) -> tuple[str, ...]:
    """Every valid VIN with digits at its end that is one slip away, the likeliest first.

    Of a VIN with O, Q or I that is the one with those replaced, or none: whoever copies a candidate looks at
    the letter, and would not see that another character changed too. Else two neighbours changed places,
    which is what people do most, or one character was taken for another that looks like it; those of another
    maker come after those of the same. Never with another check digit alone: one always fits, wherever the
    slip is, and whoever copies it has a wrong VIN that nothing finds any more.
    """
    if has_foreign_letters(vin):
        return tuple(v for v in (repaired(vin),) if is_valid(v) and has_serial(v))
    return tuple(v for v in _one_slip_away(vin) if has_serial(v)) if is_shaped(vin) else ()


def _one_slip_away(vin: str) -> tuple[str, ...]:
    alike = (v for old, new, v in _replaced(vin) if frozenset((old, new)) in _ALIKE)
    likely = sorted((*_swapped(vin), *alike), key=lambda v: v[:3] != vin[:3])
    return tuple(dict.fromkeys(likely))


def _replaced(vin: str) -> list[tuple[str, str, str]]:
    """One character for another, by what it adds to the sum: workbooks of nothing but wrong VINs come too."""
    due = "0123456789X".find(vin[8])
    short = due - sum(map(mul, map(_VALUES.__getitem__, vin), _WEIGHTS))
    return [
        (old, new, vin[:i] + new + vin[i + 1 :])
        for i, (old, weight) in enumerate(zip(vin, _WEIGHTS, strict=True))
        if i != 8 and due >= 0
        for new in ALPHABET
        if new != old and ((_VALUES[new] - _VALUES[old]) * weight - short) % 11 == 0
    ]


def _swapped(vin: str) -> tuple[str, ...]:
    """Two digits before others, the last ones first: it is the serial number that is typed, not its maker."""
    places = [i for i in range(16) if vin[i] != vin[i + 1]]
    places.sort(key=lambda i: (not vin[i : i + 2].isdigit(), -i))
    pairs = (vin[:i] + vin[i + 1] + vin[i] + vin[i + 2 :] for i in places)
    return tuple(v for v in pairs if is_valid(v))


def model_years(char: str) -> tuple[int, ...]:
    """The model years that position 10 may mean, () for a character that is no year code."""
    first = _YEARS.get(char)
    return () if first is None else (first, first + 30)


def is_small_maker(vin: str) -> bool:
    """A maker of fewer than 1000 a year: third character 9; positions 12-14 name him too."""
    return vin[2:3] == "9"


def wmi_of(vin: str) -> str:
    """The world manufacturer identifier: 3 characters, 6 for a small maker."""
    return vin[:3] + (vin[11:14] if is_small_maker(vin) else "")
