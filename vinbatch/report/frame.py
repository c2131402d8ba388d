"""What every page shows around its content, and pieces that pages share: for `frame.html`, `parts.html`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.settings import TRIAL

_LANG = {"zh": "zh-CN", "en": "en"}


class Frame(Noun, frozen=True):
    """`title` is the tab's, `owner` who declares, `head` the audit chain's, `up` a link to the page above."""

    lang: str
    title: str
    owner: str
    trial: str
    head: str
    up: str = ""


class Part(Noun, frozen=True):
    """A piece of a bar. `key` chooses colour and pattern: a verdict, a state, waiting or overdue."""

    key: str
    label: str
    count: int
    share: str


class Bar(Noun, frozen=True):
    """Counts side by side, none of them 0."""

    label: str
    total: int
    parts: tuple[Part, ...]


def frame(title: str, head: str, ruleset: Ruleset, up: str = "") -> Frame:
    """The frame of a page of this home."""
    settings = ruleset.settings
    trial = ruleset.phrase("fact.trial_note") if settings.site == TRIAL else ""
    owner = settings.declarant_name or ("" if trial else settings.site)
    return Frame(_LANG[settings.language], title, owner, trial, head, up)


def bar(label: str, counts: Iterable[tuple[str, str, int]]) -> Bar:
    """A bar of (key, label, count); what counts 0 is left out."""
    counted = [one for one in counts if one[2]]
    total = sum(n for _, _, n in counted)
    return Bar(label, total, tuple(Part(key, text, n, share(n, total)) for key, text, n in counted))


def share(n: int, total: int) -> str:
    """`98.5%`; never 100% or 0% where it is not."""
    tenths = min(max(round(1000 * n / total), 1), 999) if 0 < n < total else 1000 * bool(n)
    return f"{tenths / 10:g}%"


def beside(name: str) -> str:
    """A link to a file in the same folder: no name can be taken for a scheme, a path or a query."""
    return f"./{quote(name, safe='')}"
