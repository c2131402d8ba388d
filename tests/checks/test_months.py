"""Numbers that stand for a month, at their limits (domain section 7)."""

from __future__ import annotations

import pytest

from vinbatch.checks import months


@pytest.mark.parametrize(
    ("number", "month", "code"),
    [
        (1900.01, "1900.01", ""),
        (2099.12, "2099.12", ""),
        (1899.12, "", "DATE-NUMBER"),
        (1899.1, "", "DATE-NUMBER"),
        (2100.01, "", "DATE-NUMBER"),
        (2021.123, "", "DATE-NUMBER"),
        (2021.13, "", "DATE-NUMBER"),
        (2021.0, "", "DATE-NUMBER"),
        (2021.1, "", "DATE-AMBIGUOUS"),
        (2021.2, "", "DATE-ONE-DECIMAL"),
    ],
)
def test_a_number_is_a_month_only_where_it_can_be_one_month(number: float, month: str, code: str) -> None:
    read = months.from_number(number, None)
    assert (read.month, read.code) == (month, code)


def test_a_number_with_one_decimal_is_told_with_the_months_that_it_may_be() -> None:
    told = [months.from_number(number, None).params for number in (2021.1, 2021.2)]
    assert told == [{"january": "2021.01", "october": "2021.10"}, {"meant": "2021.02"}]


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        (202103, "@month_meant.digits|2021.03"),
        (20210305, "@month_meant.digits|2021.03"),
        (44260, "@month_meant.day|2021.03|2021-03-05"),
        (44260.5, "@month_meant.day|2021.03|2021-03-05"),
        (202113, ""),
        (2021, ""),
        (float("nan"), ""),
    ],
)
def test_a_number_that_is_no_month_is_told_with_what_it_may_stand_for(number: float, meant: str) -> None:
    """44260 is what Excel shows of 2021-03-05 in a cell without the format of a date."""
    read = months.from_number(number, None)
    assert (read.code, read.params) == ("DATE-NUMBER", {"meant": meant})


@pytest.mark.parametrize("text", ["03/2021", "3.2021", "03-2021"])
def test_a_month_before_its_year_is_told_the_right_way_round(text: str) -> None:
    assert months.from_text(text).params == {"meant": "2021.03"}


def test_a_month_with_another_point_is_told_with_ours() -> None:
    assert months.from_text("2021。10").params == {"meant": "2021.10"}
