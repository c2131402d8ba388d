"""Values and their written form: how people see them, and how the examples of the rules are read.

The reading here takes canonical text only; what clerks type is the business of `vinbatch.checks`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from vinbatch.model import Field, Kind, Value
from vinbatch.ruleset.countries import Countries
from vinbatch.ruleset.patterns import matcher
from vinbatch.wording import Said

_WHOLE = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


class UnfitError(ValueError):
    """An example that its own field would refuse; `why` is the reason."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.why = Said(key, tuple(params.items()))


def show(field: Field, value: Value, countries: Countries) -> str:
    """The form a person sees; every form reads back as the same value. None is ""."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return field.separator.join(map(str, value))
    if isinstance(value, float):
        return show_decimal(value)
    if field.kind is Kind.COUNTRY and isinstance(value, str):
        return countries.shown(value)
    return str(value)


def show_decimal(value: float) -> str:
    """Without an exponent, nor zeros that say nothing."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_example(field: Field, countries: Countries) -> Value:
    """The example as a value. UnfitError, with the reason, where it contradicts the field's own rule."""
    text = field.example
    if field.length is not None and len(text) > field.length:
        raise UnfitError("unfit.long", n=str(len(text)), most=str(field.length))
    if field.pattern and not matcher(field.pattern, own=field.own_pattern)(text):
        raise UnfitError("unfit.pattern", pattern=field.pattern)
    if field.choices and text not in field.choices:
        raise UnfitError("unfit.choice")
    if field.kind is Kind.COUNTRY and not countries.known(text):
        raise UnfitError("unfit.country")
    if field.kind in (Kind.INT, Kind.DECIMAL, Kind.INTLIST):
        return _number(field, text)
    return text


def _number(field: Field, text: str) -> Value:
    if field.kind is Kind.DECIMAL:
        if not _DECIMAL.fullmatch(text):
            raise UnfitError("unfit.number")
        _within(field, float(text))
        return float(text)
    parts = text.split(field.separator) if field.kind is Kind.INTLIST else [text]
    if not all(map(_WHOLE.fullmatch, parts)):
        if len(parts) > 1:
            raise UnfitError("unfit.numbers", separator=field.separator)
        raise UnfitError("unfit.whole")
    numbers = tuple(map(int, parts))
    for n in (sum(numbers),) if field.bound == "sum" else numbers:
        _within(field, n)
    return numbers if field.kind is Kind.INTLIST else numbers[0]


def _within(field: Field, number: float) -> None:
    if (field.low is not None and number < field.low) or (field.high is not None and number > field.high):
        low, high = ("…" if limit is None else f"{limit:g}" for limit in (field.low, field.high))
        raise UnfitError("unfit.beyond", n=f"{number:g}", low=low, high=high)
