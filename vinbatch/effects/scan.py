"""What lies in the inbox: the truth about it, events only wake us early."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vinbatch.effects import disk, litter, owner, receipts_sentinel, shortcut
from vinbatch.effects.guides import GUIDES
from vinbatch.effects.home import CLAIMS, RECEIPTS, Home
from vinbatch.effects.names import DROPPED, readable
from vinbatch.noun import Noun
from vinbatch.paths import is_folder, is_link

_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", *(g.casefold() for g in GUIDES.values())})
_LITTER_ENDINGS = (
    *(".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".downloading"),
    *(".xltd", ".aria2", ".lnk", ".bak", ".swp"),
)
# What Excel and macOS write beside a workbook while they save it, and leave behind when they die.
_HALF_SAVED = re.compile(r"[0-9A-F]{8}|.*\.sb-[0-9a-f]+-\w+")
# Names with a dot in front that programs give to what they write beside a file: macOS, WPS, Emacs, Syncthing.
_HIDDEN_LITTER = ("._", ".~", ".#", ".syncthing.")
_WHILE_COPYING = timedelta(hours=1)  # so long a hidden name may be that of a file on its way
LARGE = "@ignored.large"
UNREADABLE = "@unready.unreadable"
_TIMES = 5  # the limit on size: up to there a file is taken, kept, and answered with its refusal
DEEPEST = 64  # folders below the inbox that are looked into: nobody sorts deeper, and a path has its limits


class Seen(Noun, frozen=True):
    """A file as it stood at first sight; times in nanoseconds by the file server's clock."""

    inode: int
    size: int
    mtime: int
    ctime: int

    @staticmethod
    def of(found: os.stat_result) -> Seen:
        """What of a stat result tells a touched file from an untouched one."""
        return Seen(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Candidate(Noun, frozen=True):
    """A file that may be claimed. `path` is relative to the inbox and may hold surrogates."""

    path: str
    seen: Seen

    @property
    def department(self) -> str:
        """The first sub-folder, "" for the inbox itself."""
        return department(self.path)


class Skipped(Noun, frozen=True):
    """A file that is left where it is, and why: a word of the rules. `path` is fit to be shown."""

    path: str
    reason: str
    who: str = ""  # has it open, as far as the owner file says


class Scan(Noun, frozen=True):
    """`ready` in the order of mtime and name; litter is in none of the lists.

    `unready` may be ready next time. `ignored` is never worked, and somebody may wait for it. `stale` are
    owner files that count no more.
    """

    ready: tuple[Candidate, ...] = ()
    unready: tuple[Skipped, ...] = ()
    ignored: tuple[Skipped, ...] = ()
    stale: tuple[Skipped, ...] = ()


def department(path: str) -> str:
    """The department of a path relative to the inbox: its first folder, fit to be shown and stored."""
    first, slash, _ = path.partition("/")
    return readable(first) if slash else ""


def most_bytes(home: Home) -> int:
    """The largest file that is taken out of the inbox: a sparse one has any size, and would fill the disk."""
    return home.settings.limits.file_megabytes * _TIMES * 2**20


def scan(home: Home, now: datetime) -> Scan:
    """One look at the whole inbox. AccessError where the inbox itself cannot be read."""
    found = _Found(home.inbox, now, most_bytes(home))
    with disk.reaching(home.inbox):
        found.folder("", _entries(home.inbox))
    with disk.reaching(home.receipts):
        try:
            found.receipts(home.receipts)
        except PermissionError:
            if not owner.looks_only(home.worker):
                raise
            found.unready.append(Skipped(RECEIPTS, UNREADABLE))
    return Scan(
        tuple(sorted(found.ready, key=lambda c: (c.seen.mtime, c.path))),
        tuple(found.unready),
        tuple(found.ignored),
        tuple(found.stale),
    )


def scan_receipts(home: Home) -> tuple[Candidate, ...]:
    """What lies in the folder of receipts, whatever its kind: nobody drops there what may be left lying.

    Nothing of a folder that somebody put in its place: `receipts_sentinel.check` tells.
    """
    found = _Found(home.inbox, datetime.now(UTC), most_bytes(home))
    with disk.reaching(home.receipts):
        disk.refuse_link(home.receipts)
        if is_folder(home.receipts) and not receipts_sentinel.strange(home):
            for entry in _entries(home.receipts):
                if not _is_litter(entry.name) and entry.is_file(follow_symlinks=False):
                    found.file(f"{RECEIPTS}/{entry.name}")
    return tuple(sorted(found.ready, key=lambda c: (c.seen.mtime, c.path)))


def is_receipt(path: str) -> bool:
    """Whether a path relative to the inbox lies in the folder of receipts."""
    return path.startswith(f"{RECEIPTS}/")


def claim_folders(home: Home) -> Iterator[tuple[str, Path]]:
    """Every `.claims` of the inbox with the folder, relative to the inbox, that it belongs to."""
    with disk.reaching(home.inbox):
        yield from _claim_folders(home.inbox, "")


def _claim_folders(folder: Path, relative: str) -> Iterator[tuple[str, Path]]:
    if relative.count("/") > DEEPEST:
        return
    claims = folder / CLAIMS
    if is_folder(claims) and not is_link(claims):
        yield relative, claims
    for entry in _entries(folder):
        if _is_department(entry, relative) or (not relative and entry.name == RECEIPTS):
            try:
                yield from _claim_folders(Path(entry.path), f"{relative}{entry.name}/")
            except OSError:
                continue  # a department whose share is gone; its claims wait until it is back


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda e: e.name)


