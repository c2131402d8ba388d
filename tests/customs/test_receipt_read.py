"""What is read of a receipt, and what it is refused for."""

from __future__ import annotations

from vinbatch.customs.receipt import read_receipt
from vinbatch.model import Finding, Receipt
from vinbatch.ruleset import Ruleset

GUID = "9149F486-3803-5234-844B-81CA8561C1FB"


def read(ruleset: Ruleset, inside: str, guid: str = GUID) -> Receipt | Finding:
    text = f'<VinReceipt xmlns="urn:vinbatch:vin-declaration:1"><Guid>{guid}</Guid>{inside}</VinReceipt>'
    return read_receipt(text.encode(), ruleset)


def test_ten_thousand_answers_are_read_and_no_more(ruleset: Ruleset) -> None:
    one = "<VehicleReturn><Vin>V</Vin><ReturnStatus>120</ReturnStatus></VehicleReturn>"
    assert isinstance(read(ruleset, one * 10_000), Receipt)
    found = read(ruleset, one * 10_001)
    assert isinstance(found, Finding)
    assert dict(found.params) == {"why": "10001 VehicleReturn"}


def test_one_that_says_nothing_of_the_whole_package_is_told_so_in_words(ruleset: Ruleset) -> None:
    found = read(ruleset, "")
    assert isinstance(found, Finding)
    assert ruleset.tell(found, "en").what == "ReturnStatus is missing (the whole package)"


def test_of_vehicles_that_are_said_nothing_of_the_first_is_named(ruleset: Ruleset) -> None:
    found = read(ruleset, "".join(f"<VehicleReturn><Vin>{vin}</Vin></VehicleReturn>" for vin in "AB"))
    assert isinstance(found, Finding)
    assert dict(found.params) == {"vin": "A"}


def test_what_stands_where_a_guid_is_due_is_shown(ruleset: Ruleset) -> None:
    found = read(ruleset, "<ReturnStatus>120</ReturnStatus>", GUID[:-1])
    assert isinstance(found, Finding)
    assert (found.code, found.value) == ("RECEIPT-NO-GUID", GUID[:-1])


def test_an_answer_in_the_wrong_place_is_named(ruleset: Ruleset) -> None:
    found = read(ruleset, "<ReturnStatus>120</ReturnStatus><Wrapped><Vin>X</Vin></Wrapped>")
    assert isinstance(found, Finding)
    assert (found.code, found.value) == ("RECEIPT-ASTRAY", "Vin")
