"""Answers into reports/: whole, and never over something that a person has open or has edited."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from vinbatch.effects import disk, parts
from vinbatch.effects.guides import for_notepad
from vinbatch.effects.home import Home
from vinbatch.effects.names import beside, kind, marked, readable, slug
from vinbatch.effects.owner import is_open, wall_clock
from vinbatch.effects.seal import is_sealed, seal
from vinbatch.effects.side_by_side import at_once
from vinbatch.errors import AccessError
from vinbatch.noun import Noun
from vinbatch.paths import is_folder, is_there

Last = str | Callable[[str], str | Collection[str] | None] | None

# What a share answers when somebody holds the target open; ELOOP is open_regular's word for no file.
_HELD = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY, errno.ELOOP})
_MOST = 100  # numbered names for one answer
_MARKED = 3  # names that nobody can have taken: where these fail too, it is the folder
# Shares show these folders to Windows, which takes none of them in a name, nor a dot or space at its end.
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
# What is larger is none of ours, and is not read: whoever may write the share could give it any size.
_MOST_ANSWER = 256 * 2**20
_MOST_PAGE = 32 * 2**20
_LONGEST_NAME = 240  # bytes: `-99` and `.txt` have to go behind it


class Written(Noun, frozen=True):
    """What became of an answer: under which name it lies, and whether that is beside the one asked for."""

    name: str
    digest: str
    beside: bool


def result_name(batch: str, source: str, ending: str = ".xlsx") -> str:
    """`<batch>_<slug>.xlsx`: built by us, never a name that came from outside."""
    return f"{batch}_{slug(source)}{ending}"


def put(
    home: Home,
    name: str,
    data: bytes,
    last_digest: Last,
    now: datetime | None = None,
    otherwise: Callable[[], bytes] | None = None,
) -> Written:
    """Writes an answer under `name`, or beside it as `-2`, `-3` …: there what `otherwise` gives, if given.

    A file that is there is replaced only if nobody has it open and it holds what we last put there:
    `last_digest`, of this answer, or a function that knows it of each name (all of them, where a crash leaves
    open which). Bytes that are there already are not written again, so that a killed pass can be run again.
    """
    if Path(name).name != name:
        raise ValueError(f"{name!r} is a path, not a name")
    digest = file_digest(data)
    with disk.reaching(home.reports):
        for one in _names(name, digest):
            if one != name and otherwise is not None:
                data, otherwise = otherwise(), None
                digest = file_digest(data)
            if _put(home.reports / one, data, digest, last_digest, now or wall_clock()):
                return Written(one, digest, one != name)
    raise AccessError("reports.names", at=readable(home.reports), first=name, last=beside(name, _MOST - 1))


def _names(name: str, digest: str) -> Iterator[str]:
    """Where one thing may lie: under its name, with a number, and where somebody took all these, marked.

    By its digest first, so that a pass that is run again finds it there.
    """
    yield from names_for(name)
    yield marked(name, digest[:12])
    yield from (marked(name, os.urandom(6).hex()) for _ in range(1, _MARKED))


def file_digest(data: bytes) -> str:
    """What `put` says of these bytes."""
    return hashlib.sha256(data).hexdigest()


def put_new(home: Home, files: Mapping[str, bytes]) -> set[str]:
    """Writes answers under names that are free, side by side: gives those names. The others are for `put`."""
    now = wall_clock()

    def write(one: tuple[str, bytes]) -> bool:
        path = home.reports / one[0]
        return not os.path.lexists(path) and _put_new(path, one[1], now)

    with disk.reaching(home.reports):
        done = at_once(write, list(files.items()))
    return {name for name, new in zip(files, done, strict=True) if new}


def names_for(name: str) -> tuple[str, ...]:
    """Every name that `put` gives to what is to lie under this one, its own first, then by number."""
    return tuple(beside(name, n) for n in range(1, _MOST))


def withdraw(home: Home, name: str, last_digest: Last) -> bool:
    """Takes away a copy of ours that is out of date; not where a person has it open or has edited it."""
    path = home.reports / name
    ours = last_digest(name) if callable(last_digest) else last_digest
    with disk.reaching(home.reports):
        try:
            if disk.hash_file(path, _MOST_ANSWER) not in _known(ours) or is_open(path, wall_clock()):
                return False
            path.unlink()
        except OSError as e:
            if e.errno not in (*_HELD, errno.ENOENT):
                raise
            return e.errno == errno.ENOENT
        disk.fsync_folder(home.reports)
    return True


def put_page(home: Home, name: str, page: bytes) -> bool:
    """Writes a page that nobody edits, over the one before; whether its bytes were not there already.

    It is sealed, so that any of ours is known, also after the ledger was restored to an earlier day. What is
    not ours stays, and the page goes beside it.
    """
    sealed = seal(page)
    if _lying(home, name, len(sealed)) == sealed:
        return False

    def ours(name: str) -> str | None:
        there = _lying(home, name, _MOST_PAGE)
        return file_digest(there) if is_sealed(there) else None

    put(home, name, sealed, ours)
    return True


def lies(home: Home, name: str) -> bool:
    """Whether anything lies in reports/ under this name."""
    with disk.reaching(home.reports):
        return is_there(home.reports / name)


def _lying(home: Home, name: str, most: int) -> bytes:
    """What lies in reports/ under this name; b"" for nothing, for no file, and for more bytes than `most`."""
    with disk.reaching(home.reports):
        try:
            fd = disk.open_regular(home.reports / name)
        except OSError as e:
            if e.errno not in (*_HELD, errno.ENOENT):
                raise
            return b""
        with os.fdopen(fd, "rb") as file:
            return file.read(most) if os.fstat(fd).st_size <= most else b""


def note(home: Home, path: str, text: str) -> None:
    """Says in reports/, once, of a file that lies elsewhere: `<path>.txt`, its folders joined by `_`."""
    put(home, f"{_own_name(path)}.txt", for_notepad(text), None)


def set_aside(home: Home, name: str, kept: Path, reason: str) -> str:
    """Puts the bytes in `kept` under `set-aside/<name>`, with `<name>.txt` that says why. Returns the name.

    Another file of this name goes beside it; the same bytes again have their reason told anew.
    """
    name = _own_name(name)
    with disk.reaching(kept):
        size, digest = kept.stat().st_size, disk.hash_file(kept)
    with disk.reaching(home.set_aside):
        home.set_aside.mkdir(exist_ok=True)
        for one in _names(name, digest):
            path = home.set_aside / one
            reason_at = path.with_name(f"{one}.txt")
            if is_folder(reason_at) or _has_reason(reason_at):
                continue  # of somebody else, or an answer with the name of a reason
            try:
                same = disk.hash_file(path, size) == digest
            except FileNotFoundError:
                disk.write_beside(path, disk.blocks_of(kept), replace=False)
                same = True
            except OSError as e:
                if e.errno not in _HELD:
                    raise
                same = False
            if same:
                disk.write_beside(reason_at, for_notepad(reason))
                return path.name
    raise AccessError("reports.aside", at=readable(home.set_aside), first=name, last=beside(name, _MOST - 1))


def count_aside(home: Home) -> int:
    """How many receipts wait for a person; whoever has dealt with one removes it."""
    try:
        return sum(1 for p in home.set_aside.iterdir() if _has_reason(p))
    except OSError:
        return 0


def _has_reason(path: Path) -> bool:
    return is_there(path.with_name(f"{path.name}.txt"))


def oldest_aside(home: Home) -> datetime | None:
    """Since when the first of them waits: its reason was written then. UTC."""
    try:
        reasons = [p for p in home.set_aside.iterdir() if p.suffix == ".txt" and is_there(p.with_suffix(""))]
        made = min((p.stat().st_mtime for p in reasons), default=None)
    except OSError:
        return None
    return None if made is None else datetime.fromtimestamp(made, UTC)


def _own_name(name: str) -> str:
    """A name that came from outside, as we may write it: one component, not hidden, room for endings."""
    shown = readable(name).translate(_NOT_ON_WINDOWS).lstrip(".").rstrip(". ") or "file"
    return shown if len(os.fsencode(shown)) <= _LONGEST_NAME else f"{slug(shown)}{kind(shown)[:16]}"


def _put(path: Path, data: bytes, digest: str, last: Last, now: datetime) -> bool:
    """Whether the answer now lies there."""
    try:
        there = disk.hash_file(path, _MOST_ANSWER)
    except FileNotFoundError:
        return _put_new(path, data, now)
    except OSError as e:
        if e.errno in _HELD:
            return False  # a folder, a link, or held so that not even we may read it
        raise
    if there == digest:
        disk.fsync_folder(path.parent)  # its writer may have been killed before it did
        return True
    if there not in _known(last(path.name) if callable(last) else last) or is_open(path, now):
        return False
    return _replace(path, data)


def _known(ours: str | Collection[str] | None) -> set[str]:
    return {ours} if isinstance(ours, str) else set(ours or ())


def _put_new(path: Path, data: bytes, now: datetime) -> bool:
    # An owner file without its workbook: Excel deletes the original while it saves, and puts its own back.
    if is_open(path, now):
        return False
    try:
        disk.write_beside(path, data, replace=False)
    except FileExistsError:
        return False
    return True


def _replace(path: Path, data: bytes) -> bool:
    try:
        disk.write_beside(path, data)
    except OSError as e:
        # A share refuses where the target is held open; where the folder itself refuses, so it does us.
        if e.errno in _HELD and os.access(path.parent, os.W_OK):
            return False
        raise
    return True


def sweep(home: Home) -> int:
    """Removes what killed writers left behind; only under the lock."""
    with disk.reaching(home.reports):
        return parts.sweep(home.reports) + parts.sweep(home.set_aside)
