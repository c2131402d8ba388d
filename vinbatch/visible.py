"""One rule for every text that came from others: what cannot be seen stands there as its code.

A character that turns the direction of a line, hides, or steers a terminal lets a text look like another.
"""

from __future__ import annotations

import re

# What counts as a letter or a sign, and is drawn as nothing: fillers of Hangul and Khmer, an empty cell of
# Braille, joiners, and selectors of variants, in which whole texts can hide.
_DRAWN_AS_NOTHING = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef"
# Of a value also those that choose how a sign is drawn, and what stands where a character was lost.
_NO_VALUE = re.compile(f"[{_DRAWN_AS_NOTHING}\ufe00-\ufe0f\ufffc\ufffd]")

# Unicode's categories Cc (but tab and newline), Cf, Cs, Zl and Zp, and what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    f"{_DRAWN_AS_NOTHING}]"
)


def visible(text: str) -> str:
    """The text with what cannot be seen in it as its code: `⟨U+202E⟩`. Tabs and ends of lines stay."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_code, text.replace("\r\n", "\n"))


def all_seen(text: str) -> bool:
    """Whether each character of a value is one that people see, or a blank."""
    return text.isprintable() and (text.isascii() or _NO_VALUE.search(text) is None)


def _code(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
