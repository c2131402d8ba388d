"""VINs as commands take them: whole, by their end, or from a file."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from vinbatch.effects.disk import why
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.wording import Said

_NAMED = 10  # of what was not found
# With a letter in it: a time of customs has 17 digits too.
_WHOLE = re.compile(r"(?<![0-9A-Z])(?=[0-9]*[A-Z])[0-9A-HJ-NPR-Z]{17}(?![0-9A-Z])")
_MOST = 16 * 2**20  # bytes of a file of VINs: a million of them, and no end of /dev/zero


def names_of(vins: Sequence[str]) -> list[str]:
    """The VINs in capitals, each once; `@FILE` is a text file with one a line. AccessError with the cure.

    UsageError where one is empty, or the file: no name at all means every vehicle.
    """
    names: list[str] = []
    for vin in vins:
        if not vin.startswith("@"):
            names.append(vin.strip().upper())
            continue
        names += _text(Path(vin[1:]), vin[1:], "utf-8-sig").split()
    if not all(names) or (vins and not names):
        raise UsageError("usage.blank")
    return list(dict.fromkeys(names))


def vins_in(path: Path) -> frozenset[str]:
    """Every whole VIN of a text or a CSV, whatever stands beside it. AccessError where there is none."""
    text = _text(path, readable(path), "utf-8-sig", "gb18030")  # a CSV of a Chinese Excel
    if not (found := frozenset(_WHOLE.findall(text))):
        raise AccessError("usage.vins", at=readable(path), why=Said("why.no_vin"))
    return found


def _text(path: Path, at: str, *encodings: str) -> str:
    """In capitals, by the first encoding that fits. AccessError about `at` where it cannot be read."""
    try:
        data = _read(path)
    except OSError as e:
        raise AccessError("usage.vins", at=at, why=why(e)) from e
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return data.decode(encoding).upper()
    raise AccessError("usage.vins", at=at, why=Said("why.no_text"))


def _read(path: Path) -> bytes:
    """What is there, a pipe's text too; OSError where it is more than any list of VINs."""
    with path.open("rb") as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data


def tell_missed(names: Sequence[str], found: Iterable[str]) -> None:
    """UsageError where nothing that was found has one of these names, or ends with it."""
    lengths = {len(name) for name in names}
    ends = {vin[-length:] for vin in found for length in lengths}
    if missed := [name for name in names if name not in ends]:
        more = "" if len(missed) <= _NAMED else f" … ({len(missed)})"
        raise UsageError("usage.unknown_vins", vins=" ".join(missed[:_NAMED]) + more)
