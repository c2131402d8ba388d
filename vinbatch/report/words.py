"""Small pieces of text that results, extracts and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache

from vinbatch.memo import Memo
from vinbatch.model import Field, Value
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Shown

_MOST_RANGES = 12


def row_ranges(numbers: Iterable[int], ruleset: Ruleset, lang: str = "") -> str:
    """`3, 5–9, 12`: row numbers as people write them, cut where they would drown the sentence."""
    ordered = sorted(set(numbers))
    ranges: list[list[int]] = []
    for n in ordered:
        if ranges and n == ranges[-1][1] + 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    lang = lang or ruleset.settings.language
    joint = "、" if lang == "zh" else ", "
    told = joint.join(str(a) if a == b else f"{a}–{b}" for a, b in ranges[:_MOST_RANGES])
    if len(ranges) > _MOST_RANGES:
        told += ruleset.phrase("result.more", lang, n=len(ordered))
    return told


def local_time(moment: datetime | None, ruleset: Ruleset) -> str:
    """A moment in the site's time zone, as people see it; "" for none."""
    return "" if moment is None else _time_of(moment, ruleset.settings.zone)


@lru_cache(maxsize=256)
def _time_of(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def shown_values(sheet: str, values: Mapping[str, Value], ruleset: Ruleset) -> dict[str, Shown]:
    """Values as the cells of a workbook: numbers stay numbers, empty ones have no cell."""
    memos = _shown(ruleset, sheet)
    return {
        key: value if isinstance(value, (int, float)) else memos[key][value]
        for key, value in values.items()
        if value is not None and key in memos
    }


@lru_cache(maxsize=16)
def _shown(ruleset: Ruleset, sheet: str) -> Mapping[str, Memo[Value, str]]:
    def memo(field: Field) -> Memo[Value, str]:
        return Memo(lambda value: ruleset.shown(field, value))

    return {field.key: memo(field) for field in ruleset.fields(sheet)}
