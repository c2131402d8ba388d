"""One rule for every text that came from others: what cannot be seen stands there as its code.

A character that turns the direction of a line, hides, or steers a terminal lets a text look like another.
"""

from __future__ import annotations

import re

# Unicode's categories Cc (but tab and newline), Cf, Cs, Zl and Zp, and what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with what cannot be seen in it as its code: `⟨U+202E⟩`. Tabs and ends of lines stay."""
    return text if text.isprintable() else _UNSEEN.sub(_code, text.replace("\r\n", "\n"))


def _code(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
