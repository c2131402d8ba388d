"""Small pieces of text that results, extracts and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from operator import getitem

from vinbatch.cut import cut
from vinbatch.memo import Memo
from vinbatch.model import Field, Query, State, Type, Value, number_ranges
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible
from vinbatch.workbook.filled import Cells, Shown

_MOST_RANGES = 12
_MOST_QUERIES = 6
_LONGEST = 40  # of a condition as somebody typed it


def row_ranges(numbers: Iterable[int], ruleset: Ruleset, more: str = "result.more_rows") -> str:
    """`3, 5–9, 12`: row numbers as people write them, cut where they would drown the sentence; `more` is the
    phrase for how many they are.
    """
    found = set(numbers)
    ranges = number_ranges(found)
    told = listed(ranges[:_MOST_RANGES], ruleset)
    if len(ranges) > _MOST_RANGES:
        told += ruleset.phrase(more, n=len(found))
    return told


def joint(ruleset: Ruleset) -> str:
    """What stands between two counts."""
    return "，" if ruleset.settings.language == "zh" else ", "


def listed(names: Iterable[str], ruleset: Ruleset) -> str:
    """`前悬、轴距、后悬`: names of things of one kind."""
    return ("、" if ruleset.settings.language == "zh" else ", ").join(names)


def conditions(queries: Sequence[Query], ruleset: Ruleset) -> str:
    """`“VIN 123456”、“申报类型 备案，当前状态 暂存”`: what was asked for, cut where it is too much."""
    told = listed((f"“{_condition(q, ruleset)}”" for q in queries[:_MOST_QUERIES]), ruleset)
    return told + (ruleset.phrase("result.more", n=len(queries)) if len(queries) > _MOST_QUERIES else "")


def sought(queries: Sequence[Query], ruleset: Ruleset) -> str:
    """`备案 暂存`: the same for the name of a file, of the first row alone; "" where it has no condition."""
    told = " ".join(text for _, text in _texts(queries[0], ruleset)) if queries else ""
    return told + (ruleset.phrase("result.sought", n=len(queries)) if told and len(queries) > 1 else "")


def _condition(query: Query, ruleset: Ruleset) -> str:
    """One row of the sheet 查询, heading by heading."""
    told = (f"{ruleset.word(f'@query.{key}')} {text}" for key, text in _texts(query, ruleset))
    return joint(ruleset).join(told)


def _texts(query: Query, ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    """Column and text of each condition, cut where it is long. Who asks for 已撤销 reads that again, not
    type and state by which the ledger knows such a vehicle.
    """
    revoked = query.types == (Type.REVOCATION,) and query.states == (State.ACCEPTED,)
    types, states = ((), ()) if revoked else (query.types, query.states)
    told: tuple[tuple[str, Iterable[object]], ...] = (
        ("vin", query.vins),
        ("batch", query.batches),
        ("type", (ruleset.word(f"@type.{t}") for t in types)),
        ("state", (ruleset.word(f"@state.{s}") for s in states)),
        ("state", (ruleset.phrase("overview.revoked"),) if revoked else ()),
        ("state", (ruleset.word("@verdict.held"),) if query.held else ()),
        ("structure_no", query.structures),
        ("from", filter(None, (query.since,))),
        ("to", filter(None, (query.until,))),
    )
    for key, values in told:
        for text in (visible(str(value)) for value in values):
            yield key, cut(text, _LONGEST)


def answer_word(state: State, ruleset: Ruleset) -> str:
    """What customs answered to a declaration; of what is declared: that it waits for that."""
    return ruleset.phrase("customs.waiting") if state is State.DECLARED else ruleset.word(f"@state.{state}")


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
