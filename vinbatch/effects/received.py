"""Which files of the archive customs answered with: `archive/receipts/<digest>.tag`, written before hearing.

The archive holds whatever was dropped, and everybody can work out the guid of a package: after a restore only
what came through receipts/, or by command, is heard again. The tags lie within the archive, for they have to
come back with it where the ledger is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.archive import Archive
from vinbatch.paths import is_folder, is_there

_ENDING = ".tag"  # a bare digest would be taken for bytes of that digest


def tag(archive: Archive, digests: Iterable[str], known: Callable[[], Iterable[str]]) -> None:
    """These came as answers of customs; durable when it returns. `known`: those of before there were tags."""
    folder = _folder(archive)
    with disk.reaching(folder):
        if not is_folder(folder):
            archive.make()  # it was lost, and nothing has been put into it since the restore
            part = folder.with_name(f"{folder.name}.part")  # whole or not at all: it is begun once
            part.mkdir(exist_ok=True)
            _write(part, known())
            part.rename(folder)
            disk.fsync_folder(archive.root, must=True)
        _write(folder, digests)


def tagged(archive: Archive) -> frozenset[str]:
    """The digests of all that came as answers of customs."""
    folder = _folder(archive)
    with disk.reaching(folder):
        names = [p.name for p in folder.iterdir()] if is_folder(folder) else []
    return frozenset(name.removesuffix(_ENDING) for name in names)


def _write(folder: Path, digests: Iterable[str]) -> None:
    new = [path for path in (folder / f"{digest}{_ENDING}" for digest in digests) if not is_there(path)]
    for path in new:
        path.touch()
    # Also of those that were there: their writer may have been killed before it came to this.
    disk.fsync_folder(folder, must=True)


def _folder(archive: Archive) -> Path:
    return archive.root / "receipts"
