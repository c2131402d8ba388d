"""`templates/declaration.xml`: an integrator's to edit, and checked every time it is used."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.ruleset import Ruleset
from vinbatch.templating import render

NAME = "declaration.xml"
_CURE = f"mend templates/{NAME}; nothing was declared; the workbooks are kept, and worked by the next run"


def render_xml(ruleset: Ruleset, context: Mapping[str, object]) -> str:
    """The template filled in. RulesError, with the line, where it is wrong or names what there is not."""
    return render(ruleset, NAME, context, _CURE)
