"""The month trap (domain section 7): `2021.10` typed into a General cell is the number 2021.1."""

from __future__ import annotations

import re
from datetime import date, timedelta

from vinbatch.model import Param
from vinbatch.noun import Noun, field

# Formats that always show two decimals: 0.00, #,##0.00, 0.00_ …; a quoted or bracketed part aside. `0.0#` and
# `0.??` show 2021.1 as it stands; a percentage, an exponent or a scaling comma shows another number.
_ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_TWO_DECIMALS = re.compile(r"[^.%Ee]*[0#?]\.00(?![0#?,])[^.%Ee0#?,]*")
# A section that holds for some numbers only: which one is shown depends on the number.
_CONDITION = re.compile(r"\[\s*[<>=]")
_STRICT = re.compile(r"(19|20)[0-9]{2}\.(0[1-9]|1[0-2])")
# What Chinese input methods and other countries write for the point.
_POINTS = str.maketrans(dict.fromkeys("。·・,", "."))
_YEAR, _MONTH = r"(?P<year>(?:19|20)[0-9]{2})", r"(?P<month>1[0-2]|0?[1-9])"
# Other ways of writing a month, day and all.
_OTHER = (
    re.compile(rf"{_YEAR}\s*[-/.年、]\s*{_MONTH}\s*月?份?"),
    re.compile(rf"{_YEAR}\s*[-/.年]\s*{_MONTH}\s*[-/.月]\s*[0-3]?[0-9]\s*日?"),
    re.compile(rf"{_YEAR}(?P<month>1[0-2]|0[1-9])(?:[0-3][0-9])?"),
    re.compile(rf"{_MONTH}\s*[-/.]\s*{_YEAR}"),  # as certificates of European makers have it
)
# The numbers that Excel keeps for the days of 1990 to 2049: one whose cell has no format of a date.
_DAY_ZERO = date(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = 32874, 54788


class Month(Noun, frozen=True):
    """`month` as YYYY.MM, "" where it cannot be told; `code` and `params` of the finding, if any."""

    month: str = ""
    code: str = ""
    params: dict[str, Param] = field(default_factory=dict)


def from_text(text: str) -> Month:
    """Text is read strictly; what else looks like a month is told how to write it."""
    if _STRICT.fullmatch(text):
        return Month(text)
    pointed = text.translate(_POINTS)
    if _STRICT.fullmatch(pointed):
        return Month(code="DATE-SHAPE", params={"meant": pointed})
    if re.fullmatch(r"(19|20)[0-9]{2}\.[1-9]", pointed):
        # As ambiguous as the number: 2021.10 loses its zero on the way through other programs.
        return _one_decimal(pointed)
    for pattern in _OTHER:
        match = pattern.fullmatch(text)
        if match:
            return Month(code="DATE-SHAPE", params={"meant": f"{match['year']}.{int(match['month']):02d}"})
    return Month(code="DATE-UNREADABLE")


def from_number(number: float, number_format: str | None) -> Month:
    """A number in the cell. `number_format` is None where it was not needed or is not known."""
    text = f"{number:.2f}"
    if not 1900 <= number < 2100 or abs(number - float(text)) > 1e-6:
        return _no_month(number)
    year, _, decimals = text.partition(".")
    if decimals == "10":
        if number_format is not None and _shows_two_decimals(number_format):
            return Month(f"{year}.10", "DATE-OCTOBER", {"month": f"{year}.10"})
        return _one_decimal(f"{year}.1")
    if decimals[1] == "0" and decimals != "00":
        return _one_decimal(f"{year}.{decimals[0]}")
    if _STRICT.fullmatch(text):
        return Month(text)
    return _no_month(number)


def _no_month(number: float) -> Month:
    """With what it may stand for: 202103 and 20210305, or the day that Excel shows where a cell is a date."""
    meant = from_text(f"{number:.0f}").params.get("meant", "") if float(number).is_integer() else ""
    if meant:
        meant = f"@month_meant.digits|{meant}"
    elif _FIRST_DAY <= number < _LAST_DAY + 1:
        day = _DAY_ZERO + timedelta(days=int(number))
        meant = f"@month_meant.day|{day:%Y.%m}|{day.isoformat()}"
    return Month(code="DATE-NUMBER", params={"meant": meant})


def _one_decimal(text: str) -> Month:
    """x.1 may be January or October: both are named; x.2 to x.9 can only be one month."""
    year, _, digit = text.partition(".")
    if digit == "1":
        return Month(code="DATE-AMBIGUOUS", params={"january": f"{year}.01", "october": f"{year}.10"})
    return Month(code="DATE-ONE-DECIMAL", params={"meant": f"{year}.0{digit}"})


def _shows_two_decimals(number_format: str) -> bool:
    if _CONDITION.search(number_format):
        return False
    first = _ASIDE.sub("", number_format[:200]).partition(";")[0]
    return _TWO_DECIMALS.fullmatch(first) is not None
