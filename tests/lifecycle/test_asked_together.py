"""What is asked of vehicle rows because of the others."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Cells, Desk, codes

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import VEHICLE

TWO_CERTIFICATES = "CCC-TWO-CERTIFICATES"


@pytest.fixture
def desk() -> Desk:
    desk = Desk(packaged_rulebook())
    desk.shelve()
    return desk


def other_certificate(desk: Desk) -> str:
    own = str(desk.sample(VEHICLE)["ccc_no"])
    return f"{own[:15]}{(int(own[15]) + 1) % 10}{own[16:]}"


def test_two_certificates_under_one_number_are_asked_about_on_the_second(desk: Desk) -> None:
    second: Cells = {"vin": OTHER_VIN, "ccc_no": other_certificate(desk)}
    outcome = desk.drop([{}, second], [])
    assert [TWO_CERTIFICATES in codes(outcome, VEHICLE, row) for row in (2, 3)] == [False, True]


@pytest.mark.parametrize("refused", [2, 3])
def test_the_certificate_of_a_refused_row_is_neither_asked_about_nor_compared_with(
    desk: Desk, refused: int
) -> None:
    rows: list[Cells] = [{}, {"vin": OTHER_VIN, "ccc_no": other_certificate(desk)}]
    rows[refused - 2] = {**rows[refused - 2], "vin": "WBA"}
    assert TWO_CERTIFICATES not in codes(desk.drop(rows, []))
