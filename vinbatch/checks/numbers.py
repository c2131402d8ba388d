"""Numbers out of cells and texts: never guessed, but with a suggestion where one is plain."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from vinbatch.model import Param, Value
from vinbatch.noun import Noun, field

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(\.0+)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
_WITH_UNIT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})((?:\.[0-9]{1,10})?)\s*(|[^0-9.,\s].*)")
_THOUSANDS = re.compile(r"(?<![0-9,])[0-9]{1,3}(,[0-9]{3})+(?![0-9,])")
_DECIMALS = 6


class Number(Noun, frozen=True):
    """A number read: its value, or the code and params of what is wrong."""

    value: Value = None
    code: str = ""
    params: dict[str, Param] = field(default_factory=dict)


def read_whole(raw: float | str, units: Collection[str] = ()) -> Number:
    """A whole number; `1420.0` counts, `1420.5` does not, `1,420` and `1420mm` are told what to write."""
    if isinstance(raw, str):
        if _WHOLE.fullmatch(raw):
            return Number(int(raw.partition(".")[0]))
        if _DECIMAL.fullmatch(raw):
            return Number(code="NUMBER-NOT-WHOLE")
        meant = _meant(raw, units)
        return _unreadable(meant if _WHOLE.fullmatch(meant) else "")
    if not math.isfinite(raw):
        return _unreadable("")
    if raw != int(raw):
        return Number(code="NUMBER-NOT-WHOLE")
    return Number(int(raw))


def read_decimal(raw: float | str, units: Collection[str] = ()) -> Number:
    """A number; beyond six decimals it is rounded, which is where binary noise ends up."""
    if isinstance(raw, str):
        if not _DECIMAL.fullmatch(raw):
            return _unreadable(_meant(raw, units))
        raw = float(raw)
    if not math.isfinite(raw):
        return _unreadable("")
    return Number(round(float(raw), _DECIMALS))


def read_list(raw: str, separator: str) -> Number:
    """Whole numbers joined by the separator, spaces around them allowed."""
    parts = [p.strip() for p in raw.split(separator)]
    if all(_WHOLE.fullmatch(p) for p in parts):
        return Number(tuple(int(p.partition(".")[0]) for p in parts))
    joined = re.split(r"\s*[-+/,，、;；|\\]\s*|\s+", raw)
    # 1,150 may be one number or two.
    plain = all(_WHOLE.fullmatch(p) for p in joined) and not _THOUSANDS.search(raw)
    meant = f"@meant.write|{separator.join(joined)}" if plain else ""
    return Number(code="LIST-UNREADABLE", params={"separator": separator, "meant": meant})


def _unreadable(meant: str) -> Number:
    return Number(code="NUMBER-UNREADABLE", params={"meant": meant and f"@meant.write|{meant}"})


def _meant(text: str, units: Collection[str]) -> str:
    """The number without thousands separators and the field's own unit, "" where that is not all there is.

    Another unit would be another number: 4.9 m is not 4.9 mm.
    """
    match = _WITH_UNIT.fullmatch(text)
    if match is None or (match[3] and match[3].casefold() not in units):
        return ""
    return match[1].replace(",", "") + match[2]
