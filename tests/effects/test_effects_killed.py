"""Killed before any system call that matters, and run again: nothing lost, nothing twice."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledger_fake import Book, Due
from test_inbox_claims import CLAIM, files
from test_outbox import PUBLISH

from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.inbox import open_claims, put_back, scan
from vinbatch.effects.making import init
from vinbatch.effects.outbox import publish

Child = Callable[..., subprocess.CompletedProcess[str]]
KILLED = -9


def homes(tmp_path: Path) -> Iterator[Home]:
    n = 0
    while True:
        n += 1
        init(tmp_path / str(n), b"", "")
        yield Home(tmp_path / str(n))


@pytest.mark.parametrize("call", ["mkdir", "rename", "fsync"])
def test_a_claim_killed_anywhere_loses_no_file_and_doubles_none(
    tmp_path: Path, call: str, child: Child
) -> None:
    dropped = {"华东/b.xlsx": b"2"}
    for when, home in enumerate(homes(tmp_path), 1):
        for name, data in dropped.items():
            (home.inbox / name).parent.mkdir(exist_ok=True)
            (home.inbox / name).write_bytes(data)
        done = child(CLAIM, home.root, inject=(f"{call}:signal=KILL:when={when}",))
        assert Counter(files(home).values()) == Counter(dropped.values()), when
        for claim in open_claims(home):
            put_back(claim)
        assert files(home) == dropped
        assert {c.path for c in scan(home, datetime.now(UTC)).ready} == set(dropped)
        assert list(home.claims.glob("*")) == []
        if done.returncode == 0:
            assert when > 1
            return
        assert done.returncode in (KILLED, 128 + 9), done.stderr


@pytest.mark.parametrize("call", ["rename", "renameat2", "fsync", "unlink"])
def test_publishing_killed_anywhere_sends_each_package_once_or_leaves_it_to_a_person(
    tmp_path: Path, call: str, child: Child
) -> None:
    for when, home in enumerate(homes(tmp_path), 1):
        book, archive = Book(home.own / "book.json"), Archive(home.archive)
        for name in ("1.zip", "2.zip"):
            book.commit(Due(f"guid of {name}", name, archive.put(name.encode())))
        inject = (f"{call}:signal=KILL:when={when}",)
        done = child(PUBLISH, home.root, Path(__file__).parent, "same", inject=inject)
        taken = gateway(home)
        after_power_cut = Home(shutil.copytree(home.root, tmp_path / f"{when}-cut"))
        assert recovered(home, "same", taken) == {"published"}, when
        assert recovered(after_power_cut, "another", taken) <= {"published", "doubt"}, when
        if done.returncode == 0:
            assert when > 1
            return
        assert done.returncode in (KILLED, 128 + 9), done.stderr


def recovered(home: Home, boot: str, before: Counter[str]) -> set[str]:
    """The states after recovery, with what the gateway has seen counted: published is once, doubt at most."""
    book = Book(home.own / "book.json")
    publish(home, book.dues(), Archive(home.archive), boot, book)
    taken = before + gateway(home)
    assert max(taken.values(), default=0) <= 1
    for guid, state in book.states().items():
        assert state != "published" or taken[guid.removeprefix("guid of ")] == 1
    return set(book.states().values())


def gateway(home: Home) -> Counter[str]:
    """Takes every package away, as customs' gateway may at any time."""
    taken: Counter[str] = Counter()
    for path in home.outbox.glob("*.zip"):
        assert path.read_bytes() == path.name.encode(), "whole files only"
        taken[path.name] += 1
        path.unlink()
    return taken
