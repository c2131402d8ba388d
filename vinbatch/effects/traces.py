"""What earlier batches left in the folders, for a ledger that was restored and does not know of them.

The vehicles of a package come from its manifest: that is ours, byte for byte, whatever template an integrator
gives to the declaration beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from vinbatch.effects import disk, litter
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError
from vinbatch.model import Type
from vinbatch.noun import Noun
from vinbatch.numbering import BATCH, batches_in, in_order, is_batch
from vinbatch.paths import files_below, is_file, is_folder

_RESULT = re.compile(rf"({BATCH})(?![0-9])")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[!-~]{1,64}")
_GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what else there is fails in ways of its own
_NO_PACKAGE = (zipfile.BadZipFile, KeyError, ValueError, TypeError)
# What zip and JSON of others can do: cut off, encrypted, nested without end, of the year 1.
_BROKEN = (OSError, EOFError, zlib.error, RuntimeError, OverflowError)
_MOST_BYTES = 20 * 2**20  # of a manifest, or of a declaration


class Trace(Noun, frozen=True):
    """A package that lies somewhere: as its manifest says. `made` is when it was declared."""

    guid: str
    batch: str
    type: Type
    made: datetime
    vins: tuple[str, ...]
    path: Path

    @property
    def vehicles(self) -> int:
        """How many vehicles it has."""
        return len(self.vins)

    @property
    def name(self) -> str:
        """The file's name in the outbox."""
        return f"{self.batch}-{self.type}.zip"


def packages(home: Home) -> Iterator[Trace]:
    """Every package in outbox, staging and archive; files that are none are passed over.

    AccessError where nobody can tell whether a file is one: a package of the outbox that cannot be read, and
    whatever is damaged in the archive. Its vehicles would be free to be declared again.
    """
    for folder in (home.outbox, home.staging, home.archive):
        with disk.reaching(folder):
            paths = sorted(files_below(folder, litter.FOLDERS)) if is_folder(folder) else []
        for path in paths:
            trace = _trace(path)
            if trace is not None:
                yield trace
            elif _must_be_read(path, home):
                raise AccessError("restore.unreadable", at=str(path))


def _must_be_read(path: Path, home: Home) -> bool:
    """A staged half of a package is none: it was never sent."""
    if home.archive in path.parents:
        with disk.reaching(path):
            return bool(_DIGEST.fullmatch(path.name)) and disk.hash_file(path) != path.name
    return path.suffix == ".zip" and bool(batches_in(path.name))


def manifest_of(package: bytes) -> dict[str, Any]:
    """The manifest of a package that `packages` has found."""
    return _manifest(io.BytesIO(package))


def _manifest(package: Path | IO[bytes]) -> dict[str, Any]:
    """ValueError where it speaks of another declaration than the one beside it."""
    with zipfile.ZipFile(package) as archive:
        told = dict(json.loads(_member(archive, "manifest.json")))
        xml = _member(archive, "declaration.xml")
    if hashlib.sha256(xml).hexdigest() != told["digests"]["xml"]:
        raise ValueError("the manifest of another declaration")
    return told


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > _MOST_BYTES:
        raise ValueError(f"{info.file_size} bytes are no {name} of ours")
    if info.compress_type not in _PACKED:
        raise ValueError(f"packing {info.compress_type} is none of ours")
    return archive.read(info)


def _trace(path: Path) -> Trace | None:
    try:
        told = _manifest(path)
        made = datetime.fromisoformat(told["time"]).astimezone(UTC)
        vins = tuple(dict.fromkeys(_shaped(_WORD, vehicle["vin"]) for vehicle in told["vehicles"]))
        guid, batch = _shaped(_GUID, told["guid"]), told["batch"]
        return Trace(guid, batch, Type(told["type"]), made, vins, path) if is_batch(batch) else None
    except (*_NO_PACKAGE, *_BROKEN):
        return None  # a workbook, a receipt, a result


def _shaped(shape: re.Pattern[str], text: str) -> str:
    """ValueError where it has another shape: a person could not name it in a command, nor SQLite keep it."""
    if not shape.fullmatch(text):
        raise ValueError(f"{text!r} is none of ours")
    return text


def numbers(home: Home) -> dict[str, set[int]]:
    """`<site>-<day>` → the numbers that names in outbox, staging and reports carry."""
    found: dict[str, set[int]] = {}
    for folder in (home.outbox, home.staging, home.reports):
        with disk.reaching(folder):
            names = [p.name for p in folder.iterdir()] if is_folder(folder) else []
        for name in names:
            note(found, name)
    return found


def unarchived(home: Home, batches: Set[str]) -> frozenset[str]:
    """Of these batches those with a result in reports/ that the archive lacks: it is older, or was edited.

    Only theirs are read: a home keeps the results of years.
    """
    archive = Archive(home.archive)
    with disk.reaching(home.reports):
        return frozenset(
            batch
            for batch, path in _results(home)
            if batch in batches and is_file(path) and not archive.has(disk.hash_file(path))
        )


def answered(home: Home) -> tuple[str, ...]:
    """Batches with a result in reports/."""
    with disk.reaching(home.reports):
        return tuple(sorted({batch for batch, _ in _results(home)}, key=in_order))


def with_result(home: Home, batches: Sequence[str]) -> tuple[str, ...]:
    """Those of these batches of which a result lies in reports/: none where that cannot be read."""
    try:
        found = {batch for batch, _ in _results(home)}
    except OSError:
        return ()  # told as a folder that cannot be used
    return tuple(b for b in batches if b in found)


def _results(home: Home) -> Iterator[tuple[str, Path]]:
    """Batch and place of every workbook in reports/ that is named after one."""
    for path in home.reports.iterdir() if is_folder(home.reports) else ():
        if path.suffix == ".xlsx" and (batch := _RESULT.match(path.name)):
            yield batch[1], path


def note(found: dict[str, set[int]], text: str) -> None:
    """Takes every batch number in a text into account."""
    for day, number in batches_in(text):
        found.setdefault(day, set()).add(number)
