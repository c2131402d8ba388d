"""What who only looks may not see in the inbox, though the user that works may: no trouble of the home."""

from __future__ import annotations

import grp
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from vinbatch.effects import inbox, owner
from vinbatch.effects.home import RECEIPTS, Home
from vinbatch.errors import AccessError
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice

INBOX = "inbox"


class Sight(Noun, frozen=True):
    """What lies in the inbox for a pass, as far as we see.

    `hidden` are folders that a pass sees into and we not, by their path in the home: `inbox/北京`, `inbox`.
    """

    scan: inbox.Scan = field(default_factory=inbox.Scan)
    hidden: tuple[str, ...] = ()


BLIND = Sight(hidden=(INBOX,))


def sight(home: Home, now: datetime) -> Sight:
    """A file that a pass may read waits, though we may not. AccessError where no pass can read the inbox."""
    try:
        scan = inbox.scan(home, now)
    except AccessError as e:
        if e.key == "disk.denied" and owner.looks_only(home.worker):
            return BLIND
        raise
    if not owner.looks_only(home.worker):
        return Sight(scan)
    ready, unready, hidden = list(scan.ready), [], []
    for one in scan.unready:
        place = home.inbox / one.path
        if one.reason != inbox.UNREADABLE or not owner.may_work(place, home.worker):
            unready.append(one)
            continue
        if inbox.is_receipt(one.path):
            continue  # a pass hears it
        with suppress(FileNotFoundError):  # taken by now
            found = place.lstat()
            if stat.S_ISDIR(found.st_mode):
                hidden.append(f"{INBOX}/{one.path}")
            else:
                ready.append(inbox.Candidate(one.path, inbox.Seen.of(found)))
    return Sight(replace(scan, ready=tuple(ready), unready=tuple(unready)), tuple(hidden))


def told_unseen(home: Home, seen: Sight, ruleset: Ruleset) -> Iterator[Notice]:
    """The departments among it, with whose right it takes. For receipts/ only the gateway shall have one."""
    names = [path for path in seen.hidden if path != f"{INBOX}/{RECEIPTS}"]
    if names:
        told = {"names": ruleset.phrase("cli.comma").join(names), "group": _group(home, names[0])}
        yield Notice("unseen", ruleset.phrase("cli.unseen", "", **told))


def _group(home: Home, path: str) -> str:
    """Whose folder it is, by the name of the group, else its number."""
    try:
        number = (home.root / path).stat().st_gid
    except OSError:
        return "?"
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
