"""What earlier batches left in the folders, for a ledger that was restored and does not know of them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import Home
from vinbatch.noun import Noun

_BATCH = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,12}-\d{8})-(\d{4,5})(?!\d)")
_MOST_BYTES = 20 * 2**20  # of a manifest


class Trace(Noun, frozen=True):
    """A package that lies somewhere: as its manifest says."""

    guid: str
    batch: str
    vehicles: int
    path: Path


def packages(home: Home) -> Iterator[Trace]:
    """Every package in outbox, staging and archive; files that are none are passed over."""
    for folder in (home.outbox, home.staging, home.archive):
        with disk.reaching(folder):
            paths = sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []
        for path in paths:
            trace = _trace(path)
            if trace is not None:
                yield trace


def _trace(path: Path) -> Trace | None:
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("manifest.json")
            if info.file_size > _MOST_BYTES:
                return None
            told = json.loads(archive.read(info))
        return Trace(str(told["guid"]), str(told["batch"]), len(told["vehicles"]), path)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return None  # a workbook, a receipt, a result


def numbers(home: Home) -> dict[str, int]:
    """`<site>-<day>` → the highest number that a name in outbox, staging or reports carries."""
    highest: dict[str, int] = {}
    for folder in (home.outbox, home.staging, home.reports):
        with disk.reaching(folder):
            names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        for name in names:
            note(highest, name)
    return highest


def note(highest: dict[str, int], text: str) -> None:
    """Takes every batch number in a text into account."""
    for day, number in _BATCH.findall(text):
        highest[day] = max(highest.get(day, 0), int(number))