def _is_department(entry: os.DirEntry[str], relative: str) -> bool:
    name = entry.name.casefold()
    ours = not relative and name == RECEIPTS
    hidden = name.startswith(".") or name in litter.FOLDERS
    return not ours and not hidden and entry.is_dir(follow_symlinks=False)


def _holds_anything(folder: os.DirEntry[str]) -> bool:
    """Also where nobody of us may look into it."""
    try:
        with os.scandir(folder.path) as entries:
            return any(not _is_litter(entry.name) for entry in entries)
    except OSError:
        return True


def _is_litter(name: str) -> bool:
    low = name.casefold()
    litter = low.startswith((".", "~$")) or low in _LITTER or low.endswith(_LITTER_ENDINGS)
    return litter or _HALF_SAVED.fullmatch(name) is not None


def _why_not_taken(low: str) -> str:
    """Of a name among litter, why somebody may wait for an answer to it; "" where nobody does."""
    if low.startswith("."):
        hidden = not low.startswith(_HIDDEN_LITTER) and low.endswith(DROPPED)
        return "@ignored.hidden" if hidden else ""
    stem, _, _ = low.rpartition(".")
    return "@ignored.unfinished" if stem.endswith(DROPPED) and not low.startswith("~$") else ""


@dataclass
class _Found:
    inbox: Path
    now: datetime
    most: float = math.inf
    ready: list[Candidate] = field(default_factory=list)
    unready: list[Skipped] = field(default_factory=list)
    ignored: list[Skipped] = field(default_factory=list)
    stale: list[Skipped] = field(default_factory=list)

    def folder(self, relative: str, entries: list[os.DirEntry[str]]) -> None:
        """Sorts the entries of one folder, and then of those below; `relative` is "" or ends in "/"."""
        if relative and any(entry.name == receipts_sentinel.NAME for entry in entries):
            # Answers of customs would be refused as workbooks.
            self.ignored.append(Skipped(readable(relative.rstrip("/")), "@ignored.receipts"))
            return
        owners = owner.owner_files(self.inbox / relative, [e.name for e in entries])
        for entry in entries:
            path = f"{relative}{entry.name}"
            if _is_department(entry, relative):
                self._department(path)
            elif entry.is_dir(follow_symlinks=False):
                self._unread(entry, path)
            elif self._is_dropped(entry, path):
                if holders := self._is_open(path, owners.get(owner.folded(entry.name), [])):
                    who = ", ".join(filter(None, map(owner.owner_of, holders)))
                    self.unready.append(Skipped(readable(path), "@unready.open", who))
                else:
                    self.file(path)

    def receipts(self, folder: Path) -> None:
        """What lies among the receipts and is not heard: folders with anything in them, links, pipes, what is
        too large, and what a gateway wrote for itself alone.
        """
        if is_link(folder) or not is_folder(folder):
            return  # the first is refused by its own name
        for entry in _entries(folder):
            path = f"{RECEIPTS}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if _is_department(entry, path) and _holds_anything(entry):
                    self.ignored.append(Skipped(readable(path), "@ignored.folder"))
            elif self._is_dropped(entry, path):
                looked = _Found(self.inbox, self.now, self.most)
                looked.file(path)  # what is ready is heard, and no workbook
                self.unready += looked.unready
                self.ignored += looked.ignored

    def _is_dropped(self, entry: os.DirEntry[str], path: str) -> bool:
        """Whether what is no folder is a file that somebody dropped; else it is noted where it counts."""
        if _is_litter(entry.name) and not self._stands_for_a_file(entry, path):
            self._hidden(entry, path)
            return False
        if not entry.is_file(follow_symlinks=False):
            self.ignored.append(Skipped(readable(path), "@ignored.special"))
            return False
        return True

    def _stands_for_a_file(self, entry: os.DirEntry[str], path: str) -> bool:
        return entry.name.casefold().endswith(shortcut.ENDING) and shortcut.to_workbook(self.inbox / path)

    def _unread(self, entry: os.DirEntry[str], path: str) -> None:
        """`Receipts` is neither the folder of receipts nor a department, but where no name has a case."""
        if not path.casefold() == RECEIPTS != path or not _holds_anything(entry):
            return
        try:
            same = os.path.samestat(entry.stat(follow_symlinks=False), os.lstat(self.inbox / RECEIPTS))
        except OSError:
            same = False
        if not same:
            self.ignored.append(Skipped(readable(path), "@ignored.case"))

    def _hidden(self, entry: os.DirEntry[str], path: str) -> None:
        """A file that somebody may wait for: of a kind that is dropped, and not hidden by a program."""
        reason = _why_not_taken(entry.name.casefold())
        if not reason or not entry.is_file(follow_symlinks=False):
            return
        with suppress(FileNotFoundError):  # renamed by now, by the program that wrote it
            came = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_ctime, UTC)
            if self.now - came > _WHILE_COPYING:
                self.ignored.append(Skipped(readable(path), reason))

    def _department(self, path: str) -> None:
        if path.count("/") >= DEEPEST:
            self.unready.append(Skipped(readable(path), "@unready.deep"))
            return
        try:
            entries = _entries(self.inbox / path)
        except OSError:
            # Its share may be gone, or its rights wrong: the other departments go on.
            self.unready.append(Skipped(readable(path), UNREADABLE))
            return
        self.folder(f"{path}/", entries)

    def _is_open(self, path: str, owners: list[Path]) -> list[Path]:
        fresh = [o for o in owners if not owner.stale(o, self.now)]
        if owners and not fresh:
            self.stale += [Skipped(readable(path), "@unready.stale")]
        return fresh

    def file(self, path: str) -> None:
        """A file, whatever its kind: whoever dropped it waits for an answer. Ready where it can be opened."""
        try:
            fd = disk.open_regular(self.inbox / path)
        except FileNotFoundError:
            return  # taken away between listing and opening
        except OSError:
            self.unready.append(Skipped(readable(path), UNREADABLE))
            return
        try:
            seen = Seen.of(os.fstat(fd))
            if seen.size > self.most:
                self.ignored.append(Skipped(readable(path), LARGE))
            else:
                self.ready.append(Candidate(path, seen))
        finally:
            os.close(fd)
