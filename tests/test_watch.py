"""A watch driven by a fake clock over a real home, and a real one with signals and events."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from forked import Forked

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.effects import home as homes
from vinbatch.effects.heartbeat import HANGS
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.errors import AccessError
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.answers import after
from vinbatch.run.engines import SERIAL, Engine
from vinbatch.run.passing import Clock, Machine, Pass
from vinbatch.watch import ANYHOW, Watch
from vinbatch.workbook.form import build

ONE = samples.MODELS[:1]
IN_PROCESS = Engine(SERIAL)


@dataclass
class Silent:
    """A bell that nobody rings."""

    def wait(self, seconds: float) -> bool:
        return seconds < 0

    def ring(self) -> None:
        return None


@dataclass
class Watched:
    """A watch whose time is moved by hand."""

    root: Path
    at: float = 1000.0
    passes: list[Pass] = field(default_factory=list)
    engine: Engine = IN_PROCESS  # without processes, which most claims are not about

    def __post_init__(self) -> None:
        self.watch = Watch(self.machine, self.passes.append, Silent(), lambda: self.at, self.now)

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 1, 30, tzinfo=UTC) + timedelta(seconds=self.at)

    def machine(self) -> Machine:
        rulebook = read_rulebook(self.root)
        home = homes.Home(self.root, compile_rules(rulebook).settings)
        return Machine(home, rulebook, Clock(self.now, lambda _: None), engine=self.engine)

    def step(self, seconds: float = 0) -> float:
        self.at += seconds
        return self.watch.step()

    def files(self) -> list[str]:
        return [line.file for done in self.passes for line in done.lines]


@pytest.fixture
def watched(tmp_path: Path, ruleset: Ruleset, empty_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A watch that has made its first pass over an empty home; among all the tests it looks for no cycles."""
    monkeypatch.setattr("vinbatch.watch.gc.collect", lambda: 0)
    root = tmp_path / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text("settle_seconds = 2\n[worker]\nprocesses = 1\n", "utf-8")
    shutil.copy(empty_ledger, homes.Home(root).ledger)
    made = Watched(root)
    made.step()
    assert len(made.passes) == 1, "start-up recovery is a pass"
    return made


@pytest.fixture
def book(ruleset: Ruleset) -> bytes:
    return samples.workbook(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE))


def drop(watched: Watched, name: str, data: bytes) -> Path:
    path = watched.root / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


# ── what stands still ────────────────────────────────────────────────────────────────────────────


