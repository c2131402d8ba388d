"""Files that commands write for people: whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vinbatch.effects.disk import reaching, write_beside


def write_parts(path: Path, parts: Sequence[bytes]) -> list[Path]:
    """The first part under this name, the others as NAME-2, NAME-3 beside it."""
    written = []
    for i, data in enumerate(parts, start=1):
        target = path if i == 1 else path.with_name(f"{path.stem}-{i}{path.suffix}")
        with reaching(target):
            write_beside(target, data)
        written.append(target)
    return written
