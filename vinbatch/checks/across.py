"""Rules across the fields of a vehicle, and between it, its parameters and the tables of makers.

Each function is silent where a value it needs is missing, and where the rules have no such field.
Sources: domain sections 3 to 5; decisions there are marked D.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo
from functools import lru_cache
from operator import getitem

from vinbatch.checks import vin as vins
from vinbatch.checks.diagnose import diagnose
from vinbatch.checks.limits import broken_by_column
from vinbatch.checks.meant import vins_meant
from vinbatch.checks.predicates import Values, known, required
from vinbatch.checks.wmi import countries_of, country_of_maker
from vinbatch.model import NAMED_BY, STRUCTURE, VEHICLE, Finding, Param
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.compared import seen

# The years that a model year may lie beside the production year (D: one before or after is normal).
_YEAR_SLACK = 1
# Fields that hold a stamped number.
_STAMPED = ("engine_no", "motor_no")


def required_findings(
    ruleset: Ruleset,
    sheet: str,
    row: int,
    values: Values,
    structure: Values | None,
    *,
    draft: bool,
    blocked: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What must be filled in and is not: a stop, or a note on a draft.

    `blocked` are the fields whose cell has a finding already: those are not empty but unreadable. The VIN
    must be there on a draft too; the reason of a revocation is the lifecycle's question.
    """
    values = known(ruleset, sheet, values)
    structure = None if structure is None else known(ruleset, STRUCTURE, structure)
    fields, keys = required(ruleset, sheet, values, structure)
    if None not in map(values.get, keys):
        return ()
    found = []
    for field in fields:
        if values.get(field.key) is not None or field.key in blocked or field.required == "if_revocation":
            continue
        if field.key == NAMED_BY[sheet]:
            code = "ROW-UNNAMED"  # nobody can tell whether it is a row at all
        else:
            code = "FIELD-REQUIRED-DRAFT" if draft else "FIELD-REQUIRED"
        when = f"@when.{field.required}"
        found.append(ruleset.finding(code, sheet=sheet, row=row, field=field.key, when=when))
    return tuple(found)


def limit_findings(ruleset: Ruleset, sheet: str, row: int, values: Values) -> tuple[Finding, ...]:
    """Values that break their field's rule though no cell holds them: kept in catalogue or record.

    They were right by the rules of their day; what is in the sheet has been through the schema.
    """
    names = tuple(map(getitem, broken_by_column(ruleset, sheet), map(values.get, ruleset.index(sheet))))
    if not any(names):
        return ()
    found = []
    for field, name in zip(ruleset.fields(sheet), names, strict=True):
        value = values.get(field.key)
        for code, params in diagnose(field, value, name, ruleset) if name else ():
            shown = ruleset.shown(field, value)
            found.append(ruleset.finding(code, sheet=sheet, row=row, field=field.key, value=shown, **params))
    return tuple(found)


