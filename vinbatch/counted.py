"""One file, two files: the words of a text that follow a number. Chinese has no need of it.

`{n} {n:file waits|files wait}` in a text of rules or failures is the first where `n` is 1, else the second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CHOICE = re.compile(r"\{([a-z_]+):([^{}|]*)\|([^{}|]*)\}")


def counted(text: str, parts: Mapping[str, object]) -> str:
    """The text with its choices made; other placeholders stay. What has no value here counts as many."""
    if "|" not in text:
        return text
    return CHOICE.sub(lambda found: found[2] if str(parts.get(found[1])) == "1" else found[3], text)


def of_many(text: str) -> str:
    """The text as documentation shows it, which counts nothing."""
    return CHOICE.sub(r"\3", text)
