"""World manufacturer identifiers: who made it, and where, by NHTSA's table and the ranges of ISO 3780."""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from vinbatch.checks.vin import wmi_of
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset

_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"


class Maker(Noun, frozen=True):
    """One row of `wmi.csv`; `country` is alpha-3, "" where its name is not known to the rules."""

    wmi: str
    name: str
    make: str
    country: str


class Makers(Noun, frozen=True):
    """Both tables, parsed."""

    by_wmi: dict[str, Maker]
    ranges: tuple[tuple[str, str, str, str], ...]  # first character, from, to, alpha-3


def maker_of(ruleset: Ruleset, vin: str) -> Maker | None:
    """The maker; a small one by six characters, else by three."""
    table = makers(ruleset).by_wmi
    return table.get(wmi_of(vin)) or table.get(vin[:3])


def countries_of(ruleset: Ruleset, vin: str) -> frozenset[str]:
    """The countries that agree with this VIN: that of the ISO range and that of the maker."""
    maker = maker_of(ruleset, vin)
    return _agreeing(ruleset, vin[:2], maker.country if maker is not None else "")


@lru_cache(maxsize=4096)
def _agreeing(ruleset: Ruleset, region: str, country: str) -> frozenset[str]:
    found = {
        code
        for first, low, high, code in makers(ruleset).ranges
        if region[:1] == first and _ORDER.index(low) <= _ORDER.find(region[1:]) <= _ORDER.index(high)
    }
    return frozenset((*found, country) if country else found)


@lru_cache(maxsize=4)
def makers(ruleset: Ruleset) -> Makers:
    """The tables `wmi.csv` and `wmi_countries.csv` of the rules."""
    by_wmi: dict[str, Maker] = {}
    codes: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(ruleset.table("wmi.csv"))):
        name = row["country"]
        if name not in codes:
            codes[name] = ruleset.countries.find(name) or ""
        by_wmi.setdefault(row["wmi"], Maker(row["wmi"], row["manufacturer"], row["make"], codes[name]))
    rows = csv.DictReader(io.StringIO(ruleset.table("wmi_countries.csv")))
    ranges = tuple((r["first"], r["from"], r["to"], r["iso3"]) for r in rows)
    return Makers(by_wmi, ranges)
