"""The empty form as a home's clerks get it."""

from __future__ import annotations

from vinbatch.model import Rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.workbook.form import build


def empty_form(rulebook: Rulebook) -> bytes:
    """The form in the language of the settings."""
    ruleset = compile_rules(rulebook)
    return build(ruleset, ruleset.settings.language)
