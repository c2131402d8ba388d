"""What templates are tried on at start shows everything that there is to show."""

from __future__ import annotations

import re

import pytest

from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.report import html, letter, proof
from vinbatch.ruleset import compile_rules
from vinbatch.templating import render

BRANCH = re.compile(r"{% (?:if|elif|else|for)\b.*?%}")
OF_PEOPLE = ("frame.html", "mail.html", "mail.txt", "overview.html", "parts.html", "report.html")
# Where a home has them, its pages show a declarant, and that they are of a trial: here they show both.
HOME = (("settings.toml", 'declarant_name = "x"\n'),)


def marked(name: str, text: str) -> str:
    """The template, with its name, line and which of that line it is written into each of its branches."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        for n, tag in reversed(list(enumerate(BRANCH.finditer(line)))):
            lines[at] = f"{lines[at][: tag.end()]}⟦{name}:{at + 1} {n}⟧{lines[at][tag.end() :]}"
    return "\n".join(lines)


def marks(text: str) -> set[str]:
    return set(re.findall("⟦(.*?)⟧", text))


def test_every_branch_of_every_template_is_tried(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of a home's own template in another one stopped the pass in which it was first shown."""
    shown: list[str] = []

    def noted(*args: object) -> str:
        shown.append(render(*args))  # type: ignore[arg-type]
        return shown[-1]

    for room in (html, letter):
        monkeypatch.setattr(room, "render", noted)
    templates = {name: marked(name, text) if name in OF_PEOPLE else text for name, text in rulebook.templates}
    own = replace(rulebook, home=HOME, templates=tuple(templates.items()), digest="branches")
    ruleset = compile_rules(own)
    proof.prove(ruleset)
    proof.prove_mail(ruleset)
    branches = marks("".join(templates.values()))
    assert len(branches) > 100
    assert branches - marks("".join(shown)) == set()
