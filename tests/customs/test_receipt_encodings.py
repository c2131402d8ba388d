"""Receipts in the encodings that the guide names: customs' own words come out as they are."""

from __future__ import annotations

import pytest

from vinbatch.customs.receipt import read_receipt
from vinbatch.model import Finding, Receipt
from vinbatch.ruleset import Ruleset

TEXT = (
    '{}<VinReceipt xmlns="urn:vinbatch:vin-declaration:1"><Guid>9149F486-3803-5234-844B-81CA8561C1FB</Guid>'
    "<ReturnStatus>100</ReturnStatus><ReturnInfo>证书不符</ReturnInfo></VinReceipt>"
)


def read(ruleset: Ruleset, named: str, encoding: str) -> Receipt | Finding:
    head = f'<?xml version="1.0" encoding="{named}"?>' if named else ""
    return read_receipt(TEXT.format(head).encode(encoding), ruleset)


@pytest.mark.parametrize(
    ("named", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("UTF-16", "utf-16"),
        *((n, n) for n in ("GB18030", "GBK")),
    ],
)
def test_an_encoding_that_the_first_line_or_a_mark_names_is_read(
    named: str, encoding: str, ruleset: Ruleset
) -> None:
    receipt = read(ruleset, named, encoding)
    assert isinstance(receipt, Receipt)
    assert receipt.returns[0].info == "证书不符"


@pytest.mark.parametrize("named", ["", "UTF-8"])
def test_one_that_is_not_named_is_told_to_be(named: str, ruleset: Ruleset) -> None:
    found = read(ruleset, named, "gbk")
    assert isinstance(found, Finding)
    assert found.code == "RECEIPT-UNREADABLE"
    assert 'encoding="GB18030"' in ruleset.findings[found.code].cure_zh
