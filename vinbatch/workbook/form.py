"""The empty form: what a clerk fills in, and what results and extracts are spliced into."""

from __future__ import annotations

from functools import lru_cache

from vinbatch.ruleset import Ruleset, looks_of
from vinbatch.workbook.fill import as_workbook
from vinbatch.workbook.shell import Purpose, shell


def build(ruleset: Ruleset, lang: str = "zh") -> bytes:
    """The form as bytes; the same for the same rules and language."""
    return _built(looks_of(ruleset), lang)


@lru_cache(maxsize=8)
def _built(looks: Ruleset, lang: str) -> bytes:
    return as_workbook(shell(looks, lang, Purpose.FORM).parts)
