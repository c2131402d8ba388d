"""What a home last worked as: settings that are gone must not turn production into a trial without a word.

A trial needs no settings, so a home without its `rules/` would work as one: declare under another site,
without the declarant, and let the sandbox answer. So passes note what batches were worked as, and passes
after them want to find that again. Where there is no note (a restore, an older program) the ledger's last
batch number tells the site. A trial, or a home that has worked nothing, becomes production by its settings
alone; anything else that is meant is said by `vinbatch init`, which takes the settings as they are then, but
for those of a trial.

Where a home in production works is noted, too: a copy of it would declare the same vehicles under the same
batch numbers. It is one where neither its path is that of before nor the folder: a container shows a home by
another path, a disk that was restored has other inodes, and neither makes a second home of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import OWN, Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, RulesError
from vinbatch.noun import Noun, plain
from vinbatch.paths import is_there
from vinbatch.settings import TRIAL
from vinbatch.wording import LANGUAGES


class WorksAs(Noun, frozen=True):
    """What passes work as. `production` is None where only a batch number tells the site."""

    site: str = TRIAL
    production: bool | None = False
    language: str = ""
    place: str = ""  # "" in a note of a build of before
    folder: int = 0  # the inode of ours

    @staticmethod
    def of(home: Home) -> WorksAs:
        """What a pass of this home works as."""
        settings = home.settings
        place = readable(os.path.realpath(home.root))
        return WorksAs(settings.site, settings.production, settings.language, place, home.own.stat().st_ino)

    def copied(self, now: WorksAs) -> bool:
        """Whether `now` is a copy of the home of this note."""
        return bool(self.place) and self.place != now.place and self.folder != now.folder


def noted(own: Path) -> WorksAs | None:
    """What is noted in this folder of ours; None where nothing is, or no note of ours."""
    with disk.reaching(own):
        try:
            found = json.loads(_note(own).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
    if not isinstance(found, dict) or not isinstance(found.get("site"), str):
        return None
    place, folder = found.get("place"), found.get("folder")
    where = (place, folder) if isinstance(place, str) and isinstance(folder, int) else ("", 0)
    return WorksAs(found["site"], found.get("production") is True, str(found.get("language", "")), *where)


def check(home: Home, last: Callable[[], str]) -> None:
    """RulesError where the home worked as something that its settings do not say any more; AccessError where
    it is a copy of one in production.

    `last` gives the batch number that the ledger gave last, "" where it gave none; asked only without a note.
    """
    known = noted(home.own) or _of_batch(last())
    if known.site == TRIAL:
        return
    now = WorksAs.of(home)
    if known.site == now.site and (now.production or not known.production):
        if now.production and known.copied(now):
            raise AccessError("site.copied", was=known.place, home=now.place)
        return
    told = {"was": known.site, "home": readable(home.root)}
    if now.site == TRIAL:
        raise RulesError("site.lost", at="rules/settings.toml", **told)
    if known.site == now.site:
        raise RulesError("site.trial", at="rules/settings.toml", **told)
    if known.production is not False or not now.production:
        raise RulesError("site.other", at="rules/settings.toml", now=now.site, **told)


def keep(home: Home, last: Callable[[], str]) -> None:
    """Checked, and noted where it is news and there are batches of it; by who holds the lock."""
    if noted(home.own) != WorksAs.of(home):
        check(home, last)
        if last():
            _write(home)


def meant(home: Home) -> None:
    """Settings and place are meant to be as they are; those of a trial never where another site worked."""
    if home.settings.site != TRIAL and is_there(home.ledger) and noted(home.own) != WorksAs.of(home):
        _write(home)


def language(root: Path) -> str:
    """What people read in a home that worked under a site of its own; "" where nothing tells."""
    try:
        known = noted(root / OWN)
    except AccessError:
        return ""
    return known.language if known and known.site != TRIAL and known.language in LANGUAGES else ""


def _of_batch(batch: str) -> WorksAs:
    return WorksAs(batch.rsplit("-", 2)[0], None) if batch else WorksAs()


def _write(home: Home) -> None:
    with disk.reaching(home.own):
        text = json.dumps(plain(WorksAs.of(home)), ensure_ascii=False)
        disk.write_beside(_note(home.own), text.encode())


def _note(own: Path) -> Path:
    return own / "works-as"
