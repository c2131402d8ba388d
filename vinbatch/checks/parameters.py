"""Checks across the fields of a parameter set: lengths, masses, axles, fuel, seats (domain section 5, D)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from vinbatch.checks.predicates import Values, has_motor, text_of
from vinbatch.memo import Memo
from vinbatch.model import STRUCTURE, Finding, Param, Value
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.compared import COMPARED, seen

Params = dict[str, Param]
_Told = tuple[str, Params]  # code, params
Check = Callable[[Values], Params | None]

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
_AXLES_TWO_FRONT = 4  # from here on two front axles are common: 8×4


def structure_findings(ruleset: Ruleset, row: int, values: Values) -> tuple[Finding, ...]:
    """All findings of one parameter set but those of its fields alone."""
    keys, told = _told_of(ruleset)
    found = []
    for code, params in told[tuple(map(values.get, keys))]:
        key = COMPARED[code].about
        shown = ruleset.shown(ruleset.field(STRUCTURE, key), values.get(key))
        found.append(ruleset.finding(code, sheet=STRUCTURE, row=row, field=key, value=shown, **params))
    return tuple(found)


@lru_cache(maxsize=16)
def _told_of(ruleset: Ruleset) -> tuple[tuple[str, ...], Memo[tuple[Value, ...], tuple[_Told, ...]]]:
    """The fields that are looked at, and what is told of their values: sets of one model repeat them."""
    index = ruleset.index(STRUCTURE)
    keys = tuple(dict.fromkeys(k for code in _CHECKS for k in COMPARED[code].parameters if k in index))

    def told(given: tuple[Value, ...]) -> tuple[_Told, ...]:
        values = dict(zip(keys, given, strict=True))
        judged = ((code, check(seen(code, values))) for code, check in _CHECKS.items())
        return tuple((code, params) for code, params in judged if params is not None)

    return keys, Memo(told)


def _number(values: Values, key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) else None


def _numbers(values: Values, key: str) -> tuple[int, ...]:
    value = values.get(key)
    return value if isinstance(value, tuple) else ()


def _length_sum(values: Values) -> Params | None:
    """Front overhang + wheelbases + rear overhang = length."""
    front, rear = _number(values, "overhang_front"), _number(values, "overhang_rear")
    length, bases = _number(values, "length"), _numbers(values, "wheelbase")
    if front is None or rear is None or length is None or not bases or not _has_front(values):
        return None
    total = front + sum(bases) + rear
    if abs(total - length) <= _LENGTH_SLACK:
        return None
    return {"sum": f"{total:g}", "length": f"{length:g}"}


def _has_front(values: Values) -> bool:
    """Neither a trailer nor of fewer than four wheels, as far as is known."""
    return text_of(values, "category")[:1] not in ("", "O", "L")


def _gross_kerb(values: Values) -> Params | None:
    gross, kerb = _number(values, "gross_mass"), _number(values, "kerb_mass")
    if gross is None or kerb is None or gross > kerb:
        return None
    return {"gross": f"{gross:g}", "kerb": f"{kerb:g}"}


def _loads_count(values: Values) -> Params | None:
    loads, axles = _numbers(values, "axle_loads"), _number(values, "axles")
    if not loads or axles is None or len(loads) == axles:
        return None
    return {"count": str(len(loads)), "axles": f"{axles:g}"}


def _loads_sum(values: Values) -> Params | None:
    loads, gross = _numbers(values, "axle_loads"), _number(values, "gross_mass")
    if not loads or gross is None or sum(loads) >= gross or not _has_front(values):
        return None
    return {"sum": str(sum(loads)), "gross": f"{gross:g}"}


def _bases_count(values: Values) -> Params | None:
    """A wheelbase for each gap between axles. A semi-trailer counts one more, from its kingpin."""
    bases, axles = _numbers(values, "wheelbase"), _number(values, "axles")
    if not bases or axles is None or len(bases) == axles - 1 or not _has_front(values):
        return None
    return {"count": str(len(bases)), "axles": f"{axles:g}"}


def _tracks_count(values: Values) -> Params | None:
    """A track for each rear axle: all but the first, of four and more also all but two that steer."""
    tracks, axles = _numbers(values, "track_rear"), _number(values, "axles")
    if not tracks or axles is None or not _has_front(values):
        return None
    least = axles - 2 if axles >= _AXLES_TWO_FRONT else axles - 1
    if least <= len(tracks) <= axles - 1:
        return None
    return {"count": str(len(tracks)), "axles": f"{axles:g}"}


def _electric_with(key: str) -> Check:
    """Fuel 电: no displacement, no CO2 (0 counts as empty)."""
    return lambda values: {} if text_of(values, "fuel") == "电" and _number(values, key) else None


def _electric_not_new(values: Values) -> Params | None:
    """Fuel 电: new energy 是."""
    return {} if text_of(values, "fuel") == "电" and values.get("new_energy") == "否" else None


def _new_without_motor(values: Values) -> Params | None:
    fuel = text_of(values, "fuel")
    if values.get("new_energy") != "是" or not fuel or has_motor(values):
        return None
    return {"fuel": fuel}


def _many_seats(values: Values) -> Params | None:
    seats = _number(values, "seats")
    if seats is None or seats <= _MOST_SEATS_M1 or _category(values) != "M1":
        return None
    return {"seats": f"{seats:g}"}


def _few_seats(values: Values) -> Params | None:
    seats, category = _number(values, "seats"), _category(values)
    if seats is None or seats > _MOST_SEATS_M1 or category not in ("M2", "M3"):
        return None
    return {"seats": f"{seats:g}", "category": category}


def _category(values: Values) -> str:
    return text_of(values, "category").removesuffix("G")


def _mass_of_category(values: Values) -> Params | None:
    gross = _number(values, "gross_mass")
    low, high = _GROSS_MASS.get(_category(values), (0, None))
    if gross is None or (gross > low and (high is None or gross <= high)):
        return None
    limits = f"≤ {high}" if not low else f"> {low}" if high is None else f"{low}–{high}"
    return {"category": text_of(values, "category"), "gross": f"{gross:g}", "limits": limits}


def _co2(values: Values) -> Params | None:
    """Burning a litre of fuel makes a known mass of CO2."""
    litres, co2 = _number(values, "fuel_consumption"), _number(values, "co2")
    factors = _CO2_PER_LITRE.get(text_of(values, "fuel"))
    if litres is None or co2 is None or factors is None:
        return None
    low, high = (litres * f for f in factors)
    if low * (1 - _CO2_SLACK) <= co2 <= high * (1 + _CO2_SLACK):
        return None
    return {"litres": f"{litres:g}", "expected": f"{low:.0f}–{high:.0f}"}


# Each sees what COMPARED names for its code, and nothing else; None: nothing to tell.
_CHECKS: Mapping[str, Check] = {
    "LENGTH-SUM": _length_sum,
    "MASS-GROSS-KERB": _gross_kerb,
    "AXLE-LOADS-COUNT": _loads_count,
    "AXLE-LOADS-SUM": _loads_sum,
    "WHEELBASE-COUNT": _bases_count,
    "TRACK-REAR-COUNT": _tracks_count,
    "FUEL-DISPLACEMENT": _electric_with("displacement"),
    "FUEL-CO2": _electric_with("co2"),
    "FUEL-NEW-ENERGY": _electric_not_new,
    "NEW-ENERGY-NO-MOTOR": _new_without_motor,
    "SEATS-M1": _many_seats,
    "SEATS-BUS": _few_seats,
    "CATEGORY-MASS": _mass_of_category,
    "CO2-CONSUMPTION": _co2,
}
