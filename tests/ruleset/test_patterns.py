"""A pattern of a home that comes to no end is told: before any work, or with the value that shows it."""

from __future__ import annotations

import pickle

import pytest
from desk import Desk, codes

from vinbatch.checks.limits import broken
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.proof import prove
from vinbatch.ruleset import compile_rules
from vinbatch.ruleset.patterns import SlowError, check, matcher

ENDLESS = "(A|AA)+"  # over many an A and something else
HIDDEN = "B|(A|AA)+"  # what the example does not show


def book(rulebook: Rulebook, pattern: str, example: str) -> Rulebook:
    text = f"[vehicle.engine_no]\npattern = '{pattern}'\nexample = '{example}'\n"
    return replace(rulebook, home=(("fields.toml", text),), digest=text)


def test_it_is_refused_when_the_rules_are_compiled(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        compile_rules(book(rulebook, ENDLESS, "A"))
    said = str(refused.value)
    assert said.startswith("rules/fields.toml [vehicle.engine_no] pattern: ")
    assert "AAAAA" in said
    assert "no repeat of repeats" in said


def test_one_that_only_a_value_shows_is_told_with_that_value(rulebook: Rulebook) -> None:
    """The checks of a whole sheet run in pandera, which keeps failures of a check to itself."""
    rules = book(rulebook, HIDDEN, "B")
    prove(rules)
    with pytest.raises(RulesError) as refused:
        Desk(rules).drop([{"engine_no": f"{'A' * 58}!"}])
    assert refused.value.key == "rule.slow"
    assert "vehicle.engine_no" in str(refused.value)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_so_is_one_that_a_kept_value_shows(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError, match=r"no end with 'AAAA.*…'"):
        broken(compile_rules(book(rulebook, HIDDEN, "B")), "vehicle", "engine_no", "A" * 60 + "!")


def test_a_pattern_that_ends_judges_as_it_did(rulebook: Rulebook) -> None:
    rules = book(rulebook, "(([A-Z0-9]+)+)+", "B48")
    for engine, found in (("A" * 30, []), ("A" * 29 + "!", ["TEXT-SHAPE"])):
        assert codes(Desk(rules).drop([{"engine_no": engine}]), "vehicle") == found


@pytest.mark.parametrize("pattern", ["(", "[0-9", r"\p{L}", "(?P<n>a)(?P<n>b)", "(?<=a+)b"])
def test_what_python_does_not_take_is_no_pattern(pattern: str) -> None:
    """XSD and documents know one kind of regular expression."""
    with pytest.raises(ValueError, match=r" at position |^look-behind"):
        check(pattern, "a", own=True)


@pytest.mark.parametrize("own", [True, False])
def test_a_pattern_is_one_for_the_whole_text(own: bool) -> None:
    matches = matcher("[A-Z]{2}", own=own)
    assert [matches(text) for text in ("AB", "ABC", "A", "AB\n")] == [True, False, False, False]


def test_slowness_names_the_beginning_of_the_text() -> None:
    with pytest.raises(SlowError) as slow:
        matcher(ENDLESS, own=True)("A" * 70 + "!")
    assert slow.value.shown == repr("A" * 40 + "…")
