"""A cell as read → a typed value, or what is wrong with it. Types only: limits are the schema's.

What was lost or became ambiguous on the way into the workbook cannot be mended by us: such a cell shows
the token `#请重填` from then on, and the token itself is a stop until it is overwritten.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache

from vinbatch.checks import months
from vinbatch.checks.characters import strangers, unseen
from vinbatch.checks.fillers import is_filler, unfinished
from vinbatch.checks.numbers import Number, read_decimal, read_list, read_whole
from vinbatch.checks.scaled import told_of_unit, units_of
from vinbatch.cut import cut
from vinbatch.model import DASHES, PLACEHOLDERS, REFILL, Field, Kind, Odd, OddKind, Param, Raw, Value
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset, fold
from vinbatch.ruleset.words import as_word

_EMPTY = frozenset({"", *(p.casefold() for p in PLACEHOLDERS), *DASHES})
_LONGEST_EMPTY = 8
_MOST_SHOWN = 80  # characters of a cleaned value: it stands whole in its cell
_TEXTUAL = frozenset({Kind.VIN, Kind.CODE, Kind.CCC, Kind.TEXT})
_CAPITAL = frozenset({Kind.VIN, Kind.CODE, Kind.CCC})
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# One that chooses how the sign before it is drawn, as in ❤ and 辻; after plain letters it is a hidden one.
_DRAWING = re.compile(f"(?<=[^\x00-\x7f{_SELECTORS}])[{_SELECTORS}](?![{_SELECTORS}])")


class Cleaned(Noun, frozen=True):
    """A cell's value, what was found (code and params), and what to show where there is no value."""

    value: Value = None
    found: tuple[tuple[str, Mapping[str, Param]], ...] = ()
    leftover: str = ""

    @property
    def bad(self) -> bool:
        """Whether the cell is unreadable."""
        return self.value is None and bool(self.found)


def clean_cell(field: Field, raw: Raw, ruleset: Ruleset) -> Cleaned:
    """The cell of a field. Findings carry codes; the caller knows row and severity."""
    if raw is None:
        return Cleaned()
    if isinstance(raw, str):
        return _from_text(field, raw, ruleset)
    if isinstance(raw, Odd):
        return _from_odd(field, raw, ruleset)
    if isinstance(raw, bool):
        return lost("CELL-BOOLEAN")
    if isinstance(raw, int | float):
        return _from_number(field, raw, ruleset)
    return _from_date(field, raw)


def original(raw: Raw) -> str:
    """The cell as text, for 问题清单."""
    if raw is None:
        return ""
    if isinstance(raw, Odd):
        return raw.text if raw.kind is not OddKind.FORMATTED else original(raw.value)
    if isinstance(raw, float):
        return repr(raw).removesuffix(".0") if math.isfinite(raw) else str(raw)
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ")
    return str(raw)


def carried(raw: Raw) -> str:
    """The cell of a column that is not ours, as text: of a merged range what stands in it."""
    return original(raw.value if isinstance(raw, Odd) and raw.kind is OddKind.MERGED else raw)


def lost(code: str, **params: Param) -> Cleaned:
    """The value is gone or ambiguous: it must be typed again."""
    return Cleaned(None, ((code, params),), REFILL)


def unreadable(code: str, text: str, **params: Param) -> Cleaned:
    """The text stands, and has to be mended."""
    return Cleaned(None, ((code, params),), text)


# ── by what the cell holds ───────────────────────────────────────────────────────────────────────


def _from_odd(field: Field, odd: Odd, ruleset: Ruleset) -> Cleaned:
    if odd.kind is OddKind.ERROR:
        return lost("CELL-ERROR", error=odd.text)
    if odd.kind is OddKind.UNCALCULATED:
        return lost("CELL-UNCALCULATED", formula=odd.text)
    if odd.kind is OddKind.MERGED:
        return lost("CELL-MERGED", range=odd.text)
    number = odd.value
    if not isinstance(number, int | float):
        return lost("CELL-ERROR", error=str(number))
    if field.kind is Kind.MONTH:
        return _month(months.from_number(number, odd.text))
    return _from_number(field, number, ruleset)


