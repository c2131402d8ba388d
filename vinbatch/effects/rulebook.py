"""Rules, templates and tables as texts, read once, under one digest."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import chain
from pathlib import Path

from vinbatch.effects.disk import reaching
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, RulesError
from vinbatch.model import Rulebook
from vinbatch.slips import nearest
from vinbatch.wording import packaged_folder

_RULES = (".toml", ".csv", ".xsd")
_TEMPLATES = (".xml", ".html", ".txt", ".j2", ".xsl", ".css", ".js")
_CHECKOUT = Path(__file__).resolve().parent.parent.parent
Texts = tuple[tuple[str, str], ...]


@cache
def packaged_rulebook() -> Rulebook:
    """The rules that come with the program: for `check` without a home, and for tests."""
    return _rulebook(_rules(packaged_folder("rules")), (), dict(_templates(packaged_folder("templates"))))


def read_rulebook(home: Path) -> Rulebook:
    """A home's rules over the packaged ones.

    AccessError where a file cannot be read as text, RulesError for a template that nothing reads.
    """
    packaged = packaged_rulebook()
    if home.resolve() == _CHECKOUT:  # a checkout is itself a home
        return packaged
    _check_templates(packaged.templates, home / "templates")
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
    return _texts(folder, _TEMPLATES)


def _check_templates(packaged: Texts, folder: Path) -> None:
    """Refuses a template whose name nothing reads: what it should replace would go out in its stead.

    One of the integrator's own is read where another template names it.
    """
    if not folder.is_dir():
        return
    known = dict(packaged)
    texts = dict(_templates(folder))
    with reaching(folder):
        found = sorted(p.name for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    for name in found:
        if name in known or not name.casefold().endswith(_TEMPLATES):
            continue
        if any(name in text for other, text in texts.items() if other != name):
            continue
        like = nearest(name.casefold(), known) or ", ".join(known)
        raise RulesError("template.unknown", at=readable(f"templates/{name}"), like=like)


def _texts(folder: Path, endings: tuple[str, ...]) -> Texts:
    if not folder.is_dir():
        return ()
    with reaching(folder):
        files = sorted(p for p in folder.iterdir() if p.suffix in endings and not p.name.startswith("."))
    return tuple((p.name, _text(p)) for p in files)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise AccessError("folder.text", at=f"{readable(str(path))}: {e}") from e
