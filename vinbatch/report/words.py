"""Small pieces of text that results, extracts and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from operator import getitem

from vinbatch.memo import Memo
from vinbatch.model import Field, Value
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Cells, Shown

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


def joint(ruleset: Ruleset) -> str:
    """What stands between two counts."""
    return "，" if ruleset.settings.language == "zh" else ", "


def listed(names: Iterable[str], ruleset: Ruleset) -> str:
    """`前悬、轴距、后悬`: names of things of one kind."""
    return ("、" if ruleset.settings.language == "zh" else ", ").join(names)


def local_time(moment: datetime | None, ruleset: Ruleset) -> str:
    """A moment in the site's time zone, as people see it; "" for none."""
    return "" if moment is None else _time_of(moment, ruleset.settings.zone)


@lru_cache(maxsize=256)
def _time_of(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def shown_data(sheet: str, data: Mapping[str, Value], ruleset: Ruleset) -> Cells:
    """The data of a record or an entry as the cells of a workbook."""
    return shown_row(sheet, map(data.get, ruleset.index(sheet)), ruleset)


def shown_row(sheet: str, values: Iterable[Value], ruleset: Ruleset) -> Cells:
    """Values in column order as the cells of a workbook: numbers stay numbers, None is an empty cell."""
    return tuple(map(getitem, _shown(ruleset, sheet), values))


@lru_cache(maxsize=16)
def _shown(ruleset: Ruleset, sheet: str) -> tuple[Memo[Value, Shown | None], ...]:
    def memo(field: Field) -> Memo[Value, Shown | None]:
        def shown(value: Value) -> Shown | None:
            return value if value is None or isinstance(value, (int, float)) else ruleset.shown(field, value)

        return Memo(shown)

    return tuple(map(memo, ruleset.fields(sheet)))
