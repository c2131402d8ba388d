"""World manufacturer identifiers: who made it, and where, by NHTSA's table and the ranges of ISO 3780."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache

from vinbatch.checks.vin import wmi_of
from vinbatch.errors import RulesError
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.countries import parse_countries

_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"
_CHARS = frozenset(_ORDER)
_MAKERS = ("wmi", "manufacturer", "make", "country", "kind")
_RANGES = ("first", "from", "to", "country", "iso3")


class Makers(Noun, frozen=True):
    """Both tables, parsed."""

    by_wmi: dict[str, str]  # alpha-3, "" where the name of the country is not known to the rules
    ranges: tuple[tuple[str, str, str, str], ...]  # first character, from, to, alpha-3


def country_of_maker(ruleset: Ruleset, vin: str) -> str | None:
    """The country of the maker; a small one by six characters, else by three. None: an unknown maker."""
    table = makers(ruleset).by_wmi
    return table.get(wmi_of(vin), table.get(vin[:3]))


def countries_of(ruleset: Ruleset, vin: str) -> frozenset[str]:
    """The countries that agree with this VIN: that of the ISO range and that of the maker."""
    return _agreeing(ruleset, vin[:2], country_of_maker(ruleset, vin) or "")


@lru_cache(maxsize=4096)
def _agreeing(ruleset: Ruleset, region: str, country: str) -> frozenset[str]:
    found = {
        code
        for first, low, high, code in makers(ruleset).ranges
        if region[:1] == first and _ORDER.index(low) <= _ORDER.find(region[1:]) <= _ORDER.index(high)
    }
    return frozenset((*found, country) if country else found)


@lru_cache(maxsize=8)
def makers(ruleset: Ruleset) -> Makers:
    """The tables `wmi.csv` and `wmi_countries.csv` of the rules. RulesError where one is broken."""
    return _makers(*(ruleset.table(name) for name in ("wmi.csv", "wmi_countries.csv", "countries.csv")))


@lru_cache(maxsize=4)
def _makers(wmis: str, regions: str, names: str) -> Makers:
    """Of the texts alone: two thousand makers are not read anew because a setting changed."""
    countries = parse_countries(names)
    by_wmi: dict[str, str] = {}
    codes: dict[str, str] = {}
    for line, (wmi, _, _, country, _) in _rows(wmis, "wmi.csv", _MAKERS):
        if len(wmi) not in (3, 6) or not set(wmi) <= _CHARS:
            raise RulesError("rule.wmi", at="rules/wmi.csv", line=line, value=repr(wmi))
        if country not in codes:
            codes[country] = countries.find(country) or ""
        by_wmi.setdefault(wmi, codes[country])
    ranges = []
    for line, (first, low, high, _, code) in _rows(regions, "wmi_countries.csv", _RANGES):
        if not {first, low, high} <= _CHARS:
            told = repr(f"{first},{low},{high}")
            raise RulesError("rule.wmi_range", at="rules/wmi_countries.csv", line=line, value=told)
        ranges.append((first, low, high, code))
    return Makers(by_wmi, tuple(ranges))


def _rows(text: str, name: str, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a table with their lines. RulesError where its first line, or a row, is not of these."""
    reader = csv.reader(io.StringIO(text))
    if next(reader, []) != list(columns):
        raise RulesError("rule.columns", at=f"rules/{name}", columns=",".join(columns))
    for row in filter(None, reader):
        line = str(reader.line_num)
        if len(row) != len(columns):
            raise RulesError("rule.cells", at=f"rules/{name}", line=line, n=str(len(row)))
        yield line, row
