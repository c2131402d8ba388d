"""What a disk is asked to keep, in which order, and how it says no.

A rename is atomic but not durable: after a power cut the folder may stand as before. So a file is fsynced
before it gets its name, and the folder after. fsync is never retried on the same descriptor: the kernel
reports a lost write once and then forgets it, and the second call would say that all is well.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import math
import os
import signal
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from vinbatch.effects.names import readable
from vinbatch.effects.parts import part_in
from vinbatch.effects.side_by_side import at_once
from vinbatch.errors import AccessError, VinbatchError
from vinbatch.paths import is_link
from vinbatch.wording import Part, Said

_REFUSED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_BLOCK = 1 << 20
_MANY_FOLDERS = 16  # which have less to be waited for
_NOREPLACE = 1  # RENAME_NOREPLACE of linux/fs.h
_HERE = -100  # AT_FDCWD of fcntl.h


# ── saying no ────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def reaching(path: Path, error: type[VinbatchError] = AccessError) -> Iterator[None]:
    """Turns what the operating system refuses about `path` into a failure with its cure."""
    try:
        yield
    except OSError as e:
        raise failure(path, e, error) from e


def failure(path: Path, e: OSError, error: type[VinbatchError] = AccessError) -> VinbatchError:
    """The failure to raise for what the operating system refused."""
    return error(_refusal(e), at=readable(path), why=why(e))


def _refusal(e: OSError) -> str:
    if e.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk.full"
    if e.errno in (errno.EACCES, errno.EPERM):
        return "disk.denied"
    if e.errno == errno.EROFS:
        return "disk.frozen"  # which no right mends
    if e.errno in (errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.EIO):
        return "disk.gone"
    if e.errno in (errno.ELOOP, errno.ENOTDIR, errno.EEXIST):
        return "disk.instead"
    if e.errno in (errno.EMFILE, errno.ENFILE):
        return "disk.many"
    return "disk.far" if e.errno == errno.EXDEV else "disk.other"


_WHY = {
    errno.ENOENT: "why.missing",
    errno.ENOSPC: "why.full",
    errno.EDQUOT: "why.quota",
    errno.EACCES: "why.denied",
    errno.EPERM: "why.forbidden",
    errno.EROFS: "why.frozen",
    errno.ESTALE: "why.stale",
    errno.ENOTCONN: "why.stale",
    errno.EHOSTDOWN: "why.silent",
    errno.ETIMEDOUT: "why.silent",
    errno.EIO: "why.broken",
    errno.ENOTDIR: "why.no_folder",
    errno.EISDIR: "why.folder",
    errno.EFBIG: "why.large",
    errno.EMFILE: "why.many",
    errno.ENFILE: "why.many",
    errno.ENAMETOOLONG: "why.long",
    errno.EXDEV: "why.far",
    errno.EEXIST: "why.there",
    errno.ELOOP: "why.link",
}


def why(e: OSError) -> Part:
    """What the operating system said: in English its own words, in Chinese ours, or its own marked so."""
    said = os.strerror(e.errno) if e.errno else str(e)
    return Said(_WHY.get(e.errno or 0, "why.other"), (("said", said),))


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────


def fsync_file(path: Path) -> None:
    """Makes a file's bytes durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def fsync_folder(path: Path, *, must: bool = False) -> bool:
    """Makes the names in a folder durable. False where a share refuses to: tolerated, doctor shows it.

    With `must` (the ledger's disk) a refusal is an AccessError. Any other failure is an OSError.
    """
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as e:
        if e.errno not in _REFUSED:
            raise
        if must:
            raise AccessError("disk.forgetful", at=readable(path)) from e
        return False
    finally:
        os.close(fd)
    return True


def fsync_folders(paths: Iterable[Path]) -> None:
    """Makes the names in these folders durable, in whatever order, each folder once."""
    at_once(fsync_folder, list(dict.fromkeys(paths)), _MANY_FOLDERS)


