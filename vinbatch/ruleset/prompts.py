"""What Excel shows beside a cell: condition, rule, limits and example of a field, in one text."""

from __future__ import annotations

from vinbatch.counted import counted
from vinbatch.model import Field, Kind
from vinbatch.ruleset.words import Words

TITLE_LIMIT = 32  # characters that Excel shows of a prompt's title
PROMPT_LIMIT = 255  # and of its text

_BY_LENGTH = (Kind.TEXT, Kind.CODE)
_BY_CHOICE = (Kind.CHOICE, Kind.YESNO)
_BY_NUMBER = (Kind.INT, Kind.DECIMAL, Kind.INTLIST)


def prompt(field: Field, rule: str, words: Words, lang: str) -> str:
    """The whole prompt; what the rules state as data is told from there, so the two cannot disagree."""
    example = words["limit"]["example"].told(lang).format(example=field.example)
    parts = (words["required"][field.required].told(lang), rule, _limits(field, words, lang), example)
    return ("" if lang == "zh" else " ").join(p for p in parts if p)


def _limits(field: Field, words: Words, lang: str) -> str:
    told = words["limit"]
    if field.kind in _BY_LENGTH:
        return counted(told["text"].told(lang), {"length": field.length}).format(length=field.length)
    if field.kind in _BY_CHOICE:
        return told["choice"].told(lang)
    if field.kind not in _BY_NUMBER:
        return ""
    name = "intlist_sum" if field.bound == "sum" else str(field.kind)
    unit = f" {field.unit}" if field.unit else ""
    low, high = ("…" if n is None else f"{n:g}" if n < 1e6 else f"{n:.0f}" for n in (field.low, field.high))
    return told[name].told(lang).format(low=low, high=high, unit=unit, separator=field.separator)
