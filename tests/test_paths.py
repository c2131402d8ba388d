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


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could tell what lies in it."""
    (tmp_path / "a").mkdir()
    scandir = os.scandir

    def locked(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(paths.os, "scandir", locked)
    with pytest.raises(PermissionError):
        list(files_below(tmp_path))
