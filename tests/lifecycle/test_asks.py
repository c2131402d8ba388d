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
