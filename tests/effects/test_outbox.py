"""Publishing: whole files, never twice, never over another."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_fake import Book, Due

from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.outbox import publish, staged_name
from vinbatch.errors import AccessError, PublishError
from vinbatch.settings import Settings

PUBLISH = """
import sys; from pathlib import Path
sys.path.insert(0, sys.argv[2])
from ledger_fake import Book
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.outbox import publish
from vinbatch.errors import VinbatchError
home = Home(Path(sys.argv[1])); book = Book(home.own / "book.json")
try: publish(home, book.dues(), Archive(home.archive), sys.argv[3], book)
except VinbatchError as e: print(e.exit_code, e)
"""
HERE = Path(__file__).parent


@pytest.fixture
def book(home: Home) -> Book:
    return Book(home.own / "book.json")


@pytest.fixture
def commit(archive: Archive, book: Book) -> Callable[..., Due]:
    def put(name: str, state: str = "due", boot: str = "") -> Due:
        due = Due(f"guid of {name}", name, archive.put(name.encode()), state, boot)
        book.commit(due)
        return due

    return put


def lying(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def stage(home: Home, due: Due) -> None:
    home.staging.mkdir(exist_ok=True)
    (home.staging / staged_name(due.name)).write_bytes(due.name.encode())


def test_what_is_due_is_published(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    one, two = commit("1.zip"), commit("2.zip")
    publish(home, book.dues(), archive, "boot", book)
    assert lying(home.outbox) == {"1.zip": b"1.zip", "2.zip": b"2.zip"}
    assert lying(home.staging) == {}
    assert book.states() == {one.guid: "published", two.guid: "published"}
    assert book.dues() == []


def test_a_watch_beats_for_each_package_when_it_is_staged_and_when_it_goes_out(
    home: Home, archive: Archive, commit: Callable[..., Due]
) -> None:
    class Beating(Book):
        beats = 0

        def beat(self) -> None:
            self.beats += 1

    commit("1.zip")
    book = Beating(home.own / "book.json")
    publish(home, book.dues(), archive, "boot", book)
    assert book.beats == 2


def test_the_staging_folder_may_be_another(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    home = Home(home.root, Settings(staging="stage/here"))
    commit("1.zip")
    publish(home, book.dues(), archive, "boot", book)
    assert lying(home.outbox) == {"1.zip": b"1.zip"}
    assert sorted(p.name for p in home.outbox.iterdir()) == ["1.zip"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to any group")
@pytest.mark.parametrize(("mode", "group"), [(0o2770, 4321), (0o770, os.getegid())])
def test_a_package_has_the_group_of_an_outbox_that_hands_it_on(
    mode: int, group: int, home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    """The gateway's: where it was staged may be older than that group, and a rename hands on none."""
    home.staging.mkdir()
    os.chown(home.outbox, -1, 4321)
    home.outbox.chmod(mode)
    commit("1.zip")
    publish(home, book.dues(), archive, "boot", book)
    assert (home.outbox / "1.zip").stat().st_gid == group


