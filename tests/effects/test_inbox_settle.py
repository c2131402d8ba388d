"""Settling: only what has stood still is read."""

import hashlib
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.inbox import Claim, claim_all, open_claims, scan, settle
from vinbatch.effects.owner import user_name


def clock() -> datetime:
    return datetime.now(UTC)


class Wait:
    """A sleep that lets somebody work meanwhile."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.slept: list[float] = []
        self.meanwhile = meanwhile

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()


def claimed(home: Home, **files: bytes) -> list[Claim]:
    for name, data in files.items():
        (home.inbox / f"{name}.xlsx").write_bytes(data)
    return claim_all(home, scan(home, clock()).ready)[0]


def names(home: Home) -> set[str]:
    return {p.name for p in home.inbox.glob("*.xlsx")}


def test_a_fresh_file_is_settled_after_one_wait(home: Home, archive: Archive) -> None:
    claims, wait = claimed(home, a=b"1", b=b"2"), Wait()
    settled, unready = settle(claims, 2.0, clock, wait, archive)
    assert unready == []
    assert wait.slept == [2.0]
    assert [archive.get(s.digest) for s in settled] == [b"1", b"2"]
    assert [s.data(archive, 20) for s in settled] == [b"1", b"2"]


def test_the_source_says_what_and_whose(home: Home, archive: Archive) -> None:
    (home.inbox / "华东").mkdir()
    (home.inbox / "华东" / "a.xlsx").write_bytes(b"x")
    (settled,), _ = settle(claimed(home), 2.0, clock, Wait(), archive)
    source = settled.source
    assert (source.name, source.department, source.owner) == ("a.xlsx", "华东", user_name(os.getuid()))
    assert source.digest == settled.digest == archive.put(b"x")


def test_a_file_that_grows_goes_back_and_the_others_go_on(home: Home, archive: Archive) -> None:
    claims = claimed(home, a=b"half", b=b"whole")
    grow = claims[0].file
    settled, unready = settle(claims, 2.0, clock, Wait(lambda: grow.write_bytes(b"more")), archive)
    assert [s.source.name for s in settled] == ["b.xlsx"]
    assert [(s.path, s.reason) for s in unready] == [("a.xlsx", "@unready.changing")]
    assert names(home) == {"a.xlsx"}
    assert [p for p in archive.root.rglob("*") if p.is_file()] == [archive.path(settled[0].digest)]


def test_a_file_that_is_written_while_it_is_copied_goes_back(home: Home, archive: Archive) -> None:
    """After both looks: what was copied is not what had stood still."""

    class Late(Archive):
        def put_file(self, path: Path, most: float = math.inf) -> str:
            path.write_bytes(b"more")
            return super().put_file(path, most)

    settled, unready = settle(claimed(home, a=b"half"), 2.0, clock, Wait(), Late(archive.root))
    assert settled == []
    assert [(s.path, s.reason) for s in unready] == [("a.xlsx", "@unready.changing")]
    assert names(home) == {"a.xlsx"}


def test_not_ready_is_never_final(home: Home, archive: Archive) -> None:
    claims = claimed(home, a=b"half")
    settle(claims, 2.0, clock, Wait(lambda: claims[0].file.write_bytes(b"whole")), archive)
    (settled,), _ = settle(claimed(home), 2.0, clock, Wait(), archive)
    assert archive.get(settled.digest) == b"whole"


def test_a_file_that_stood_still_is_not_waited_for(home: Home, archive: Archive) -> None:
    (home.inbox / "a.xlsx").write_bytes(b"x")
    time.sleep(0.15)  # ctime cannot be set
    wait = Wait()
    (settled,), _ = settle(claimed(home), 0.1, clock, wait, archive)
    assert wait.slept == []
    assert archive.get(settled.digest) == b"x"


def test_our_own_rename_does_not_make_a_file_fresh(home: Home, archive: Archive) -> None:
    """The rename sets ctime: what counts is the first sight before it."""
    (home.inbox / "a.xlsx").write_bytes(b"x")
    time.sleep(0.15)
    claims, wait = claimed(home), Wait()
    renamed = datetime.fromtimestamp(claims[0].file.stat().st_ctime, UTC)
    settle(claims, 0.1, lambda: renamed, wait, archive)
    assert wait.slept == []


def test_an_old_mtime_alone_proves_nothing(home: Home, archive: Archive) -> None:
    """Copies keep the mtime of their original."""
    (home.inbox / "a.xlsx").write_bytes(b"x")
    os.utime(home.inbox / "a.xlsx", (0, 0))
    wait = Wait()
    settle(claimed(home), 2.0, clock, wait, archive)
    assert wait.slept == [2.0]


def test_a_file_touched_between_sight_and_claim_is_waited_for(home: Home, archive: Archive) -> None:
    (home.inbox / "a.xlsx").write_bytes(b"x")
    time.sleep(0.15)
    found = scan(home, clock())
    (home.inbox / "a.xlsx").write_bytes(b"xy")
    wait = Wait()
    settle(claim_all(home, found.ready)[0], 0.1, clock, wait, archive)
    assert wait.slept == [0.1]


def test_an_empty_file_is_always_waited_for(home: Home, archive: Archive) -> None:
    """Excel makes a new file empty, in place, and fills it later."""
    (home.inbox / "a.xlsx").write_bytes(b"")
    time.sleep(0.15)
    claims = claimed(home)
    wait = Wait(lambda: claims[0].file.write_bytes(b"now"))
    settled, unready = settle(claims, 0.1, clock, wait, archive)
    assert wait.slept == [0.1]
    assert (settled, len(unready)) == ([], 1)


def test_a_file_that_stays_empty_is_settled_so_that_it_is_answered(home: Home, archive: Archive) -> None:
    (settled,), _ = settle(claimed(home, a=b""), 0.1, clock, Wait(), archive)
    assert settled.data(archive, 20) == b""


def test_a_server_whose_clock_is_behind_cannot_make_a_fresh_file_look_old(
    home: Home, archive: Archive
) -> None:
    """File times are compared with the time that the same server gave our claim folder."""
    wait = Wait()
    settle(claimed(home, a=b"x"), 2.0, lambda: clock() + timedelta(hours=1), wait, archive)
    assert wait.slept == [2.0]


def test_a_claim_of_an_earlier_pass_is_settled_again(home: Home, archive: Archive) -> None:
    claimed(home, a=b"x")
    wait = Wait()
    (settled,), _ = settle(open_claims(home), 2.0, lambda: clock() + timedelta(hours=1), wait, archive)
    assert wait.slept == []
    assert archive.get(settled.digest) == b"x"


@pytest.mark.parametrize("old", [False, True])
def test_an_upload_that_stalls_is_seen_by_its_writer(home: Home, archive: Archive, old: bool) -> None:
    """It looks as if it stood still, and the rename did not stop the writer."""
    with (home.inbox / "a.xlsx").open("wb") as writer:
        writer.write(b"half")
        writer.flush()
        time.sleep(0.15 if old else 0)
        settled, unready = settle(claimed(home), 0.1, clock, Wait(), archive)
    assert settled == []
    assert [(s.path, s.reason) for s in unready] == [("a.xlsx", "@unready.open")]


def test_a_file_that_vanishes_is_nobodys_loss(home: Home, archive: Archive) -> None:
    claims = claimed(home, a=b"x")
    assert settle(claims, 2.0, clock, Wait(claims[0].file.unlink), archive) == ([], [])


def test_large_files_are_archived_but_never_held_in_memory(home: Home, archive: Archive) -> None:
    (settled,), _ = settle(claimed(home, a=b"x" * (2**20 + 1)), 0.1, clock, Wait(), archive)
    assert settled.data(archive, 1) is None
    assert archive.has(settled.digest)


def test_nothing_claimed_is_nothing_waited(home: Home, archive: Archive) -> None:
    wait = Wait()
    assert settle([], 2.0, clock, wait, archive) == ([], [])
    assert wait.slept == []


def test_a_file_that_becomes_a_link_after_the_look_is_given_back_unread(
    home: Home, now: datetime, archive: Archive, tmp_path: Path
) -> None:
    """Whoever drops files chooses the moment: between scan and claim, or after the claim."""
    (tmp_path / "secret").write_bytes(b"SECRET")
    for name in ("early.xlsx", "late.xlsx"):
        (home.inbox / name).write_bytes(b"x")
    seen = scan(home, now).ready
    (home.inbox / "early.xlsx").unlink()
    (home.inbox / "early.xlsx").symlink_to(tmp_path / "secret")
    claims, _ = claim_all(home, seen)
    (late,) = (c for c in claims if c.path == "late.xlsx")
    late.file.unlink()
    late.file.symlink_to(tmp_path / "secret")
    settled, unready = settle(claims, 0.0, lambda: now, lambda _: None, archive)
    assert settled == []
    assert {s.reason for s in unready} == {"@unready.unreadable"}
    assert not archive.has(hashlib.sha256(b"SECRET").hexdigest())
    assert all((home.inbox / name).is_symlink() for name in ("early.xlsx", "late.xlsx"))


def test_what_grew_beyond_what_may_be_kept_is_given_back_unread(home: Home, archive: Archive) -> None:
    claims = claimed(home, a=b"x" * 11, b=b"x" * 10)
    (settled,), (large,) = settle(claims, 0.1, clock, Wait(), archive, most=10)
    assert (settled.claim.name, settled.size) == ("b.xlsx", 10)
    assert (large.path, large.reason) == ("a.xlsx", "@ignored.large")
    assert names(home) == {"a.xlsx"}
    assert archive.stored(0).size == 10
