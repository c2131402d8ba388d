"""Inbox, outbox and reports on mounts of their own: a share that is gone leaves a folder that looks alive.

A file in it cannot tell: the gateway takes out of the outbox what it pleases, and a home that was made before
its shares were mounted has the inbox's sentinel under the mount, too. So the first pass that sees such a
folder on a file system of its own notes where that is mounted, and passes after it want to find it there.
`vinbatch init` forgets the notes: it takes the folders as they are then.
"""

from __future__ import annotations

import json
from pathlib import Path

from vinbatch.effects import disk, kernel
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, PublishError, VinbatchError


def note(home: Home) -> None:
    """Remember what is mounted and was not known as such; by passes only, which hold the lock."""
    known = _known(home)
    ours = kernel.mount_point(home.root)
    found = {name: kernel.mount_point(path) for name, path in _places(home).items()}
    new = {name: point for name, point in found.items() if name not in known and point != ours}
    if new:
        with disk.reaching(home.own):
            disk.write_beside(_notes(home), json.dumps({**known, **new}, ensure_ascii=False).encode())


def check_inbox(home: Home) -> None:
    """AccessError where the share of the inbox is gone, or is only the folder under it."""
    _check(home, "inbox", AccessError)
    home.check_inbox()


def inbox_there(home: Home) -> bool:
    """Whether it is mounted where it was, if it was."""
    return _there(home, "inbox")


def check_reports(home: Home) -> None:
    """AccessError where the share of the reports is gone, or they cannot be written to."""
    _check(home, "reports", AccessError)
    home.check_reports()


def check_outbox(home: Home) -> None:
    """PublishError where the share of the outbox is gone, or it cannot be written to.

    The share first: packages, and the folder that they are staged in, would lie where no gateway looks.
    """
    _check(home, "outbox", PublishError)
    home.check_outbox()


def forget(home: Home) -> None:
    """The folders are meant to be as they are."""
    with disk.reaching(home.own):
        _notes(home).unlink(missing_ok=True)


def _check(home: Home, name: str, error: type[VinbatchError]) -> None:
    if not _there(home, name):
        path, point = readable(_places(home)[name]), readable(_known(home)[name])
        raise error("folder.unmounted", place=path, point=point, home=readable(home.root))


def _there(home: Home, name: str) -> bool:
    return _known(home).get(name) in (None, kernel.mount_point(_places(home)[name]))


def _places(home: Home) -> dict[str, Path]:
    return {"inbox": home.inbox, "reports": home.reports, "outbox": home.outbox}


def _notes(home: Home) -> Path:
    return home.own / "mounts"


def _known(home: Home) -> dict[str, str]:
    with disk.reaching(home.own):
        try:
            found = json.loads(_notes(home).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
