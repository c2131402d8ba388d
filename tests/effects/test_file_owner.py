"""Whose file, whose command."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from vinbatch.effects.owner import (
    command_user,
    granted,
    may_work,
    owner_of,
    refuse_others,
    user_name,
    workbook_of,
)
from vinbatch.errors import AccessError


def test_users_are_named_as_the_system_names_them() -> None:
    assert user_name(os.getuid()) == pwd.getpwuid(os.getuid()).pw_name
    assert user_name(4_000_000_000) == "4000000000"


def test_behind_sudo_stands_a_person() -> None:
    me = user_name(os.getuid())
    assert command_user({}) == me
    assert command_user({"SUDO_USER": "li.ming"}) == f"li.ming ({me})"


@pytest.mark.parametrize(
    ("name", "workbook"),
    [
        ("~$三月.xlsx", "三月.xlsx"),
        (".~lock.三月.xlsx#", "三月.xlsx"),
        (".~三月.xlsx", "三月.xlsx"),
        ("三月.xlsx", ""),
    ],
)
def test_owner_files_name_their_workbook(name: str, workbook: str) -> None:
    assert workbook_of(name) == workbook


def excel(name: str) -> bytes:
    """An owner file as Excel writes it: 165 bytes."""
    wide = name.encode("utf-16-le")
    narrow = name.encode("gb18030")[:52]
    start = bytes([len(narrow)]) + narrow.ljust(54, b" ")
    return (start + len(name).to_bytes(2, "little") + wide).ljust(165, b" ")


@pytest.mark.parametrize(
    ("name", "data", "who"),
    [
        ("~$a.xlsx", excel("王芳"), "王芳"),
        ("~$a.xlsx", excel("Li Lei"), "Li Lei"),
        (".~a.xlsx", excel("张三"), "张三"),
        (".~lock.a.xlsx#", "李雷,lilei,PC-7,02.03.2026 09:30,file:///home;".encode(), "李雷"),
        (".~lock.a.xlsx#", b",lilei,PC-7,02.03.2026 09:30,file:///home;", "lilei"),
        (".~lock.a.xlsx#", b",,PC-7,02.03.2026 09:30,file:///home;", ""),
        (".~lock.a.xlsx#", b"li\xfflei,lilei,PC-7;", "lilei"),
        ("~$a.xlsx", excel("x" * 52), "x" * 52),
        ("~$a.xlsx", excel("x" * 53), ""),
        ("~$a.xlsx", excel("LiLei").replace(b"L\0e", b"\0\xd8e"), "Liei"),
        ("~$a.xlsx", b"", ""),
        ("~$a.xlsx", b"\xff" * 165, ""),
        (".~lock.a.xlsx#", b"\x1b[2J\n\xe2\x80\xaeevil,x;", "[2Jevil"),
    ],
)
def test_who_has_a_workbook_open(tmp_path: Path, name: str, data: bytes, who: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert owner_of(tmp_path / name) == who


def test_a_link_in_the_place_of_an_owner_file_tells_nobody(tmp_path: Path) -> None:
    """It would tell what it points at."""
    (tmp_path / "secret").write_bytes(b"root,x,")
    (tmp_path / ".~lock.a.xlsx#").symlink_to(tmp_path / "secret")
    assert owner_of(tmp_path / ".~lock.a.xlsx#") == ""


# ── what a user may do ───────────────────────────────────────────────────────────────────────────

ME, OTHER = 4321, 4322


def owned(mode: int, user: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, user, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "user", "may"),
    [
        (0o600, ME, True),
        (0o400, ME, False),
        (0o466, ME, False),
        (0o600, OTHER, False),
        (0o060, OTHER, True),
        (0o006, OTHER, True),
        (0o042, OTHER, False),
    ],
)
def test_an_owner_has_the_rights_of_an_owner_and_any_other_those_of_the_group_or_of_all(
    mode: int, user: int, may: bool
) -> None:
    """What root looks at by mode: of which groups the user is, it does not know."""
    assert granted(owned(mode, user), ME, 0o6) == may


@pytest.mark.parametrize(
    ("mode", "reads", "moves"),
    [
        (0o705, True, False),
        (0o707, True, True),
        (0o701, False, False),
        (0o704, False, False),
        (0o703, False, False),
        (0o706, False, False),
    ],
)
def test_to_read_a_folder_is_to_list_and_to_enter_it(
    tmp_path: Path, mode: int, reads: bool, moves: bool
) -> None:
    worker = os.geteuid() + 1  # whoever asks
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    assert (may_work(folder, worker), may_work(folder, worker, moving=True)) == (reads, moves)


def test_a_file_need_not_be_executable_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.touch()
    path.chmod(0o604)
    worker = os.geteuid() + 1
    assert (may_work(path, worker), may_work(path, worker, moving=True)) == (True, False)


def test_who_works_himself_is_asked_of_the_system(tmp_path: Path) -> None:
    """Lists of rights give more than a mode, and to root a mode says nothing."""
    path = tmp_path / "a.xlsx"
    path.touch()
    path.chmod(0o000)
    assert may_work(path, os.geteuid()) == os.access(path, os.R_OK)


def test_nobody_may_work_what_is_not_there(tmp_path: Path) -> None:
    assert not may_work(tmp_path / "a.xlsx", os.geteuid())


@contextmanager
def among_users() -> Iterator[Path]:
    """A folder where others may go: those of tests are their user's alone. As root again at the end."""
    place = Path(tempfile.mkdtemp(prefix="vinbatch-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        os.seteuid(0)
        shutil.rmtree(place)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize(("mode", "refused"), [(0o755, True), (0o775, True), (0o752, True), (0o757, False)])
def test_who_may_not_write_what_is_ours_works_in_no_home_of_another_user(mode: int, refused: bool) -> None:
    with among_users() as place:
        own = place / ".vinbatch"
        own.mkdir()
        own.chmod(mode)
        os.chown(own, ME, ME)
        os.seteuid(OTHER)
        told = pytest.raises(AccessError, match=f"{place} .*{ME}") if refused else nullcontext()
        with told:
            refuse_others(own)
        refuse_others(place / "none yet")