def vehicle_findings(
    ruleset: Ruleset, row: int, values: Values, now: datetime, others: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Checks on a vehicle alone: VIN, certificate, production month, engine. `now` is an aware time.

    `others` are the VINs of the workbook, none of which is suggested for this one.
    """
    on = _On(ruleset, VEHICLE, row, known(ruleset, VEHICLE, values))
    vin = values.get("vin")
    found: list[Finding] = []
    if isinstance(vin, str) and vins.is_shaped(vin):
        found += _check_digit(on, vin, others)
        found += _model_year(on, vin, now)
        found += _serial(on, vin)
        if country_of_maker(ruleset, vin) is None:
            found.append(on.finding("VIN-WMI-UNKNOWN", "vin", wmi=vins.wmi_of(vin)))
    found += _certificate(on, now)
    found += _month(on, now)
    found += _stamped(on)
    return tuple(found)


def pair_findings(
    ruleset: Ruleset, row: int, values: Values, structure: Values, agreed: Collection[tuple[str, str]]
) -> tuple[Finding, ...]:
    """The maker's country by the VIN against 车辆制造国: either table may agree (domain section 3).

    `agreed` are the pairs (WMI, country) that a person confirmed or customs accepted.
    """
    parameters = seen("WMI-COUNTRY", known(ruleset, STRUCTURE, structure))
    vin, country = values.get("vin"), parameters.get("country")
    if not isinstance(vin, str) or not isinstance(country, str) or not vins.is_shaped(vin):
        return ()
    due = countries_of(ruleset, vin)
    if not due or country in due:
        return ()
    on = _On(ruleset, VEHICLE, row, values)
    told: dict[str, Param] = {
        "wmi": vin[:3],
        "expected": tuple(ruleset.countries.shown(c) for c in sorted(due)),
        "country": ruleset.countries.shown(country),
    }
    code = "WMI-COUNTRY-AGREED" if (vin[:3], country) in agreed else "WMI-COUNTRY"
    return (on.finding(code, "vin", **told),)


@lru_cache(maxsize=64)
def _month_of(now: datetime, zone: tzinfo) -> str:
    return now.astimezone(zone).strftime("%Y.%m")


class _On:
    """A row that findings are made about."""

    def __init__(self, ruleset: Ruleset, sheet: str, row: int, values: Values) -> None:
        self.ruleset, self.sheet, self.row, self.values = ruleset, sheet, row, values

    def finding(self, code: str, key: str, /, **params: Param) -> Finding:
        shown = self.ruleset.shown(self.ruleset.field(self.sheet, key), self.values.get(key))
        return self.ruleset.finding(code, sheet=self.sheet, row=self.row, field=key, value=shown, **params)


def _check_digit(on: _On, vin: str, others: Collection[str]) -> list[Finding]:
    """Source: GB 16735 Appendix A; a vehicle that fails it may not be imported (notice of 2008-03-01)."""
    due = vins.check_digit(vin)
    if vin[8] == due:
        return []
    reason = on.ruleset.settings.exemption(vin)
    if reason:
        return [on.finding("VIN-EXEMPT", "vin", reason=reason)]
    if vin[8] == "Z":
        return [on.finding("VIN-FILLER", "vin", digit=due)]
    meant = vins_meant(vin, others)
    return [on.finding("VIN-CHECK-DIGIT", "vin", digit=due, given=vin[8], meant=meant)]


def _model_year(on: _On, vin: str, now: datetime) -> list[Finding]:
    """Of a month that is refused nothing is asked: no confirmation would save it."""
    years = vins.model_years(vin[9])
    if not years:
        return [on.finding("VIN-YEAR-CODE", "vin", char=vin[9])]
    month = on.values.get("production_date")
    if not isinstance(month, str) or _month(on, now):
        return []
    made = int(month[:4])
    if any(abs(year - made) <= _YEAR_SLACK for year in years):
        return []
    nearest = min(years, key=lambda y: abs(y - made))
    return [on.finding("DATE-MODEL-YEAR", "production_date", char=vin[9], year=str(nearest))]


def _serial(on: _On, vin: str) -> list[Finding]:
    return [] if vins.has_serial(vin) else [on.finding("VIN-SERIAL", "vin", tail=vin[13:])]


def _certificate(on: _On, now: datetime) -> list[Finding]:
    number = on.values.get("ccc_no")
    if not isinstance(number, str) or not number[:16].isdecimal() or len(number) < 16:
        return []
    if int(number[:4]) > int(_month_of(now, on.ruleset.settings.zone)[:4]):
        return [on.finding("CCC-FUTURE", "ccc_no", year=number[:4])]
    if number[6:8] != "11":
        return [on.finding("CCC-CLASS", "ccc_no", group=number[6:10])]
    return []


def _month(on: _On, now: datetime) -> list[Finding]:
    month = on.values.get("production_date")
    current = _month_of(now, on.ruleset.settings.zone)
    if isinstance(month, str) and month > current:
        return [on.finding("DATE-FUTURE", "production_date", current=current)]
    return []


def _stamped(on: _On) -> list[Finding]:
    """Numbers of engines and motors have digits (D): 墨绿 is the colour, of a row that slipped by a column.

    A home that has the field `free`, or gives it a pattern or choices, has said itself what it may hold.
    """
    return [on.finding("ENGINE-NO-DIGIT", key) for key in _STAMPED if _is_without_digit(on, key)]


def _is_without_digit(on: _On, key: str) -> bool:
    number = on.values.get(key)
    if not isinstance(number, str) or any(map(str.isdecimal, number)):
        return False
    field = on.ruleset.field(on.sheet, key)
    return not (field.free or field.pattern or field.choices)
