"""Layouts that are refused at start: what is dropped must never become rules, packages or records."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Sequence
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import SENTINEL, Home
from vinbatch.effects.names import readable
from vinbatch.effects.scan import claim_folders
from vinbatch.errors import AccessError
from vinbatch.paths import is_file, is_link, is_there


def check_layout(home: Home) -> None:
    """AccessError where ours lies within an inbox, or who drops files may write rules. Links count."""
    refuse_nested(home.root)
    with disk.reaching(home.root):
        inbox = home.inbox.resolve()
        for ours in (home.outbox, home.reports, home.rules, home.templates, home.own, home.staging):
            _apart(ours, inbox)
        _guarded((home.rules, home.templates, home.own), home.inbox)
        _check_program(home, inbox)


def refuse_nested(root: Path) -> None:
    """AccessError for a home within the inbox of another, which would work its settings, packages and answers
    as if they had been dropped there.
    """
    with disk.reaching(root):
        for folder in root.resolve().parents:
            if os.path.lexists(folder / SENTINEL):
                raise AccessError("layout.nested", place=readable(root), inbox=readable(folder))


def others_may(home: Home) -> list[tuple[str, str]]:
    """What others than the user that works may do to our folders in the inbox: a word for it, and where.

    As far as mode and owner tell. None of it stops a pass; a share without rights tells what its mount says.
    """
    with disk.reaching(home.inbox):
        inbox = home.inbox.stat()
        found = []
        if not _owned(inbox, home) or (_shared(inbox) and not inbox.st_mode & stat.S_ISVTX):
            found.append(("replace", readable(home.inbox)))
        receipts = _stat(home.receipts)
        if receipts and _open(receipts, inbox):
            found.append(("answer", readable(home.receipts)))
        for _, claims in claim_folders(home):
            at = claims.stat()
            if _shared(at) or not _owned(at, home):
                found.append(("claim", readable(claims)))
    return found


def _check_program(home: Home, inbox: Path) -> None:
    """after_batch runs with our rights: neither the program nor a script for it may be a clerk's."""
    for part in home.settings.after_batch:
        file = Path(part)
        if file.is_absolute() and is_file(file):
            _apart(file, inbox)
            _guarded((file,), home.inbox)


def _apart(ours: Path, inbox: Path) -> None:
    place = ours.resolve()
    if place == inbox or inbox in place.parents:
        raise AccessError("layout.inside", place=readable(ours))
    if place in inbox.parents and is_there(place) and is_link(ours):
        raise AccessError("layout.above", place=readable(ours))


def _guarded(trusted: Sequence[Path], inbox: Path) -> None:
    """Not writable for everybody, nor for the group that drops files; nor is what they could be replaced in.

    Who may write a folder may move away what lies in it and put his own there. Its sticky bit forbids that,
    but not to make what is missing.
    """
    try:
        dropped = inbox.stat()
    except FileNotFoundError:
        return
    for place in trusted:
        found = _stat(place)
        if found and _open(found, dropped):
            raise AccessError("layout.open", place=readable(place))
    for folder, there in _above(trusted).items():
        found = _stat(folder)
        if found and _open(found, dropped) and not (there and found.st_mode & stat.S_ISVTX):
            raise AccessError("layout.open", place=readable(folder))


def _above(trusted: Sequence[Path]) -> dict[Path, bool]:
    """Every folder on the way to these, links followed or not → whether the next step is there."""
    found: dict[Path, bool] = {}
    for place in trusted:
        for path in (place.absolute(), place.resolve()):
            for below in (path, *path.parents[:-1]):
                there = os.path.lexists(below)
                found[below.parent] = found.get(below.parent, True) and there
    return found


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _open(found: os.stat_result, dropped: os.stat_result) -> bool:
    """Whether everybody may write there, or the group that may drop files."""
    droppers = found.st_mode & stat.S_IWGRP and dropped.st_mode & stat.S_IWGRP and _same(found, dropped)
    return bool(found.st_mode & stat.S_IWOTH or droppers)


def _shared(found: os.stat_result) -> bool:
    """Whether everybody or a group of several people may write there."""
    return bool(found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and _of_several(found)))


def _of_several(found: os.stat_result) -> bool:
    """Whether the group is not its owner's own: of his number, and of his name, with nobody else in it.

    A group of people may have the number of a user by chance: systems count both from 1000.
    """
    if found.st_gid != found.st_uid:
        return True
    try:
        user, group = pwd.getpwuid(found.st_uid).pw_name, grp.getgrgid(found.st_gid)
    except KeyError:
        return False
    return group.gr_name != user or not {user}.issuperset(group.gr_mem)


def _owned(found: os.stat_result, home: Home) -> bool:
    """By the user that works, or root: an owner may write, whatever the mode."""
    return found.st_uid in (home.worker, 0)


def _same(a: os.stat_result, b: os.stat_result) -> bool:
    """Whether one group of several people may write into both."""
    return a.st_gid == b.st_gid and _of_several(a)
