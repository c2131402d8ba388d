"""Templates of a home: what no template may do to whoever waits for it."""

from __future__ import annotations

import pytest

from vinbatch import budget, templating
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
    monkeypatch.setattr(budget, "STEPS", steps)
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


NO_TEXT = {
    "a list": ("{{ given }}", "neither text nor number"),
    "a loop that never ran": ("{{ given | map('string') }}", "neither text nor number"),
    "a function that nobody called": ("{{ given.index }}", "neither text nor number"),
    "nothing": ("{{ {}.get('a') }}", "writes nothing"),
    "nothing beside a text": ("{{ 'a' ~ {}.get('a') }}", "writes nothing"),
}


@pytest.mark.parametrize(("text", "told"), NO_TEXT.values(), ids=NO_TEXT)
def test_a_package_holds_texts_and_numbers_alone(text: str, told: str, rulebook: Rulebook) -> None:
    """Customs would get what Python calls it, with an address of memory that is another every time."""
    own = replace(rulebook, templates=(("x.xml", f"\n{text}"),), digest=f"{rulebook.digest} {text}")
    with pytest.raises(RulesError, match=rf"^templates/x\.xml, line 2: .*{told}"):
        templating.render(compile_rules(own), "x.xml", {"given": [1]}, "template.declaration")


def test_a_sum_of_a_number_and_a_text_is_not_called_too_long(rulebook: Rulebook) -> None:
    text = "{{ 20260302093000 + 'a' }}"
    own = replace(rulebook, templates=(("x.xml", text),), digest=f"{rulebook.digest} sum")
    with pytest.raises(RulesError, match="unsupported operand"):
        templating.render(compile_rules(own), "x.xml", {}, "template.declaration")


@pytest.mark.parametrize("text", ["{# a", "{% raw %}a", "{% for %}", "{{ 'a }}"])
def test_a_template_that_cannot_be_read_is_told_by_its_path(
    text: str, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RulesError) as caught:
        rendered(rulebook, text, monkeypatch)
    assert str(caught.value.told("en")).startswith("templates/x.xml, line 1")


MACROS = """{% macro inner(row) %}
<A>{{ row.nothing }}</A>
{% endmacro %}
{% macro outer(row) %}
{{ inner(row) }}
{% endmacro %}
"""
CALLED = {
    f"{MACROS}{{% for a in given %}}\n{{{{ outer(a) }}}}{{% endfor %}}": (2, 5, 8),
    "{% macro m(a) %}\n{{ a.b }}{% endmacro %}\n\n{{ m(nobody) }}": (2, 4),
    "{% macro m() %}\n{{ caller() }}{% endmacro %}{% call m() %}\n\n{{ nobody }}{% endcall %}": (4, 2),
    "{% macro m(n) %}\n{{ m(n - 1) if n else no.a }}{% endmacro %}\n{{ m(9) }}": (2, 3),
    "\n{{ nobody }}": (2,),
    "{% macro m() %}{% endmacro %}\n{{ m(nobody.x) }}": (2,),
    "{% macro a(n) %}\n{{ n.x }}{% endmacro %}{% macro b(n) %}\n{{ a(n) }}{% endmacro %}{% macro c(n) %}\n"
    "{{ b(n) }}{% endmacro %}{% macro d(n) %}\n{{ c(n) }}{% endmacro %}\n{{ d(given) }}": (2, 3, 4, 5),
}


