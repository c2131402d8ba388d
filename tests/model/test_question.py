"""Questions as the ledger keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinbatch.model import AboutParameters, Question

NUMBER = "WBA13BJ"
ASKED = f"STRUCTURE-ASK:structure_no:{NUMBER}@2"
ON_ROW = f"STRUCTURE-ASK-ROW:structure_no:{NUMBER}"
DENIED = f"CONFIRMED-NO:structure_no:{NUMBER}"
CODES = st.sampled_from(["STRUCTURE-ASK", "WMI-COUNTRY", "CELL-STRUCK", "CONFIRMED-NO"])


@given(CODES, st.sampled_from(["", "structure_no"]), st.text())
def test_its_text_read_again_is_the_same_text(code: str, field: str, value: str) -> None:
    """Whatever stands in the cell: colons, and what looks like a revision."""
    text = f"{code}:{field}:{value}"
    assert Question.read(text).text == text


@given(CODES, st.text(), st.integers(0, 10**6))
def test_what_was_asked_is_read_back(code: str, value: str, revision: int) -> None:
    """Of parameters with their revision; of others an @ is part of the value."""
    of = revision if code in ("STRUCTURE-ASK", "WMI-COUNTRY") else None
    question = Question(code, "structure_no", value, of)
    assert Question.read(question.text) == question


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("CELL-STRUCK:colour:白", True),
        ("DATE-CELL:production_date:2021.03", True),
        (ASKED, False),
        ("CONFIRMED-NO:confirmed:否", False),
        ("DATE-MODEL-YEAR:production_date:2019-10 · 2031", False),
        ("WMI-COUNTRY:country:DEU@1", False),
    ],
)
def test_what_values_do_not_raise_again_was_asked_for_what_the_workbook_showed(
    text: str, *, is_so: bool
) -> None:
    assert Question.read(text).shown == is_so


@pytest.mark.parametrize(
    ("asks", "told"),
    [
        ((), ""),
        ((ASKED,), "open elsewhere"),
        ((f"STRUCTURE-ASK:structure_no:{NUMBER}",), "open elsewhere"),  # of an old ledger
        ((ASKED, ON_ROW), "open alone"),
        ((ASKED, DENIED), "open alone"),
        ((DENIED,), "open alone"),
        (("STRUCTURE-ASK:structure_no:WBA13B@2",), ""),
        ((f"CELL-STRUCK:structure_no:{NUMBER}",), ""),
        (("CONFIRMED-NO:confirmed:否",), ""),
    ],
)
def test_who_may_answer_what_is_asked_about_parameters(asks: tuple[str, ...], told: str) -> None:
    asked = AboutParameters.of(asks, NUMBER)
    is_so = {"open": asked.open, "alone": asked.on_row_alone, "elsewhere": asked.elsewhere}
    assert {key for key, true in is_so.items() if true} == set(told.split())


@pytest.mark.parametrize("asks", [(), (ON_ROW,), (DENIED,), (DENIED, ON_ROW)])
def test_what_their_row_told_is_kept_as_it_was(asks: tuple[str, ...]) -> None:
    assert AboutParameters.of((*asks, ASKED), NUMBER).of_row == asks
