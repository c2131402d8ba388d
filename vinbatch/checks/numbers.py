"""Numbers out of cells and texts: never guessed, but with a suggestion where one is plain."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from vinbatch.model import Param, Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(\.0+)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number read: its value, or the code and params of what is wrong."""

    value: Value = None
    code: str = ""
    params: dict[str, Param] = field(default_factory=dict)


def read_whole(raw: float | str) -> Number:
    """A whole number; `1420.0` counts, `1420.5` does not, `1,420` and `1420mm` are told what to write."""
    if isinstance(raw, str):
        if not _WHOLE.fullmatch(raw):
            return _wrong(raw, _DECIMAL, "NUMBER-NOT-WHOLE")
        return Number(int(raw.partition(".")[0]))
    if not math.isfinite(raw):
        return Number(code="NUMBER-UNREADABLE", params={"meant": ""})
    if raw != int(raw):
        return Number(code="NUMBER-NOT-WHOLE", params={})
    return Number(int(raw))


def read_decimal(raw: float | str) -> Number:
    """A number; beyond six decimals it is rounded, which is where binary noise ends up."""
    if isinstance(raw, str):
        if not _DECIMAL.fullmatch(raw):
            return _wrong(raw, None, "")
        raw = float(raw)
    if not math.isfinite(raw):
        return Number(code="NUMBER-UNREADABLE", params={"meant": ""})
    return Number(round(float(raw), _DECIMALS))


def read_list(raw: str, separator: str) -> Number:
    """Whole numbers joined by the separator, spaces around them allowed."""
    parts = [p.strip() for p in raw.split(separator)]
    if all(_WHOLE.fullmatch(p) for p in parts):
        return Number(tuple(int(p.partition(".")[0]) for p in parts))
    joined = re.split(r"\s*[-+/,，、;；|\\]\s*|\s+", raw)
    meant = separator.join(joined) if all(_WHOLE.fullmatch(p) for p in joined) else ""
    return Number(
        code="LIST-UNREADABLE", params={"separator": separator, "meant": meant and f"@meant.write|{meant}"}
    )


def _wrong(text: str, other: re.Pattern[str] | None, code: str) -> Number:
    if other is not None and other.fullmatch(text):
        return Number(code=code, params={})
    plain = re.fullmatch(r"([0-9]{1,3}(?:[,，][0-9]{3})*|[0-9]+)((?:\.[0-9]+)?)\s*[^0-9.,]*", text)
    meant = (plain[1].replace(",", "").replace("，", "") + plain[2]) if plain else ""
    return Number(code="NUMBER-UNREADABLE", params={"meant": meant and f"@meant.write|{meant}"})
