"""Files that people give to commands, and files that commands write for them: whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vinbatch.effects.disk import reaching, why, write_beside
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Source

if TYPE_CHECKING:
    from vinbatch.run.judge import Dropped


def must_exist(path: Path) -> None:
    """UsageError where there is no such file."""
    if not path.is_file():
        raise UsageError("usage.no_file", at=readable(str(path)))


def given(path: Path, megabytes: int, user: str = "") -> Dropped:
    """A workbook as if it were dropped; what is larger than the inbox takes is not brought into memory."""
    from vinbatch.run.judge import Dropped

    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= megabytes * 2**20 else None
    except OSError as e:
        raise AccessError("usage.unread", at=readable(str(path)), why=why(e)) from e
    digest = hashlib.sha256(data).hexdigest() if data is not None else ""
    return Dropped(Source(readable(path.name), digest, user=user), data, size)


def write_parts(path: Path, parts: Sequence[bytes]) -> list[Path]:
    """The first part under this name, the others as NAME-2, NAME-3 beside it."""
    written = []
    for i, data in enumerate(parts, start=1):
        target = path if i == 1 else path.with_name(f"{path.stem}-{i}{path.suffix}")
        with reaching(target):
            write_beside(target, data)
        written.append(target)
    return written
