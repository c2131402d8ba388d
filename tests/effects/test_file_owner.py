"""Whose file, whose command."""

import os
import pwd

import pytest

from vinbatch.effects.owner import command_user, user_name, workbook_of


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
