"""Countries: what a line of their table says, and by what they are found."""

from __future__ import annotations

import pytest

from vinbatch.ruleset.countries import Country, parse_countries

TABLE = "alpha2,alpha3,zh,en,aliases\nDE,DEU,德国,Germany,联邦德国|BRD\nFR,FRA,法国,France,\n"


def test_a_line_is_a_country_with_its_names() -> None:
    assert parse_countries(TABLE).by_code == {
        "DEU": Country("DE", "DEU", "德国", "Germany", ("联邦德国", "BRD")),
        "FRA": Country("FR", "FRA", "法国", "France"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (text, "DEU")
            for text in ("DE", "deu", "德国", "germany", "联邦德国", "BRD", "DEU 德国", " deu 德国")
        ),
        *((text, None) for text in ("", "FRA 德国", "德", "XX")),
    ],
)
def test_a_country_is_found_by_each_of_its_names_and_by_its_shown_form(text: str, code: str | None) -> None:
    assert parse_countries(TABLE).find(text) == code
