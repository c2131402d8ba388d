"""Claims: each file exactly once, put back whole, dropped last."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nesting import nested

from vinbatch.effects import claimed
from vinbatch.effects.home import Home
from vinbatch.effects.inbox import (
    all_dropped,
    claim_all,
    count_claims,
    drop,
    has_claims,
    open_claims,
    put_back,
    scan,
    strays,
)
from vinbatch.effects.scan import Candidate, Seen, scan_receipts
from vinbatch.errors import AccessError

Child = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
DIGEST = hashlib.sha256(b"x").hexdigest()

CLAIM = """
import sys; from datetime import UTC, datetime; from pathlib import Path
from vinbatch.effects.home import Home
from vinbatch.effects.inbox import claim_all, scan
home = Home(Path(sys.argv[1]))
found = scan(home, datetime.now(UTC))
print("ready", flush=True)
if len(sys.argv) > 2: sys.stdin.readline()
claims, refused = claim_all(home, found.ready)
for c in claims: print(c.base, c.path, c.file.is_file(), sep="|")
for s in refused: print(s.path, s.reason)
"""


def put(home: Home, name: str, data: bytes = b"x") -> None:
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def files(home: Home) -> dict[str, bytes]:
    found = (p for p in home.inbox.rglob("*.xlsx") if p.is_file())
    return {str(p.relative_to(home.inbox)): p.read_bytes() for p in found}


def test_a_claim_keeps_the_relative_path(home: Home, now: datetime) -> None:
    put(home, "华东/三月/a.xlsx")
    (made,), refused = claim_all(home, scan(home, now).ready, lambda: "1")
    assert refused == []
    assert files(home) == {".claims/1/华东/三月/a.xlsx": b"x"}
    assert (made.department, made.name, made.shown) == ("华东", "a.xlsx", "华东/三月/a.xlsx")
    assert made.origin == home.inbox / "华东/三月/a.xlsx"
    assert scan(home, now).ready == ()


def test_files_of_one_name_do_not_meet(home: Home, now: datetime) -> None:
    put(home, "a.xlsx", b"1")
    put(home, "华东/a.xlsx", b"2")
    claims, _ = claim_all(home, scan(home, now).ready)
    assert {c.department: c.file.read_bytes() for c in claims} == {"": b"1", "华东": b"2"}


def test_a_file_that_is_gone_was_somebody_elses(home: Home, now: datetime) -> None:
    put(home, "a.xlsx")
    (candidate,) = scan(home, now).ready
    assert len(claim_all(home, [candidate])[0]) == 1
    assert claim_all(home, [candidate]) == ([], [])
    assert claim_all(home, [Candidate("gone/b.xlsx", Seen(0, 0, 0, 0))]) == ([], [])
    assert len(list(home.claims.iterdir())) == 1


def test_a_folder_that_is_renamed_while_its_files_are_claimed_stops_nothing(
    home: Home, now: datetime
) -> None:
    """The whole pass ended with 6: the inbox was not there, it said."""
    put(home, "a/1.xlsx")
    put(home, "b/2.xlsx")

    def rename() -> None:
        if not (home.inbox / "a" / "1.xlsx").exists():  # the first is taken, the second is not
            (home.inbox / "a").rename(home.inbox / "c")

    ready = sorted(scan(home, now).ready, key=lambda c: c.path)
    claims, refused = claim_all(home, ready, beat=rename)
    assert refused == []
    assert [c.file.read_bytes() for c in claims] == [b"x", b"x"]
    assert (home.inbox / "c").is_dir()


def test_two_processes_never_claim_a_file_twice(home: Home, start: Start) -> None:
    names = {f"{n:03}.xlsx" for n in range(150)}
    for name in names:
        put(home, name)
    racers = [start(CLAIM, home.root, "wait") for _ in range(2)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    claimed = [racer.communicate(timeout=30)[0].splitlines() for racer in racers]
    assert sorted(claimed[0] + claimed[1]) == sorted(f"|{name}|True" for name in names)


def test_a_department_that_is_a_mount_has_claims_of_its_own(home: Home, child: Child) -> None:
    """A rename does not cross file systems: the kernel's refusal shows which folder is on the same one."""
    put(home, "华东/三月/a.xlsx")
    done = child(CLAIM, home.root, inject=("rename:error=EXDEV:when=1",))
    assert done.stdout == "ready\n华东/|三月/a.xlsx|True\n"
    assert list(home.claims.iterdir()) == []
    (found,) = open_claims(home)
    assert (found.base, found.path, found.department) == ("华东/", "三月/a.xlsx", "华东")
    assert put_back(found) == "华东/三月/a.xlsx"


