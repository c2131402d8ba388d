"""Claims: a rename takes a file exactly once, and what lies in a claim folder is ours until it is dropped."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath

from vinbatch.effects import claimed, disk, in_claims, receipts_sentinel, within
from vinbatch.effects.heartbeat import no_beat
from vinbatch.effects.home import CLAIMS, RECEIPTS, Home
from vinbatch.effects.names import beside, readable
from vinbatch.effects.scan import Candidate, Seen, Skipped, claim_folders, department, is_receipt
from vinbatch.effects.side_by_side import at_once
from vinbatch.noun import Noun


class Claim(Noun, frozen=True):
    """A claimed file: `inbox/<base>.claims/<id>/<path>`, which came from `inbox/<base><path>`.

    `base` is "" or ends in "/". `seen` is the file at first sight, before the claim; None on a claim that
    an earlier pass left. `born` is the time of the claim by the file server's clock, in nanoseconds.
    """

    id: str
    inbox: Path
    base: str
    path: str
    seen: Seen | None = None
    born: int = 0

    @property
    def folder(self) -> Path:
        """The claim's own folder."""
        return self.inbox / self.base / CLAIMS / self.id

    @property
    def file(self) -> Path:
        """Where the file is now."""
        return self.folder / self.path

    @property
    def key(self) -> str:
        """A claim folder holds one file, unless a person put another there: the path tells them apart."""
        return f"{self.id}/{readable(self.path)}"

    @property
    def origin(self) -> Path:
        """Where it came from."""
        return self.inbox / self.base / self.path

    @property
    def place(self) -> str:
        """The folder that it came from, relative to the inbox."""
        return (self.base + self.path).rpartition("/")[0]

    @property
    def name(self) -> str:
        """The file's name, fit to be shown and stored."""
        return readable(self.file.name)

    @property
    def department(self) -> str:
        """The first sub-folder that it came from, "" for the inbox itself."""
        return department(self.base + self.path)

    @property
    def receipt(self) -> bool:
        """Whether it came from the folder of receipts."""
        return is_receipt(self.base + self.path)

    @property
    def shown(self) -> str:
        """Where it came from, relative to the inbox, fit to be shown."""
        return readable(self.base + self.path)


def claim_all(
    home: Home,
    candidates: Sequence[Candidate],
    ids: Callable[[], str] = claimed.new_id,
    beat: Callable[[], None] = no_beat,
) -> tuple[list[Claim], list[Skipped]]:
    """Takes each file into a claim folder of its own, and makes that durable with one fsync per folder.

    A file that is gone was taken by somebody else, and is in neither list. AccessError where the share fails.
    """
    taken: list[Claim] = []
    refused: list[Skipped] = []
    named = [(candidate, ids()) for candidate in candidates]
    if named:
        claimed.note(home, [(name, candidate.path) for candidate, name in named])
    digest = receipts_sentinel.noted(home.own)
    for candidate, name in named:
        beat()
        try:
            made = _take(home, candidate, name, digest)
        except FileNotFoundError:
            continue
        except OSError as e:
            if refusal := claimed.refusal(e, home):
                raise refusal from e
            if e.errno not in (errno.EACCES, errno.EPERM, errno.EXDEV, errno.EBUSY, errno.ENAMETOOLONG):
                raise disk.failure(home.inbox, e) from e
            refused.append(Skipped(readable(candidate.path), "@unready.denied"))
        else:
            taken.append(made)
    with disk.reaching(home.inbox):
        # The new places first: with them lost and the old names gone, the files would be nowhere.
        disk.fsync_folders(_new_places(taken))
        at_once(_let_go, list(dict.fromkeys(c.origin.parent for c in taken)))
    return taken, refused


def _let_go(folder: Path) -> None:
    """Makes it durable that files have left a folder. One that has another name by now stops nobody."""
    with suppress(FileNotFoundError):
        disk.fsync_folder(folder)


def _new_places(taken: Iterable[Claim]) -> Iterator[Path]:
    for c in taken:
        folder = c.file.parent
        while folder != c.folder.parent:
            yield folder
            folder = folder.parent
    for c in taken:
        yield c.folder.parent
        yield c.folder.parent.parent


def _take(home: Home, candidate: Candidate, name: str, digest: str) -> Claim:
    refusal = OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    for base in _bases(home.inbox, candidate.path):
        made = Claim(name, home.inbox, base, candidate.path[len(base) :], candidate.seen)
        try:
            disk.refuse_link(made.folder.parent)
            claimed.guard(made.folder.parent)
            made.file.parent.mkdir(parents=True)
            claimed.refuse_foreign(made.folder)
            with within.opened(home.inbox, made.place) as folder:
                if not receipts_sentinel.fits(folder, digest, receipts=made.receipt):
                    raise FileNotFoundError  # it has changed places since it was looked into
                (folder / made.origin.name).rename(made.file)
        except OSError as e:
            _remove_folders(made)
            if e.errno != errno.EXDEV:
                raise
            refusal = e  # a mount below `base`: it gets a .claims of its own
        else:
            born = made.file.parent.stat().st_mtime_ns
            return Claim(name, home.inbox, base, made.path, candidate.seen, born)
    raise refusal


