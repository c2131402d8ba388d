"""What the table of one field may say: each value judged for itself, before anything is made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from vinbatch.layers import Table
from vinbatch.model import DASHES, PLACEHOLDERS, Field, Kind
from vinbatch.ruleset import patterns
from vinbatch.ruleset.countries import Countries
from vinbatch.ruleset.prompts import PROMPT_LIMIT, TITLE_LIMIT
from vinbatch.ruleset.values import UnfitError, read_example
from vinbatch.ruleset.words import as_word, fold
from vinbatch.slips import hint

_KEY = re.compile(r"[a-z][a-z0-9_]*")  # a name that templates can write after a full stop
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_HEADINGS = ("zh", "en")
_FILLED = (*_HEADINGS, "example", "element", "after")  # a key that is there and says nothing is a slip
_LISTS = ("aliases", "choices")
_EMPTY = frozenset(p.casefold() for p in (*PLACEHOLDERS, *DASHES))
_CELL = 32_767  # characters that a cell of Excel takes
_NUMBER = 1e15  # the digits that Excel keeps


def check_key(table: Table, key: str) -> None:
    """The key itself: templates say `row.values.colour`."""
    if not _KEY.fullmatch(key):
        table.fault("", "rule.key_shape", value=repr(key))


def check_texts(table: Table, field: Field) -> None:
    """Texts that say something, and that a cell can hold as they stand here."""
    for key in _FILLED:
        if key in table.values and not table.text(key).strip():
            table.fault(key, "rule.empty")
        else:
            _check_plain(table, key, table.text(key))
    _check_plain(table, "unit", field.unit)
    for key in _LISTS:
        for text in table.texts(key):
            if text.strip():
                _check_plain(table, key, text)
            else:
                table.fault(key, "rule.empty_one")
    for key, text in (*((k, table.text(k)) for k in _HEADINGS), *(("aliases", a) for a in field.aliases)):
        if text.strip() and not fold(text):
            table.fault(key, "rule.no_letter", value=repr(text))
    if not _ELEMENT.fullmatch(field.element):
        table.fault("element", "rule.element", value=repr(field.element))


def _check_plain(table: Table, key: str, text: str) -> None:
    """People do not see what stands around and between; a choice would go out with it."""
    if text != text.strip() or not text.isprintable():
        table.fault(key, "rule.padded", value=repr(text))


def check_limits(table: Table, field: Field) -> None:
    """Limits that some value can keep."""
    for key, limit in (("low", field.low), ("high", field.high)):
        if limit is not None and not abs(limit) < _NUMBER:  # nor is nan
            table.fault(key, "rule.no_limit", value=str(limit)[:20])
    if field.low is not None and field.high is not None and field.low > field.high:
        table.fault("low", "rule.swapped", low=str(field.low), high=str(field.high))
    if field.length is not None and not 1 <= field.length <= _CELL:
        table.fault("length", "rule.beyond", value=str(field.length), low="1", high=str(_CELL))
    if field.kind is Kind.INTLIST and not _joins(field.separator):
        table.fault("separator", "rule.separator", value=repr(field.separator))
    _check_pattern(table, field)


def _check_pattern(table: Table, field: Field) -> None:
    """That it is one, and comes to an end with texts like the example."""
    try:
        patterns.check(field.pattern, field.example, own=field.own_pattern)
    except patterns.SlowError as e:
        table.fault("pattern", "rule.slow", value=e.shown)
    except ValueError as e:
        table.fault("pattern", "rule.pattern", said=str(e))


def _joins(sign: str) -> bool:
    """Whether it can stand between numbers, and is not part of one; cells are read with NFKC."""
    plain = len(sign) == 1 and sign.isprintable() and sign == unicodedata.normalize("NFKC", sign)
    return plain and not sign.isalnum() and sign not in " ."


def check_choices(table: Table, field: Field) -> None:
    """Words that a clerk can choose, and that nobody takes for each other or for an empty cell."""
    if "choices" in table.values and not field.choices:
        table.fault("choices", "rule.no_choices")
    seen: dict[str, str] = {}
    for choice in filter(str.strip, field.choices):
        if as_word(choice).strip() in _EMPTY:
            table.fault("choices", "rule.reads_empty", value=repr(choice))
        elif not fold(choice):
            table.fault("choices", "rule.no_letter", value=repr(choice))
        elif (other := seen.setdefault(fold(choice), choice)) is not choice:
            table.fault("choices", "rule.choice_twice", value=repr(choice), other=repr(other))
    others: dict[str, str] = {}
    for word, meant in field.choice_aliases.items():
        told = {"word": repr(word), "value": repr(meant)}
        if meant not in field.choices:
            table.fault("choice_aliases", "rule.no_choice", hint=hint(meant, field.choices), **told)
        elif seen.get(fold(word), meant) != meant:
            table.fault("choice_aliases", "rule.choice_itself", **told)
        elif field.choice_aliases[other := others.setdefault(fold(word) or word, word)] != meant:
            table.fault("choice_aliases", "rule.alias_twice", other=repr(other), **told)


def check_example(table: Table, field: Field, countries: Countries) -> None:
    """The example keeps its own field's rule."""
    try:
        read_example(field, countries)
    except UnfitError as e:
        table.fault("example", "rule.example", value=repr(field.example), why=e.why)


def check_prompts(table: Table, field: Field, told: Mapping[str, str]) -> None:
    """Excel shows so much and no more."""
    if len(field.zh) > TITLE_LIMIT:
        table.fault("zh", "rule.title", n=str(len(field.zh)), most=str(TITLE_LIMIT))
    for lang, text in told.items():
        if len(text) > PROMPT_LIMIT:
            over = str(len(text) - PROMPT_LIMIT)
            table.fault(f"prompt_{lang}", "rule.prompt", n=str(len(text)), over=over)