def _from_number(field: Field, number: float, ruleset: Ruleset) -> Cleaned:
    if field.kind is Kind.MONTH:
        return _month(months.from_number(number, None))
    if field.kind is Kind.CCC:
        return lost("CCC-NUMERIC")
    if field.kind in _TEXTUAL:
        return lost("TEXT-NUMERIC")
    if field.kind is Kind.INT:
        return _number(told_of_unit(field, number, read_whole(number), ruleset), original(number))
    if field.kind is Kind.DECIMAL:
        return _number(read_decimal(number), original(number))
    if field.kind is Kind.INTLIST:
        one = _number(told_of_unit(field, number, read_whole(number), ruleset), original(number))
        return replace(one, value=(one.value,)) if isinstance(one.value, int) else one
    # A choice or a country: 1 is no word of theirs, the schema says which are.
    return Cleaned(original(number))


def _from_date(field: Field, moment: datetime | date | time) -> Cleaned:
    if field.kind is Kind.MONTH and not isinstance(moment, time):
        month = f"{moment.year:04d}.{moment.month:02d}"
        return Cleaned(month, (("DATE-CELL", {"month": month}),))
    return lost("CELL-DATE")


def _from_text(field: Field, raw: str, ruleset: Ruleset) -> Cleaned:
    text = _normal(raw, free=field.kind is Kind.TEXT)
    text = text if field.free else unquoted(text)
    if REFILL in text.replace("＃", "#"):
        # Typed beside the token, not over it: what stands there stays for the clerk to see.
        return lost("CELL-REFILL") if text == REFILL else unreadable("CELL-REFILL", raw)
    if len(text) <= _LONGEST_EMPTY and as_word(text).strip() in _EMPTY:
        return Cleaned()
    if (told := _unsaid(field, text, raw, ruleset)) is not None:
        return told
    # Closed alphabets are the schema's: it names every foreign character of the cell, visible or not. What
    # stands for one (_x0430_) may be of letters that are in them.
    if (field.kind not in _CAPITAL or "_x" in text) and (hidden := unseen(text)):
        return unreadable("CELL-CHARACTER", raw, chars=hidden)
    if field.kind in _CAPITAL:
        text = text.upper()
    cleaned = _BY_KIND[field.kind](field, text, ruleset)
    if cleaned.bad and (chars := strangers(text)):
        return replace(cleaned, found=(("CELL-CHARACTER", {"chars": chars}), *cleaned.found))
    return _told_of_cleaning(field, text, raw, cleaned, ruleset)


def _unsaid(field: Field, text: str, raw: str, ruleset: Ruleset) -> Cleaned | None:
    """What is told of a text that is no value yet, 待补, or not a whole one; None of all others.

    Of an act diagnosis tells that it is called off: what a cell may say instead is no cure there.
    """
    if field.key == "action":
        return None
    filler = is_filler(text, ruleset)
    word = "" if filler or field.free else unfinished(text, ruleset)
    if not (filler or word) or _is_offered(field, text, ruleset):
        return None
    return _no_value(field, raw) if filler else unreadable("CELL-UNFINISHED", raw, word=word)


def _told_of_cleaning(field: Field, text: str, raw: str, cleaned: Cleaned, ruleset: Ruleset) -> Cleaned:
    """With a note where a person would see another value than he typed."""
    if cleaned.value is None or cleaned.found:
        return cleaned
    taken = cleaned.value if isinstance(cleaned.value, str) else text
    if field.kind in _CAPITAL and " " in text:  # not tidy yet: the schema says where the space stands
        return cleaned
    # A country's names are all as good as its code.
    if taken == raw or (field.kind is Kind.COUNTRY and ruleset.countries.known(taken)):
        return cleaned
    return replace(cleaned, found=(("CELL-CLEANED", {"cleaned": cut(taken, _MOST_SHOWN)}),))


