"""What the disk promises, and how its refusals are told."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vinbatch.effects import disk, parts
from vinbatch.errors import AccessError, PublishError

RENAME_NEW = """
import sys; from pathlib import Path
from vinbatch.effects.disk import rename_new
rename_new(Path(sys.argv[1]), Path(sys.argv[2]))
"""
FSYNC = """
import sys; from pathlib import Path
from vinbatch.effects.disk import fsync_folder
print(fsync_folder(Path(sys.argv[1]), must=len(sys.argv) > 2))
"""
WRITE = """
import sys; from pathlib import Path
from vinbatch.effects.disk import write_beside
write_beside(Path(sys.argv[1]), b"new")
"""

GONE = (errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.EIO)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_write_beside_replaces_whole_files_and_leaves_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    disk.write_beside(target, b"new")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.xlsx"]


def test_write_beside_does_not_follow_a_link(tmp_path: Path) -> None:
    """A link in a share must not let us write over what it points at."""
    (tmp_path / "victim").write_bytes(b"victim")
    (tmp_path / "a").symlink_to(tmp_path / "victim")
    disk.write_beside(tmp_path / "a", b"new")
    assert (tmp_path / "victim").read_bytes() == b"victim"
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_name_that_is_taken_is_kept_and_no_part_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        disk.write_beside(tmp_path / "a.xlsx", b"new", replace=False)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.xlsx": b"old"}


@pytest.mark.parametrize(("umask", "mode"), [(0, 0o666), (0o027, 0o640)])
def test_what_is_written_is_for_all_whom_the_umask_lets(tmp_path: Path, umask: int, mode: int) -> None:
    """Clerks read their answers by the group of a share."""
    before = os.umask(umask)
    try:
        disk.write_beside(tmp_path / "a.xlsx", b"new")
        disk.write_new(tmp_path / "b.xlsx", b"new")
    finally:
        os.umask(before)
    assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {mode}


@pytest.mark.parametrize("fault", ["fsync:error=EIO:when=1", "rename:error=EIO", "write:error=ENOSPC:when=1"])
def test_a_failing_write_leaves_the_old_file_and_no_part(
    tmp_path: Path, fault: str, child: Callable[..., object]
) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    done = child(WRITE, target, inject=(fault,))
    assert done.returncode == 1, done.stderr
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.xlsx"]


def test_a_note_that_finds_no_room_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch notes its beat every few seconds: a disk that was full over a weekend held thousands."""
    (tmp_path / "note").write_bytes(b"old")

    def no_room(part: Path, _data: bytes) -> int:
        part.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(AccessError, match="No space left"):
        disk.write_quickly(tmp_path / "note", b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"note": b"old"}


@pytest.mark.parametrize("inject", [(), ("renameat2:error=EINVAL",)])
def test_rename_new_never_overwrites_with_or_without_renameat2(
    tmp_path: Path, inject: tuple[str, ...], child: Callable[..., object]
) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    done = child(RENAME_NEW, tmp_path / "a", tmp_path / "b", inject=inject)
    assert "FileExistsError" in done.stderr
    assert (tmp_path / "b").read_bytes() == b"b"
    assert child(RENAME_NEW, tmp_path / "a", tmp_path / "c", inject=inject).returncode == 0
    assert names(tmp_path) == ["b", "c"]


def test_a_dangling_link_is_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").symlink_to(tmp_path / "nothing")
    with pytest.raises(FileExistsError):
        disk.rename_new(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize("refusal", ["EINVAL", "EOPNOTSUPP"])
def test_a_share_that_refuses_fsync_of_a_folder_is_tolerated(
    tmp_path: Path, refusal: str, child: Callable[..., object]
) -> None:
    assert child(FSYNC, tmp_path, inject=(f"fsync:error={refusal}",)).stdout == "False\n"
    assert child(FSYNC, tmp_path).stdout == "True\n"


def test_a_file_in_the_place_of_a_folder_keeps_no_names(tmp_path: Path) -> None:
    """A pipe there would be waited for."""
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError):
        disk.fsync_folder(tmp_path / "a")


def test_on_the_ledgers_disk_that_refusal_is_fatal(tmp_path: Path, child: Callable[..., object]) -> None:
    assert "AccessError" in child(FSYNC, tmp_path, "must", inject=("fsync:error=EINVAL",)).stderr


def test_a_lost_write_is_no_refusal(tmp_path: Path, child: Callable[..., object]) -> None:
    """EIO means that bytes are gone: tolerating it would lose them in silence."""
    assert "OSError: [Errno 5]" in child(FSYNC, tmp_path, inject=("fsync:error=EIO",)).stderr


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "fifo")
    os.close(disk.open_regular(tmp_path / "file"))
    for name in ("link", "fifo", "."):
        with pytest.raises(OSError, match=rf"Errno {errno.ELOOP}\b"):
            disk.open_regular(tmp_path / name)


def test_a_writer_of_this_machine_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert not disk.being_written(path)
    with path.open("rb"):
        assert not disk.being_written(path)
    with path.open("ab"):
        assert disk.being_written(path)


def test_sweep_takes_only_what_is_ours(tmp_path: Path) -> None:
    ours = parts.part_in(tmp_path)
    ours.write_bytes(b"half")
    (tmp_path / "x.part").write_bytes(b"somebody's")
    assert parts.sweep(tmp_path) == 1
    assert names(tmp_path) == ["x.part"]


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        *((number, "free some space") for number in (errno.ENOSPC, errno.EDQUOT)),
        *((number, "let the user") for number in (errno.EACCES, errno.EPERM)),
        (errno.EROFS, "mount it for writing"),
        *((number, "alive and mounted") for number in GONE),
        *((number, "take it away") for number in (errno.EEXIST, errno.ELOOP, errno.ENOTDIR)),
        *((number, "let more files be open") for number in (errno.EMFILE, errno.ENFILE)),
        (errno.EXDEV, "on one file system"),
        *((number, "see whether the folder is there") for number in (errno.ENOENT, errno.EISDIR)),
        *((number, "see whether the folder is there") for number in (errno.EFBIG, errno.ENAMETOOLONG)),
    ],
)
def test_what_the_system_refuses_becomes_a_failure_with_its_cure(number: int, cure: str) -> None:
    with pytest.raises(PublishError) as e, disk.reaching(Path("/outbox"), PublishError):
        raise OSError(number, os.strerror(number))
    assert e.value.message == f"/outbox: {os.strerror(number)}"
    assert cure in e.value.cure
    assert os.strerror(number) not in e.value.told("zh").message, "not in Chinese"


def test_a_failure_names_paths_that_are_no_text() -> None:
    with pytest.raises(AccessError) as e, disk.reaching(Path(os.fsdecode(b"/in\xff"))):
        raise OSError(errno.EIO, "x")
    assert e.value.message.encode()
