"""One file, two files: the words of a text that follow a number. Chinese has no need of it.

`{n} {n:file waits|files wait}` in a text of rules or failures is the first where `n` is 1, else the second;
`{rows#row|rows} {rows}` the first where `rows` names one, such as 7, and not 7–9 or 7, 9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CHOICE = re.compile(r"\{([a-z_]+)[:#]([^{}|]*)\|([^{}|]*)\}")
_ONE_NAMED = re.compile(r"[0-9]+(?![0-9,、–])")


def counted(text: str, parts: Mapping[str, object]) -> str:
    """The text with its choices made; other placeholders stay. What has no value here counts as many."""
    if "|" not in text:
        return text
    return CHOICE.sub(lambda found: found[2] if _is_one(found, parts) else found[3], text)


def of_many(text: str) -> str:
    """The text as documentation shows it, which counts nothing."""
    return CHOICE.sub(r"\3", text)


def _is_one(found: re.Match[str], parts: Mapping[str, object]) -> bool:
    value = str(parts.get(found[1]))
    named = found.string[found.end(1)] == "#"
    return _ONE_NAMED.match(value) is not None if named else value == "1"
