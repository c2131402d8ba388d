"""rules/fields.toml against the table of facts (fields.csv), and the tables of makers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.errors import RulesError
from vinbatch.model import Field, Rulebook
from vinbatch.noun import replace
from vinbatch.proof import prove
from vinbatch.ruleset import Ruleset, compile_rules

FACTS = list(csv.DictReader(io.StringIO(Path(__file__).with_name("fields.csv").read_text("utf-8"))))
RULES = compile_rules(packaged_rulebook())
NEEDS = {
    "no": "never",
    "yes": "always",
    "if it has an engine": "if_engine",
    "if it has a motor and 新能源车 is 是": "if_motor",
    "if the action is 撤销": "if_revocation",
    "if the category is not O": "if_not_o",
    "if the category is M or N": "if_m_or_n",
    "if the category is M, N or O": "if_m_n_or_o",
}


def test_the_fields_are_those_of_the_facts_in_order(ruleset: Ruleset) -> None:
    ours = [(sheet, f.key) for sheet in ("vehicle", "structure") for f in ruleset.fields(sheet)]
    assert ours == [(row["sheet"], row["key"]) for row in FACTS]


@pytest.mark.parametrize("fact", FACTS, ids=lambda r: f"{r['sheet']}.{r['key']}")
def test_a_field_says_what_the_facts_say(fact: dict[str, str]) -> None:
    field = RULES.field(fact["sheet"], fact["key"])
    assert (field.zh, field.en, field.kind.value) == (fact["zh"], fact["en"], fact["kind"])
    assert field.required == NEEDS[fact["required"]]
    assert field.unit == fact["unit"]
    assert field.ivi == fact["ivi"]
    assert _limit(field, fact["limit"]), fact["limit"]


def _limit(field: Field, limit: str) -> bool:
    if not limit or limit in (
        "YYYY.MM",
        "ISO 3166-1 alpha-3 or a name of it",
        "one number per axle joined by /",
    ):
        return True
    if field.choices:
        return "|".join(field.choices) == limit
    if limit.startswith("16 digits"):
        return field.pattern.startswith("[0-9]{16}")
    low, dots, high = limit.removeprefix("sum ").partition("..")
    if not dots:
        return field.length == int(limit)
    if field.kind.value == "code":
        return field.length == int(high)
    return (field.low, field.high) == (float(low), float(high)) and (
        field.bound == "sum"
    ) == limit.startswith("sum")


@pytest.mark.parametrize(
    "field", [f for s in ("vehicle", "structure") for f in RULES.fields(s)], ids=lambda f: f.key
)
def test_excel_can_show_the_prompt(field: Field) -> None:
    assert len(field.zh) <= 32
    assert 0 < len(field.prompt_zh) <= 255
    assert 0 < len(field.prompt_en) <= 255


@pytest.mark.parametrize(("name", "rows"), [("wmi.csv", 2854), ("wmi_countries.csv", 63)])
def test_the_tables_of_makers_are_whole(name: str, rows: int, ruleset: Ruleset) -> None:
    assert len(list(csv.reader(io.StringIO(ruleset.table(name))))) - 1 == rows


WMI, RANGE = "wmi,manufacturer,make,country,kind\n", "first,from,to,country,iso3\n"


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("wmi.csv", "wmi;manufacturer\n", "wmi,manufacturer,make,country,kind"),
        ("wmi.csv", "", "wrong first line"),
        ("wmi.csv", f"{WMI}LSV,SAIC,,CHN,car\n\nLSV,SAIC,CHN\n", "line 4 has 3 columns"),
        ("wmi.csv", f"{WMI}lsv,SAIC,,CHN,car\n", "line 2: 'lsv' is no WMI"),
        ("wmi.csv", f"{WMI}LS,SAIC,,CHN,car\n", "line 2: 'LS' is no WMI"),
        ("wmi_countries.csv", f"{RANGE}L,A,09,China,CHN\n", "line 2: 'L,A,09'"),
        ("countries.csv", "", "wrong first line"),
    ],
)
def test_a_table_of_the_home_that_is_broken_is_told_before_any_work(
    name: str, text: str, named: str, rulebook: Rulebook
) -> None:
    with pytest.raises(RulesError) as refused:
        prove(replace(rulebook, home=((name, text),), digest=name + text))
    assert f"rules/{name}: " in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("德国", "DEU"),
        ("Germany", "DEU"),
        ("DE", "DEU"),
        ("deu", "DEU"),
        ("DEU 德国", "DEU"),
        ("台湾", "TWN"),
        ("中国香港", "HKG"),
        ("Macao", "MAC"),
        ("Czech Republic", "CZE"),
        ("Deutschland", "DEU"),  # was told to be NLD 荷兰: Netherlands is the English name most like it
        ("Slowakei", "SVK"),
        ("Italia", "ITA"),
    ],
)
def test_a_country_is_known_by_many_names(text: str, code: str, ruleset: Ruleset) -> None:
    assert ruleset.countries.find(text) == code


def test_three_are_shown_as_parts_of_china(ruleset: Ruleset) -> None:
    shown = [ruleset.countries.shown(code) for code in ("TWN", "HKG", "MAC")]
    assert shown == ["TWN 中国台湾", "HKG 中国香港", "MAC 中国澳门"]
