"""Settling: a claimed file is read only when it has stood still, and then it is in the archive."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from vinbatch.effects import disk
from vinbatch.effects.archive import Archive
from vinbatch.effects.claims import Claim, put_back
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.owner import user_name
from vinbatch.effects.scan import LARGE, Seen, Skipped
from vinbatch.effects.side_by_side import at_once
from vinbatch.model import Source
from vinbatch.noun import Noun


class Settled(Noun, frozen=True):
    """A claim that has stood still; its bytes are in the archive under `digest`."""

    claim: Claim
    source: Source
    size: int

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return self.source.digest

    def data(self, archive: Archive, megabytes: int) -> bytes | None:
        """The bytes; None where there are more than so many megabytes of them."""
        return archive.get(self.digest) if self.size <= megabytes * 2**20 else None


def settle(
    claims: Sequence[Claim],
    seconds: float,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    archive: Archive,
    beat: Callable[[], None] = no_beat,
    most: float = math.inf,
) -> tuple[list[Settled], list[Skipped]]:
    """Hash, wait, hash again; one wait for all. What moved goes back to its place and is not ready.

    A file that was older than the wait at first sight has stood still already. Keeps the order of `claims`.
    What has more bytes than `most` is neither read nor kept, and goes back as well. `beat` is
    called for each, from several threads.
    """

    def take(c: Claim) -> Settled | Skipped | None:
        beat()
        return _take(c, first.get((c.id, c.path), ""), archive, most)

    fresh = [c for c in claims if not _stood_still(c, seconds, clock())]
    first = {(c.id, c.path): _hash(c, most) for c in fresh}
    if fresh:
        sleep(seconds)
    answers = at_once(take, claims)
    settled = [answer for answer in answers if isinstance(answer, Settled)]
    return settled, [answer for answer in answers if isinstance(answer, Skipped)]


def _stood_still(claim: Claim, seconds: float, now: datetime) -> bool:
    """Whether it was old enough before we touched it (our rename sets ctime).

    The server of a share keeps its own clock: its file times are compared with the time it gave our claim
    folder. A claim of an earlier pass has only its own times and our clock.
    """
    try:
        found = Seen.of(claim.file.stat(follow_symlinks=False))
    except OSError:
        return False
    if not found.size:
        return False
    seen = claim.seen
    if seen is None:
        return max(found.mtime, found.ctime) < now.timestamp() * 1e9 - seconds * 1e9
    same = (found.inode, found.size, found.mtime) == (seen.inode, seen.size, seen.mtime)
    return same and max(seen.mtime, seen.ctime) < claim.born - seconds * 1e9


def _hash(claim: Claim, most: float) -> str:
    """The digest before the wait; "-", which none after it equals, where the file is not read."""
    try:
        return disk.hash_file(claim.file, most) or "-"
    except OSError:
        return "-"


def _take(claim: Claim, first: str, archive: Archive, most: float) -> Settled | Skipped | None:
    """`first` is the digest before the wait, "" where none was needed. None where the file is gone."""
    try:
        if disk.being_written(claim.file):
            return _back(claim, "@unready.open")
        if claim.file.lstat().st_size > most:
            return _back(claim, LARGE)
        # Compared before it is copied, lest the archive collects half-written files, and after, since a
        # writer may have come in between.
        if first and disk.hash_file(claim.file, most) != first:
            return _back(claim, "@unready.changing")
        digest = archive.put_file(claim.file, most)
        found = claim.file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError:
        return _back(claim, "@unready.unreadable")
    if first and digest != first:
        return _back(claim, "@unready.changing")
    source = Source(claim.name, digest, claim.department, user_name(found.st_uid))
    return Settled(claim, source, found.st_size)


def _back(claim: Claim, reason: str) -> Skipped:
    return Skipped(put_back(claim), reason)
