"""Slips of the pen in what people write for the program: what they may have meant, and where in a TOML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import tomli

from vinbatch.errors import RulesError
from vinbatch.wording import Said, heard

_HANDFUL, _FEW = 8, 30
_WHERE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_KEY = re.compile(r"""\s*([^=#\[]+?)\s*=""")
_TABLE = re.compile(r"""\s*\[\[?\s*([^\]]+?)\s*\]""")


# How the names of templates end; another file beside them may be anything, but for those that are no notes.
NO_NOTE = (".xml", ".html", ".j2", ".xsl", ".css", ".js")
TEMPLATES = (*NO_NOTE, ".txt")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, "" where none is like it."""
    from difflib import get_close_matches  # for a mistake only: an idle pass makes none

    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def hint(word: str, known: Collection[str]) -> Said:
    """What to write instead: the nearest known word, and all of them where they are few."""
    like, every = nearest(word, known), ", ".join(known)
    if like and len(known) <= _HANDFUL:
        return Said("hint.both", (("like", like), ("known", every)))
    if like:
        return Said("hint.like", (("like", like),))
    return Said("hint.known", (("known", every),)) if len(known) <= _FEW else Said("hint.none")


def parse(origin: str, text: str) -> dict[str, object]:
    """The TOML of this text. RulesError names the line, and the key or table that stands twice."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as e:
        raise _refused(origin, text, str(e)) from e


def _refused(origin: str, text: str, said: str) -> RulesError:
    """Tomli knows a line, but not what stands there."""
    where = _WHERE.search(said)
    if not where:
        said = said.removesuffix(" (at end of document)")
        return RulesError("rule.unreadable", at=origin, why=heard("toml", said))
    lines, number = text.split("\n"), int(where[1])
    here = lines[number - 1] if number <= len(lines) else ""
    said = said.removesuffix(where[0])
    table = _TABLE.match(here)
    if table and said.startswith("Cannot declare"):
        return RulesError("rule.table_twice", at=origin, line=where[1], table=table[1])
    key = _KEY.match(here)
    if key and said.startswith("Cannot overwrite"):
        above = next((m[1] for line in reversed(lines[:number]) if (m := _TABLE.match(line))), "")
        at = f"{origin} [{above}]" if above else origin
        return RulesError("rule.twice", at=at, line=where[1], key=key[1])
    sign = here[int(where[2]) - 1 : int(where[2])]
    if sign and not sign.isascii() and not sign.isalnum():
        sign = sign if sign.isprintable() else f"U+{ord(sign):04X}"  # a blank of another width
        return RulesError("rule.sign", at=origin, line=where[1], column=where[2], sign=sign, said=said)
    why = heard("toml", said)
    return RulesError("rule.syntax", at=origin, line=where[1], column=where[2], why=why)
