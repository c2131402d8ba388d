"""Whole numbers that were given in another unit, or with their own: what to say, never what to take.

Metres in a field of millimetres, tonnes in one of kilograms. Who is told there to type a whole number, or to
join numbers by a sign, types 2+922 for 2.922. As text 2.000 may be either, where both fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from vinbatch.checks.limits import broken
from vinbatch.checks.numbers import Number
from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset import Ruleset

_LARGER: Mapping[str, str] = {"mm": "m", "kg": "t", "ml": "L"}  # what is a thousand of it
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([^0-9.,\s][^0-9]*)?")
_TWO_WAYS = re.compile(r"[1-9][0-9]{0,2}\.000")  # 2.000 kg is two thousand in a German certificate
_ENDED = re.compile(r".*[0-9]\s*([^0-9.,\s][^0-9]*)", re.DOTALL)


def told_of_unit(field: Field, raw: float | str, read: Number, ruleset: Ruleset) -> Number:
    """`read`, or what its unit has to do with it that it could not be read, or in two ways."""
    text = raw if isinstance(raw, str) else repr(raw)
    if not field.unit or not (read.code or _TWO_WAYS.fullmatch(text)):
        return read
    meant = _thousandfold(field, text, ruleset)
    if meant:
        return Number(code="NUMBER-THOUSANDTH", params={"unit": field.unit, "meant": meant})
    if not read.code:
        return read
    units = units_of(field.unit, ruleset) | units_of(_LARGER.get(field.unit, ""), ruleset)
    ended = _ENDED.fullmatch(text)
    if field.kind is not Kind.INTLIST or ended is None or ended[1].casefold() not in units:
        return read
    plain = _plain(field, text, ruleset)
    return Number(code="NUMBER-WITH-UNIT", params={"meant": plain and f"@meant.write|{plain}"})


@lru_cache(maxsize=64)
def units_of(unit: str, ruleset: Ruleset) -> frozenset[str]:
    """What a number of this unit may be followed by: the unit in both languages and its aliases."""
    word = ruleset.words["unit"].get(unit)
    names = (unit, word.zh, word.en, *word.aliases) if word else (unit,)
    return frozenset(name.casefold() for name in names if name)


def _thousandfold(field: Field, text: str, ruleset: Ruleset) -> str:
    """The number, or each of the list, in the field's unit; "" where that is not whole or out of bounds."""
    if field.unit not in _LARGER:
        return ""
    larger = units_of(_LARGER[field.unit], ruleset)
    parts = _parts(field, text)
    if not all(unit in larger if unit else "." in number for number, unit in parts):
        return ""
    return _shown(field, [Decimal(number) * 1000 for number, _ in parts], ruleset)


def _plain(field: Field, text: str, ruleset: Ruleset) -> str:
    """The numbers without their unit; "" where that is not all, or they are not whole or out of bounds."""
    own = {"", *units_of(field.unit, ruleset)}
    parts = _parts(field, text)
    if not own.issuperset(unit for _, unit in parts):
        return ""
    return _shown(field, [Decimal(number) for number, _ in parts], ruleset)


def _parts(field: Field, text: str) -> list[tuple[str, str]]:
    """(number, unit) of each part of the text; [] where one is no number, with or without a unit."""
    parts = text.split(field.separator) if field.separator else [text]
    found = [match for part in parts if (match := _PART.fullmatch(part.strip())) is not None]
    return [(m[1], (m[2] or "").strip().casefold()) for m in found] if len(found) == len(parts) else []


def _shown(field: Field, numbers: Sequence[Decimal], ruleset: Ruleset) -> str:
    if not numbers or any(n != int(n) for n in numbers):
        return ""
    value: Value = tuple(map(int, numbers)) if field.kind is Kind.INTLIST else int(numbers[0])
    return "" if broken(ruleset, field.sheet, field.key, value) else ruleset.shown(field, value)
