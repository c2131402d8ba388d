"""Words that are no value: 待补, 同上, 见附件. As text they pass for one, and would go to customs as data."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.traditional import simplified
from vinbatch.ruleset.words import as_word, spoken

# What people write around such a word; where nothing else stands there, it is the word.
_AROUND = " ()[]{}<>【】《》〈〉「」“”‘’'\"。.,、;:!?*~"


def is_filler(text: str, ruleset: Ruleset) -> bool:
    """Whether a text is nothing but one of the words `filler` of the rules, brackets and full stops aside."""
    plain = _plain(text)
    close = plain if plain.isascii() else plain.replace(" ", "")  # 待 补, set wide as in headings
    numbered = "" if close.isascii() else close.rstrip("0123456789")  # 见附件1
    return not {plain, close, numbered}.isdisjoint(_fillers(ruleset))


def unfinished(text: str, ruleset: Ruleset) -> str:
    """The word `unfinished` of the rules that stands within a text, as it is written there; "" for none."""
    written = unicodedata.normalize("NFKC", text)
    plain = simplified(written)
    heads, pattern = _within(ruleset)
    low = plain.casefold()
    if not any(head in low for head in heads):
        return ""
    found = pattern.search(plain)
    return written[slice(*found.span())] if found else ""


@lru_cache(maxsize=8)
def _within(ruleset: Ruleset) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """One pattern for all words, the longest first; blanks may stand anywhere in Chinese ones. And how they
    begin: the pattern is slow, and most texts hold none of that.
    """
    words = sorted(spoken(ruleset.words["unfinished"]), key=len, reverse=True)
    return tuple(dict.fromkeys(map(_head, words))), re.compile("|".join(map(_apart, words)), re.IGNORECASE)


def _head(word: str) -> str:
    """What every spelling of a word begins with."""
    plain = as_word(word).strip()
    return plain.split()[0][:3] if plain.isascii() and plain else plain[:1]


def _apart(word: str) -> str:
    """The pattern of a word; a Latin letter or digit at its ends has none beside it."""
    plain = simplified(unicodedata.normalize("NFKC", word))
    if not plain.isascii():
        return r"\s*".join(map(re.escape, plain.replace(" ", "")))
    spelt = r"\s+".join(map(re.escape, plain.split()))
    before = "(?<![0-9A-Za-z])" if plain[:1].isalnum() else ""
    after = "(?![0-9A-Za-z])" if plain[-1:].isalnum() else ""
    return f"{before}{spelt}{after}"


@lru_cache(maxsize=8)
def _fillers(ruleset: Ruleset) -> frozenset[str]:
    return frozenset(map(_plain, spoken(ruleset.words["filler"])))


def _plain(text: str) -> str:
    """As it is compared: as a word, one blank for any white space, a run of one sign as that sign."""
    plain = " ".join(as_word(text).split())
    plain = plain.strip(_AROUND) or plain
    return plain[0] if plain and not plain[0].isalnum() and len(set(plain)) == 1 else plain
