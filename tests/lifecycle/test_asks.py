"""What a confirmation answers: the form in which the ledger keeps it over all versions."""

from __future__ import annotations

import pytest

from vinbatch.lifecycle.asks import ask_of
from vinbatch.model import Finding, Severity, Value
from vinbatch.ruleset import Ruleset


@pytest.mark.parametrize(
    ("field", "value", "ask"),
    [
        ("country", "DEU", "CODE:country:DEU 德国"),
        ("country", None, "CODE:country:"),
        ("", "DEU", "CODE::"),
    ],
)
def test_an_ask_is_a_code_a_field_and_its_value_as_shown(
    field: str, value: Value, ask: str, ruleset: Ruleset
) -> None:
    finding = Finding("CODE", Severity.ASK, "structure", 2, field)
    assert ask_of(ruleset, finding, {field: value}) == ask


def test_a_question_about_two_cells_of_a_vehicle_is_another_where_either_differs(ruleset: Ruleset) -> None:
    """A second certificate for a number: confirmed for one number, it is asked again for another."""
    finding = Finding("CCC-TWO-CERTIFICATES", Severity.ASK, "vehicle", 2, "ccc_no")
    values = {"vin": "V", "ccc_no": "2020011101000999", "structure_no": "A"}
    assert ask_of(ruleset, finding, values) == "CCC-TWO-CERTIFICATES:ccc_no:2020011101000999 · A"
    assert ask_of(ruleset, finding, {**values, "vin": "W"}) == ask_of(ruleset, finding, values)
    assert ask_of(ruleset, finding, {**values, "structure_no": "B"}) != ask_of(ruleset, finding, values)
