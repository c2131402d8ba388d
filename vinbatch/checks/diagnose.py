"""From "this cell breaks its column's rule" to what exactly is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from vinbatch.checks import vin as vins
from vinbatch.checks.characters import odd_characters, strangers
from vinbatch.checks.limits import KNOWN, LENGTH, RANGE, SLOW
from vinbatch.checks.meant import act_meant, vins_meant
from vinbatch.model import CALLED_OFF, UNKNOWN_ACT, Field, Kind, Param, Value
from vinbatch.ruleset import Ruleset, fold
from vinbatch.ruleset.words import folded
from vinbatch.slips import nearest

_Told = tuple[str, Mapping[str, Param]]

_MOST_SPACES = 5
_VIN = 17  # characters
_RUN = re.compile("[A-Z0-9]+")
_DIGITS = "0123456789"
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABETS: Mapping[Kind, frozenset[str]] = {
    Kind.CODE: frozenset(_DIGITS + _CAPITALS + "._/-"),
    Kind.CCC: frozenset(_DIGITS + _CAPITALS + "()"),
}


def diagnose(
    field: Field, value: Value, check: str, ruleset: Ruleset, others: Collection[str] = ()
) -> tuple[_Told, ...]:
    """Codes and params for a value that failed the check of this name; never guess VINs of `others`."""
    shown = ruleset.shown(field, value)
    if check == RANGE:
        unit = f" {field.unit}" if field.unit else ""
        return (("NUMBER-RANGE", {"low": _limit(field.low), "high": _limit(field.high), "unit": unit}),)
    if check == SLOW:
        return (("PATTERN-SLOW", {"pattern": field.pattern, "at": f"{field.sheet}.{field.key}"}),)
    if check == LENGTH:
        return (("TEXT-TOO-LONG", {"length": str(len(shown)), "limit": str(field.length)}),)
    if check == KNOWN:
        chars = strangers(shown)
        foreign: tuple[_Told, ...] = (("CELL-CHARACTER", {"chars": chars}),) if chars else ()
        return (*foreign, _unknown(field, shown, ruleset))
    if field.kind is Kind.VIN:
        return _vin(shown, others)
    return _BY_KIND.get(field.kind, _shape)(field, shown)


def _limit(number: float | None) -> str:
    return "…" if number is None else f"{number:g}" if number < 1e6 else f"{number:.0f}"


def _unknown(field: Field, text: str, ruleset: Ruleset) -> _Told:
    if field.kind is Kind.COUNTRY:
        names = {c.zh: c.alpha3 for c in ruleset.countries.by_code.values()}
        names |= {c.en: c.alpha3 for c in ruleset.countries.by_code.values()}
        like = nearest(text, names)
        meant = ruleset.countries.shown(names[like]) if like else ""
        return "COUNTRY-UNKNOWN", {"meant": meant and f"@meant.write|{meant}"}
    told: dict[str, Param] = {"choices": field.choices}
    if field.key != "action":
        return "CHOICE-UNKNOWN", told
    if fold(text) in folded(ruleset.words["called_off"]):
        return CALLED_OFF, told
    act = act_meant(text, ruleset)
    return UNKNOWN_ACT, {**told, "meant": act and f"@meant.act|{act}"}


def _vin(text: str, others: Collection[str]) -> tuple[_Told, ...]:
    """All at once: letters that no VIN has, other characters, and the length."""
    length = len(text.replace(" ", ""))
    if _are_several(text):
        return (("VIN-LENGTH", {"length": str(length), "mend": "@vin_length.several"}),)
    found: list[_Told] = []
    allowed = frozenset(vins.ALPHABET)
    if vins.has_foreign_letters(text):
        found.append(("VIN-IOQ", {"meant": vins_meant(text, others)}))
    found += _odd(text, allowed | frozenset("OQI"))
    if length != _VIN:
        mend = "@vin_length.short" if length < _VIN else "@vin_length.long"
        found.append(("VIN-LENGTH", {"length": str(length), "mend": mend}))
    return tuple(found) or (("TEXT-SHAPE", {}),)


def _are_several(text: str) -> bool:
    """Whether a cell holds more than one VIN: what is alike, with anything between, or end to end."""
    lengths = [len(run) for run in _RUN.findall(text)]
    return sum(n // _VIN if n % _VIN == 0 else abs(n - _VIN) <= 2 for n in lengths) > 1


def _odd(text: str, alphabet: frozenset[str]) -> list[_Told]:
    """What may not stand in the text: spaces by their places, of which people know what they are."""
    spaces = tuple(str(i) for i, c in enumerate(text, start=1) if c == " ")[:_MOST_SPACES]
    odd = odd_characters(text, alphabet | {" "})
    found: list[_Told] = [("CELL-SPACE", {"places": spaces})] if spaces else []
    return [*found, ("CELL-CHARACTER", {"chars": odd})] if odd else found


def _code(field: Field, text: str) -> tuple[_Told, ...]:
    found = _odd(text, _ALPHABETS[field.kind])
    length = len(text.replace(" ", ""))
    if field.length is not None and length > field.length:
        found.append(("TEXT-TOO-LONG", {"length": str(length), "limit": str(field.length)}))
    return tuple(found) or (("TEXT-SHAPE", {}),)


def _certificate(field: Field, text: str) -> tuple[_Told, ...]:
    if _SCIENTIFIC.fullmatch(text):
        return (("CCC-SCIENTIFIC", {}),)
    odd = _odd(text, _ALPHABETS[field.kind])
    if odd:
        return tuple(odd)
    digits = len(text) - len(text.lstrip(_DIGITS))
    return (("CCC-SHAPE", {"digits": str(digits)}),)


def _month(_field: Field, _text: str) -> tuple[_Told, ...]:
    return (("DATE-UNREADABLE", {}),)


def _shape(_field: Field, _text: str) -> tuple[_Told, ...]:
    return (("TEXT-SHAPE", {}),)


_BY_KIND: Mapping[Kind, Callable[[Field, str], tuple[_Told, ...]]] = {
    Kind.CODE: _code,
    Kind.CCC: _certificate,
    Kind.MONTH: _month,
}
