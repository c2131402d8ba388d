"""Planted bugs: each breaks the order of effects in one way that the crash tests must notice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from vinbatch.effects import disk, inbox, outbox
from vinbatch.run import publishing, steps


def early_unlink() -> None:
    """The source goes before anything is committed."""
    gather = steps.Steps.gather

    def eager(self: Any, only: Any = None) -> Any:
        settled = gather(self, only)
        for one in settled:
            inbox.drop(one.claim, one.digest)
        return settled

    steps.Steps.gather = eager  # type: ignore[method-assign]


def commit_before_archive() -> None:
    """The ledger names packages that are not kept yet."""
    keep = steps.Steps.keep

    def hasty(self: Any, worked: Sequence[Any], helpers: Any = None) -> None:
        put, self.archive = self.archive, _Forgetful(self.archive)
        commit = self.ledger.commit

        def then_archive(*args: Any) -> None:
            commit(*args)
            self.archive = put
            for done in worked:
                for package in done.packages:
                    put.put(package.data)

        self.ledger.commit = then_archive
        try:
            keep(self, worked, helpers)
        finally:
            del self.ledger.commit
            self.archive = put

    steps.Steps.keep = hasty  # type: ignore[method-assign]


class _Forgetful:
    def __init__(self, archive: Any) -> None:
        self._archive = archive

    def put_all(self, several: Sequence[bytes]) -> None:
        """Keeps none of them."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)


def write_in_place() -> None:
    """Answers grow under the eyes of their readers."""

    def direct(
        path: Path, given: bytes | Iterable[bytes], *, replace: bool = True, must: bool = False
    ) -> None:
        del replace, must
        data = given if isinstance(given, bytes) else b"".join(given)
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            os.fsync(file.fileno())
            file.write(data[len(data) // 2 :])

    disk.write_beside = direct  # type: ignore[assignment]


def stage_in_the_outbox() -> None:
    """Packages grow where the gateway takes them."""

    def direct(work: Any, due: Any) -> None:
        data = work.archive.get(due.digest)
        target = work.home.outbox / due.name
        with target.open("wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            os.fsync(file.fileno())
            file.write(data[len(data) // 2 :])

    outbox._Work._stage = direct  # type: ignore[method-assign]
    outbox._Work._rename = lambda _work, _due: True  # type: ignore[method-assign]


def no_mark() -> None:
    """The rename is not announced: after a crash what was sent looks as if it had not been."""
    publishing.Publishing.publishing = lambda _self, _guids, _boot: None  # type: ignore[method-assign]


def published_too_early() -> None:
    """Said to be sent before it is."""
    said = publishing.Publishing.publishing

    def both(told: Any, guids: Sequence[str], boot: str) -> None:
        said(told, guids, boot)
        told.published(guids)

    publishing.Publishing.publishing = both  # type: ignore[method-assign]


def no_fsync_of_content() -> None:
    """A name without its bytes: only a power cut would show it, or the trace."""

    def lazy(path: Path, data: bytes | Iterable[bytes], mode: int = 0o666) -> None:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            for block in [data] if isinstance(data, bytes) else data:
                disk.write_all(fd, block)
        finally:
            os.close(fd)

    disk.write_new = lazy


def no_fsync_of_folder() -> None:
    """Bytes without their name: a rename that a power cut undoes."""
    disk.fsync_folder = lambda _path, must=False: True  # type: ignore[assignment]


PLANTS: dict[str, Callable[[], None]] = {
    f.__name__: f
    for f in (
        early_unlink,
        commit_before_archive,
        write_in_place,
        stage_in_the_outbox,
        no_mark,
        published_too_early,
        no_fsync_of_content,
        no_fsync_of_folder,
    )
}


def plant(name: str) -> None:
    """Breaks this process, if a name is given."""
    if name:
        PLANTS[name]()
