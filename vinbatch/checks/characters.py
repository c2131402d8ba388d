"""Characters that may not stand in a cell, told by code point: many look like those that may."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from vinbatch.visible import all_seen

_MOST_TOLD = 5
# How a result shows what nobody sees (`visible`), and how workbooks write any character: Excel shows _x767D_
# as 白, the reader knows those up to U+00FF alone. Read as letters, the code itself would be declared.
_SHOWN = re.compile("⟨U\\+([0-9A-F]{4,6})⟩|_x([0-9A-Fa-f]{4})_")


def odd_characters(text: str, allowed: frozenset[str] | None = None) -> tuple[str, ...]:
    """`“О” U+041E [3]` for each character outside `allowed`, by default for each invisible one."""
    if allowed is None:
        return _told(text, lambda c: not all_seen(c))
    return _told(text, lambda c: c not in allowed)


def unseen(text: str) -> tuple[str, ...]:
    """The same for what nobody sees in a text, or what stands there for a character."""
    if not all_seen(text):
        return odd_characters(text)
    shown = _SHOWN.finditer(text) if "⟨" in text or "_x" in text else ()
    told = ((found[1] or found[2].upper(), found.start() + 1) for found in shown)
    return tuple(f"“ ” U+{code} [{at}]" for code, at in told)[:_MOST_TOLD]


def strangers(text: str) -> tuple[str, ...]:
    """Those that words and numbers of the form are never written with: Cyrillic, Greek, `。` …

    Worth telling where a text was not understood: with a Cyrillic letter М1 is no M1, and nobody sees why.
    """
    return _told(text, _strange)


def _strange(char: str) -> bool:
    if char.isascii() or unicodedata.category(char) == "Lo":  # Chinese among them
        return False
    return not unicodedata.name(char, "").startswith("LATIN ")


def _told(text: str, odd: Callable[[str], bool]) -> tuple[str, ...]:
    found = [(i, c) for i, c in enumerate(text, start=1) if odd(c)]
    return tuple(f"{_drawn(c)} U+{ord(c):04X} [{i}]" for i, c in found[:_MOST_TOLD])


def _drawn(char: str) -> str:
    return f"“{char}”" if all_seen(char) and not char.isspace() else "“ ”"
