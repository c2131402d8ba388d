"""One run per home."""

import errno
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vinbatch.effects.lock import WATCHES, HomeLock
from vinbatch.effects.lock import holder as holder_of
from vinbatch.errors import AccessError, BusyError

HOLD = """
import sys; from pathlib import Path
from vinbatch.effects.lock import HomeLock
with HomeLock(Path(sys.argv[1])):
    print("held", flush=True); sys.stdin.readline()
"""
TRY = """
import sys; from pathlib import Path
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import BusyError
from zoneinfo import ZoneInfo
ZONE = ZoneInfo("Asia/Shanghai")
try:
    with HomeLock(Path(sys.argv[1])): print("free")
except BusyError as e: print(e.exit_code, e)
"""
FORK = """
import os, sys, time; from pathlib import Path
from vinbatch.effects.lock import HomeLock
with HomeLock(Path(sys.argv[1])):
    if os.fork() == 0:
        print("forked", os.getpid(), flush=True); time.sleep(30)
    sys.stdin.readline()
    os.kill(os.getpid(), 9)
"""
Start = Callable[..., subprocess.Popen[str]]
Child = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / ".vinbatch" / "locks" / "run"


def test_the_second_run_is_told_who_holds_the_home(path: Path, start: Start) -> None:
    holder = start(HOLD, path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BusyError) as e, HomeLock(path):
        pass
    assert re.search(rf"process {holder.pid} on {os.uname().nodename}, since \d{{4}}-\d\d-", e.value.message)
    assert f"kill {holder.pid}" in e.value.cure
    assert str(path.parent.parent.parent) in e.value.message
    assert e.value.exit_code == 11


UNSIGNED = """
import fcntl, os, sys; from pathlib import Path
path = Path(sys.argv[1]); path.parent.mkdir(parents=True)
fd = os.open(path, os.O_RDWR | os.O_CREAT)
fcntl.lockf(fd, fcntl.LOCK_EX)
print("held", flush=True); sys.stdin.readline()
"""