def write_new(path: Path, data: bytes | Iterable[bytes], mode: int = 0o666) -> None:
    """Writes a file that must not be there yet, and makes its bytes durable. Leaves nothing on failure."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        for block in [data] if isinstance(data, bytes) else data:
            write_all(fd, block)
        os.fsync(fd)
    except BaseException:
        # Half a file must not be taken for a whole one, and a full disk needs the room.
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(fd)


def hand_on(folder: Path, path: Path) -> None:
    """Gives a file the group of the folder that it will be renamed into, where that one hands its group on.

    A rename does not: what was made in another folder would be closed to those whom the folder is for.
    """
    found = folder.stat()
    # Who is not in that group may not; the operator has been told how to put him in.
    if found.st_mode & stat.S_ISGID and found.st_gid != path.stat().st_gid:
        with suppress(PermissionError):
            os.chown(path, -1, found.st_gid)


def write_all(fd: int, data: bytes) -> None:
    """Writes all of it: the kernel may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_beside(
    path: Path, data: bytes | Iterable[bytes], *, replace: bool = True, must: bool = False, mode: int = 0o666
) -> None:
    """Puts a whole file under its name at once: beside, fsync, rename, fsync of the folder.

    Whoever reads `path` sees the old bytes or the new ones. Without `replace` a name that is taken is a
    FileExistsError. `must` as of `fsync_folder`.
    """
    part = part_in(path.parent)
    write_new(part, data, mode)
    try:
        if replace:
            part.replace(path)
        else:
            rename_new(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent, must=must)


def write_quickly(path: Path, data: bytes) -> None:
    """Puts a whole file under its name, not durably: for what is written again in a moment."""
    part = part_in(path.parent)
    with reaching(path):
        try:
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            # A watch beats all the time: on a full disk each beat would leave one.
            part.unlink(missing_ok=True)
            raise


def written_at(note: Path) -> datetime | None:
    """When a note was last written, UTC; None where there is none, or it cannot be looked at."""
    try:
        return datetime.fromtimestamp(note.stat().st_mtime, UTC)
    except OSError:
        return None


def is_readonly(folder: Path) -> bool:
    """Whether it is mounted so, as a kernel does when a disk fails. OSError where it cannot be asked."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def rename_new(source: Path, target: Path) -> None:
    """Renames without overwriting: FileExistsError where the name is taken.

    renameat2 does it in one step. NFS and some FUSE shares don't know it: there we look first and then
    rename. link + unlink would be exact there, but a crash between the two leaves the file under both
    names, and a package that the gateway has taken away would go out again. In the moment between look and
    rename only a stranger could create the name: ours carry batch numbers, and we hold the lock.
    """
    if _renameat2(source, target):
        return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target))
    source.rename(target)


def _renameat2(source: Path, target: Path) -> bool:
    import ctypes  # 2 ms, which an idle pass need not pay

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(source), _HERE, os.fsencode(target), _NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _REFUSED:
        return False
    raise OSError(number, os.strerror(number), os.fspath(source), None, os.fspath(target))


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def refuse_link(folder: Path) -> None:
    """OSError for a folder of ours that is a link: whoever may write the share could point it at /etc."""
    if is_link(folder):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(folder))


def open_regular(path: Path) -> int:
    """A descriptor of a regular file, for reading; OSError for a link, a FIFO or anything else.

    O_NOFOLLOW: a link in a share could point at /etc/shadow. O_NONBLOCK: opening a FIFO would wait for ever.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.ELOOP, "not a regular file", os.fspath(path))
    return fd


def head_of(path: Path, most: int, users: Collection[int] = ()) -> bytes:
    """The first bytes of a regular file; none where it is of another than these users. OSError as above."""
    fd = open_regular(path)
    try:
        return b"" if users and os.fstat(fd).st_uid not in users else os.read(fd, most)
    finally:
        os.close(fd)


def blocks(fd: int) -> Iterator[bytes]:
    """The bytes of an open file, from its beginning, a megabyte at a time."""
    os.lseek(fd, 0, os.SEEK_SET)
    while block := os.read(fd, _BLOCK):
        yield block


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a regular file, a megabyte at a time."""
    fd = open_regular(path)
    try:
        yield from blocks(fd)
    finally:
        os.close(fd)


def hash_file(path: Path, most: float = math.inf) -> str:
    """SHA-256 of a regular file, in hex; "" of one that has more bytes than `most`, and is not read."""
    if path.lstat().st_size > most:
        return ""
    digest = hashlib.sha256()
    for block in blocks_of(path):
        digest.update(block)
    return digest.hexdigest()


def being_written(path: Path) -> bool:
    """Whether some process of this machine (such as its Samba) has the file open for writing.

    False also where nobody can know: on a share, or another user's file. A stalled upload looks as if it
    stood still, and a rename does not stop its writer; the kernel grants a read lease only without writers.
    """
    fd = open_regular(path)
    try:
        # If somebody opens the file in the microsecond of our lease the kernel signals us: by default with
        # SIGIO, which kills. SIGURG is ignored.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as e:
        return e.errno == errno.EAGAIN
    finally:
        os.close(fd)
    return False
