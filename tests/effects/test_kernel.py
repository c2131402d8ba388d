"""What /proc says of file systems and of the boot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinbatch.effects import kernel

NO_LOCKS = """
import resource
from vinbatch.effects import kernel
from vinbatch.errors import AccessError
kernel.check_workers()
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
try:
    kernel.check_workers()
except AccessError as e:
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    print(e.message, e.cure)
"""

MOUNTS = r"""
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/a rw shared:1 - nfs4 server:/a rw
31 30 0:41 / /mnt/a/b\040c rw - cifs //server/b rw
32 22 0:42 / /mnt/ab rw - xfs /dev/sdb rw
33 22 0:43 / /mnt/ab rw - fuse.sshfs host: rw
""".lstrip()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/etc", "ext4"),
        ("/mnt/a", "nfs4"),
        ("/mnt/a/x", "nfs4"),
        ("/mnt/a/b c/x", "cifs"),
        ("/mnt/ab/x", "fuse.sshfs"),
        ("/mnt/abc", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_last_mount_above(
    tmp_path: Path, path: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(kernel, "_MOUNTS", tmp_path / "mountinfo")
    assert kernel.file_system(Path(path)) == expected


def test_this_machine_has_a_file_system_and_a_boot(tmp_path: Path) -> None:
    assert kernel.file_system(tmp_path)
    assert kernel.boot_id() == kernel.boot_id() != ""


def test_a_machine_without_locks_is_told_where_they_lie(child: Callable[..., object]) -> None:
    """Doctor found a machine fit on which no pass could begin a worker."""
    done = child(NO_LOCKS)
    assert ("lets no worker begin" in done.stdout, "/dev/shm" in done.stdout) == (True, True)  # type: ignore[attr-defined]
