"""Settings that are gone, or of another site, stop a home that has declared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vinbatch.effects import works_as
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError, RulesError
from vinbatch.settings import Settings

TRIAL = Settings()
OURS = Settings(site="SHDM", production=True, language="en")
BATCH = "SHDM-20260302-0001"
Place = pytest.TempPathFactory


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Has worked as OURS."""
    (tmp_path / ".vinbatch").mkdir()
    (tmp_path / ".vinbatch" / "ledger.db").write_bytes(b"there is one")
    works_as.keep(Home(tmp_path, OURS), lambda: BATCH)
    return tmp_path


def asked_in_vain() -> str:
    raise AssertionError("the ledger was asked where a note tells")


def test_the_same_settings_go_on_without_a_question_to_the_ledger(root: Path) -> None:
    works_as.keep(Home(root, OURS), asked_in_vain)


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (TRIAL, "site.lost"),
        (Settings(site="BJ01", production=True), "site.other"),
        (Settings(site="SHDM"), "site.trial"),
    ],
)
def test_other_settings_are_refused_and_not_noted(root: Path, now: Settings, key: str) -> None:
    for _ in range(2):
        with pytest.raises(RulesError) as caught:
            works_as.keep(Home(root, now), lambda: BATCH)
        assert caught.value.key == key
    works_as.check(Home(root, OURS), asked_in_vain)


@pytest.mark.parametrize("now", [Settings(site="BJ01", production=True), Settings(site="SHDM")])
def test_init_takes_a_site_that_is_stated_as_it_is(root: Path, now: Settings) -> None:
    works_as.meant(Home(root, now))
    works_as.check(Home(root, now), asked_in_vain)


def test_init_takes_no_trial_for_what_is_meant(root: Path) -> None:
    """It is what one calls where `rules/` is gone, and it makes an empty settings file."""
    works_as.meant(Home(root, TRIAL))
    with pytest.raises(RulesError, match="worked as site SHDM, and would now declare as TRIAL"):
        works_as.check(Home(root, TRIAL), lambda: BATCH)


@pytest.mark.parametrize("before", [TRIAL, Settings(site="TEST")])
def test_a_trial_becomes_production_by_its_settings_alone(tmp_path: Path, before: Settings) -> None:
    (tmp_path / ".vinbatch").mkdir()
    works_as.keep(Home(tmp_path, before), lambda: f"{before.site}-20260301-0001")
    works_as.keep(Home(tmp_path, OURS), lambda: f"{before.site}-20260301-0001")
    works_as.check(Home(tmp_path, OURS), asked_in_vain)


def test_a_site_that_has_worked_nothing_may_be_corrected(tmp_path: Path) -> None:
    (tmp_path / ".vinbatch").mkdir()
    for site in ("SHMD", "SHDM"):
        works_as.keep(Home(tmp_path, Settings(site=site)), str)


@pytest.mark.parametrize("left", ["", "no note of ours", "[]", '{"site": 3}'])
def test_without_a_note_the_last_batch_number_tells_the_site(tmp_path: Path, left: str) -> None:
    """After a restore into a new home, and under an older program."""
    (tmp_path / ".vinbatch").mkdir()
    if left:
        (tmp_path / ".vinbatch" / "works-as").write_text(left, "utf-8")
    with pytest.raises(RulesError, match="worked as site SH-DM"):
        works_as.keep(Home(tmp_path, TRIAL), lambda: "SH-DM-20260302-0001")


def copied(root: Path, to: Path) -> Home:
    shutil.copytree(root, to)
    return Home(to, OURS)


def test_a_copy_of_a_home_in_production_declares_nothing(root: Path, tmp_path_factory: Place) -> None:
    """Copied to try an upgrade, with its links to the shares it took from the same inbox."""
    copy = copied(root, tmp_path_factory.mktemp("try") / "home")
    for _ in range(2):
        with pytest.raises(AccessError, match=f"a copy of {root}") as caught:
            works_as.keep(copy, lambda: BATCH)
        assert caught.value.key == "site.copied"
    works_as.keep(Home(root, OURS), asked_in_vain)


def test_init_takes_a_home_where_it_is(root: Path, tmp_path_factory: Place) -> None:
    copy = copied(root, tmp_path_factory.mktemp("new") / "home")
    works_as.meant(copy)
    works_as.keep(copy, asked_in_vain)


def test_a_home_that_is_renamed_or_seen_by_another_path_is_no_copy(
    root: Path, tmp_path_factory: Place
) -> None:
    """A container shows it elsewhere: the folder is the same."""
    moved = Home(root.rename(tmp_path_factory.mktemp("new") / "home"), OURS)
    works_as.keep(moved, lambda: BATCH)
    works_as.keep(moved, asked_in_vain)


def test_one_that_a_backup_brought_back_to_its_place_is_none(root: Path, tmp_path_factory: Place) -> None:
    saved = tmp_path_factory.mktemp("saved") / "home"
    shutil.copytree(root, saved)
    shutil.rmtree(root / ".vinbatch")
    shutil.copytree(saved / ".vinbatch", root / ".vinbatch")
    works_as.keep(Home(root, OURS), lambda: BATCH)


def test_a_copy_of_a_trial_works(tmp_path: Path) -> None:
    test = Settings(site="TEST")
    (tmp_path / "home" / ".vinbatch").mkdir(parents=True)
    works_as.keep(Home(tmp_path / "home", test), lambda: "TEST-20260301-0001")
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    works_as.keep(Home(tmp_path / "copy", test), lambda: "TEST-20260301-0001")


def test_a_note_of_before_this_was_noted_goes_on(root: Path) -> None:
    (root / ".vinbatch" / "works-as").write_text('{"site": "SHDM", "production": true, "language": "en"}')
    works_as.keep(Home(root, OURS), lambda: BATCH)


def test_the_language_of_before_is_known_where_the_settings_are_gone(root: Path) -> None:
    assert works_as.language(root) == "en"
    assert works_as.language(root / "elsewhere") == ""
