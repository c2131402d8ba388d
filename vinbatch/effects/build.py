"""Which build this is: the version says which release, this says whether two programs are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from vinbatch import __version__
from vinbatch.effects.disk import reaching
from vinbatch.paths import is_file
from vinbatch.wording import packaged_folder

_DIGITS = 12
_BESIDE = ("rules", "templates")  # in a checkout; within the package as installed


def build() -> str:
    """Of all files of the program: the same of a checkout and of the wheel made of it, edited or not."""
    code = Path(__file__).resolve().parents[1]
    told = hashlib.sha256()
    with reaching(code):
        for name, path in sorted(_files(code)):
            told.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return told.hexdigest()[:_DIGITS]


def program() -> str:
    """For people and bug reports: version and build."""
    return f"{__version__} (build {build()})"


def _files(code: Path) -> Iterator[tuple[str, Path]]:
    for path in code.rglob("*"):
        parts = path.relative_to(code).parts
        if is_file(path) and "__pycache__" not in parts and parts[0] not in _BESIDE:
            yield "/".join(parts), path
    for folder in map(packaged_folder, _BESIDE):
        yield from ((f"{folder.name}/{path.name}", path) for path in folder.iterdir() if is_file(path))
