"""Rules and templates, tried at start on made-up contents: a slip shows before any work is taken."""

from __future__ import annotations

from vinbatch.customs import package
from vinbatch.model import Rulebook
from vinbatch.report import proof
from vinbatch.ruleset import compile_rules


def prove(rulebook: Rulebook) -> None:
    """RulesError where the rules do not compile, or a template cannot show what there is to show."""
    ruleset = compile_rules(rulebook)
    proof.prove(ruleset)
    package.prove(ruleset)
