"""View models → pages: one self-contained file each."""

from __future__ import annotations

from vinbatch.ruleset import Ruleset
from vinbatch.templating import render

_CURE = "mend it in templates/, or remove it there: the packaged one takes its place; nothing is lost"


def html(ruleset: Ruleset, name: str, **context: object) -> bytes:
    """The page of this template. RulesError where it, or one that it uses, is wrong."""
    return render(ruleset, name, context, _CURE).encode()