def test_a_file_is_taken_when_it_has_stood_still_between_two_looks(watched: Watched, book: bytes) -> None:
    drop(watched, "a.xlsx", book)
    assert watched.step(5) == 2.0, "look again when it may have settled"
    assert watched.files() == []
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_an_upload_that_goes_on_is_left_alone_however_long_it_takes(watched: Watched, book: bytes) -> None:
    for size in range(0, len(book), len(book) // 10):
        drop(watched, "a.xlsx", book[:size])
        watched.step(5)
    assert watched.files() == []
    drop(watched, "a.xlsx", book)
    watched.step(5)
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_a_stalled_upload_waits_while_it_is_empty(watched: Watched) -> None:
    drop(watched, "a.xlsx", b"")
    for _ in range(5):
        watched.step(5)
    assert watched.files() == []


def test_an_empty_file_whose_sender_is_gone_is_answered_after_a_minute(watched: Watched) -> None:
    """A client that was killed before it wrote a byte: nobody will ever fill it."""
    drop(watched, "a.xlsx", b"")
    for _ in range(12):
        watched.step(5)
    assert watched.files() == []
    watched.step(5)
    assert watched.files() == ["a.xlsx"]
    assert not (watched.root / "inbox" / "a.xlsx").exists()


def test_old_files_are_not_kept_waiting_by_a_new_one(watched: Watched, book: bytes) -> None:
    drop(watched, "a.xlsx", book)
    watched.step(5)
    drop(watched, "b.xlsx", book)
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_excel_saving_over_the_file_starts_its_time_anew(watched: Watched, book: bytes) -> None:
    """Excel writes a temporary file, deletes the original and renames."""
    path = drop(watched, "a.xlsx", book)
    watched.step(5)
    temporary = path.with_name("A1B2C3D4.tmp")
    temporary.write_bytes(book + b"")
    path.unlink()
    temporary.rename(path)
    watched.step(1)
    assert watched.files() == []
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_libreoffice_saving_over_the_file_starts_its_time_anew(watched: Watched, book: bytes) -> None:
    """It locks, writes a temporary file, copies that into the original, closes much later."""
    path = drop(watched, "a.xlsx", book)
    watched.step(5)
    lock = drop(watched, ".~lock.a.xlsx#", b",Wang,pc,02.03.2026 09:30,file:///home;")
    os.utime(lock, (watched.now().timestamp(),) * 2)
    drop(watched, "lu4711abc.tmp", book[:100])
    path.write_bytes(book[:1000])
    watched.step(5)
    assert watched.passes[-1].lines == []
    path.write_bytes(book)
    (path.parent / "lu4711abc.tmp").unlink()
    lock.unlink()
    watched.step(1)
    assert watched.files() == [], "it changed while it was open"
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_who_has_it_open_is_told_and_an_owner_of_yesterday_is_ignored(watched: Watched, book: bytes) -> None:
    drop(watched, "a.xlsx", book)
    lock = drop(watched, ".~lock.a.xlsx#", b",Wang,pc,02.03.2026 09:30,file:///home;")
    os.utime(lock, (watched.now().timestamp(),) * 2)
    watched.step(ANYHOW)
    assert [(s.path, s.who) for s in watched.passes[-1].unready] == [("a.xlsx", "Wang")]
    watched.step(24 * 3600 + 1)
    watched.step(5)
    assert watched.files() == ["a.xlsx"]
    assert [s.path for done in watched.passes for s in done.stale] != []


@pytest.mark.parametrize("owner", ["~$a.xlsx", ".~lock.a.xlsx#", ".~a.xlsx"])
def test_a_file_that_is_open_waits_until_it_is_closed(watched: Watched, book: bytes, owner: str) -> None:
    drop(watched, "a.xlsx", book)
    sign = drop(watched, owner, b"")
    moment = watched.now().timestamp()
    os.utime(sign, (moment, moment))
    for _ in range(3):
        watched.step(5)
    assert watched.files() == []
    sign.unlink()
    watched.step(5)
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_a_file_that_comes_back_edited_is_a_new_drop(watched: Watched, ruleset: Ruleset, book: bytes) -> None:
    drop(watched, "a.xlsx", book)
    watched.step(5)
    watched.step(2)
    drop(watched, "a.xlsx", samples.workbook(ruleset, samples.vehicles(1, seed=3, models=ONE), ()))
    watched.step(5)
    watched.step(2)
    assert watched.files() == ["a.xlsx", "a.xlsx"]


def test_a_department_carries_through_to_the_record(watched: Watched, book: bytes) -> None:
    drop(watched, "华东/a.xlsx", book)
    watched.step(5)
    watched.step(2)
    with watched.machine().open_ledger() as ledger:
        vin = str(samples.vehicles(1, models=ONE)[0]["vin"])
        assert ledger.records([vin])[vin].department == "华东"


# ── when there is nothing to do, and when something is wrong ─────────────────────────────────────


def test_an_idle_look_makes_no_pass(watched: Watched) -> None:
    for _ in range(5):
        assert watched.step(5) == 5.0
    assert len(watched.passes) == 1


def test_a_pass_is_made_now_and_then_all_the_same(watched: Watched) -> None:
    watched.step(ANYHOW)
    assert len(watched.passes) == 2


def test_a_receipt_is_heard_at_once(watched: Watched) -> None:
    drop(watched, "receipts/r.xml", b"<a")
    watched.step(5)
    assert [h.name for p in watched.passes for h in p.heard] == ["r.xml"]


def test_a_dead_share_is_told_once_and_the_watch_goes_on(
    watched: Watched, book: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The sentinel tells a dead share from an empty folder."""
    sentinel = watched.root / "inbox" / ".vinbatch-inbox"
    drop(watched, "a.xlsx", book)
    sentinel.rename(watched.root / "away")
    for _ in range(3):
        watched.step(5)
    assert watched.files() == []
    assert len([r for r in caplog.records if "共享" in r.getMessage()]) == 1
    (watched.root / "away").rename(sentinel)
    watched.step(5)
    watched.step(2)
    assert watched.files() == ["a.xlsx"]
    assert caplog.records[-1].getMessage().startswith("继续办理")


def test_another_folder_of_receipts_is_told_once_and_the_return_of_the_true_one_too(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    watched.step(60)
    receipts = watched.root / "inbox" / "receipts"
    receipts.rename(watched.root / "away")
    receipts.mkdir()
    for _ in range(3):
        watched.step(60)
    assert len([r for r in caplog.records if str(receipts) in r.getMessage()]) == 1
    receipts.rmdir()
    (watched.root / "away").rename(receipts)
    watched.step(60)
    assert str(receipts) in caplog.records[-1].getMessage()
    assert caplog.records[-1].levelname == "WARNING"


def test_an_outbox_that_is_gone_is_told_once_and_its_return_too(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where nothing is to go out: a pass every minute would say so every minute."""
    outbox = watched.root / "outbox"
    outbox.rename(watched.root / "away")
    for _ in range(30):
        watched.step(5)
    assert len(watched.passes) > 2
    assert len([r for r in caplog.records if str(outbox) in r.getMessage()]) == 1
    (watched.root / "away").rename(outbox)
    for _ in range(15):
        watched.step(5)
    assert caplog.records[-1].getMessage().startswith("继续办理")


def test_what_ends_a_pass_is_not_over_because_a_look_meets_nothing(
    watched: Watched, book: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Looks between two passes open no ledger: each minute it was said to be back, and then to be gone."""
    drop(watched, "a.xlsx", book)
    watched.step(5)
    watched.step(2)
    ledger = watched.machine().home.ledger
    ledger.rename(watched.root / "away")
    for _ in range(30):
        watched.step(5)
    (told,) = caplog.records
    assert str(ledger) in told.getMessage()
    (watched.root / "away").rename(ledger)
    for _ in range(12):
        watched.step(5)
    assert caplog.records[-1].getMessage().startswith("继续办理")


def test_rules_that_are_broken_and_mended_while_it_watches(watched: Watched, book: bytes) -> None:
    settings = watched.root / "rules" / "settings.toml"
    good = settings.read_text("utf-8")
    drop(watched, "a.xlsx", book)
    settings.write_text("langage = 1\n", "utf-8")
    for _ in range(3):
        watched.step(5)
    settings.write_text(good, "utf-8")
    watched.step(5)
    watched.step(2)
    assert watched.files() == ["a.xlsx"]


def test_a_run_that_holds_the_home_is_waited_for(watched: Watched, book: bytes) -> None:
    from vinbatch.effects.lock import HomeLock

    drop(watched, "a.xlsx", book)
    watched.step(5)
    with HomeLock(watched.machine().home.lock_path):
        assert watched.step(2) == 1.0
    watched.step(1)
    assert watched.files() == ["a.xlsx"]


def test_the_heart_beats_at_every_look(watched: Watched) -> None:
    watched.step(5)
    beat = json.loads((watched.root / ".vinbatch" / "heartbeat").read_text())
    assert beat["beat"] == watched.now().isoformat(timespec="seconds")
    assert beat["passes"] == 1


def heartbeat(watched: Watched) -> str:
    return json.loads((watched.root / ".vinbatch" / "heartbeat").read_text())["beat"]


def test_the_heart_beats_within_a_pass(watched: Watched, book: bytes) -> None:
    """Each look at the clock takes ten seconds: a long pass is no watch that hangs."""
    began, seen, held = [], [], []

    def slowly() -> float:
        watched.at += 10
        return watched.at

    def look(home: homes.Home) -> None:
        seen.append(heartbeat(watched))
        held.append(home.lock_path.read_text().split()[2])

    def machine() -> Machine:
        made = Watched.machine(watched)
        made.progress = lambda _done, _all: look(made.home)
        began.append(watched.now().isoformat(timespec="seconds"))
        return made

    drop(watched, "a.xlsx", book)
    watched.step(5)
    watched.watch.machine, watched.watch.monotonic = machine, slowly
    watched.step()
    assert watched.files() == ["a.xlsx"]
    assert seen[0] > began[-1]
    assert held == ["pass"], "who is refused meanwhile is told of a watch, not of a run"
    assert datetime.fromisoformat(seen[0]) - datetime.fromisoformat(began[-1]) > timedelta(seconds=60)


def test_nothing_healthy_takes_so_long_that_it_seems_to_hang() -> None:
    """The settings take no more than a minute for what lies between two beats; a chunk has the rest."""
    assert timedelta(seconds=2 * after.SECONDS) < HANGS


def test_a_watch_that_looks_in_vain_does_not_hang(watched: Watched) -> None:
    """What keeps it from working is told; that it hangs besides would send the operator the wrong way."""
    (watched.root / "inbox" / ".vinbatch-inbox").unlink()
    watched.step(5)
    assert heartbeat(watched) == watched.now().isoformat(timespec="seconds")


def test_stopping_leaves_what_was_not_begun_for_the_next_start(
    watched: Watched, book: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between effects: the claim stays, and the next pass works it."""
    drop(watched, "a.xlsx", book)
    watched.step(5)
    watched.watch.stopping.set()
    watched.step(2)
    assert watched.files() == []
    again = Watched(watched.root, at=watched.at)
    again.step()
    assert again.files() == ["a.xlsx"]


# ── real ones ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def start(tmp_path: Path, ruleset: Ruleset) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts `vinbatch watch` over a home with these settings."""
    started: list[subprocess.Popen[str]] = []

    def make(settings: str) -> subprocess.Popen[str]:
        root = tmp_path / "home"
        if not root.exists():
            making.init(root, build(ruleset), guides.guide_text())
        (root / "rules" / "settings.toml").write_text(settings + "[worker]\nprocesses = 1\n", "utf-8")
        command = [sys.executable, "-W", "error", "-m", "vinbatch", "--home", str(root), "watch"]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield make
    for process in started:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("events", ["native", "polling", "off"])
def test_a_real_watch_works_a_file_and_stops_on_sigterm(
    tmp_path: Path, start: Callable[[str], subprocess.Popen[str]], book: bytes, events: str
) -> None:
    process = start(f'settle_seconds = 0.2\nscan_seconds = 0.5\nevents = "{events}"\n')
    home = tmp_path / "home"
    wait_for((home / ".vinbatch" / "heartbeat").exists)
    (home / "inbox" / "a.xlsx").write_bytes(book)
    wait_for(lambda: any((home / "reports").glob("*_a.xlsx")))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert not (home / ".vinbatch" / "heartbeat").exists()


def test_who_reads_that_it_watches_may_stop_it_at_once(
    start: Callable[[str], subprocess.Popen[str]],
) -> None:
    """The line comes when the signals are in its hands, not before."""
    process = start("scan_seconds = 0.5\n")
    assert process.stderr is not None
    assert "正在值守" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_second_watch_leaves_with_11_and_names_the_first(
    tmp_path: Path, start: Callable[[str], subprocess.Popen[str]]
) -> None:
    first = start("scan_seconds = 0.5\n")
    wait_for((tmp_path / "home" / ".vinbatch" / "heartbeat").exists)
    second = start("scan_seconds = 0.5\n")
    assert second.wait(20) == 11
    assert second.stderr is not None
    assert str(first.pid) in second.stderr.read()


def test_a_watch_that_was_killed_needs_nobody(
    tmp_path: Path, start: Callable[[str], subprocess.Popen[str]], forked: Forked
) -> None:
    first = start("scan_seconds = 0.5\n")
    wait_for((tmp_path / "home" / ".vinbatch" / "heartbeat").exists)
    first.kill()
    first.wait()
    told = forked(["--home", str(tmp_path / "home"), "status"], tmp_path)
    assert told.returncode == 6, "monitoring sees it"
    assert str(first.pid) in told.stdout
    assert ".vinbatch/heartbeat" in told.stdout, "who uses cron now is told the way out"
    (tmp_path / "home" / ".vinbatch" / "heartbeat").unlink()
    assert forked(["--home", str(tmp_path / "home"), "status"], tmp_path).returncode == 0
    start("scan_seconds = 0.5\n")
    wait_for((tmp_path / "home" / ".vinbatch" / "heartbeat").exists)


def test_a_command_has_its_turn_while_a_watch_lives(
    tmp_path: Path, start: Callable[[str], subprocess.Popen[str]], forked: Forked
) -> None:
    start("scan_seconds = 0.5\n")
    home = tmp_path / "home"
    wait_for((home / ".vinbatch" / "heartbeat").exists)
    assert forked(["--home", str(home), "declare", "--all"], tmp_path).returncode == 0


def test_a_missing_inbox_is_an_access_error(tmp_path: Path) -> None:
    with pytest.raises(AccessError):
        homes.Home(tmp_path).check_inbox()
