"""Parts of the rules, for what is made of them alone: it is kept while anything else of the rules changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from vinbatch.noun import replace
from vinbatch.ruleset.ruleset import Ruleset
from vinbatch.settings import Settings

_OUT: Mapping[str, Mapping[str, Any]] = {"findings": {}, "receipts": {}, "dropped": {}}


@lru_cache(maxsize=16)
def looks_of(ruleset: Ruleset) -> Ruleset:
    """What workbooks look like, and values are judged by alone: fields, words, countries and language."""
    settings = Settings(language=ruleset.settings.language)
    return _alike(_Part(replace(ruleset, settings=settings, tables={}, templates={}, **_OUT)))


@lru_cache(maxsize=16)
def package_of(ruleset: Ruleset) -> Ruleset:
    """What packages are made of: fields, countries, tables, templates, and who declares."""
    known = ruleset.settings
    settings = Settings(
        site=known.site,
        declarant_code=known.declarant_code,
        declarant_name=known.declarant_name,
        production=known.production,
        dxp_id=known.dxp_id,
        timezone=known.timezone,
        limits=known.limits,
    )
    return _alike(_Part(replace(ruleset, settings=settings, words={}, headings={}, **_OUT)))


class _Part:
    """Rules of which the rest is gone: nothing can depend on it. Lets the cache see their digest alone."""

    def __init__(self, ruleset: Ruleset) -> None:
        texts = ruleset.words, ruleset.countries, ruleset.tables, ruleset.templates
        told = repr((ruleset.settings, ruleset.sheets, *texts))
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        self.ruleset = replace(ruleset, digest=digest)

    def __hash__(self) -> int:
        return hash(self.ruleset.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and other.ruleset.digest == self.ruleset.digest


@lru_cache(maxsize=16)
def _alike(part: _Part) -> Ruleset:
    """One object wherever these are the same."""
    return part.ruleset
