"""Words that people see, in two languages, and the way back from a word to its token."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from vinbatch.layers import Tables
from vinbatch.noun import Noun

LANGUAGES = ("zh", "en")


def fold(text: str) -> str:
    """A heading as it is matched: NFKC, no case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


class Word(Noun, frozen=True):
    """A word in both languages; `aliases` are understood but never shown."""

    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def told(self, lang: str) -> str:
        """The word in "zh" or "en"."""
        return self.zh if lang == "zh" else self.en


Words = Mapping[str, Mapping[str, Word]]


def compile_words(tables: Tables) -> dict[str, dict[str, Word]]:
    """Group → token → word, from `words*.toml`."""
    words: dict[str, dict[str, Word]] = {}
    for (group, token), table in tables.items():
        table.only(("zh", "en", "aliases"))
        table.need(LANGUAGES)
        words.setdefault(group, {})[token] = Word(table.text("zh"), table.text("en"), table.texts("aliases"))
    return words


def folded(group: Mapping[str, Word]) -> dict[str, str]:
    """Folded word or alias → token, of one group; the first word given keeps a folded form."""
    found: dict[str, str] = {}
    for token, word in group.items():
        for text in (word.zh, word.en, *word.aliases, token):
            found.setdefault(fold(text), token)
    return found
