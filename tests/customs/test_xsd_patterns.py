"""The generated XSD has a pattern only where it means what Python means by it."""

from __future__ import annotations

import pytest
from desk import Desk, verdicts

from vinbatch import flow
from vinbatch.customs.generated import xsd_text
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.proof import prove
from vinbatch.ruleset import compile_rules


def own(rulebook: Rulebook, pattern: str, example: str) -> Rulebook:
    text = f"[vehicle.colour]\npattern = '{pattern}'\nexample = '{example}'\n"
    return replace(rulebook, home=(("fields.toml", text),), digest=f"{pattern} {example}")


@pytest.mark.parametrize(
    ("pattern", "example", "value"),
    [
        (r"\w{1,9}", "ab", "a_b"),
        (r"a\W?b", "ab", "a+b"),
        (r"a\s?b", "ab", "a b"),
        (r"\x61+", "a", "aa"),
        (r"a{,3}", "a", "aaa"),
        (r"[+-[]+", "+A", "-["),
        (r"a{b", "a{b", "a{b"),
        (r"^ab?$", "ab", "a"),
    ],
)
def test_what_only_python_means_stays_out_of_the_xsd(
    pattern: str, example: str, value: str, rulebook: Rulebook
) -> None:
    rules = own(rulebook, pattern, example)
    prove(rules)
    outcome = Desk(rules).drop([{"colour": value}])
    assert verdicts(outcome) == {2: "declared"}
    assert len(flow.render(outcome, rules)) == 1


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        (r"(?:a|b)\+?[c\-]{1,3}", r"(a|b)\+?[c\-]{1,3}"),
        (r"\(?:a\d", r"\(?:a\d"),
        (r"[^x]a{2,}\\", r"[^x]a{2,}\\"),
    ],
)
def test_what_both_mean_is_in_it(pattern: str, inside: str, rulebook: Rulebook) -> None:
    example = {"(": "ac", "\\": "(:a1", "[": "1aa\\"}[pattern[0]]
    ruleset = compile_rules(own(rulebook, pattern, example))
    assert f'<xs:pattern value="{inside}"/>' in xsd_text(ruleset)


def test_a_value_that_the_pattern_of_the_xsd_does_not_take_names_the_field(rulebook: Rulebook) -> None:
    """As one that was kept from the time of a wider pattern."""
    rules = own(rulebook, "[a-c]+", "abc")
    outcome = Desk(rules).drop()
    (declared,) = outcome.declarations
    kept = replace(outcome, declarations=(replace(declared, data={**declared.data, "colour": "x"}),))
    with pytest.raises(RulesError) as refused:
        flow.render(kept, rules)
    assert "rules/fields.toml [vehicle.colour] pattern" in refused.value.message
