"""Layouts that are refused at start: what is dropped must never become rules, packages or records."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError


def check_layout(home: Home) -> None:
    """AccessError where ours lies within the inbox, or who drops files may write rules. Links count."""
    with disk.reaching(home.root):
        inbox = home.inbox.resolve()
        for ours in (home.outbox, home.reports, home.rules, home.templates, home.own, home.staging):
            _apart(ours, inbox)
        for trusted in (home.rules, home.templates, home.own):
            _guarded(trusted, home.inbox)
        _check_program(home, inbox)


def _check_program(home: Home, inbox: Path) -> None:
    """after_batch runs with our rights: neither the program nor a script for it may be a clerk's."""
    for part in home.settings.after_batch:
        file = Path(part)
        if file.is_absolute() and file.is_file():
            _apart(file, inbox)
            _guarded(file, home.inbox)


def _apart(ours: Path, inbox: Path) -> None:
    place = ours.resolve()
    if place == inbox or inbox in place.parents:
        raise AccessError("layout.inside", place=_shown(ours))
    if place in inbox.parents and place.exists() and ours.is_symlink():
        raise AccessError("layout.above", place=_shown(ours))


def _guarded(trusted: Path, inbox: Path) -> None:
    """Not writable for everybody, nor for the group that drops files."""
    try:
        found, dropped = trusted.stat(), inbox.stat()
    except FileNotFoundError:
        return
    everybody = found.st_mode & stat.S_IWOTH
    droppers = found.st_mode & stat.S_IWGRP and dropped.st_mode & stat.S_IWGRP and _same(found, dropped)
    if everybody or droppers:
        raise AccessError("layout.open", place=_shown(trusted))


def _same(a: os.stat_result, b: os.stat_result) -> bool:
    """Whether the group that may write into both is one of several people, and not the owner's own."""
    return a.st_gid == b.st_gid and a.st_gid != a.st_uid


def _shown(path: Path) -> str:
    return readable(os.fspath(path))
