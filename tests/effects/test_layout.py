"""Layouts that are refused at start."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from pathlib import Path

import pytest

from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout, others_may
from vinbatch.effects.making import init
from vinbatch.errors import AccessError
from vinbatch.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    for folder in (made.inbox, made.outbox, made.reports, made.rules, made.templates, made.own):
        folder.mkdir()
    made.receipts.mkdir()
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


@pytest.mark.parametrize("below", ["home", "department/home"])
def test_a_home_within_the_inbox_of_another_is_refused_and_not_made(tmp_path: Path, below: str) -> None:
    """The other one took its settings, refused its packages, and declared what was dropped there."""
    outer = tmp_path / "outer"
    init(outer, b"form", "guide")
    inner = outer / "inbox" / below
    with pytest.raises(AccessError, match=f"{inner} lies within {outer / 'inbox'}"):
        init(inner, b"form", "guide")
    assert not inner.exists()
    init(tmp_path / "inner", b"form", "guide")
    inner.parent.mkdir(exist_ok=True)
    (tmp_path / "inner").rename(inner)
    with pytest.raises(AccessError, match="the inbox of another home"):
        check_layout(Home(inner))


def test_a_staging_folder_within_the_inbox_is_refused(home: Home) -> None:
    with pytest.raises(AccessError, match="within the inbox"):
        check_layout(Home(home.root, Settings(staging="inbox/staging")))


def test_an_inbox_that_is_a_link_to_a_share_is_fine(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    share = tmp_path_factory.mktemp("share")
    shutil.rmtree(home.inbox)
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


def given(folder: Path, user: int, group: int, mode: int = 0o775) -> None:
    os.chown(folder, user, group)
    folder.chmod(mode)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a group needs root")
def test_a_group_that_drops_nothing_may_write_rules(home: Home) -> None:
    given(home.inbox, 0, 4321)
    given(home.rules, 0, 4322)
    check_layout(home)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a group needs root")
def test_so_may_the_group_of_an_inbox_in_which_it_may_not_write(home: Home) -> None:
    given(home.inbox, 0, 4321, 0o755)
    given(home.rules, 0, 4321)
    check_layout(home)


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
def test_a_user_whose_own_group_has_no_name_is_alone_in_it(home: Home) -> None:
    """Also where root owns the inbox: by the owner of the rules it is his own."""
    given(home.inbox, 0, 4321)
    given(home.rules, 4321, 4321)
    check_layout(home)


def test_init_makes_a_safe_layout_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        init(tmp_path / "new" / "home", b"form", "guide")
    finally:
        os.umask(before)
    check_layout(Home(tmp_path / "new" / "home"))


# ── what others may do, and is told ──────────────────────────────────────────────────────────────

OTHER = 4321  # a user, and a group of several people


def kinds(home: Home) -> list[str]:
    return [what for what, _ in others_may(home)]


def test_a_home_of_its_own_lets_nobody_do_anything(home: Home) -> None:
    home.claims.mkdir()
    assert others_may(home) == []


@pytest.mark.parametrize(("mode", "told"), [(0o777, ["replace"]), (0o1777, [])], ids=["open", "sticky"])
def test_who_may_write_the_inbox_may_replace_our_folders_but_for_its_sticky_bit(
    home: Home, mode: int, told: list[str]
) -> None:
    home.inbox.chmod(mode)
    assert kinds(home) == told


@pytest.mark.parametrize("name", ["receipts", ".claims"])
def test_a_folder_of_ours_that_everybody_may_write_is_told(home: Home, name: str) -> None:
    home.claims.mkdir()
    (home.inbox / name).chmod(0o777)
    assert others_may(home) == [
        ("answer" if name == "receipts" else "claim", str(home.inbox / name)),
    ]


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a group needs root")
@pytest.mark.parametrize(
    ("name", "told"), [("", "replace"), ("receipts", "answer"), (".claims", "claim")], ids=str
)
def test_a_folder_of_ours_that_the_group_may_write_is_told(home: Home, name: str, told: str) -> None:
    home.claims.mkdir()
    os.chown(home.inbox, 0, OTHER)
    home.inbox.chmod(0o3775)
    os.chown(home.inbox / name, 0, OTHER)
    (home.inbox / name).chmod(0o775)
    assert kinds(home) == [told]


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
@pytest.mark.parametrize(("name", "told"), [("", "replace"), (".claims", "claim")], ids=str)
def test_who_owns_a_folder_of_ours_may_write_it_whatever_its_mode(home: Home, name: str, told: str) -> None:
    home.claims.mkdir()
    os.chown(home.inbox / name, OTHER, OTHER)
    assert kinds(home) == [told]


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a group needs root")
def test_a_group_that_may_only_read_is_not_told(home: Home) -> None:
    home.claims.mkdir()
    for folder in (home.inbox, home.receipts, home.claims):
        given(folder, 0, OTHER, 0o755)
    assert others_may(home) == []


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
def test_root_may_own_the_folders_that_another_user_works(home: Home) -> None:
    home.claims.mkdir()
    os.chown(home.own, OTHER, OTHER)
    assert others_may(home) == []


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
def test_a_gateway_may_own_the_folder_of_receipts(home: Home) -> None:
    os.chown(home.receipts, OTHER, OTHER)
    home.receipts.chmod(0o2770)
    assert others_may(home) == []


@pytest.mark.skipif(
    os.getuid() not in (0, os.getgid(), *os.getgroups()), reason="the user is in no group of his own number"
)
@pytest.mark.parametrize(
    ("name", "members"), [("clerks", []), ("me", ["me", "wang"])], ids=["chance", "members"]
)
def test_a_group_of_several_that_has_the_number_of_the_owner_is_no_group_of_his_own(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, members: list[str]
) -> None:
    """Made before its users, the first group of a machine has the number of the first of them."""
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: pwd.struct_passwd(("me", "x", uid, uid, "", "/", "/")))
    monkeypatch.setattr(grp, "getgrgid", lambda gid: grp.struct_group((name, "x", gid, members)))
    for folder in (home.inbox, home.rules):
        os.chown(folder, -1, os.getuid())
        folder.chmod(0o775)
    assert kinds(home) == ["replace"]
    with pytest.raises(AccessError, match="chmod go-w"):
        check_layout(home)
