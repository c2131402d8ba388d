"""VINs as commands take them: whole, by their end, or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vinbatch.errors import AccessError


def names_of(vins: Sequence[str]) -> list[str]:
    """The VINs in capitals, each once; `@FILE` is a text file with one a line. AccessError with the cure."""
    names: list[str] = []
    for vin in vins:
        if not vin.startswith("@"):
            names.append(vin.strip().upper())
            continue
        try:
            names += Path(vin[1:]).read_text("utf-8-sig").upper().split()
        except (OSError, UnicodeDecodeError) as e:
            raise AccessError("usage.vins", at=f"{vin[1:]}: {e}") from e
    return list(dict.fromkeys(n for n in names if n))
