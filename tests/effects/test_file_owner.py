"""Whose file, whose command."""

import os
import pwd
from pathlib import Path

import pytest

from vinbatch.effects.owner import command_user, owner_of, user_name, workbook_of


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
        ("~$a.xlsx", b"", ""),
        ("~$a.xlsx", b"\xff" * 165, ""),
        (".~lock.a.xlsx#", b"\x1b[2J\n\xe2\x80\xaeevil,x;", "[2Jevil"),
    ],
)
def test_who_has_a_workbook_open(tmp_path: Path, name: str, data: bytes, who: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert owner_of(tmp_path / name) == who
