"""What an idle `run` leaves behind, and everything that makes the next one a whole pass again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from vinbatch.effects import idle

PLAIN = ("--home", "{}", "run")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As a pass that found nothing left it, long enough ago for its files to have settled."""
    monkeypatch.setattr(idle, "time", SimpleNamespace(time_ns=lambda: time.time_ns() + 10**9))
    root = tmp_path / "home"
    for name in ("inbox/北京", "inbox/receipts", "outbox", "reports/set-aside", "rules", "templates"):
        (root / name).mkdir(parents=True)
    for name in (".vinbatch/locks", ".vinbatch/archive"):
        (root / name).mkdir(parents=True)
    for name in (
        "inbox/.vinbatch-inbox",
        "rules/settings.toml",
        ".vinbatch/ledger.db",
        ".vinbatch/locks/run",
        ".vinbatch/ended",
    ):
        (root / name).write_text("x")
    assert not nothing_new(root)
    idle.leave(str(root))
    return root


def nothing_new(root: Path) -> bool:
    return idle.nothing_new([part.format(root) for part in PLAIN], {})


def test_where_nothing_changed_there_is_nothing_new(home: Path) -> None:
    assert nothing_new(home)


@pytest.mark.parametrize("name", ["locks/run", "ended"])
def test_that_it_looked_is_seen_by_the_lock_and_by_status(name: str, home: Path) -> None:
    left = home / ".vinbatch" / name
    os.utime(left, (1, 1))
    assert nothing_new(home)
    assert time.time() - left.stat().st_mtime < 60


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file in the inbox": lambda h: (h / "inbox/a.xlsx").write_bytes(b""),
    "a file of a department": lambda h: (h / "inbox/北京/a.xlsx").write_bytes(b""),
    "a name that is no text": lambda h: Path(os.fsdecode(bytes(h / "inbox") + b"/\xff.xlsx")).write_bytes(
        b""
    ),
    "a department": lambda h: (h / "inbox/上海").mkdir(),
    "a claim that was left": lambda h: (h / "inbox/.claims").mkdir(),
    "a receipt": lambda h: (h / "inbox/receipts/r.xml").write_bytes(b""),
    "the sentinel gone": lambda h: (h / "inbox/.vinbatch-inbox").unlink(),
    "the inbox gone": lambda h: (h / "inbox").rename(h / "away"),
    "a setting": lambda h: (h / "rules/settings.toml").write_text("y"),
    "a rule": lambda h: (h / "rules/fields.toml").write_text(""),
    "a template": lambda h: (h / "templates/declaration.xml").write_text(""),
    "a folder that others may write": lambda h: (h / "rules").chmod(0o777),
    "the ledger": lambda h: (h / ".vinbatch/ledger.db").write_text("y"),
    "what the ledger has not folded in": lambda h: (h / ".vinbatch/ledger.db-wal").write_text("y"),
    "the ledger gone": lambda h: (h / ".vinbatch/ledger.db").unlink(),
    "a failure that is noted": lambda h: (h / ".vinbatch/failed").write_text("{}"),
    "a heartbeat": lambda h: (h / ".vinbatch/heartbeat").write_text("{}"),
    "a receipt set aside": lambda h: (h / "reports/set-aside/r.xml").write_text(""),
    "another folder for the outbox": lambda h: (h / "outbox").rename(h / "old") and (h / "outbox").mkdir(),
    "the reports gone": lambda h: (h / "reports").rename(h / "away"),
    "the lock gone": lambda h: (h / ".vinbatch/locks/run").unlink(),
    "the list gone": lambda h: (h / ".vinbatch/idle").unlink(),
    "the list cut off": lambda h: (h / ".vinbatch/idle").write_text("17"),
    "no list at all": lambda h: (h / ".vinbatch/idle").write_bytes(b"\xff\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_asks_for_a_whole_pass(home: Path, change: Callable[[Path], object]) -> None:
    change(home)
    assert not nothing_new(home)


@pytest.mark.parametrize(
    "name", ["outbox/p.zip", "reports/r.xlsx", "inbox/#snapshot/a.xlsx", "inbox/.Trash/a.xlsx"]
)
def test_what_others_take_and_put_where_no_pass_looks_is_nothing_new(home: Path, name: str) -> None:
    folder = (home / name).parent
    folder.mkdir(exist_ok=True)
    (folder / "first").write_bytes(b"")
    nothing_new(home)
    idle.leave(str(home))
    (home / name).write_bytes(b"")
    assert nothing_new(home)


def test_a_rule_that_lies_elsewhere_counts(home: Path) -> None:
    there = home.parent / "fields.toml"
    there.write_text("")
    (home / "rules" / "fields.toml").symlink_to(there)
    nothing_new(home)
    idle.leave(str(home))
    assert nothing_new(home)
    there.write_text("# another")
    assert not nothing_new(home)


@pytest.mark.parametrize("minutes", [6, -1])
def test_a_list_is_believed_for_five_minutes_and_not_where_the_clock_was_set_back(
    home: Path, minutes: int
) -> None:
    note = home / ".vinbatch" / "idle"
    since, _, state = note.read_text().partition("\n")
    note.write_text(f"{int(since) - minutes * 60 * 10**9}\n{state}")
    assert not nothing_new(home)


@pytest.mark.parametrize(
    ("args", "environ"),
    [
        (["--home", "{}", "status"], {}),
        (["--home", "{}", "run", "--engine", "serial"], {}),
        (["--home", "{}", "run", "--help"], {}),
        (["--home"], {}),
        (["run"], {"VINBATCH_HOME": "{}", "SOURCE_DATE_EPOCH": "1"}),
        (["run"], {"VINBATCH_HOME": "{}-not"}),
        ([], {"VINBATCH_HOME": "{}"}),
    ],
)
def test_any_other_call_is_a_whole_one(home: Path, args: list[str], environ: dict[str, str]) -> None:
    told = {key: value.format(home) for key, value in environ.items()}
    assert not idle.nothing_new([part.format(home) for part in args], told)


def test_a_home_is_found_as_every_command_finds_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert idle.nothing_new(["run"], {"VINBATCH_HOME": str(home)})
    monkeypatch.chdir(home)
    assert idle.nothing_new(["run"], {})
    monkeypatch.chdir(home.parent)
    assert idle.nothing_new(["--home", "home", "run"], {"VINBATCH_HOME": "elsewhere"})


def test_what_changed_while_the_pass_went_on_leaves_no_list(home: Path) -> None:
    (home / ".vinbatch" / "idle").unlink()
    nothing_new(home)
    (home / "inbox" / "a.xlsx").write_bytes(b"")
    os.utime(home / "inbox" / "a.xlsx", (1, 1))
    idle.leave(str(home))
    assert not (home / ".vinbatch" / "idle").exists()


def test_what_is_so_new_that_a_change_after_it_might_not_show_leaves_no_list(home: Path) -> None:
    (home / ".vinbatch" / "idle").unlink()
    ahead = time.time_ns() + 5 * 10**9
    os.utime(home / "rules" / "settings.toml", ns=(ahead, ahead))
    nothing_new(home)
    idle.leave(str(home))
    assert not (home / ".vinbatch" / "idle").exists()


@pytest.mark.parametrize(
    ("mtime", "later", "left"),
    [(10**9, 1.9, False), (10**9, 2.1, True), (10**9 + 1, 0.09, False), (10**9 + 1, 0.11, True)],
    ids=["fat", "fat settled", "fine", "fine settled"],
)
def test_a_change_has_settled_after_a_step_of_its_file_systems_clock(
    mtime: int, later: float, left: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT counts in steps of two seconds: what has whole ones may lie there."""
    (home / ".vinbatch" / "idle").unlink()
    for path in home.rglob("*"):
        os.utime(path, ns=(10**9 + 1, 10**9 + 1))
    os.utime(home / "rules" / "settings.toml", ns=(mtime, mtime))
    changed = max(path.stat().st_ctime_ns for path in home.rglob("*"))
    now = changed + round(later * 10**9)
    monkeypatch.setattr(idle, "time", SimpleNamespace(time_ns=lambda: now))
    nothing_new(home)
    idle.leave(str(home))
    assert (home / ".vinbatch" / "idle").exists() == left


def test_more_than_5000_things_are_for_whole_passes(home: Path) -> None:
    (home / ".vinbatch" / "idle").unlink()
    for number in range(5001):
        (home / "inbox" / f"{number}.tmp").touch()
    nothing_new(home)
    idle.leave(str(home))
    assert not (home / ".vinbatch" / "idle").exists()


def test_folders_without_end_are_for_whole_passes(home: Path) -> None:
    """Each by its own name: a path has its limits before folders have."""
    (home / ".vinbatch" / "idle").unlink()
    start = Path.cwd()
    os.chdir(home / "inbox")
    try:
        for _ in range(1200):
            Path("a").mkdir()
            os.chdir("a")
    finally:
        os.chdir(start)
    assert not nothing_new(home)
    idle.leave(str(home))
    assert not (home / ".vinbatch" / "idle").exists()
    subprocess.run(["rm", "-rf", home / "inbox" / "a"], check=True)


# ── the command itself ───────────────────────────────────────────────────────────────────────────


def vinbatch(*args: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-X", "importtime", "-m", "vinbatch", *args]
    return subprocess.run(call, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def rested(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A home on which passes have found nothing until one left its list."""
    tmp_path = tmp_path_factory.mktemp("rested")
    root = str(tmp_path / "home")
    assert vinbatch("init", root).returncode == 0
    for _ in range(50):
        assert vinbatch("--home", root, "run").returncode == 0
        if (tmp_path / "home" / ".vinbatch" / "idle").exists():
            return root
    raise AssertionError("no pass left a list")


def test_a_run_after_an_idle_one_loads_next_to_nothing(rested: str) -> None:
    done = vinbatch("--home", rested, "run")
    assert (done.returncode, done.stdout) == (0, "")
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert loaded & {"msgspec", "click", "sqlite3", "json", "vinbatch.cli"} == set()
    assert "vinbatch.effects.idle" in loaded


def test_what_is_dropped_after_an_idle_run_is_worked_by_the_next(rested: str) -> None:
    (Path(rested) / "inbox" / "a.xlsx").write_bytes(b"no workbook")
    assert vinbatch("--home", rested, "run").returncode == 4
    assert list((Path(rested) / "inbox").glob("*.xlsx")) == []


def test_a_file_that_waits_leaves_no_list(rested: str) -> None:
    inbox = Path(rested) / "inbox"
    (inbox / "a.xlsx").write_bytes(b"x")
    (inbox / "~$a.xlsx").write_bytes(b"somebody has it open")
    for _ in range(2):
        vinbatch("--home", rested, "run")
    assert (inbox / "a.xlsx").exists()
    assert not idle.nothing_new(["--home", rested, "run"], {})


def test_a_share_that_was_mounted_anew_to_be_read_alone_counts(home: Path) -> None:
    """The folder is the same then, and so are its rights: only the flags of its file system tell."""
    seen = (home / ".vinbatch" / "idle").read_text().splitlines()
    for name in ("outbox", "reports", "inbox", ".vinbatch"):
        flags = os.statvfs(home / name).f_flag
        assert any(line.startswith(f"'{name}' ") and line.endswith(f" {flags}") for line in seen)
