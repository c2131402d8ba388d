"""SQLite's WAL corrupts on a network share: the ledger refuses to live there, by the file system's name."""

from __future__ import annotations

from pathlib import Path

from vinbatch.errors import AccessError

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "gfs2",
        "ocfs2",
    }
)
_REMOTE_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.s3fs", "fuse.davfs", "fuse.smbnetfs")
_MOUNTS = Path("/proc/self/mountinfo")


def require_local(folder: Path) -> None:
    """AccessError where the folder lies on a network file system. Silent where that cannot be told."""
    kind = file_system(folder, _MOUNTS)
    if kind in _NETWORK or kind in _REMOTE_FUSE:
        raise AccessError(
            f"{folder} is on a network file system ({kind}): a ledger there would corrupt",
            "keep .vinbatch/ on a local disk; inbox, outbox and reports may be shares",
        )


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The type of the file system that holds this folder, "" where the system does not say."""
    if not mounts.exists():
        return ""
    path = str(folder.resolve())
    best, found = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        point = before.split(" ")[4].encode().decode("unicode_escape")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, after.split(" ")[0]
    return found
