"""Everything that came in or went out, by the SHA-256 of its bytes: `archive/ab/abcd…`.

What is put is durable when `put` returns; the ledger may then name it.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from vinbatch.effects import disk, parts
from vinbatch.effects.side_by_side import at_once
from vinbatch.errors import AccessError
from vinbatch.noun import Noun
from vinbatch.paths import is_file, is_folder

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREFIX = 2  # characters of a digest that name its folder
_MODE = 0o444  # nobody edits the past by accident


class Stored(Noun, frozen=True):
    """How much lies in the archive, and how much of it came lately."""

    files: int
    size: int
    lately: int  # bytes


class Archive(Noun, frozen=True):
    """The folder, on the ledger's disk."""

    root: Path

    def path(self, digest: str) -> Path:
        """Where the bytes of this digest lie, or would. ValueError for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no SHA-256 in lower-case hex")
        return self.root / digest[:_PREFIX] / digest

    def make(self) -> None:
        """Its folder, where that is not there; OSError where it cannot be made."""
        if not is_folder(self.root):
            # Not the home itself: it may have been moved, and what is there again keeps it from coming back.
            self.root.parent.mkdir(exist_ok=True)
            self.root.mkdir(exist_ok=True)
            disk.fsync_folder(self.root.parent, must=True)

    def put(self, data: bytes) -> str:
        """Keeps these bytes and returns their digest."""
        digest = hashlib.sha256(data).hexdigest()
        with disk.reaching(self.root):
            if not self._has(digest):
                part = self._part()
                disk.write_new(part, data, _MODE)
                self._file(part, digest)
        return digest

    def put_all(self, several: Sequence[bytes]) -> None:
        """Keeps all of these, side by side."""
        at_once(self.put, several)

    def put_file(self, path: Path, most: float = math.inf) -> str:
        """Keeps a regular file's bytes without holding them in memory.

        OSError where `path` cannot be read, or has more bytes: its own matter. AccessError where the
        archive cannot be written: everybody's.
        """
        source = disk.open_regular(path)
        try:
            with disk.reaching(self.root):
                part = self._part()
                target = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
            try:
                digest = self._copy(source, target, most)
                with disk.reaching(self.root):
                    self._file(part, digest)
            finally:
                os.close(target)
                part.unlink(missing_ok=True)
        finally:
            os.close(source)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of this digest, verified. AccessError where they are missing or damaged."""
        path = self.path(digest)
        with disk.reaching(path):
            data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise AccessError("archive.damaged", at=str(path))
        return data

    def has(self, digest: str) -> bool:
        """Whether something lies there; `get` says whether it is whole."""
        path = self.path(digest)
        with disk.reaching(path):
            return is_file(path)

    def stored(self, since: float) -> Stored:
        """Looks at every file: seconds where there are a million. `since` is a time as files have it."""
        files = size = lately = 0
        with disk.reaching(self.root):
            for folder in self._folders():
                for entry in os.scandir(folder):
                    found = entry.stat(follow_symlinks=False)
                    files, size = files + 1, size + found.st_size
                    lately += found.st_size if found.st_mtime >= since else 0
        return Stored(files, size, lately)

    def small(self, most: int, unlike: bytes) -> Iterator[str]:
        """The digests of files of at most so many bytes that begin otherwise."""
        with disk.reaching(self.root):
            for folder in self._folders():
                for path in sorted(folder.iterdir()):
                    if not _DIGEST.fullmatch(path.name) or path.stat().st_size > most:
                        continue
                    with path.open("rb") as file:
                        begins = file.read(len(unlike))
                    if begins != unlike:
                        yield path.name

    def sweep(self) -> int:
        """Removes what killed writers left behind; only under the lock."""
        with disk.reaching(self.root):
            return parts.sweep(self.root)

    def _folders(self) -> list[Path]:
        """Those that hold bytes; the tags of `received` lie beside them."""
        found = sorted(self.root.iterdir()) if is_folder(self.root) else []
        return [p for p in found if len(p.name) == _PREFIX and is_folder(p)]

    def _part(self) -> Path:
        self.make()
        return parts.part_in(self.root)

    def _copy(self, source: int, target: int, most: float) -> str:
        digest = hashlib.sha256()
        size = 0
        for block in disk.blocks(source):
            size += len(block)
            if size > most:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            digest.update(block)
            with disk.reaching(self.root):
                disk.write_all(target, block)
        with disk.reaching(self.root):
            os.fsync(target)
        return digest.hexdigest()

    def _file(self, part: Path, digest: str) -> None:
        """Gives fsynced bytes their name. Replacing is harmless: the same name has the same bytes."""
        target = self.path(digest)
        if not is_folder(target.parent):
            target.parent.mkdir(exist_ok=True)
            disk.fsync_folder(self.root, must=True)
        part.replace(target)
        disk.fsync_folder(target.parent, must=True)

    def _has(self, digest: str) -> bool:
        path = self.path(digest)
        try:
            whole = disk.hash_file(path) == digest
        except FileNotFoundError:
            return False
        if whole:
            # Its writer may have been killed between rename and fsync.
            disk.fsync_folder(path.parent, must=True)
        return whole
