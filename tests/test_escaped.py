"""Text that comes back out of XML as it was."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from vinbatch.escaped import attribute, escape

LEGAL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
)


@given(LEGAL)
def test_the_text_of_an_element_comes_back(text: str) -> None:
    assert (etree.fromstring(f"<a>{escape(text)}</a>").text or "") == text


@given(st.lists(LEGAL | st.sampled_from(["\n", "\r", "\t", '"', "&lt;"])).map("".join))
def test_the_value_of_an_attribute_comes_back(text: str) -> None:
    assert etree.fromstring(f'<a b="{attribute(text)}"/>').get("b") == text


def test_a_run_that_declares_loads_no_http_client() -> None:
    rooms = "vinbatch.customs.package, vinbatch.customs.xsd, vinbatch.workbook.fill"
    code = f"import sys, {rooms}; print('http.client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
