"""What workbooks look like: the part of the rules that the shells of workbooks are made of."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from vinbatch.noun import replace
from vinbatch.ruleset.ruleset import Ruleset
from vinbatch.settings import Settings


@lru_cache(maxsize=16)
def looks_of(ruleset: Ruleset) -> Ruleset:
    """These rules with nothing but fields, words, countries and language: one object wherever these are the
    same, so that what is made of them outlives a change of any other setting or rule.
    """
    return _alike(_Looks(ruleset))


class _Looks:
    """Lets the cache see a digest alone; the rest of the rules is gone, so that nothing can depend on it."""

    def __init__(self, ruleset: Ruleset) -> None:
        language = ruleset.settings.language
        told = repr((ruleset.sheets, ruleset.words, ruleset.countries, language))
        self.digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        self.ruleset = replace(
            ruleset,
            digest=self.digest,
            settings=Settings(language=language),
            findings={},
            receipts={},
            tables={},
            templates={},
            dropped={},
        )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Looks) and other.digest == self.digest


@lru_cache(maxsize=8)
def _alike(looks: _Looks) -> Ruleset:
    return looks.ruleset
