"""Words that people see, in two languages, and the way back from a word to its token."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from vinbatch.errors import Faults
from vinbatch.layers import Table, Tables
from vinbatch.noun import Noun, replace
from vinbatch.ruleset.traditional import simplified
from vinbatch.slips import hint
from vinbatch.wording import LANGUAGES, Said

# Groups to which a home may add: what its clerks write, the units of its own fields.
_OPEN = ("called_off", "filler", "footer", "unfinished", "unit", "unmeant")
_READ = ("act", "column", "query", "sheet", "state", "type", "verdict")  # what people write is looked up here
_SHEET_MOST = 31  # characters of a sheet's name; a form in the other language has both words, as `zh (en)`
_NO_SHEET = re.compile(r"[\[\]:*?/\\]|^'|'$|^$")


def as_word(text: str) -> str:
    """A text as words are compared: NFKC, no case, simplified characters."""
    return simplified(unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=8192)  # rules say the same words again and again
def fold(text: str) -> str:
    """A heading as it is matched: as a word, letters and digits only."""
    return "".join(c for c in as_word(text) if c.isalnum())


class Word(Noun, frozen=True):
    """A word in both languages; `aliases` are understood but never shown."""

    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def told(self, lang: str) -> str:
        """The word in "zh" or "en"."""
        return self.zh if lang == "zh" else self.en

    @property
    def forms(self) -> frozenset[str]:
        """All that it is understood as, folded."""
        return frozenset(map(fold, (self.zh, self.en, *self.aliases)))


Words = Mapping[str, Mapping[str, Word]]


def compile_words(tables: Tables) -> dict[str, dict[str, Word]]:
    """Group → token → word, from `words*.toml`."""
    words: dict[str, dict[str, Word]] = {}
    old: dict[tuple[str, str], tuple[str, ...]] = {}
    faults = Faults()
    for (group, token), table in tables.items():
        with faults.kept():
            if table.fresh and group not in _OPEN:
                raise table.refuse("", "rule.no_table", hint=_meant(group, token, tables))
            words.setdefault(group, {})[token] = _word(table)
            old[group, token] = table.renamed(LANGUAGES)
    faults.tell()
    _check_own(words, tables)
    for (group, token), texts in old.items():
        if texts:
            _keep_old(words[group], token, texts)
    return words


def _check_own(words: Words, tables: Tables) -> None:
    """RulesError where a word of the home means something else already, or cannot name a sheet."""
    faults = Faults()
    for (group, token), table in tables.items():
        for key in filter(table.is_own, LANGUAGES):
            text = words[group][token].told(key)
            others = (t for t, word in words[group].items() if t != token and fold(text) in word.forms)
            if group in _READ and (other := next(others, "")):
                faults.found.append(table.refuse(key, "rule.word_taken", value=repr(text), other=other))
            if group == "sheet" and _is_no_sheet(words[group][token]):
                faults.found.append(table.refuse(key, "rule.sheet_name", value=repr(text)))
    faults.tell()


def _is_no_sheet(word: Word) -> bool:
    both = f"{word.zh} ({word.en})" if word.zh != word.en else word.zh
    return len(both) > _SHEET_MOST or any(_NO_SHEET.search(text) for text in (word.zh, word.en))


def _keep_old(group: dict[str, Word], token: str, texts: tuple[str, ...]) -> None:
    """What the home renamed is still understood by its packaged word, unless another has that now."""
    taken = frozenset[str]().union(*(word.forms for word in group.values()))
    word = group[token]
    group[token] = replace(word, aliases=(*word.aliases, *(t for t in texts if fold(t) not in taken)))


def _word(table: Table) -> Word:
    with table.together() as told:
        told.only(("zh", "en", "aliases"))
        told.need(LANGUAGES)
        return Word(told.text("zh"), told.text("en"), told.texts("aliases"))


def _meant(group: str, token: str, tables: Tables) -> Said:
    """A word that nothing asks for would be silent: the name is a slip."""
    known = [f"[{g}.{t}]" for (g, t), table in tables.items() if not table.fresh]
    return hint(f"[{group}.{token}]", known)


def spoken(group: Mapping[str, Word]) -> Iterator[str]:
    """Every word of a group and its aliases, as they stand in the rules."""
    for word in group.values():
        yield from (word.zh, word.en, *word.aliases)


def folded(group: Mapping[str, Word]) -> dict[str, str]:
    """Folded word or alias → token, of one group; the first word given keeps a folded form."""
    found: dict[str, str] = {}
    for token, word in group.items():
        for text in (word.zh, word.en, *word.aliases, token):
            found.setdefault(fold(text), token)
    return found
