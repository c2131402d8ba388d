"""Rules, templates and tables as texts, read once, under one digest."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from vinbatch.effects.disk import reaching, why
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, Faults, RulesError
from vinbatch.layers import rule_files
from vinbatch.model import Rulebook
from vinbatch.paths import is_fifo, is_file, is_folder
from vinbatch.slips import NO_NOTE, TEMPLATES, hint, nearest
from vinbatch.wording import LANGUAGES, USUAL, packaged_folder

_RULES = (".toml", ".csv", ".xsd")
# What editors, upgrades and people leave beside a file, and nobody means to be read.
_HARMLESS = re.compile(
    r"\..*|#.*#|~\$.*|readme(\..*)?|thumbs\.db|desktop\.ini|.*:zone\.identifier"
    r"|.*(~|\.(md|bak|backup|orig|old|save?|sw[a-p]|tmp|part|rej|rpm(save|new|orig)|(dpkg|ucf)-\w+|\d[\d._-]*))",
    re.IGNORECASE | re.DOTALL,
)
_CHECKOUT = Path(__file__).resolve().parent.parent.parent
Texts = tuple[tuple[str, str], ...]


@cache
def packaged_rulebook() -> Rulebook:
    """The rules that come with the program: for `check` without a home, and for tests."""
    return _rulebook(_rules(packaged_folder("rules")), (), dict(_templates(packaged_folder("templates"))))


def read_rulebook(home: Path) -> Rulebook:
    """A home's rules over the packaged ones.

    AccessError where a file cannot be read, RulesError for one that is no UTF-8, whose name is a slip, or
    that is empty as while it is saved: what it should replace would be used in its stead.
    """
    packaged = packaged_rulebook()
    if home.resolve() == _CHECKOUT:  # a checkout is itself a home
        return packaged
    rules, own = _rules(home / "rules"), dict(_templates(home / "templates"))
    faults = Faults()
    faults.found += (
        RulesError("rule.empty_file", at=f"rules/{name}") for name, text in rules if not text.strip()
    )
    faults.found += _misnamed_rules(home / "rules", rule_files(packaged.packaged), dict(packaged.templates))
    faults.found += _misnamed_templates(home / "templates", dict(packaged.templates), own)
    faults.tell()
    return _rulebook(packaged.packaged, rules, {**dict(packaged.templates), **own})


def stated_language(home: Path) -> str:
    """The language that the settings of a home state, broken or not; else the usual; "" where none are."""
    try:
        text = _text(home / "rules" / "settings.toml", "replace")
    except AccessError:
        return ""
    found = re.search(rf"""^language *= *["']({"|".join(LANGUAGES)})["']""", text, re.M)
    return found[1] if found else USUAL


def unread(home: Path) -> tuple[str, ...]:
    """Files beside rules and templates that nothing reads, and whose names are no slips."""
    rules = (name for name in _files(home / "rules") if not name.endswith(_RULES))
    folder = home / "templates"
    templates = _unnamed(folder, dict(packaged_rulebook().templates), dict(_templates(folder)))
    found = chain((f"rules/{name}" for name in rules), (f"templates/{name}" for name in templates))
    return tuple(map(readable, found))


def _rulebook(packaged: Texts, home: Texts, templates: dict[str, str]) -> Rulebook:
    laid = tuple(sorted(templates.items()))
    return Rulebook(packaged, home, laid, texts_digest(packaged, home, laid))


def texts_digest(packaged: Texts, *parts: Texts) -> str:
    """Of names and texts, each with its length before it: no two sets of files read the same."""
    summed = _begun(packaged).copy()
    for part in parts:
        _add(summed, part)
    return str(summed.hexdigest())


@lru_cache(maxsize=2)
def _begun(packaged: Texts) -> Any:
    """With the packaged texts, half a megabyte that is the same in every home."""
    summed = hashlib.sha256()
    _add(summed, packaged)
    return summed


def _add(summed: Any, part: Texts) -> None:
    summed.update(b"%d;" % len(part))
    for text in chain.from_iterable(part):
        data = text.encode("utf-8", "surrogatepass")
        summed.update(b"%d:" % len(data))
        summed.update(data)


def _rules(folder: Path) -> Texts:
    return _texts(folder, _RULES)


def _templates(folder: Path) -> Texts:
    # The form and other workbooks lie here too; templates are what Jinja reads.
    return _texts(folder, TEMPLATES)


def _misnamed_rules(folder: Path, known: Collection[str], templates: Collection[str]) -> Iterator[RulesError]:
    """Those that are not read and named like one that is, or templates. Of the read, `check_names` tells."""
    for name in _files(folder):
        if name.endswith(_RULES):
            continue
        if name in templates:
            yield RulesError("template.in_rules", at=f"rules/{name}")
        elif nearest(name.casefold(), known) or name.casefold().endswith(_RULES):
            yield RulesError("rule.no_file", at=readable(f"rules/{name}"), hint=hint(name.casefold(), known))


def _misnamed_templates(
    folder: Path, packaged: Collection[str], own: Mapping[str, str]
) -> Iterator[RulesError]:
    """Those that nothing reads, but for plain notes unlike any of ours."""
    for name in _unnamed(folder, packaged, own):
        like = nearest(name.casefold(), packaged)
        if like or name.casefold().endswith(NO_NOTE):
            at = readable(f"templates/{name}")
            told = "rules/declaration.xsd" if name.casefold().endswith(".xsd") else like
            yield (
                RulesError("template.unknown", at=at, like=told)
                if told
                else RulesError("template.piece", at=at)
            )


def _unnamed(folder: Path, packaged: Collection[str], own: Mapping[str, str]) -> Iterator[str]:
    """Those that nothing reads. One of the integrator's own is read where another template names it."""
    for name in _files(folder):
        named = name in own and any(name in text for other, text in own.items() if other != name)
        if name not in packaged and not named:
            yield name


def _files(folder: Path) -> Sequence[str]:
    """The files there that somebody may have meant to be read."""
    if not is_folder(folder):
        return ()
    with reaching(folder):
        return sorted(p.name for p in folder.iterdir() if not _HARMLESS.fullmatch(p.name) and is_file(p))


def _texts(folder: Path, endings: tuple[str, ...]) -> Texts:
    if not is_folder(folder):
        return ()
    with reaching(folder):
        found = (p for p in folder.iterdir() if p.suffix in endings)
        files = sorted(p for p in found if not _HARMLESS.fullmatch(p.name))
    texts, faults = [], Faults()
    for path in files:
        with faults.kept():
            texts.append((path.name, _text(path)))
    faults.tell()
    return tuple(texts)


def _text(path: Path, errors: str = "strict") -> str:
    try:
        if is_fifo(path):  # reading would wait for a writer who never comes
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE))
        return path.read_text(encoding="utf-8-sig", errors=errors)
    except OSError as e:
        raise AccessError("folder.text", at=readable(path), why=why(e)) from e
    except UnicodeDecodeError as e:
        raise RulesError("rule.encoding", at=readable(f"{path.parent.name}/{path.name}")) from e
