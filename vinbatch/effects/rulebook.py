"""Rules, templates and tables as texts, read once, under one digest."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import chain
from pathlib import Path

from vinbatch.errors import AccessError
from vinbatch.model import Rulebook
from vinbatch.wording import packaged_folder

_RULES = (".toml", ".csv", ".xsd")
_CHECKOUT = Path(__file__).resolve().parent.parent.parent
Texts = tuple[tuple[str, str], ...]


@cache
def packaged_rulebook() -> Rulebook:
    """The rules that come with the program: for `check` without a home, and for tests."""
    return _rulebook(_rules(packaged_folder("rules")), (), dict(_templates(packaged_folder("templates"))))


def read_rulebook(home: Path) -> Rulebook:
    """A home's rules over the packaged ones. AccessError where a file cannot be read as text."""
    packaged = packaged_rulebook()
    if home.resolve() == _CHECKOUT:  # a checkout is itself a home
        return packaged
    templates = {**dict(packaged.templates), **dict(_templates(home / "templates"))}
    return _rulebook(packaged.packaged, _rules(home / "rules"), templates)


def _rulebook(packaged: Texts, home: Texts, templates: dict[str, str]) -> Rulebook:
    laid = tuple(sorted(templates.items()))
    return Rulebook(packaged, home, laid, _digest(packaged, home, laid))


def _digest(*parts: Texts) -> str:
    """Of names and texts, each with its length before it: no two sets of files read the same."""
    summed = hashlib.sha256()
    for part in parts:
        summed.update(b"%d;" % len(part))
        for text in chain.from_iterable(part):
            data = text.encode("utf-8", "surrogatepass")
            summed.update(b"%d:" % len(data))
            summed.update(data)
    return summed.hexdigest()


def _rules(folder: Path) -> Texts:
    return _texts(folder, _RULES)


def _templates(folder: Path) -> Texts:
    # The form and other workbooks lie here too; templates are what Jinja reads.
    return _texts(folder, (".xml", ".html", ".txt", ".j2", ".xsl", ".css", ".js"))


def _texts(folder: Path, endings: tuple[str, ...]) -> Texts:
    if not folder.is_dir():
        return ()
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix in endings and not p.name.startswith("."))
        return tuple((p.name, p.read_text(encoding="utf-8-sig")) for p in files)
    except (OSError, UnicodeDecodeError) as e:
        raise AccessError("folder.text", at=f"{folder}: {e}") from e
