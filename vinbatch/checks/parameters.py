"""Checks across the fields of a parameter set: lengths, masses, axles, fuel, seats (domain section 5, D)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from vinbatch.checks.predicates import Values, has_motor, text_of
from vinbatch.memo import Memo
from vinbatch.model import STRUCTURE, Finding, Param, Value
from vinbatch.ruleset import Ruleset

Told = tuple[str, str, dict[str, Param]]  # code, field, params

_LENGTH_SLACK = 10  # mm
_CO2_SLACK = 0.10
# Grams of CO2 per km for each litre per 100 km, as low and high (domain section 5).
_CO2_PER_LITRE = {"汽油": (23.0, 24.0), "柴油": (26.0, 27.0)}
# Category → gross mass in kg: above the first, up to the second (UN R.E.3); the G of off-roaders aside.
_GROSS_MASS = {
    "N1": (0, 3500),
    "N2": (3500, 12000),
    "N3": (12000, None),
    "M2": (0, 5000),
    "M3": (5000, None),
    "O1": (0, 750),
    "O2": (750, 3500),
    "O3": (3500, 10000),
    "O4": (10000, None),
}
_MOST_SEATS_M1 = 9
# A check sees these fields and no other.
_LOOKED_AT = (
    "category",
    "fuel",
    "new_energy",
    "displacement",
    "fuel_consumption",
    "co2",
    "length",
    "wheelbase",
    "overhang_front",
    "overhang_rear",
    "kerb_mass",
    "gross_mass",
    "axles",
    "axle_loads",
    "seats",
)


def structure_findings(ruleset: Ruleset, row: int, values: Values) -> tuple[Finding, ...]:
    """All findings of one parameter set but those of its fields alone."""
    keys, told = _told_of(ruleset)
    found = []
    for code, key, params in told[tuple(map(values.get, keys))]:
        shown = ruleset.shown(ruleset.field(STRUCTURE, key), values.get(key))
        found.append(ruleset.finding(code, sheet=STRUCTURE, row=row, field=key, value=shown, **params))
    return tuple(found)


@lru_cache(maxsize=16)
def _told_of(ruleset: Ruleset) -> tuple[tuple[str, ...], Memo[tuple[Value, ...], tuple[Told, ...]]]:
    """The fields that are looked at, and what is told of their values: sets of one model repeat them."""
    keys = tuple(key for key in _LOOKED_AT if key in ruleset.index(STRUCTURE))

    def told(seen: tuple[Value, ...]) -> tuple[Told, ...]:
        values = dict(zip(keys, seen, strict=True))
        return tuple(told for check in _CHECKS for told in check(values))

    return keys, Memo(told)


def _number(values: Values, key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) else None


def _numbers(values: Values, key: str) -> tuple[int, ...]:
    value = values.get(key)
    return value if isinstance(value, tuple) else ()


def _length(values: Values) -> Iterator[Told]:
    """Front overhang + wheelbases + rear overhang = length."""
    front, rear = _number(values, "overhang_front"), _number(values, "overhang_rear")
    length, bases = _number(values, "length"), _numbers(values, "wheelbase")
    if (
        front is None
        or rear is None
        or length is None
        or not bases
        or text_of(values, "category")[:1] in ("", "O", "L")
    ):
        return
    total = front + sum(bases) + rear
    if abs(total - length) > _LENGTH_SLACK:
        yield "LENGTH-SUM", "length", {"sum": f"{total:g}", "length": f"{length:g}"}


def _masses(values: Values) -> Iterator[Told]:
    gross, kerb = _number(values, "gross_mass"), _number(values, "kerb_mass")
    if gross is not None and kerb is not None and gross <= kerb:
        yield "MASS-GROSS-KERB", "gross_mass", {"gross": f"{gross:g}", "kerb": f"{kerb:g}"}


def _axles(values: Values) -> Iterator[Told]:
    loads, axles = _numbers(values, "axle_loads"), _number(values, "axles")
    if not loads:
        return
    if axles is not None and len(loads) != axles:
        yield "AXLE-LOADS-COUNT", "axle_loads", {"count": str(len(loads)), "axles": f"{axles:g}"}
    gross = _number(values, "gross_mass")
    if gross is not None and sum(loads) < gross and text_of(values, "category")[:1] not in ("", "O", "L"):
        yield "AXLE-LOADS-SUM", "axle_loads", {"sum": str(sum(loads)), "gross": f"{gross:g}"}


def _electric(values: Values) -> Iterator[Told]:
    """Fuel 电: no displacement, no CO2 (0 counts as empty), new energy 是."""
    if text_of(values, "fuel") != "电":
        return
    for key, code in (("displacement", "FUEL-DISPLACEMENT"), ("co2", "FUEL-CO2")):
        if _number(values, key):
            yield code, key, {}
    if values.get("new_energy") == "否":
        yield "FUEL-NEW-ENERGY", "new_energy", {}


def _motor(values: Values) -> Iterator[Told]:
    fuel = text_of(values, "fuel")
    if values.get("new_energy") == "是" and fuel and not has_motor(values):
        yield "NEW-ENERGY-NO-MOTOR", "new_energy", {"fuel": fuel}


def _seats(values: Values) -> Iterator[Told]:
    seats, category = _number(values, "seats"), text_of(values, "category").removesuffix("G")
    if seats is None:
        return
    if category == "M1" and seats > _MOST_SEATS_M1:
        yield "SEATS-M1", "seats", {"seats": f"{seats:g}"}
    if category in ("M2", "M3") and seats <= _MOST_SEATS_M1:
        yield "SEATS-BUS", "seats", {"seats": f"{seats:g}", "category": category}


def _mass_of_category(values: Values) -> Iterator[Told]:
    category, gross = text_of(values, "category"), _number(values, "gross_mass")
    low, high = _GROSS_MASS.get(category.removesuffix("G"), (0, None))
    if gross is None or (gross > low and (high is None or gross <= high)):
        return
    limits = f"≤ {high}" if not low else f"> {low}" if high is None else f"{low}–{high}"
    yield "CATEGORY-MASS", "gross_mass", {"category": category, "gross": f"{gross:g}", "limits": limits}


def _co2(values: Values) -> Iterator[Told]:
    """Burning a litre of fuel makes a known mass of CO2."""
    litres, co2 = _number(values, "fuel_consumption"), _number(values, "co2")
    factors = _CO2_PER_LITRE.get(text_of(values, "fuel"))
    if not litres or not co2 or factors is None:
        return
    low, high = (litres * f for f in factors)
    if not low * (1 - _CO2_SLACK) <= co2 <= high * (1 + _CO2_SLACK):
        yield "CO2-CONSUMPTION", "co2", {"litres": f"{litres:g}", "expected": f"{low:.0f}–{high:.0f}"}


_CHECKS: tuple[Callable[[Values], Iterator[Told]], ...] = (
    _length,
    _masses,
    _axles,
    _electric,
    _motor,
    _seats,
    _mass_of_category,
    _co2,
)
