"""What a wrong VIN may have been meant to be, as people read it."""

from __future__ import annotations

import pytest
from desk import Desk

from vinbatch.checks.meant import vins_meant
from vinbatch.model import Rulebook

VIN = "WBA13BJ03MCF12345"
OTHER = "WBA13BJ05MCF12346"
NOTHING_NEAR = "WBA13BJ04MCF83378"


def cures(rulebook: Rulebook, *vins: str, lang: str = "zh") -> dict[int, str]:
    """Row → what to do about its wrong VIN, of a workbook of these."""
    desk = Desk(rulebook)
    codes = ("VIN-IOQ", "VIN-CHECK-DIGIT")
    outcome = desk.drop([{"vin": vin} for vin in vins])
    return {f.row: desk.ruleset.tell(f, lang).cure for f in outcome.findings if f.code in codes}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("WBA13BJO3MCF12345", (f"@meant.replaced|{VIN}|8|O→0",)),
        ("WBAI3BJO3MCF12345", (f"@meant.replaced|{VIN}|4/8|I→1/O→0",)),
        ("WBA13BJ00MCFO2402", "@meant.digit"),
        ("WBA13BJ06MCFO234A", "@meant.digit"),
        ("WBAI3BJ06MCF1234A", "@meant.serial"),
        ("WBA13BJO3MCF1234", "@meant.none"),
        ("WBA13BJO3MCF1234*", "@meant.none"),
        (NOTHING_NEAR, "@meant.none"),
    ],
)
def test_a_letter_that_no_vin_has_is_replaced_or_it_is_said_why_not(typed: str, told: object) -> None:
    assert vins_meant(typed) == told


def test_a_letter_that_makes_it_the_vin_of_another_row_is_told_so(rulebook: Rulebook) -> None:
    told = cures(rulebook, "WBA13BJO3MCF12345", VIN)
    assert VIN not in told[2]
    assert told[2].endswith("没有：改成数字后与表中另一行的 VIN 相同")


def test_each_suggestion_says_what_is_another(rulebook: Rulebook) -> None:
    """Two in the places of neighbours, one character, and the letter O: none changes anything unsaid."""
    (swapped,) = cures(rulebook, "WBA13BJ03MCF12354").values()
    assert f"{VIN}（第16–17位对调）, " in swapped
    (letter,) = cures(rulebook, "WBA13BJO3MCF12345").values()
    assert letter.endswith(f"{VIN}（第8位 O→0）")
    (english,) = cures(rulebook, "WBA13BJ03MCF12354", lang="en").values()
    assert f"{VIN} (positions 16–17 swapped), " in english


def test_beside_a_letter_a_wrong_check_digit_is_said_and_nothing_offered(rulebook: Rulebook) -> None:
    (told,) = cures(rulebook, "WBA13BJ00MCFO2402").values()
    assert told.endswith("没有：改成数字后第9位校验位也不符，还有别的字符不对")


@pytest.mark.parametrize("typed", ["WBA13BJO3MCF12345", "WBA13BJ03MCF12354", "WBA13BJ00MCFO2402"])
def test_the_stamping_counts(typed: str, rulebook: Rulebook) -> None:
    (told,) = cures(rulebook, typed).values()
    assert told.startswith("请按车上打刻逐位核对")
    assert "只供参考，以车上打刻为准" in told


def test_the_vin_of_another_row_is_not_offered(rulebook: Rulebook) -> None:
    """What is offered gets copied; VINs of one delivery are near to each other."""
    near = "WBA13BJ03MCF12354"
    assert VIN in cures(rulebook, near, OTHER)[2]
    assert VIN not in cures(rulebook, near, VIN)[2]