def _bases(inbox: Path, path: str) -> Iterator[str]:
    """The folders above a file that may hold its .claims, from the inbox down, on the file's own device.

    A bind mount has the device of what it shows and still refuses the rename: the next one is tried.
    """
    folders = ["", *(f"{p}/" for p in reversed([str(p) for p in PurePosixPath(path).parents][:-1]))]
    device = (inbox / path).parent.stat().st_dev
    return (base for base in folders if (inbox / base).stat().st_dev == device)


def open_claims(home: Home) -> list[Claim]:
    """What earlier passes claimed and did not drop, oldest first; empty claim folders are removed.

    What no pass of ours claimed is given to the inbox, as if it had been dropped there: the folder that it
    lies in proves nothing. Only under the lock: an empty folder could be a claim that is being made.
    """
    found: list[Claim] = []
    ours = claimed.known(home)
    for base, claims in claim_folders(home):
        with disk.reaching(claims):
            for folder in in_claims.each(claims):
                looked = in_claims.look(folder)
                left = [Claim(folder.name, home.inbox, base, path) for path in looked.files]
                true = [c for c in left if ours is None or (c.id, c.base + c.path) in ours]
                found += true
                for one in (c for c in left if c not in true):
                    put_back(one, top=True)
                if not true:
                    _remove_empty(folder, looked.folders)
    return sorted(found, key=lambda c: (c.id, c.path))


def all_dropped(home: Home) -> None:
    """At the end of a pass: what comes to lie later where a claim was dropped is none of ours."""
    if known := claimed.known(home):
        there = {(name, f"{base}{path}") for name, base, path in in_claims.files(home)}
        claimed.keep(home, known & there)


def put_back(claim: Claim, *, top: bool = False) -> str:
    """Gives a file back to its place, or to the next free name beside it. Returns the path, to be shown.

    Where something else has taken the place of its folder, it comes to the top: a link could lead to rules/,
    and the folder of receipts would make it customs' word. With `top` it does so in any case. A receipt whose
    folder is not there stays in its claim, for the next pass: at the top it would be refused as a workbook.
    """
    with disk.reaching(claim.origin):
        left = f"{claim.base}{CLAIMS}/{claim.id}/{claim.path}".rpartition("/")[0]
        with within.opened(claim.inbox, left) as source, ExitStack() as stack:
            found = _way_back(claim, stack, top=top)
            if found is None:
                return readable(f"{left}/{claim.file.name}")
            folder, place = found
            name = _rename(source / claim.origin.name, folder)
            # The place it went to before the place it left, as when claiming.
            disk.fsync_folder(folder)
        _remove_folders(claim)
    return readable(f"{place}/{name}".lstrip("/"))


def _way_back(claim: Claim, stack: ExitStack, *, top: bool) -> tuple[Path, str] | None:
    """The open folder that a file may be given back to, and its path in the inbox; None if there is none."""
    digest, base = receipts_sentinel.noted(Home(claim.inbox.parent).own), claim.base.rstrip("/")
    answer = bool(digest) and claim.receipt
    for place in [base] if top else [claim.place] if answer else [claim.place, base]:
        try:
            folder = stack.enter_context(within.opened(claim.inbox, place, make=not answer))
        except FileNotFoundError:
            continue
        if receipts_sentinel.fits(folder, digest, receipts=place == RECEIPTS):
            return folder, place
    return None


def _rename(source: Path, folder: Path) -> str:
    """Into this folder, under the first free name; returns it."""
    n = 1
    while True:
        name = beside(source.name, n)
        try:
            disk.rename_new(source, folder / name)
        except FileExistsError:
            n += 1
        else:
            return name


def drop(claim: Claim, digest: str) -> str:
    """The end of a claim: the file was worked, its bytes are in the archive under `digest`.

    A file that changed since, or is open for writing, is put back as a new drop; returns where, else "".
    Not fsynced: a claim that comes back after a power cut is known to the ledger, and dropped again.
    """
    try:
        changed = disk.hash_file(claim.file) != digest or disk.being_written(claim.file)
    except FileNotFoundError:
        changed = False  # somebody tidied up in our folder: there is nothing to give back
    except OSError as e:
        raise disk.failure(claim.file, e) from e
    else:
        if changed:
            return put_back(claim)
        with disk.reaching(claim.file):
            claim.file.unlink()
    _remove_folders(claim)
    return ""


def _remove_folders(claim: Claim) -> None:
    """The claim's folders, from the file's up to the claim's own, as far as they are empty."""
    folder = claim.file.parent
    with suppress(OSError):
        while folder != claim.folder.parent:
            folder.rmdir()
            folder = folder.parent


def _remove_empty(folder: Path, below: Iterable[str]) -> None:
    for path in sorted(below, reverse=True):
        with suppress(OSError):
            (folder / path).rmdir()
    with suppress(OSError):
        folder.rmdir()
