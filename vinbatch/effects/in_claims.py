"""What lies in the claim folders: looked at and left as it is; may be asked without the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.effects.home import CLAIMS, Home
from vinbatch.effects.names import readable
from vinbatch.effects.scan import DEEPEST, Candidate, Seen, Skipped, claim_folders
from vinbatch.noun import Noun


def files(home: Home) -> Iterator[tuple[str, str, str]]:
    """Id, base and path of every file in claim folders."""
    for base, claims in claim_folders(home):
        with disk.reaching(claims):
            for folder in each(claims):
                yield from ((folder.name, base, path) for path in look(folder).files)


def has_claims(home: Home) -> bool:
    """Whether an earlier pass left anything in a claim folder."""
    for _, claims in claim_folders(home):
        with disk.reaching(claims):
            looked = [look(folder) for folder in each(claims)]
        if any(one.files or not one.strays for one in looked):
            return True
    return False


def count_claims(home: Home) -> int:
    """How many files lie in claim folders: taken, and not finished."""
    return sum(1 for _ in files(home))


def taken(home: Home) -> Iterator[Candidate]:
    """The files in claim folders, as they stand there."""
    for name, base, path in files(home):
        with suppress(FileNotFoundError):  # a pass has just dropped it
            found = (home.inbox / base / CLAIMS / name / path).lstat()
            yield Candidate(f"{base}{path}", Seen.of(found))


def strays(home: Home) -> tuple[Skipped, ...]:
    """What lies in our claim folders and is no claim: a link, a pipe … It is left where it is, and told."""
    found: list[str] = []
    for base, claims in claim_folders(home):
        with disk.reaching(claims):
            for entry in _entries(claims):
                if entry.is_dir(follow_symlinks=False):
                    below = look(Path(entry.path)).strays
                    found += [f"{base}{CLAIMS}/{entry.name}/{path}" for path in below]
                else:
                    found.append(f"{base}{CLAIMS}/{entry.name}")
    return tuple(Skipped(readable(path), "@ignored.stray") for path in sorted(found))


class Contents(Noun, frozen=True):
    """What lies below a claim's folder, by its path from there; the folders from the top down."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    strays: tuple[str, ...]


def look(claim_folder: Path) -> Contents:
    """Follows no link, and goes no deeper than the scan: all else is a stray, which nobody of us made."""
    files, folders, foreign = [], [], []
    waiting = [""]
    while waiting:
        relative = waiting.pop()
        try:
            entries = _entries(claim_folder / relative)
        except FileNotFoundError:
            continue  # a pass has just dropped it
        for entry in entries:
            path = f"{relative}{entry.name}"
            if entry.is_file(follow_symlinks=False):
                files.append(path)
            elif entry.is_dir(follow_symlinks=False) and path.count("/") <= DEEPEST:
                folders.append(path)
                waiting.append(f"{path}/")
            else:
                foreign.append(path)
    return Contents(tuple(files), tuple(folders), tuple(foreign))


def each(claims: Path) -> list[Path]:
    """The claims' own folders. A link in their place would show us another folder's files as ours."""
    return [Path(e.path) for e in _entries(claims) if e.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
