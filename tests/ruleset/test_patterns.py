"""A pattern of a home that comes to no end is told: before any work, or on the row that shows it."""

from __future__ import annotations

import pytest
from desk import OTHER_VIN, Desk, codes

from vinbatch.checks.across import limit_findings
from vinbatch.checks.schema import _failures
from vinbatch.errors import RulesError
from vinbatch.model import VEHICLE, Rulebook, Severity, Verdict
from vinbatch.noun import replace
from vinbatch.proof import prove
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.ruleset.patterns import SlowError, check, matcher

ENDLESS = "(A|AA)+"  # over many an A and something else
HIDDEN = "B|(A|AA)+"  # what the example does not show


def book(rulebook: Rulebook, pattern: str, example: str) -> Rulebook:
    text = f"[vehicle.engine_no]\nlength = 60\npattern = '{pattern}'\nexample = '{example}'\n"
    return replace(rulebook, home=(("fields.toml", text),), digest=text)


def test_it_is_refused_when_the_rules_are_compiled(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        compile_rules(book(rulebook, ENDLESS, "A"))
    said = str(refused.value)
    assert said.startswith("rules/fields.toml [vehicle.engine_no] pattern: ")
    assert "AAAAA" in said
    assert "no repeat of repeats" in said


@pytest.mark.parametrize("pattern", ["(A|BC){1000000000}", "A|(B|CD){32768,}", "A|((B{3}C){200}){200}"])
def test_more_repeats_than_a_cell_has_characters_are_refused(rulebook: Rulebook, pattern: str) -> None:
    """All of them were laid out, until the system ended the program."""
    with pytest.raises(RulesError) as refused:
        compile_rules(book(rulebook, pattern, "A"))
    assert "a cell has no more than 32767 characters" in str(refused.value)


@pytest.mark.parametrize("pattern", [r"A|\{40000\}", "A|[{40000}]", "A|(B{200})(C{200})", "(?x)A # ) {40000"])
def test_others_are_not(pattern: str) -> None:
    check(pattern, "A", own=True)


def test_one_that_only_a_value_shows_refuses_its_row_alone(rulebook: Rulebook) -> None:
    """What cannot be judged is not declared, and keeps nothing else back."""
    rules = book(rulebook, HIDDEN, "B")
    prove(rules)
    desk, slow = Desk(rules), f"{'A' * 58}!"
    outcome = desk.drop([{"engine_no": slow}, {"vin": OTHER_VIN, "engine_no": "B"}])
    assert [j.verdict for j in outcome.rows if j.row.sheet == VEHICLE] == [Verdict.REFUSED, Verdict.DECLARED]
    (found,) = (f for f in outcome.findings if f.code == "PATTERN-SLOW")
    told = desk.ruleset.tell(found, "en")
    assert (slow in told.what, HIDDEN in told.what) == (True, True)
    assert "[vehicle.engine_no]" in told.cure


def test_so_does_one_that_a_kept_value_shows(rulebook: Rulebook) -> None:
    rules = compile_rules(book(rulebook, HIDDEN, "B"))
    (found,) = limit_findings(rules, VEHICLE, 2, {"engine_no": "A" * 59 + "!"})
    assert (found.code, found.severity) == ("PATTERN-SLOW", Severity.STOP)


def test_a_check_that_raises_is_a_failure_that_travels_alone(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pandera's own has the whole frame with it: a cluster would send it, and warn of what it lost."""

    def broken(_value: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr("vinbatch.checks.schema.limits", lambda *_: {"vin": (("pattern", broken),)})
    with pytest.raises(RulesError) as refused:
        list(_failures(replace(ruleset, digest="broken"), VEHICLE, {"vin": ["x"]}))
    assert refused.value.key == "rule.no_check"
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


def test_a_pattern_that_ends_judges_as_it_did(rulebook: Rulebook) -> None:
    rules = book(rulebook, "(([A-Z0-9]+)+)+", "B48")
    for engine, found in (("A" * 30, []), ("A" * 29 + "!", ["TEXT-SHAPE"])):
        assert codes(Desk(rules).drop([{"engine_no": engine}]), "vehicle") == found


def test_a_pattern_of_the_home_leaves_the_length_as_it_is(rulebook: Rulebook) -> None:
    """The package could not be made of a text that is too long, and every workbook would wait for that."""
    rules = book(rulebook, "[A-Z]+", "B")
    for engine, found in (("A" * 60, []), ("A" * 61, ["TEXT-TOO-LONG"]), ("a" * 61, ["TEXT-TOO-LONG"])):
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
        check(ENDLESS, "A" * 70, own=True)
    assert slow.value.shown == repr("A" * 40 + "…")