def test_a_holder_that_has_just_come_is_waited_for_until_it_has_written_its_name(
    path: Path, start: Start
) -> None:
    holder = start(UNSIGNED, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(BusyError) as e, HomeLock(path, sleep=lambda _: signed(path, holder.pid)):
        pass
    assert f"process {holder.pid} on there" in e.value.message


def signed(path: Path, pid: int) -> None:
    path.write_text(f"{pid} 2026-03-02T01:00:00+00:00 run there\n")


def test_a_holder_that_never_writes_its_name_is_waited_for_two_seconds(path: Path, start: Start) -> None:
    holder = start(UNSIGNED, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    slept: list[float] = []
    with (
        pytest.raises(BusyError) as e,
        HomeLock(path, clock=lambda: sum(slept), sleep=slept.append),
    ):
        pass
    assert e.value.message == f"another run holds the home {path.parent.parent.parent}"
    assert sum(slept) == pytest.approx(2)


def test_who_is_refused_reads_the_time_of_his_own_zone(path: Path, child: Child) -> None:
    held = datetime(2026, 3, 2, 17, 5, tzinfo=UTC)
    with HomeLock(path, now=lambda: held):
        told = child(
            TRY.replace("HomeLock(Path(sys.argv[1]))", "HomeLock(Path(sys.argv[1]), zone=ZONE)"), path
        )
    assert "since 2026-03-03 01:05:00" in told.stdout


def test_nobody_is_told_to_wait_for_a_watch_to_end(path: Path, child: Child) -> None:
    with HomeLock(path, what="watch"):
        told = child(TRY, path).stdout
    assert "a watch holds the home" in told
    assert "try again" not in told


def test_who_meets_a_watch_at_work_leaves_it_alone(path: Path, child: Child) -> None:
    """Its files are worked: there is nothing to wait for, and nobody to kill."""
    with HomeLock(path, what=WATCHES):
        told = child(TRY, path).stdout
    assert told.startswith("11 the watch is at work")
    assert "no run is needed" in told
    assert "kill" not in told


def test_who_meets_a_watch_that_hangs_is_told_to_start_it_again(path: Path, child: Child) -> None:
    beat = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "since": "2026-03-02T01:00:00+00:00",
        "beat": "2026-03-02T01:05:00+00:00",
        "passes": 1,
        "waiting": 0,
    }
    with HomeLock(path, what=WATCHES):
        (path.parent.parent / "heartbeat").write_text(json.dumps(beat))
        told = child(TRY, path).stdout
    assert "has not moved since 2026-03-02 01:05:00" in told
    assert f"kill {os.getpid()}" in told


def test_a_killed_holder_frees_the_home(path: Path, start: Start) -> None:
    holder = start(HOLD, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with HomeLock(path):
        pass


def test_a_forked_worker_does_not_keep_its_dead_parents_lock(path: Path, start: Start) -> None:
    holder = start(FORK, path)
    assert holder.stdout is not None
    assert holder.stdin is not None
    worker = int(holder.stdout.readline().split()[1])
    holder.stdin.write("die\n")
    holder.stdin.flush()
    holder.wait()
    try:
        with HomeLock(path):
            pass
    finally:
        os.kill(worker, signal.SIGKILL)


def test_a_process_excludes_itself_and_keeps_its_lock(path: Path, child: Child) -> None:
    """POSIX would grant the second lock, and drop both when its descriptor closes."""
    with HomeLock(path):
        with pytest.raises(BusyError), HomeLock(path):
            pass
        assert child(TRY, path).stdout.startswith("11 ")
    assert child(TRY, path).stdout == "free\n"


def test_a_full_disk_leaves_no_lock_with_a_process_that_stays(
    path: Path, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch was refused by itself from then on, without a word, and every run by the watch."""

    def no_room(_fd: int, _data: bytes, _at: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", no_room)
        with pytest.raises(AccessError, match="No space left"):
            HomeLock(path).__enter__()
    assert child(TRY, path).stdout == "free\n"
    with HomeLock(path):
        assert child(TRY, path).stdout.startswith("11 ")


def test_waiting_ends_when_the_holder_leaves(path: Path, start: Start) -> None:
    holder = start(HOLD, path)
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.stdout.readline()
    holder.stdin.write("\n")
    holder.stdin.flush()
    with HomeLock(path, wait=20):
        pass


def test_waiting_lasts_as_long_as_asked(path: Path, start: Start) -> None:
    holder = start(HOLD, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    slept: list[float] = []
    with pytest.raises(BusyError), HomeLock(path, 60, clock=lambda: sum(slept), sleep=slept.append):
        pass
    assert sum(slept) == pytest.approx(60)


def test_a_restored_folder_has_a_lock_of_its_own(path: Path) -> None:
    with HomeLock(path):
        path.parent.rename(path.parent.with_name("before"))
        with HomeLock(path):
            pass


def test_a_folder_restored_between_open_and_lock_is_locked_anew(path: Path, start: Start) -> None:
    """A lock on the file that was replaced would keep nobody out."""
    holder = start(HOLD, path, inject=("fcntl:delay_enter=400000",))  # microseconds
    assert holder.stdout is not None
    assert holder.stdin is not None
    while not path.exists():
        time.sleep(0.01)
    path.parent.rename(path.parent.with_name("before"))
    path.parent.mkdir()
    path.write_bytes(b"")
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BusyError), HomeLock(path):
        pass
    holder.stdin.write("\n")
    holder.stdin.flush()
    holder.wait(10)


def test_run_and_watch_do_not_stand_in_each_others_way(path: Path) -> None:
    watch = path.with_name("watch")
    with (
        HomeLock(path),
        HomeLock(watch, what="watch"),
        pytest.raises(BusyError, match="another watch"),
        HomeLock(watch, what="watch"),
    ):
        pass


def test_nobody_is_told_of_a_holder_that_has_left(path: Path) -> None:
    with HomeLock(path):
        assert path.read_text().startswith(f"{os.getpid()} ")
    assert path.read_text() == ""


def test_who_only_looks_is_told_which_process_holds_a_home_and_for_what(path: Path, start: Start) -> None:
    holder = start(HOLD, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    found = holder_of(path)
    assert found is not None
    assert (found.pid, found.host, found.what) == (holder.pid, os.uname().nodename, "run")


def test_of_a_holder_whose_name_is_no_text_nothing_is_told(path: Path, start: Start) -> None:
    holder = start(UNSIGNED, path)
    assert holder.stdout is not None
    holder.stdout.readline()
    path.write_bytes(b"\xff 2026-03-02T01:00:00+00:00 run there\n")
    assert holder_of(path) is None


def test_a_look_at_our_own_lock_does_not_drop_it(path: Path, child: Child) -> None:
    with HomeLock(path):
        assert holder_of(path) is None
        assert child(TRY, path).stdout.startswith("11 ")