@pytest.mark.parametrize(("text", "lines"), CALLED.items())
def test_what_is_wrong_in_a_macro_is_told_with_the_lines_that_called_it(
    text: str, lines: tuple[int, ...], rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing wrong with the macro where it was given what has no such value."""
    with pytest.raises(RulesError) as caught:
        rendered(rulebook, text, monkeypatch)
    told = ", called from ".join(f"templates/x.xml, line {line}" for line in lines)
    assert str(caught.value.told("en")).startswith(f"{told}: ")
    told = "，调用它的是 ".join(f"templates/x.xml 第 {line} 行" for line in lines)
    assert str(caught.value.told("zh")).startswith(f"{told}：")


def test_a_macro_of_a_piece_is_told_with_the_file_that_called_it(rulebook: Rulebook) -> None:
    pieces = (("x.xml", "{% import 'y.xml' as y %}\n{{ y.outer(3) }}"), ("y.xml", MACROS))
    own = replace(rulebook, templates=pieces, digest=f"{rulebook.digest} piece")
    with pytest.raises(RulesError) as caught:
        templating.render(compile_rules(own), "x.xml", {}, "template.page")
    told = (
        "templates/y.xml, line 2, called from templates/y.xml, line 5, called from templates/x.xml, line 2: "
    )
    assert str(caught.value.told("en")).startswith(told)


HUGE = {
    "a text times a number": "x\n{{ given[0] * 'x' * 10**9 }}",
    "a list times a number": "x\n{% set l = [given] * 10**9 %}",
    "a text that is doubled": (
        "x\n{% set t = namespace(v='x') %}{% for a in range(60) %}{% set t.v = t.v ~ t.v %}{% endfor %}"
    ),
    "one that is added to itself": (
        "x\n{% set t = namespace(v='x') %}{% for a in range(60) %}{% set t.v = t.v + t.v %}{% endfor %}"
    ),
    "a block that holds itself twice": (
        "x\n{% set t = namespace(v='x') %}{% for a in range(60) %}"
        "{% set b %}{{ t.v }}{{ t.v }}{% endset %}{% set t.v = b %}{% endfor %}"
    ),
    "a macro that holds itself twice": (
        "x\n{% macro m(n) %}{% set b = m(n - 1) if n else 'x' %}{{ b }}{{ b }}{% endmacro %}{{ m(60) }}"
    ),
    "a page of one text again and again": (
        "x\n{% set b = 'x' * 100000 %}{% for a in range(4000) %}{{ b }}{% endfor %}"
    ),
    "a width": "x\n{{ given | string | center(10**9) }}",
    "the width of a method": "x\n{{ 'x'.ljust(10**9) }}",
    "the width of a format": "x\n{{ '%1000000000d' % given[0] }}",
    "the width of another": "x\n{{ '%*d' | format(10**9, 1) }}",
    "the width of a format's method": "x\n{{ '{:1000000000}'.format(1) }}",
    "a width that is given": "x\n{{ '{:{}}'.format(1, 10**9) }}",
    "the width of a map": "x\n{{ '{a:1000000000}'.format_map({'a': 1}) }}",
    "a text in every place of another": "x\n{{ ('x' * 100000) | replace('x', 'y' * 100000) }}",
    "a list that is added to itself": (
        "x\n{% set t = namespace(v=[1]) %}{% for a in range(60) %}{% set t.v = t.v + t.v %}{% endfor %}"
    ),
    "a list of one text": "x\n{{ (['x' * 100000] * 100000) | join }}",
    "a number without end": "x\n{{ 10 ** (10 ** 9) }}",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_template_that_would_fill_the_memory_is_told(
    text: str, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LETTERS", 2**25)
    with pytest.raises(RulesError) as caught:
        rendered(rulebook, text, monkeypatch)
    told = str(caught.value.told("en"))
    assert "templates/x.xml" in told
    assert "makes too much text" in told


def test_texts_of_usual_size_are_made_as_ever(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "{{ '%03d' % 7 }} {{ '%.1f' | format(2.5) }} {{ '{:>4}'.format(1) }} {{ 'a' ~ 1 }} {{ 'ab' * 2 }}"
        " {{ ([1] + [2]) | string }} {{ 2 ** 10 }} {{ given | join('-') }} {{ 'a' | center(3) }}|"
        "{{ 'aa' | replace('a', 'b') }}"
    )
    said = "007 2.5    1 a1 abab [1, 2] 1024 1-2-3  a |bb"
    assert rendered(rulebook, text, monkeypatch) == said


@pytest.mark.parametrize("value", ["残值80%，合同号12345", "50%,*", "{a{", "{:99999}"])
def test_what_a_format_is_filled_with_may_be_any_text(
    value: str, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "{{ '%s' | format('VALUE') }} {{ '{}'.format('VALUE') }} {{ '{{{0}}}'.format(1) }}"
    told = rendered(rulebook, text.replace("VALUE", value), monkeypatch)
    assert told == f"{value} {value} {{1}}"


def test_each_rendering_has_all_steps(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{% for a in given %}{{ a }}{% endfor %}"
    assert [rendered(rulebook, text, monkeypatch, steps=3) for _ in range(3)] == ["123"] * 3
    with pytest.raises(RulesError):
        rendered(rulebook, text, monkeypatch, steps=2)


def test_a_loop_knows_its_length_and_its_end(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes nothing away from what a loop can tell."""
    text = "{% for a in given %}{{ loop.length }}{{ loop.revindex }}{{ ', ' if not loop.last }}{% endfor %}"
    assert rendered(rulebook, text, monkeypatch) == "33, 32, 31"
