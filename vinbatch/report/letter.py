"""What a mail shows, and the mail itself: subject, a text and an HTML part, from `mail.txt` and `mail.html`.

Every text that came from outside is one line here: a file name can neither forge a line of the text part nor,
by autoescape and `visible`, leave its cell of the HTML part.
"""

from __future__ import annotations

from vinbatch.model import Letter
from vinbatch.noun import Noun, names, replace
from vinbatch.report.frame import Bar
from vinbatch.ruleset import Ruleset
from vinbatch.settings import TRIAL
from vinbatch.templating import render, visible

_CURE = "mend it in templates/, or remove it there: the packaged one takes its place; the mail waits"
_LANG = {"zh": "zh-CN", "en": "en"}
_LONGEST = 1000
_LONGEST_NAME = 72
_WIDTH = 24  # characters of a bar in the text part


class Item(Noun, frozen=True):
    """A row to mend, a file, a vehicle, a trouble. `key` is its colour."""

    key: str
    head: str
    place: str = ""
    what: str = ""
    cure: str = ""


class View(Noun, frozen=True):
    """A mail before it is written. `tone` is good, mend or refused; `more` tells of items left out."""

    subject: str
    tone: str
    lead: str
    title: str = ""
    bar: Bar | None = None
    facts: tuple[tuple[str, str], ...] = ()
    items_title: str = ""
    items: tuple[Item, ...] = ()
    more: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    head: str = ""


def write(view: View, ruleset: Ruleset) -> Letter:
    """The letter, and the one that says that it may be a repetition."""
    view = _lined(view)
    first = _parts(view, "", ruleset)
    again = _parts(view, ruleset.phrase("mail.repeat"), ruleset)
    return Letter(line(view.subject), *first, *again)


def _parts(view: View, repeat: str, ruleset: Ruleset) -> tuple[str, str]:
    settings = ruleset.settings
    context: dict[str, object] = {
        "mail": view,
        "repeat": repeat,
        "lang": _LANG[settings.language],
        "owner": settings.declarant_name or ("" if settings.site == TRIAL else settings.site),
        "trial": ruleset.phrase("fact.trial_note") if settings.site == TRIAL else "",
        "ticks": _ticks(view.bar),
        "widths": _widths(view.bar),
    }
    text = render(ruleset, "mail.txt", context, _CURE)
    return text.strip("\n") + "\n", render(ruleset, "mail.html", context, _CURE)


def line(text: str) -> str:
    """On one line, with what cannot be seen as its code, and cut where it would drown the rest."""
    shown = str(visible(" ".join(text.split())))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def short_name(name: str) -> str:
    """A file's name for a subject: its middle goes first, its ending tells what it is."""
    told = line(name)
    if len(told) <= _LONGEST_NAME:
        return told
    return f"{told[: _LONGEST_NAME - 16]}…{told[-15:]}"


def joint(ruleset: Ruleset) -> str:
    """What stands between two counts."""
    return "，" if ruleset.settings.language == "zh" else ", "


def of_file(name: str, told: str, ruleset: Ruleset) -> str:
    """`三月宝马.xlsx：198 已申报，2 待改`."""
    return ruleset.phrase("subject.of", file=short_name(name), told=told)


def _lined(view: View) -> View:
    """Every text of it on one line."""
    changed: dict[str, object] = {}
    for name in names(type(view)):
        value = getattr(view, name)
        if isinstance(value, str):
            changed[name] = line(value)
        elif isinstance(value, tuple):
            changed[name] = tuple(_item(part) for part in value)
    return replace(view, **changed)


def _item(part: object) -> object:
    if isinstance(part, str):
        return line(part)
    if isinstance(part, tuple):
        return tuple(line(text) for text in part)
    assert isinstance(part, Item)  # noqa: S101 - a View holds nothing else
    return Item(part.key, line(part.head), line(part.place), line(part.what), line(part.cure))


def _widths(bar: Bar | None) -> tuple[int, ...]:
    """Hundredths of each part of a bar: none so small that nobody sees it, 100 in all."""
    if bar is None or not bar.parts:
        return ()
    wide = [max(round(100 * part.count / bar.total), 2) for part in bar.parts]
    wide[wide.index(max(wide))] += 100 - sum(wide)
    return tuple(wide)


def _ticks(bar: Bar | None) -> tuple[str, ...]:
    """The same in characters, for the text part."""
    return tuple("█" * max(round(width * _WIDTH / 100), 1) for width in _widths(bar))
