"""`templates/declaration.xml`: an integrator's to edit, and checked every time it is used."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.ruleset import Ruleset
from vinbatch.templating import render

NAME = "declaration.xml"


def render_xml(ruleset: Ruleset, context: Mapping[str, object]) -> str:
    """The template filled in. RulesError, with the line, where it is wrong or names what there is not."""
    return render(ruleset, NAME, context, "template.declaration")
