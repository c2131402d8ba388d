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


@pytest.mark.parametrize("mended_first", [True, False])
def test_the_one_vehicle_on_record_may_have_its_certificate_mended_but_not_beside_another_with_it(
    desk: Desk, mended_first: bool
) -> None:
    desk.drop([{"action": "暂存"}], [])
    mended: Cells = {"ccc_no": other_certificate(desk)}
    rows = [mended, {"vin": OTHER_VIN}] if mended_first else [{"vin": OTHER_VIN}, mended]
    outcome = desk.drop(rows, [])
    assert [TWO_CERTIFICATES in codes(outcome, VEHICLE, row) for row in (2, 3)] == [False, True]


@pytest.mark.parametrize("others", [0, 1])
def test_another_certificate_for_the_first_vehicle_on_record_is_asked_about_where_others_have_it(
    desk: Desk, others: int
) -> None:
    desk.drop([{"action": "暂存"}], [])
    for vin in (OTHER_VIN,)[:others]:
        desk.drop([{"vin": vin}], [])
    outcome = desk.drop([{"ccc_no": other_certificate(desk)}], [])
    assert (TWO_CERTIFICATES in codes(outcome)) is bool(others)


def test_the_vehicle_that_has_the_certificate_on_record_is_not_asked_about_it(desk: Desk) -> None:
    desk.drop([{"action": "暂存"}], [])
    outcome = desk.drop([{"vin": OTHER_VIN, "ccc_no": other_certificate(desk)}, {"action": "申报"}], [])
    assert [TWO_CERTIFICATES in codes(outcome, VEHICLE, row) for row in (2, 3)] == [True, False]
