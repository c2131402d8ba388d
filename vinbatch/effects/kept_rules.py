"""Rules and templates as they were: `archive/rules/<digest>.json.gz`, kept before the first pass under them.

Every batch's event names the digest of what it was decided by, and every package's manifest: an auditor who
asks a year later is given the texts. They lie within the archive, for they have to come back with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from vinbatch.effects import disk, parts
from vinbatch.effects.archive import Archive
from vinbatch.effects.rulebook import texts_digest
from vinbatch.errors import AccessError
from vinbatch.model import Rulebook
from vinbatch.paths import is_folder, is_there

_MODE = 0o444  # as all of the archive


def has(archive: Archive, digest: str) -> bool:
    """Whether those of this digest lie there; `read` says whether they are whole."""
    path = _path(archive, digest)
    with disk.reaching(path):
        return is_there(path)


def keep(archive: Archive, rulebook: Rulebook) -> None:
    """They are durable when it returns."""
    path = _path(archive, rulebook.digest)
    with disk.reaching(path):
        archive.make()
        if not is_folder(path.parent):
            path.parent.mkdir(exist_ok=True)
            disk.fsync_folder(archive.root, must=True)
        parts.sweep(path.parent, before=0)  # of a pass that was killed over this
        disk.write_beside(path, _packed(rulebook), must=True, mode=_MODE)


def read(archive: Archive, digest: str) -> Rulebook | None:
    """Those of this digest, compared with it; None where none are kept. AccessError where they are others."""
    import gzip  # for an auditor alone
    import zlib

    path = _path(archive, digest)
    with disk.reaching(path):
        if not is_there(path):
            return None
        data = path.read_bytes()
    with suppress(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        told = json.loads(gzip.decompress(data))
        packaged, home, templates = (_pairs(told[part]) for part in ("packaged", "home", "templates"))
        if texts_digest(packaged, home, templates) == digest:
            return Rulebook(packaged, home, templates, digest)
    raise AccessError("archive.damaged", at=str(path))


def _pairs(told: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in told)


@lru_cache(maxsize=2)
def _packed(rulebook: Rulebook) -> bytes:
    """The same texts, the same bytes."""
    import gzip  # an idle pass packs nothing

    parts = {name: getattr(rulebook, name) for name in ("packaged", "home", "templates")}
    return gzip.compress(json.dumps(parts, ensure_ascii=True).encode(), compresslevel=1, mtime=0)


def _path(archive: Archive, digest: str) -> Path:
    return archive.root / "rules" / f"{digest}.json.gz"