def test_its_own_bytes_that_nobody_has_taken_yet_are_out_once(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    """Released with --send while the gateway had not come by: there is nothing to be in doubt about."""
    due = commit("1.zip")
    (home.outbox / "1.zip").write_bytes(b"1.zip")
    publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {due.guid: "published"}
    assert lying(home.outbox) == {"1.zip": b"1.zip"}
    assert lying(home.staging) == {}


def test_a_name_that_is_taken_is_never_overwritten(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    due, other = commit("1.zip"), commit("2.zip")
    (home.outbox / "1.zip").write_bytes(b"somebody's")
    publish(home, book.dues(), archive, "boot", book)
    assert book.states()[other.guid] == "published"
    assert lying(home.outbox) == {"1.zip": b"somebody's", "2.zip": b"2.zip"}
    assert book.packages[due.guid][2:] == ["doubt", "@doubt.taken"]


def test_a_package_in_doubt_waits_for_a_person(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    due = commit("1.zip", "doubt")
    stage(home, due)
    publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {due.guid: "doubt"}
    assert lying(home.outbox) == {}
    assert lying(home.staging) == {"1.zip.part": b"1.zip"}
    book.commit(Due(due.guid, due.name, due.digest, "due"))  # released: to be sent
    publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {due.guid: "published"}


def test_a_staged_file_that_is_gone_was_published(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    due = commit("1.zip", "publishing", "another boot")
    home.staging.mkdir()
    publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {due.guid: "published"}
    assert lying(home.outbox) == {}


def test_a_staged_file_of_the_same_boot_is_renamed_now(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    due = commit("1.zip", "publishing", "boot")
    stage(home, due)
    publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {due.guid: "published"}
    assert lying(home.outbox) == {"1.zip": b"1.zip"}


@pytest.mark.parametrize(("then", "today"), [("boot", "another"), ("", ""), ("boot", "")])
def test_a_staged_file_of_another_boot_is_in_doubt(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due], then: str, today: str
) -> None:
    """A machine that cannot name its boot cannot know that it is the same."""
    due = commit("1.zip", "publishing", then)
    stage(home, due)
    publish(home, book.dues(), archive, today, book)
    assert lying(home.outbox) == {}
    assert lying(home.staging) == {"1.zip.part": b"1.zip"}
    assert book.packages[due.guid][2:] == ["doubt", "@doubt.power"]


def test_a_staging_folder_that_is_gone_proves_nothing(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    """The outbox's share may be gone: to take its files for sent would lose them."""
    commit("1.zip", "publishing", "boot")
    with pytest.raises(PublishError, match=r"guid of 1\.zip"):
        publish(home, book.dues(), archive, "boot", book)
    assert not home.staging.exists()
    assert book.packages["guid of 1.zip"][2:] == ["doubt", "@doubt.gone"]


def test_what_no_committed_package_names_is_removed(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    """Of our own site: another may share the outbox, and takes what is gone for sent."""
    home.staging.mkdir()
    others = {"TR-20260301-0001-filing.zip.part": b"x", "notes.txt": b"x"}
    for name in ("TRIAL-20260301-0001-filing.zip.part", *others):
        (home.staging / name).write_bytes(b"x")
    publish(home, [], archive, "boot", book)
    assert lying(home.staging) == others


def test_half_a_staged_file_is_written_anew(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    due = commit("1.zip")
    stage(home, due)
    (home.staging / "1.zip.part").write_bytes(b"ha")
    publish(home, book.dues(), archive, "boot", book)
    assert lying(home.outbox) == {"1.zip": b"1.zip"}


def test_a_package_that_is_damaged_in_the_archive_keeps_no_other(
    home: Home, archive: Archive, book: Book, commit: Callable[..., Due]
) -> None:
    damaged, whole = commit("1.zip"), commit("2.zip")
    archive.path(damaged.digest).unlink()
    with pytest.raises(AccessError):
        publish(home, book.dues(), archive, "boot", book)
    assert book.states() == {damaged.guid: "due", whole.guid: "published"}


def test_a_name_is_never_a_path(home: Home, archive: Archive, book: Book, commit: Callable[..., Due]) -> None:
    commit("../1.zip")
    with pytest.raises(ValueError, match="not a name"):
        publish(home, book.dues(), archive, "boot", book)


def test_a_full_outbox_says_so_and_loses_nothing(
    home: Home,
    archive: Archive,
    book: Book,
    commit: Callable[..., Due],
    child: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    one, two = commit("1.zip"), commit("2.zip")
    # The first write is the first package, the second the second.
    done = child(PUBLISH, home.root, HERE, "boot", inject=("write:error=ENOSPC:when=2",))
    assert done.stdout.startswith("7 ")
    assert "free some space" in done.stdout
    assert book.states() == {one.guid: "published", two.guid: "due"}
    assert lying(home.staging) == {}
    publish(home, book.dues(), archive, "boot", book)
    assert lying(home.outbox) == {"1.zip": b"1.zip", "2.zip": b"2.zip"}


def test_a_rename_across_mounts_of_one_device_is_in_doubt(
    home: Home,
    book: Book,
    commit: Callable[..., Due],
    child: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    due = commit("1.zip")
    child(PUBLISH, home.root, HERE, "boot", inject=("renameat2:error=EXDEV",))
    assert book.packages[due.guid][2:] == ["doubt", "@doubt.far"]


def test_each_effect_is_durable_before_the_next(
    home: Home, commit: Callable[..., Due], traced: Callable[..., list[str]]
) -> None:
    """A power cut after any line leaves a state that recovery can tell."""
    commit("1.zip")
    calls = [re.sub(r"\.vinbatch-\d+-\d+", "new-book", c) for c in traced(PUBLISH, home.root, HERE, "boot")]
    mark = ["fsync new-book.part", "rename book.json", "fsync .vinbatch"]
    assert calls == [
        "fsync outbox",  # .staging is new
        "fsync 1.zip.part",
        "fsync .staging",
        *mark,  # publishing
        "renameat2 1.zip",
        "fsync outbox",
        "fsync .staging",
        *mark,  # published
    ]