def _no_value(field: Field, raw: str) -> Cleaned:
    """A reason is due where a row revokes: such a cell is neither left empty nor saved as a draft."""
    if field.key == "revocation_reason":
        return unreadable("REVOCATION-REASON-FILLER", raw, example=field.example)
    return unreadable("CELL-FILLER", raw)


def unquoted(text: str) -> str:
    """Without the apostrophe by which a spreadsheet, or an export for one, says that what follows is text."""
    return text.lstrip("' ") or text if text.startswith("'") else text


def _normal(raw: str, *, free: bool) -> str:
    """Trimmed, white space made plain, full-width forms folded.

    NFKC whole where the alphabet is closed; in free text only what becomes a plain letter, digit or space:
    full-width brackets and commas belong to Chinese writing. There goes, too, what a telephone or a Japanese
    keyboard puts behind a sign to choose its drawing: nobody sees it, and nobody could delete it.
    """
    if raw.isascii():
        return " ".join(raw.split()) if ("\n" in raw or "\t" in raw or "\r" in raw) else raw.strip()
    if free:
        text = _DRAWING.sub("", "".join(map(_folded, raw)))
    else:
        text = unicodedata.normalize("NFKC", raw)
    return " ".join(text.split()) if any(c in text for c in "\n\t\r") else text.strip()


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isascii() and (plain.isalnum() or plain.isspace()) else char


# ── by what the field is ─────────────────────────────────────────────────────────────────────────


def _text(_field: Field, text: str, _ruleset: Ruleset) -> Cleaned:
    return Cleaned(text)


def _choice(field: Field, text: str, _ruleset: Ruleset) -> Cleaned:
    return Cleaned(_choices(field).get(fold(text) or text, text))


def _is_offered(field: Field, text: str, ruleset: Ruleset) -> bool:
    """Whether a field knows this very word: 没有 and × are 否 of a yes or no, NA is Namibia, #N/A is not."""
    if field.kind is Kind.COUNTRY:
        return text.isalnum() and ruleset.countries.find(text) is not None
    return (fold(text) or text) in _choices(field)


def _choices(field: Field) -> dict[str, str]:
    return _choices_of(field.choices, tuple(field.choice_aliases.items()))


@lru_cache(maxsize=256)
def _choices_of(choices: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Folded word → choice; words that fold to nothing (√ ×) stand for themselves."""
    words = {(fold(word) or word): meant for word, meant in aliases}
    return {**words, **{fold(c): c for c in choices}}


def _country(_field: Field, text: str, ruleset: Ruleset) -> Cleaned:
    return Cleaned(ruleset.countries.find(text) or text)


def _whole(field: Field, text: str, ruleset: Ruleset) -> Cleaned:
    whole = read_whole(text, units_of(field.unit, ruleset))
    return _number(told_of_unit(field, text, whole, ruleset), text)


def _decimal(field: Field, text: str, ruleset: Ruleset) -> Cleaned:
    return _number(read_decimal(text, units_of(field.unit, ruleset)), text)


def _list(field: Field, text: str, ruleset: Ruleset) -> Cleaned:
    return _number(told_of_unit(field, text, read_list(text, field.separator), ruleset), text)


def _month_text(_field: Field, text: str, _ruleset: Ruleset) -> Cleaned:
    return _month(months.from_text(text), text)


def _number(answer: Number, text: str) -> Cleaned:
    if answer.code:
        return unreadable(answer.code, text, **answer.params)
    return Cleaned(answer.value)


def _month(answer: months.Month, text: str = REFILL) -> Cleaned:
    found = ((answer.code, answer.params),) if answer.code else ()
    return Cleaned(answer.month or None, found, "" if answer.month else text)


_BY_KIND: Mapping[Kind, Callable[[Field, str, Ruleset], Cleaned]] = {
    Kind.VIN: _text,
    Kind.CODE: _text,
    Kind.CCC: _text,
    Kind.TEXT: _text,
    Kind.MONTH: _month_text,
    Kind.CHOICE: _choice,
    Kind.YESNO: _choice,
    Kind.INT: _whole,
    Kind.DECIMAL: _decimal,
    Kind.INTLIST: _list,
    Kind.COUNTRY: _country,
}
