"""Files that people give to commands, and files that commands write for them: whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinbatch.effects.disk import reaching, why, write_beside
from vinbatch.effects.home import OWN
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Source
from vinbatch.paths import is_file, is_folder, is_there

if TYPE_CHECKING:
    from vinbatch.run.judging.judge import Dropped


def force_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option of every command that writes a file where its user says."""
    return click.option("--force", is_flag=True, help="Write over a file that is there.")(command)


def must_exist(path: Path) -> None:
    """UsageError where there is no such file, AccessError where that cannot be asked."""
    if not is_given(path):
        raise UsageError("usage.no_file", at=readable(path))


def is_given(path: Path) -> bool:
    """Whether there is such a file. AccessError where that cannot be asked, as of a name too long."""
    with reaching(path):
        return is_file(path)


def given(path: Path, megabytes: int, user: str = "") -> Dropped:
    """A workbook as if it were dropped; what is larger than the inbox takes is not brought into memory."""
    from vinbatch.run.judging.judge import Dropped

    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= megabytes * 2**20 else None
    except OSError as e:
        raise AccessError("usage.unread", at=readable(path), why=why(e)) from e
    digest = hashlib.sha256(data).hexdigest() if data is not None else ""
    return Dropped(Source(readable(path.name), digest, user=user), data, size)


def write_parts(path: Path, parts: Sequence[bytes], *, force: bool) -> list[Path]:
    """The first part under this name, the others as NAME-2, NAME-3 beside it."""
    files = {_part(path, i): data for i, data in enumerate(parts, start=1)}
    write_all(files, force=force)
    return list(files)


def _part(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def write_all(files: Mapping[Path, bytes], *, force: bool) -> None:
    """All of them. UsageError before any is written into our own folder or the outbox, in place of a device
    or a pipe, or, without `force`, where another file has such a name.
    """
    for path in files:
        _not_ours(path)
        _no_device(path)
    new = [path for path, data in files.items() if force or not _holds(path, data)]
    for path in new:
        with reaching(path):
            try:
                write_beside(path, files[path], replace=force)
            except FileExistsError as e:
                raise _there(path) from e


def write_into(folder: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """All of them, by their paths within a folder, which is made; else as `write_all`."""
    placed = {folder / name: data for name, data in files.items()}
    with reaching(folder):
        for parent in sorted({folder, *(path.parent for path in placed)}):
            parent.mkdir(parents=True, exist_ok=True)
    write_all(placed, force=force)


def _not_ours(path: Path) -> None:
    """With --force a form lay in the place of the ledger; and the gateway sends whatever is in the outbox."""
    with reaching(path):
        above = (*path.resolve().parents, *Path(os.path.normpath(path.absolute())).parents)
        folder = next((f for f in above if f.name == OWN), None)
        outbox = next((f for f in above if f.name == "outbox" and is_folder(f.parent / OWN)), None)
    if folder is not None:
        raise UsageError("usage.ours", at=readable(folder))
    if outbox is not None:
        raise UsageError("usage.outbox", at=readable(outbox))


def _no_device(path: Path) -> None:
    """A rename puts a plain file in the place of /dev/null, and every program of the machine writes there."""
    with reaching(path):
        there = is_there(path) and not (is_file(path) or is_folder(path))
    if there:
        raise UsageError("usage.device", at=readable(path))


def _holds(path: Path, data: bytes) -> bool:
    """Whether it is there already; UsageError where something else is."""
    with reaching(path):
        if not os.path.lexists(path):
            return False
        if is_file(path) and path.stat().st_size == len(data) and path.read_bytes() == data:
            return True
    raise _there(path)


def _there(path: Path) -> UsageError:
    return UsageError("usage.there", at=readable(path))
