"""Who removes a field is told of the rules that stand on it: they would be lifted, and nobody would know."""

from __future__ import annotations

from itertools import product

import pytest

from vinbatch.checks.predicates import OF_STRUCTURE, PREDICATES
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.ruleset.compared import COMPARED
from vinbatch.ruleset.needed import CONDITIONS

WORDS = {
    "category": ("M1", "N1", "L3", "O1", None),
    "fuel": ("汽油", "电", None),
    "new_energy": ("是", "否", None),
}


def home(rulebook: Rulebook, fields: str, settings: str = "") -> Ruleset:
    texts = (("fields.toml", fields), ("settings.toml", settings))
    return compile_rules(replace(rulebook, home=texts, digest=fields + settings))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ("[structure.fuel]\noff = true\n", ["[structure.fuel] off", "FUEL-DISPLACEMENT"]),
        ("[structure.new_energy]\noff = true\n", ["structure.motor_model", "vehicle.motor_no"]),
        ("[structure.category]\nkind = 'text'\nlength = 5\n", ["[structure.category] kind", "SEATS-M1"]),
        ("[structure.fuel]\nrequired = 'never'\n", ["[structure.fuel] required", "vehicle.engine_no"]),
        ("[structure.kerb_mass]\noff = true\n", ["stop MASS-GROSS-KERB", "remove structure.gross_mass too"]),
        ("[structure.country]\noff = true\n", ['WMI-COUNTRY = "note" below [severities]']),
    ],
)
def test_it_is_refused_with_what_stands_on_it(fields: str, named: list[str], rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        home(rulebook, fields)
    assert refused.value.exit_code == 5
    assert [part for part in named if part not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        ("[structure.country]\noff = true\n", "[severities]\nWMI-COUNTRY = 'note'\n"),
        ("[structure.displacement]\noff = true\n", ""),
        (
            "[structure.kerb_mass]\noff = true\n[structure.gross_mass]\noff = true\n",
            "[severities]\nAXLE-LOADS-SUM = 'note'\n",
        ),
        ("[structure.kerb_mass]\nrequired = 'never'\n", ""),
        ("[structure.kerb_mass]\nkind = 'decimal'\n", ""),
        ("[structure.fuel]\nrequired = 'always'\n", ""),
    ],
)
def test_what_no_rule_is_left_for_may_go(fields: str, settings: str, rulebook: Rulebook) -> None:
    assert home(rulebook, fields, settings).fields("structure")


@pytest.mark.parametrize("name", PREDICATES)
def test_each_condition_is_known_by_what_it_looks_at(name: str) -> None:
    def judged(**given: str | None) -> bool:
        return PREDICATES[name]({}, given)

    seen = set()
    for words in product(*(WORDS[key] for key in OF_STRUCTURE)):
        values = dict(zip(OF_STRUCTURE, words, strict=True))
        for key in OF_STRUCTURE:
            if any(judged(**values) != judged(**{**values, key: other}) for other in WORDS[key]):
                seen.add(key)
    assert seen == set(CONDITIONS.get(name, ()))


@pytest.mark.parametrize("code", COMPARED)
def test_each_comparison_is_between_fields_that_there_are(code: str, ruleset: Ruleset) -> None:
    compared = COMPARED[code]
    assert code in ruleset.findings
    assert compared.about in ruleset.index(compared.sheet)
    assert set(compared.others) <= set(ruleset.index("structure"))
