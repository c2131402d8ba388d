"""Values as elements: what XML cannot hold stays out of the package."""

from __future__ import annotations

import pytest

from vinbatch.customs.elements import elements
from vinbatch.ruleset import Ruleset


@pytest.mark.parametrize("code", [0, 8, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_xml_forbids_is_left_out(code: int, ruleset: Ruleset) -> None:
    """A catalogue of older days may hold it: nothing of it could be declared."""
    told = elements(ruleset, "vehicle", {"colour": f"红 {chr(code)}黑"})
    assert told == "      <Colour>红 黑</Colour>\n"


@pytest.mark.parametrize("sign", [" ", "\t", "\n", "\x7f", "\ud7ff", "\ue000", "\ufffd", "😀"])
def test_what_xml_takes_stays(sign: str, ruleset: Ruleset) -> None:
    assert f"红{sign}黑" in elements(ruleset, "vehicle", {"colour": f"红{sign}黑"})
