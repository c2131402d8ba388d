"""Empty form and manual in reports/: renewed with rules and program, never over what a person put there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from vinbatch.effects import disk, reports
from vinbatch.effects.guides import MANUAL, has_manual, manual
from vinbatch.effects.home import Home
from vinbatch.noun import Noun, field
from vinbatch.paths import is_there


class Note(Noun, frozen=True):
    """Which rules the form was last made from, what it is called, and the bytes put under each name."""

    rules: str = ""
    name: str = ""
    put: Mapping[str, str] = field(default_factory=dict)


def renew(home: Home, rules: str, make: Callable[[], bytes], now: datetime) -> str:
    """Puts the form of these rules into reports/; only under the lock. Returns its name, "" if none was due.

    The manual is that of the program. Where the rules are those of the last time, and the form lies there,
    `make` is not called.
    """
    known = read_note(home)
    if known.rules == rules and not _gone(home, known):
        return ""
    if has_manual(home.settings.language):
        reports.put_page(home, MANUAL, manual())
    written = reports.put(home, home.form, make(), known.put.get, now)
    write_note(home, Note(rules, written.name, {**known.put, written.name: written.digest}))
    return written.name


def lost(home: Home) -> bool:
    """Whether the form was put and is gone: somebody took it away, or the folder is another than it was."""
    return _gone(home, read_note(home))


def _gone(home: Home, known: Note) -> bool:
    return bool(known.name) and not reports.lies(home, known.name)


def remember(home: Home, form: bytes) -> None:
    """The form under its own name is ours: `init` has put it there."""
    known = read_note(home)
    digest = hashlib.sha256(form).hexdigest()
    write_note(home, Note(known.rules, home.form, {**known.put, home.form: digest}))


def current(home: Home) -> str:
    """The name of the form that answers point to; "" where there is none."""
    name = read_note(home).name or home.form
    return name if is_there(home.reports / name) else ""


def read_note(home: Home) -> Note:
    """What was put last; an empty note where none is readable: then the form is made once more."""
    with disk.reaching(home.own):
        try:
            found = json.loads(_path(home).read_text("utf-8"))
            return Note(
                str(found["rules"]), str(found["name"]), {str(k): str(v) for k, v in found["put"].items()}
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return Note()


def write_note(home: Home, note: Note) -> None:
    """Remember what was put."""
    told = {"rules": note.rules, "name": note.name, "put": dict(note.put)}
    with disk.reaching(home.own):
        disk.write_beside(_path(home), json.dumps(told, ensure_ascii=False).encode())


def _path(home: Home) -> Path:
    return home.own / "form"