@pytest.mark.parametrize("refusal", ["EACCES", "EPERM", "EBUSY"])
def test_a_file_that_may_not_be_moved_stops_no_other(home: Home, child: Child, refusal: str) -> None:
    put(home, "a.xlsx")
    put(home, "b.xlsx")
    done = child(CLAIM, home.root, inject=(f"rename:error={refusal}:when=1",))
    assert done.stdout == "ready\n|b.xlsx|True\na.xlsx @unready.denied\n"


def test_recovery_finds_every_claim_and_clears_what_is_empty(home: Home, now: datetime) -> None:
    for name in ("a.xlsx", "华东/b.xlsx"):
        put(home, name)
    claims, _ = claim_all(home, scan(home, now).ready)
    (home.claims / "empty" / "华东").mkdir(parents=True)
    found = open_claims(home)
    assert [(c.id, c.path, c.origin) for c in found] == [(c.id, c.path, c.origin) for c in claims]
    assert not (home.claims / "empty").exists()


def test_what_is_put_back_takes_its_place(home: Home, now: datetime) -> None:
    put(home, "华东/a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    assert put_back(made) == "华东/a.xlsx"
    assert files(home) == {"华东/a.xlsx": b"x"}
    assert list(home.claims.iterdir()) == []


@pytest.mark.parametrize(
    ("came", "next_free"), [(["a.xlsx"], "a-2.xlsx"), (["a.xlsx", "a-2.xlsx"], "a-3.xlsx")]
)
def test_what_is_put_back_never_replaces_what_came_meanwhile(
    came: list[str], next_free: str, home: Home, now: datetime
) -> None:
    put(home, "a.xlsx", b"old")
    (made,), _ = claim_all(home, scan(home, now).ready)
    for name in came:
        put(home, name, b"new")
    assert put_back(made) == next_free
    assert files(home) == dict.fromkeys(came, b"new") | {next_free: b"old"}


def test_what_is_put_back_into_a_folder_that_is_gone_makes_it_again(home: Home, now: datetime) -> None:
    put(home, "华东/a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    (home.inbox / "华东").rmdir()
    assert put_back(made) == "华东/a.xlsx"


@pytest.mark.parametrize("path", ["d/a.xlsx", "d/e/a.xlsx"])
def test_nothing_is_put_back_through_a_link(home: Home, now: datetime, path: str) -> None:
    """Who replaces the folder after the claim would have us write into outbox/ or rules/."""
    put(home, path)
    (made,), _ = claim_all(home, scan(home, now).ready)
    shutil.rmtree(home.inbox / "d")
    (home.outbox / "e").mkdir()
    (home.inbox / "d").symlink_to(home.outbox)
    assert put_back(made) == "a.xlsx"
    assert [p.name for p in home.outbox.rglob("*.xlsx")] == []
    assert (home.inbox / "a.xlsx").read_bytes() == b"x"
    assert list(home.claims.iterdir()) == []


def test_nothing_is_put_back_out_of_a_link_among_our_claims(home: Home, now: datetime) -> None:
    put(home, "d/settings.toml")
    (home.rules / "settings.toml").write_text("x = 1")
    (made,), _ = claim_all(home, scan(home, now).ready)
    shutil.rmtree(made.folder / "d")
    (made.folder / "d").symlink_to(home.rules)
    with pytest.raises(AccessError):
        put_back(made)
    assert (home.rules / "settings.toml").read_text() == "x = 1"


def test_a_file_in_the_place_of_the_folder_stops_nothing(home: Home, now: datetime) -> None:
    put(home, "d/a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    (home.inbox / "d").rmdir()
    put(home, "d")
    assert put_back(made) == "a.xlsx"


def test_nothing_is_claimed_through_a_link(home: Home, now: datetime) -> None:
    """A package would leave the outbox that way, between look and claim."""
    put(home, "d/a.xlsx")
    found = scan(home, now).ready
    shutil.rmtree(home.inbox / "d")
    (home.outbox / "a.xlsx").write_bytes(b"package")
    (home.inbox / "d").symlink_to(home.outbox)
    assert claim_all(home, found) == ([], [])
    assert (home.outbox / "a.xlsx").read_bytes() == b"package"
    assert list(home.claims.iterdir()) == []


def test_a_dropped_claim_leaves_nothing(home: Home, now: datetime) -> None:
    put(home, "华东/a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    assert drop(made, DIGEST) == ""
    assert list(home.claims.iterdir()) == []
    assert drop(made, DIGEST) == ""  # as after a crash


def test_a_claimed_file_that_changed_is_a_new_drop(home: Home, now: datetime) -> None:
    put(home, "a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    made.file.write_bytes(b"saved by a program that kept the file")
    assert drop(made, DIGEST) == "a.xlsx"
    assert [c.path for c in scan(home, now).ready] == ["a.xlsx"]


def test_a_claimed_file_with_a_writer_is_given_back(home: Home, now: datetime) -> None:
    """What is written into an unlinked file is lost."""
    put(home, "a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    with made.file.open("ab"):
        assert drop(made, DIGEST) == "a.xlsx"


def test_names_that_are_no_utf8_travel_through(home: Home, now: datetime) -> None:
    name = os.fsdecode(b"\xff/\xfe.xlsx")
    put(home, name)
    (made,), _ = claim_all(home, scan(home, now).ready)
    assert (made.department, made.name) == (r"\xff", r"\xfe.xlsx")
    assert put_back(made) == r"\xff/\xfe.xlsx"
    assert os.fsencode(Path(home.inbox / name)) in [os.fsencode(p) for p in home.inbox.rglob("*")]


def test_new_places_are_durable_before_the_old_ones(home: Home, traced: Callable[..., list[str]]) -> None:
    """With the new place lost and the old name gone, the file would be nowhere."""
    put(home, "华东/a.xlsx")
    calls = traced(CLAIM, home.root)
    (claim_id,) = (p.name for p in home.claims.iterdir())
    folders = [call for call in calls if call.startswith("fsync")]
    assert calls[:2] == ["fsync claims", "rename a.xlsx"]  # it is known as ours before it is taken
    assert folders[2:5] == [f"fsync {claim_id}", "fsync .claims", "fsync inbox"]
    assert len(folders) == 6  # before them that of the file within the claim, last the one that it came from


# ── claims that are not ours ─────────────────────────────────────────────────────────────────────


def planted(home: Home, path: str) -> None:
    (home.claims / "0" / path).parent.mkdir(parents=True)
    (home.claims / "0" / path).write_bytes(b"x")


@pytest.mark.parametrize("path", ["receipts/k.xlsx", "Zoll/k.xlsx", "k.xlsx"])
def test_what_somebody_puts_among_our_claims_was_dropped_into_the_inbox(
    home: Home, now: datetime, path: str
) -> None:
    """It would be an answer of customs, or of any department."""
    planted(home, path)
    assert open_claims(home) == []
    assert [c.path for c in scan(home, now).ready] == ["k.xlsx"]
    assert list(home.claims.iterdir()) == []


def test_it_is_told_from_ours_by_its_path_too(home: Home, now: datetime) -> None:
    put(home, "a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    (made.folder / "receipts").mkdir()
    (made.folder / "receipts" / "k.xlsx").write_bytes(b"x")
    assert [c.path for c in open_claims(home)] == ["a.xlsx"]
    assert [c.path for c in scan(home, now).ready] == ["k.xlsx"]


def test_a_claim_of_ours_that_ended_is_believed_no_more(home: Home, now: datetime) -> None:
    put(home, "receipts/a.xml")
    (made,), _ = claim_all(home, scan_receipts(home))
    assert drop(made, DIGEST) == ""
    all_dropped(home)
    made.file.parent.mkdir(parents=True)
    made.file.write_bytes(b"forged")
    assert open_claims(home) == []


def test_receipts_that_are_a_mount_have_claims_of_their_own(home: Home) -> None:
    (home.own / "claims").unlink()
    put(home, "receipts/.claims/1/a.xml")
    put(home, "华东/receipts/.claims/2/b.xlsx")  # a folder of a department, whatever its name
    assert [(c.id, c.shown) for c in open_claims(home)] == [
        ("1", "receipts/a.xml"),
        ("2", "华东/receipts/b.xlsx"),
    ]


@pytest.mark.skipif(os.getuid() != 0, reason="giving a folder to a user needs root")
@pytest.mark.parametrize(
    ("owner", "key", "told"),
    [(0, "claims.locked", "4321"), (4322, "claims.foreign", "")],
    ids=["root", "other"],
)
def test_claims_of_others_that_hold_something_are_told_to_who_only_looks(
    owner: int, key: str, told: str, home: Home
) -> None:
    """Root may have closed them by mistake: they are to be opened. Those of anybody else are not ours."""
    planted(home, "a.xlsx")
    home.claims.chmod(0o755)
    os.chown(home.claims, owner, -1)
    os.chown(home.own, 4321, -1)
    with pytest.raises(AccessError) as e:
        claimed.check(home)
    assert e.value.key == key
    assert told in e.value.cure


def test_claims_of_before_there_were_notes_are_ours(home: Home) -> None:
    planted(home, "receipts/k.xml")
    (home.own / "claims").unlink()
    assert [c.receipt for c in open_claims(home)] == [True]


def test_a_note_that_a_power_failure_cut_off_speaks_for_nothing_and_hides_nothing(
    home: Home, now: datetime
) -> None:
    put(home, "a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    with (home.own / "claims").open("a") as file:
        file.write('\n["1764", "rece')
    put(home, "b.xlsx")
    (other,), _ = claim_all(home, scan(home, now).ready)
    assert [c.id for c in open_claims(home)] == [made.id, other.id]


def test_the_group_of_the_inbox_may_not_write_into_our_claims(home: Home, now: datetime) -> None:
    home.claims.mkdir(exist_ok=True)
    home.claims.chmod(0o2777)
    put(home, "a.xlsx")
    claim_all(home, scan(home, now).ready)
    assert home.claims.stat().st_mode & 0o022 == 0


# ── folders that are links ───────────────────────────────────────────────────────────────────────


def test_a_folder_of_receipts_that_is_a_link_is_refused(home: Home, tmp_path: Path) -> None:
    """Whoever may write the share could point it at any folder that the service may read."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "secret").write_text("x")
    shutil.rmtree(home.receipts, ignore_errors=True)
    home.receipts.symlink_to(other)
    with pytest.raises(AccessError):
        scan_receipts(home)
    assert (other / "secret").exists()


def test_a_folder_of_claims_that_is_a_link_is_refused(home: Home, now: datetime, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    put(home, "a.xlsx")
    shutil.rmtree(home.inbox / ".claims", ignore_errors=True)
    (home.inbox / ".claims").symlink_to(other)
    with pytest.raises(AccessError):
        claim_all(home, scan(home, now).ready)
    assert (home.inbox / "a.xlsx").exists()
    assert list(other.iterdir()) == []


def test_what_is_no_claim_is_told_and_never_followed(home: Home, tmp_path: Path) -> None:
    """A link to a folder, taken for a claim, would have the files of that folder worked and removed."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.xlsx").write_bytes(b"x")
    claims = home.claims
    claims.mkdir(exist_ok=True)
    (claims / "link").symlink_to(tmp_path / "other")
    (claims / "file.xlsx").write_bytes(b"x")
    os.mkfifo(claims / "pipe")
    (claims / "1" / "deep").mkdir(parents=True)
    (claims / "1" / "deep" / "link").symlink_to(tmp_path / "other")
    (claims / "2").mkdir()
    assert open_claims(home) == []
    assert not has_claims(home)
    assert [(s.path, s.reason) for s in strays(home)] == [
        (f".claims/{name}", "@ignored.stray") for name in ("1/deep/link", "file.xlsx", "link", "pipe")
    ]
    assert (tmp_path / "other" / "a.xlsx").read_bytes() == b"x"


def test_folders_without_end_among_our_claims_stop_nobody(home: Home, now: datetime) -> None:
    put(home, "a.xlsx")
    (made,), _ = claim_all(home, scan(home, now).ready)
    with nested(home.claims, 900):
        assert [c.path for c in open_claims(home)] == [made.path]
        assert [s.path for s in strays(home)] == [".claims/" + "/".join(["d"] * 67)]


def test_what_was_taken_and_is_not_finished_is_counted(home: Home) -> None:
    assert (count_claims(home), has_claims(home)) == (0, False)
    for name in ("a.xlsx", "b.xlsx"):
        (home.inbox / name).write_bytes(b"x")
    claim_all(home, scan(home, datetime.now(UTC)).ready)
    assert (count_claims(home), has_claims(home)) == (2, True)
