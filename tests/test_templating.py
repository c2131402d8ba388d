"""Templates of a home: what no template may do to whoever waits for it."""

from __future__ import annotations

import pytest

from vinbatch import templating
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules

ENDLESS = {
    "loops in loops": "x\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a macro that calls itself twice": (
        "x\n{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "a tree of loops": "x\n{% for a in [1, 1] recursive %}{{ loop([1, 1]) if loop.depth < 60 }}{% endfor %}",
}


def rendered(rulebook: Rulebook, text: str, monkeypatch: pytest.MonkeyPatch, steps: int = 5_000) -> str:
    monkeypatch.setattr(templating, "_STEPS", steps)
    own = replace(rulebook, templates=(("x.xml", text),), digest=f"{rulebook.digest} {text}")
    return templating.render(compile_rules(own), "x.xml", {"given": [1, 2, 3]}, "template.page")


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_template_without_end_is_told_with_its_line(
    text: str, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RulesError) as caught:
        rendered(rulebook, text, monkeypatch)
    told = str(caught.value.told("en"))
    assert "templates/x.xml, line 2" in told
    assert "5000 steps" in told


def test_each_rendering_has_all_steps(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{% for a in given %}{{ a }}{% endfor %}"
    assert [rendered(rulebook, text, monkeypatch, steps=3) for _ in range(3)] == ["123"] * 3
    with pytest.raises(RulesError):
        rendered(rulebook, text, monkeypatch, steps=2)


def test_a_loop_knows_its_length_and_its_end(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes nothing away from what a loop can tell."""
    text = "{% for a in given %}{{ loop.length }}{{ loop.revindex }}{{ ', ' if not loop.last }}{% endfor %}"
    assert rendered(rulebook, text, monkeypatch) == "33, 32, 31"
