"""Layouts that are refused at start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vinbatch.effects.home import Home, init
from vinbatch.effects.layout import check_layout
from vinbatch.errors import AccessError
from vinbatch.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    for folder in (made.inbox, made.outbox, made.reports, made.rules, made.templates, made.own):
        folder.mkdir()
    return made


def test_the_usual_layout_is_safe(home: Home) -> None:
    check_layout(home)


@pytest.mark.parametrize("name", ["outbox", "reports", "rules", "templates", ".vinbatch"])
def test_a_link_into_the_inbox_is_refused(home: Home, name: str) -> None:
    (home.root / name).rmdir()
    (home.inbox / "there").mkdir()
    (home.root / name).symlink_to(home.inbox / "there")
    with pytest.raises(AccessError, match="within the inbox"):
        check_layout(home)


def test_a_staging_folder_within_the_inbox_is_refused(home: Home) -> None:
    with pytest.raises(AccessError, match="within the inbox"):
        check_layout(Home(home.root, Settings(staging="inbox/staging")))


def test_an_inbox_that_is_a_link_to_a_share_is_fine(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    share = tmp_path_factory.mktemp("share")
    home.inbox.rmdir()
    home.inbox.symlink_to(share)
    check_layout(home)


@pytest.mark.parametrize("name", ["rules", "templates", ".vinbatch"])
def test_what_everybody_may_write_is_refused(home: Home, name: str) -> None:
    (home.root / name).chmod(0o777)
    with pytest.raises(AccessError, match="those who drop files"):
        check_layout(home)


def test_a_home_that_everybody_may_write_is_refused(home: Home) -> None:
    """Whoever may write it moves `rules` away and puts his own there."""
    home.root.chmod(0o777)
    with pytest.raises(AccessError, match=f"chmod go-w {home.root}$"):
        check_layout(home)


def test_so_is_one_within_a_folder_that_everybody_may_write(tmp_path: Path) -> None:
    init(tmp_path / "open" / "own" / "home", b"form", "guide")
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(AccessError, match=f"chmod go-w {tmp_path / 'open'}$"):
        check_layout(Home(tmp_path / "open" / "own" / "home"))


def test_so_is_the_folder_of_rules_that_lie_elsewhere(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    home.rules.rename(elsewhere / "rules")
    home.rules.symlink_to(elsewhere / "rules")
    check_layout(home)
    elsewhere.chmod(0o777)
    with pytest.raises(AccessError, match=f"chmod go-w {elsewhere}$"):
        check_layout(home)


def test_a_sticky_folder_lets_nobody_replace_what_is_there(home: Home) -> None:
    home.root.chmod(0o1777)
    check_layout(home)


def test_a_sticky_folder_lets_everybody_make_what_is_missing(home: Home) -> None:
    home.templates.rmdir()
    home.root.chmod(0o1777)
    with pytest.raises(AccessError, match=f"chmod go-w {home.root}$"):
        check_layout(home)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a group needs root")
@pytest.mark.parametrize("name", ["rules", ""])
def test_what_the_group_of_the_inbox_may_write_is_refused(home: Home, name: str) -> None:
    for folder in (home.inbox, home.root / name):
        os.chown(folder, 0, 4321)
        folder.chmod(0o775)
    with pytest.raises(AccessError, match="chmod go-w"):
        check_layout(home)


def test_init_makes_a_safe_layout_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        init(tmp_path / "new" / "home", b"form", "guide")
    finally:
        os.umask(before)
    check_layout(Home(tmp_path / "new" / "home"))
