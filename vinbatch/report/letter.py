"""What a mail shows, and the mail itself: subject, a text and an HTML part, from `mail.txt` and `mail.html`.

Every text that came from outside is one line here: a file name can neither forge a line of the text part nor,
by autoescape and `visible`, leave its cell of the HTML part.
"""

from __future__ import annotations

from typing import Any
from unicodedata import east_asian_width

from vinbatch.cut import cut
from vinbatch.model import Letter
from vinbatch.noun import Noun, names, replace
from vinbatch.report.frame import Bar, frame
from vinbatch.ruleset import Ruleset
from vinbatch.templating import render
from vinbatch.visible import visible

_BROKEN = "template.mail"
_LONGEST = 1000
_WIDEST_NAME = 56  # columns: what a list of mails shows of a subject has to reach the counts
_WIDTH = 24  # characters of a bar in the text part


class Point(Noun, frozen=True):
    """One thing of an item: where, what, and how to mend it."""

    key: str
    place: str
    what: str
    cure: str


class Item(Noun, frozen=True):
    """A row to mend, a file, a vehicle, a trouble. `key` is its colour."""

    key: str
    head: str
    place: str = ""
    what: str = ""
    cure: str = ""
    points: tuple[Point, ...] = ()


class View(Noun, frozen=True):
    """A mail before it is written.

    `tone` is good, mend or refused; `lead` its first words, whose `sentences` are shown line by line; `about`
    the file, `title` what became of it, "" for the subject; `more` tells of items left out.
    """

    subject: str
    tone: str
    lead: str
    about: str = ""
    title: str = ""
    bar: Bar | None = None
    facts: tuple[tuple[str, str], ...] = ()
    items_title: str = ""
    items: tuple[Item, ...] = ()
    more: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    head: str = ""
    sentences: tuple[str, ...] = ()


def write(view: View, ruleset: Ruleset) -> Letter:
    """The letter, and the one that says that it may be a repetition."""
    view = _lined(view)
    first = _parts(view, "", ruleset)
    again = _parts(view, ruleset.phrase("mail.repeat"), ruleset)
    return Letter(line(view.subject), *first, *again)


def _parts(view: View, repeat: str, ruleset: Ruleset) -> tuple[str, str]:
    around = frame(view.subject, view.head, ruleset)
    context: dict[str, object] = {
        "mail": view,
        "repeat": repeat,
        "lang": around.lang,
        "owner": around.owner,
        "trial": around.trial,
        "ticks": _ticks(view.bar),
        "widths": _widths(view.bar),
    }
    text = render(ruleset, "mail.txt", context, _BROKEN)
    return text.strip("\n") + "\n", render(ruleset, "mail.html", context, _BROKEN)


def line(text: str) -> str:
    """On one line, with what cannot be seen as its code, and cut where it would drown the rest."""
    return cut(visible(" ".join(text.split())), _LONGEST)


def short_name(name: str) -> str:
    """A file's name for a subject: its middle goes first, its ending tells what it is."""
    told = line(name)
    if sum(map(_wide, told)) <= _WIDEST_NAME:
        return told
    head, tail = _fitting(told, _WIDEST_NAME * 2 // 3), _fitting(told[::-1], _WIDEST_NAME // 3 - 1)
    return f"{head}…{tail[::-1]}"


def _wide(char: str) -> int:
    """Columns of it: a Chinese character has two."""
    return 2 if east_asian_width(char) in "WF" else 1


def _fitting(text: str, columns: int) -> str:
    """As much of its beginning as fits."""
    taken = 0
    for i, char in enumerate(text):
        taken += _wide(char)
        if taken > columns:
            return text[:i]
    return text


def of_file(name: str, told: str, ruleset: Ruleset) -> str:
    """`三月宝马.xlsx：198 已申报，2 待改`."""
    return ruleset.phrase("subject.of", file=short_name(name), told=told)


def _lined(part: Any) -> Any:
    """The same, with every text of it on one line."""
    if isinstance(part, str):
        return line(part)
    if isinstance(part, tuple):
        return tuple(_lined(one) for one in part)
    if isinstance(part, Noun):
        return replace(part, **{name: _lined(getattr(part, name)) for name in names(type(part))})
    return part


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
