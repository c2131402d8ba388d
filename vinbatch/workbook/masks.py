"""Number formats that show something else than the cell holds: `;;;"WP0…"` on a VIN, `"Z"@`, `"1500"`.

A unit behind a number (`0"mm"`) is none: the number is there to be seen. A text has no units.

Source: ECMA-376 part 1, 18.8.31 (sections, literals, placeholders of format codes).
"""

from __future__ import annotations

import re
from html import unescape

from vinbatch.noun import Noun

_CODE = re.compile(rb"""formatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# In this order: quoted, escaped, currency sign, elapsed time, condition; blank or colour; what is bare.
_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[\$(?P<sign>[^\]-]*)[^\]]*\]|(?P<time>\[[hms]+\])'
    r"|(?P<if>\[[<>=][^\]]*\])|(?:[_*].|\[[^\]]*\])+|(?P<end>;)"
    r"|(?P<general>general|g/通用格式)|(?P<text>@)|(?P<holder>[0#?a-z]+)|\s+|(?P<bare>.)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_LITERAL = ("quoted", "escaped", "sign", "bare")
_LONGEST = 255  # Excel takes no longer one: nobody can tell what it shows
_TEXT_SECTION = 3  # after positive, negative, zero


class _Section(Noun, frozen=True):
    """A part of a format."""

    words: bool  # letters, digits or signs that stand there whatever the value is
    spelt: bool  # bare letters and digits: places for a number, and nothing but themselves beside a text
    holds: bool  # a number or date shows in it
    texts: int  # times that a text shows in it
    conditional: bool


def masks(styles: bytes) -> bool:
    """Whether any format of a style sheet shows another text or number; no style is looked at."""
    if b"formatCode" not in styles:
        return False
    codes = {unescape((a or b).decode("utf-8", "replace")) for a, b in _CODE.findall(styles)}
    return any(masks_text(code) or masks_number(code) for code in codes)


def masks_text(code: str) -> bool:
    """Whether a text in a cell of this format looks otherwise than it is; one that shows nothing does not."""
    if len(code) > _LONGEST:
        return True
    sections = _sections(code)
    if len(sections) > _TEXT_SECTION:
        shown = sections[_TEXT_SECTION]
    elif sections[-1].texts:
        shown = sections[-1]
    else:
        return False
    return shown.words or shown.spelt or shown.texts > 1


def masks_number(code: str) -> bool:
    """Whether a number above zero may show as something that has no place for it."""
    if len(code) > _LONGEST:
        return True
    numbers = _sections(code)[:_TEXT_SECTION]
    if not any(one.conditional for one in numbers):
        numbers = numbers[:1]
    return any(one.words and not one.holds for one in numbers)


def _sections(code: str) -> list[_Section]:
    parts: list[list[re.Match[str]]] = [[]]
    for token in _TOKENS.finditer(code):
        if token["end"]:
            parts.append([])
        else:
            parts[-1].append(token)
    return [_section(tokens) for tokens in parts]


def _section(tokens: list[re.Match[str]]) -> _Section:
    groups = [token.lastgroup for token in tokens]
    texts = groups.count("text") + groups.count("general")
    return _Section(
        words=any(t.lastgroup in _LITERAL and t[t.lastgroup].strip() for t in tokens),
        spelt="holder" in groups,
        holds=bool(texts) or "holder" in groups or "time" in groups,
        texts=texts,
        conditional="if" in groups,
    )
