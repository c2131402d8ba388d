"""Which file system holds a folder, read from the text of /proc/self/mountinfo; and which are shares."""

from __future__ import annotations

import re

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
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.davfs",
        "fuse.smbnetfs",
    }
)


def kind_of(place: str, mountinfo: str) -> str:
    """The file system (`ext4`, `nfs4`, `fuse.sshfs` …) that holds this real path, "" if unknown."""
    return _mount(place, mountinfo)[1]


def point_of(place: str, mountinfo: str) -> str:
    """Where the file system is mounted that holds this real path, "" if unknown.

    A bind mount is one too: it has the device of what it shows, so that only this list tells it, and a rename
    across its edge is refused all the same.
    """
    return _mount(place, mountinfo)[0]


def _mount(place: str, mountinfo: str) -> tuple[str, str]:
    best, kind = "", ""
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), fields.split(" ")[4])
        # Not shorter, rather than longer: of two mounts on one folder the later one covers the earlier.
        if len(point) >= len(best) and (place + "/").startswith(point.rstrip("/") + "/"):
            best, kind = point, rest.split(" ")[0]
    return best, kind


def is_network(kind: str) -> bool:
    """Whether a file system of this name is a share: no events of others, no safe place for a database."""
    return kind in _NETWORK
