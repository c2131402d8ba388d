"""Parts of the rules: one object wherever they are alike, so that what is made of them is made once."""

from __future__ import annotations

import pytest

from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules, looks_of, package_of


def of_home(rulebook: Rulebook, name: str, text: str) -> Ruleset:
    """The packaged rules with a file of a home's own."""
    if name in dict(rulebook.templates):
        laid = {**dict(rulebook.templates), name: text}
        return compile_rules(replace(rulebook, templates=tuple(laid.items()), digest=text))
    return compile_rules(replace(rulebook, home=((name, text),), digest=text))


def test_a_setting_of_neither_changes_neither(rulebook: Rulebook) -> None:
    one, other = (of_home(rulebook, "settings.toml", f"overdue_days = {n}\n") for n in (8, 9))
    assert looks_of(other) is looks_of(one)
    assert package_of(other) is package_of(one)
    assert other.words is one.words
    assert (one.settings.overdue_days, other.settings.overdue_days) == (8, 9)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", 'site = "SHA"\n'),
        ("settings.toml", 'declarant_code = "1101"\n'),
        ("settings.toml", 'declarant_name = "某公司"\n'),
        ("settings.toml", 'dxp_id = "DXP1"\n'),
        ("settings.toml", 'timezone = "UTC"\n'),
        ("settings.toml", "[limits]\nrows = 1\n"),
        ("fields.toml", '[vehicle.colour]\nexample = "灰"\n'),
        ("declaration.xsd", "<broken/>"),
        ("declaration.xml", "{{ guid }}"),
    ],
)
def test_whatever_stands_in_a_package_makes_it_another(
    name: str, text: str, rulebook: Rulebook, ruleset: Ruleset
) -> None:
    assert package_of(of_home(rulebook, name, text)) is not package_of(ruleset)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", 'language = "en"\n'),
        ("fields.toml", '[vehicle.colour]\nexample = "灰"\n'),
        ("words.toml", '[sheet.vehicle]\nzh = "车"\nen = "Cars"\n'),
    ],
)
def test_whatever_stands_in_a_workbook_makes_it_another(
    name: str, text: str, rulebook: Rulebook, ruleset: Ruleset
) -> None:
    assert looks_of(of_home(rulebook, name, text)) is not looks_of(ruleset)
