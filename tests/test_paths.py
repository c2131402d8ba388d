"""What lies at a path; a failure is no absence."""

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from vinbatch import paths
from vinbatch.paths import files_below, is_fifo, is_file, is_folder, is_link, is_there

QUESTIONS = (is_there, is_file, is_folder, is_fifo, is_link)
Ask = Callable[[Path], bool]


def lay(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to("file")
    (folder / "dangling").symlink_to("nothing")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "socket"))


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("file", [is_there, is_file]),
        ("folder", [is_there, is_folder]),
        ("fifo", [is_there, is_fifo]),
        ("socket", [is_there]),
        ("link", [is_there, is_file, is_link]),
        ("dangling", [is_link]),
        ("nothing", []),
        ("file/below", []),
        ("a\0b", []),
    ],
)
def test_each_kind_is_told(
    name: str, answers: list[Ask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert [ask for ask in QUESTIONS if ask(Path(name))] == answers


@pytest.mark.parametrize("ask", QUESTIONS)
def test_a_name_that_cannot_be_looked_up_is_no_absence(ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(OSError) as e:  # noqa: PT011 - its number tells which
        ask(tmp_path / ("x" * 300))
    assert e.value.errno == errno.ENAMETOOLONG


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_failing_disk_is_no_absence(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: Path) -> os.stat_result:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(paths.os, "stat", fails)
    with pytest.raises(OSError, match=os.strerror(number)):
        is_there(tmp_path)


def test_a_loop_of_links_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert not is_there(tmp_path / "a")


def test_files_below_are_those_of_folders_within_too(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("x", "a/x", "a/b/y"):
        (tmp_path / name).touch()
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "linked").symlink_to("x")
    found = sorted(str(p.relative_to(tmp_path)) for p in files_below(tmp_path))
    assert found == ["a/b/y", "a/x", "linked", "x"]


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, OSError], None]:
    """Lets the folder with a name fail when it is read."""
    scandir = os.scandir

    def lock(name: str, error: OSError) -> None:
        def locked(path: Path) -> object:
            if Path(path).name == name:
                raise error
            return scandir(path)

        monkeypatch.setattr(paths.os, "scandir", locked)

    return lock


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, lock: Callable[[str, OSError], None]
) -> None:
    """Nobody could tell what lies in it."""
    (tmp_path / "a").mkdir()
    lock("a", PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    with pytest.raises(PermissionError):
        list(files_below(tmp_path))


@pytest.mark.parametrize(
    ("name", "number"), [("LOST+Found", errno.EACCES), ("a", errno.ENOENT)], ids=["the disk's own", "gone"]
)
def test_what_is_nobodys_to_read_and_what_has_gone_is_passed_over(
    name: str, number: int, tmp_path: Path, lock: Callable[[str, OSError], None]
) -> None:
    """An outbox may be a disk of its own: no package could have been said to be lost there."""
    (tmp_path / name).mkdir()
    (tmp_path / "x").touch()
    lock(name, OSError(number, os.strerror(number)))
    assert list(files_below(tmp_path, {"lost+found"})) == [tmp_path / "x"]


def test_a_bin_that_can_be_read_is(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "x").touch()
    assert list(files_below(tmp_path, {"bin"})) == [tmp_path / "bin" / "x"]


def test_a_link_that_leads_nowhere_is_no_file_below(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to("round")
    assert list(files_below(tmp_path)) == []
