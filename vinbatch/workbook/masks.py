"""Number formats that show something else than the cell holds: `;;;"WP0…"` on a VIN, `"Z"@`, `"1500"`.

A unit behind a number (`0"mm"`) is none: the number is there to be seen. A text has no units. But a number
in thousands (`0.0,`), in hundredths (`0%`), in hours (`[h]`) or with more digits (`0"00"`) shows as another.
So does a day without its year.

Source: ECMA-376 part 1, 18.8.31 (sections, literals, placeholders of format codes).
"""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

from vinbatch.noun import Noun

_CODE = re.compile(rb"""formatCode\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# In this order: quoted, escaped, currency sign, elapsed time, condition; blank or colour; what is bare.
_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[\$(?P<sign>[^\]-]*)[^\]]*\]|(?P<time>\[[hms]+\])'
    r"|(?P<if>\[[<>=][^\]]*\])|[_*].|\[[^\]]*\]|(?P<end>;)"
    r"|(?P<general>general|g/通用格式)|(?P<text>@)|(?P<holder>(?:[0#?a-z]|(?<=e)[+-](?=[0#?]))+)|\s+|(?P<bare>.)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_SCALED = re.compile(r"[0#?],+(?![0#?,])|%")
# 0%, 0.00%, [h]:mm:ss; d-mmm, and what Chinese programs show as 3月5日.
_BUILT_IN = re.compile(rb"""numFmtId\s*=\s*["']\s*\+?0*(?:9|10|16|28|29|46|51|53|54|58)\s*["']""")
_BEFORE, _BEHIND = re.compile(r"[0-9.,-]"), re.compile("[0-9]")  # of a literal that lengthens a number
_BELOW = re.compile(r"\[(?:<=?|=)0+(?:\.0*)?\]")  # of no number above zero
_ABOVE = re.compile(r"\[(?:>=?|<>)0+(?:\.0*)?\]")  # of every one: what follows is of the others
_LITERAL = ("quoted", "escaped", "sign", "bare")
_COLOUR = re.compile(r"\[[^\]]*\]")
_LONGEST = 255  # Excel takes no longer one: nobody can tell what it shows
_TEXT_SECTION = 3  # after positive, negative, zero


class _Section(Noun, frozen=True):
    """A part of a format."""

    words: bool  # letters, digits or signs that stand there whatever the value is
    spelt: bool  # bare letters and digits: places for a number, and nothing but themselves beside a text
    holds: bool  # a number or date shows in it
    texts: int  # times that a text shows in it
    conditional: bool
    below: bool  # for no number above zero
    above: bool  # for every one
    other: bool  # the number that shows is another, or longer


def masks(styles: bytes) -> bool:
    """Whether any format of a style sheet shows another text or number; no style is looked at."""
    if _BUILT_IN.search(styles):
        return True
    return any(masks_text(code) or masks_number(code) for code in _codes(styles))


def hides(styles: bytes) -> bool:
    """Whether any of them shows no text, or no number."""
    return any(hides_text(code) or hides_number(code) for code in _codes(styles))


def _codes(styles: bytes) -> set[str]:
    if b"formatCode" not in styles:
        return set()
    return {unescape((a or b).decode("utf-8", "replace")) for a, b in _CODE.findall(styles)}


def masks_text(code: str) -> bool:
    """Whether a text in a cell of this format looks otherwise than it is; one that shows nothing does not."""
    if len(code) > _LONGEST:
        return True
    shown = _of_texts(code)
    return shown is not None and (shown.words or shown.spelt or shown.texts > 1)


def hides_text(code: str) -> bool:
    """Whether a text in a cell of this format does not show: `;;;`, `0;0;0;`, `0;0;0;" "`."""
    shown = _of_texts(code)
    return shown is not None and not (shown.words or shown.spelt or shown.texts)


def _of_texts(code: str) -> _Section | None:
    """The section that shows texts; None where they show as they are."""
    sections = _sections(code)
    if len(sections) > _TEXT_SECTION:
        return sections[_TEXT_SECTION]
    return sections[-1] if sections[-1].texts else None


def masks_number(code: str) -> bool:
    """Whether a number above zero may show as something that has no place for it."""
    if len(code) > _LONGEST:
        return True
    return any(one.other or (one.words and not one.holds) for one in _of_numbers(code))


def hides_number(code: str) -> bool:
    """Whether a number above zero does not show. A colour alone, or no format at all, is one of numbers."""
    is_format = bool(_COLOUR.sub("", code))
    return is_format and any(not (one.words or one.holds) for one in _of_numbers(code))


def _of_numbers(code: str) -> list[_Section]:
    """The sections that may show a number above zero."""
    numbers = _sections(code)[:_TEXT_SECTION]
    if not any(one.conditional for one in numbers):
        numbers = numbers[:1]
    last = next((i for i, one in enumerate(numbers) if one.above), len(numbers))
    return [one for one in numbers[: last + 1] if not one.below]


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
        below=any(t.lastgroup == "if" and _BELOW.fullmatch(t[0]) for t in tokens),
        above=any(t.lastgroup == "if" and _ABOVE.fullmatch(t[0]) for t in tokens),
        other="time" in groups or _is_scaled(tokens) or _is_lengthened(tokens) or _is_half_a_date(tokens),
    )


def _is_scaled(tokens: list[re.Match[str]]) -> bool:
    bare = "".join(t[0] for t in tokens if t.lastgroup in ("holder", "bare"))
    return _SCALED.search(bare) is not None


def _is_half_a_date(tokens: list[re.Match[str]]) -> bool:
    """Whether a day shows without its year or month: of 3-5 Excel makes 5 March of the present year."""
    letters = {letter for t in tokens if t.lastgroup == "holder" for letter in t[0].lower()}
    return bool(letters & {"d", "y"}) and not ("m" in letters and letters & {"y", "e"})


def _is_lengthened(tokens: list[re.Match[str]]) -> bool:
    """Whether digits that are no places for any stand right before or behind those of the number."""
    shown = [t for t in tokens if t.lastgroup]
    return any(
        (_is_digits(behind) and _lengthens(before, _BEFORE, -1))
        or (_is_digits(before) and _lengthens(behind, _BEHIND, 0))
        for before, behind in pairwise(shown)
    )


def _is_digits(token: re.Match[str]) -> bool:
    return token.lastgroup == "holder" and not token[0].strip("0#?")


def _lengthens(token: re.Match[str], by: re.Pattern[str], at: int) -> bool:
    text = token[token.lastgroup] if token.lastgroup in _LITERAL else ""
    # A bare point or comma belongs to the number.
    return bool(text) and by.match(text[at]) is not None and not (token.lastgroup == "bare" and text in ".,")
