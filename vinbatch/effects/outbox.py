"""The outbox: whole packages only, each exactly once, and where nobody can know, a person decides.

    archive → staged (fsync) → marked publishing with the boot → renamed (fsync) → marked published

The rename is the moment of sending: from then on the gateway may take the file away at any time. So what a
killed pass left is told by the *staged* file: gone, it was sent; there under the same boot, it was not,
since a rename is not undone while the kernel lives; there under another boot, the power cut may have undone
a rename after the gateway had taken the package: in doubt.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vinbatch.effects import disk, mounted
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.effects.side_by_side import at_once
from vinbatch.errors import PublishError, VinbatchError
from vinbatch.model import DOUBT, PUBLISHING
from vinbatch.paths import is_file, is_folder, is_link, is_there

_TAKEN = "@doubt.taken"
_POWER = "@doubt.power"
_FAR = "@doubt.far"
_GONE = "@doubt.gone"


class Due(Protocol):
    """A committed package that is not published: `state` is due, publishing or doubt, `boot` of its mark."""

    @property
    def guid(self) -> str:
        """The package's name for customs."""
        ...

    @property
    def name(self) -> str:
        """The file's name in the outbox."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in the archive."""
        ...

    @property
    def state(self) -> str:
        """Where it stands."""
        ...

    @property
    def boot(self) -> str:
        """The boot under which it was marked publishing."""
        ...


class Marks(Protocol):
    """The ledger's side. Each mark is durable when its call returns."""

    def publishing(self, guids: Sequence[str], boot: str) -> None:
        """These are about to be renamed, under this boot."""

    def published(self, guids: Sequence[str]) -> None:
        """These are in the outbox, or were."""

    def doubt(self, guid: str, reason: str) -> None:
        """Nobody can know whether it was sent; `reason` is a word of the rules."""

    def beat(self) -> None:
        """Called for each package on its way, from several threads."""


def publish(home: Home, dues: Sequence[Due], archive: Archive, boot: str, marks: Marks) -> None:
    """Publishes every package that is due, after finishing what a killed pass began.

    `dues` are all committed packages that are not published: what else is staged is removed. PublishError
    where the outbox is full or gone, AccessError where a package is damaged in the archive; what could be
    sent is sent and marked before that, the rest stays due.
    """
    _check_staging(home, dues, marks)
    work = _Work(home, archive, boot, marks)
    with disk.reaching(home.outbox, PublishError):
        _sweep(home, {staged_name(d.name) for d in dues})
        work.resume([d for d in dues if d.state == PUBLISHING])
        refused = work.send([d for d in dues if d.state not in (PUBLISHING, DOUBT)])
    if refused is not None:
        raise refused


def staged_name(name: str) -> str:
    """How a package is called until it is whole and due."""
    return f"{name}.part"


def _check_staging(home: Home, dues: Sequence[Due], marks: Marks) -> None:
    """A staged file that is not there means *sent*, so the folder itself must be: its share may be gone.

    Where it is not, nobody can know what was begun: in doubt, and this call publishes nothing.
    """
    home.check_outbox()
    if is_folder(home.staging):
        return
    begun = [d.guid for d in dues if d.state == PUBLISHING]
    for guid in begun:
        marks.doubt(guid, _GONE)
    if begun:
        raise PublishError("outbox.staging", place=readable(home.staging), guids=", ".join(begun))
    with disk.reaching(home.staging, PublishError):
        home.staging.mkdir(parents=True, exist_ok=True)
        disk.fsync_folder(home.staging.parent)


def _sweep(home: Home, named: set[str]) -> None:
    """Removes staged files that no committed package names: a pass was killed before its commit.

    Those of our site only: homes of other sites may share the outbox, and take what is gone for sent.
    """
    ours = re.compile(rf"{re.escape(home.settings.site)}-\d{{8}}-.*\.zip\.part", re.DOTALL)
    for path in home.staging.iterdir():
        if ours.fullmatch(path.name) and path.name not in named:
            path.unlink(missing_ok=True)


@dataclass
class _Work:
    home: Home
    archive: Archive
    boot: str
    marks: Marks

    def resume(self, begun: Sequence[Due]) -> None:
        """What was marked publishing: sent, to be renamed now, or in doubt."""
        sent = []
        again = []
        for due in begun:
            if not is_there(self._staged(due)):
                sent.append(due)
            elif self.boot and due.boot == self.boot:
                again.append(due)
            else:
                self._doubt(due, _POWER)
        self._finish(sent + [due for due in again if self._rename(due)])

    def send(self, dues: Sequence[Due]) -> VinbatchError | None:
        """Stage, mark, rename, mark. What could be staged is sent before the failure is returned."""
        staged: list[Due] = []
        refused: VinbatchError | None = None
        for due, failed in zip(dues, at_once(self._stage, dues), strict=True):
            if failed is None:
                staged.append(due)
            elif refused is None:
                refused = failed
        if staged:
            # In the folder under a share that went meanwhile no gateway looks; and once it is back, what is
            # not staged there counts as sent.
            mounted.check_outbox(self.home)
            # The staged names must be durable before the mark: with the mark alone, a power cut would
            # make a package that was never sent look sent.
            disk.fsync_folder(self.home.staging)
            self.marks.publishing([d.guid for d in staged], self.boot)
            self._finish([due for due in staged if self._rename(due)])
        return refused

    def _stage(self, due: Due) -> VinbatchError | None:
        """Why it could not be staged: what of one package is damaged or refused keeps no other."""
        self.marks.beat()
        staged = self._staged(due)
        try:
            data = self.archive.get(due.digest)
            staged.unlink(missing_ok=True)  # of a pass that was killed before its mark: perhaps half a file
            disk.write_new(staged, data)
            disk.hand_on(self.home.outbox, staged)
        except OSError as e:
            return disk.failure(self.home.staging, e, PublishError)
        except VinbatchError as e:
            return e
        return None

    def _rename(self, due: Due) -> bool:
        """Whether it went out; else it is in doubt, and stays staged until a person has decided.

        Where its own bytes lie there already, nobody has taken them yet: that is out, once.
        """
        self.marks.beat()
        place = self.home.outbox / due.name
        try:
            disk.rename_new(self._staged(due), place)
        except FileExistsError:
            if is_link(place) or not is_file(place) or disk.hash_file(place) != due.digest:
                self._doubt(due, _TAKEN)
                return False
            self._staged(due).unlink()
        except OSError as e:
            if e.errno != errno.EXDEV:
                raise
            # Two mounts of one device: check_outbox could not see it.
            self._doubt(due, _FAR)
            return False
        return True

    def _finish(self, renamed: Sequence[Due]) -> None:
        if not renamed:
            return
        disk.fsync_folder(self.home.outbox)  # the new place first, as when claiming
        disk.fsync_folder(self.home.staging)
        self.marks.published([due.guid for due in renamed])

    def _doubt(self, due: Due, reason: str) -> None:
        self.marks.doubt(due.guid, reason)

    def _staged(self, due: Due) -> Path:
        if Path(due.name).name != due.name:
            raise ValueError(f"{due.name!r} is a path, not a name")
        return self.home.staging / staged_name(due.name)
