"""A worker that dies fails its own task, with the reason; everything else is done."""

import multiprocessing.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pool_tasks
import pytest
from few_threads import few_threads
from pool_tasks import Killing, count_and_die, die_in_company, double, fill, look, touch, work

from vinbatch.effects.pool import Died, Pool
from vinbatch.errors import AccessError


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2, 256, 1.0, initial={"rules": 1}) as made:
        yield made


def reasons(answers: list[object | Died]) -> list[object]:
    return [a.reason if isinstance(a, Died) else a for a in answers]


def test_results_come_in_the_order_of_the_items(pool: Pool) -> None:
    assert pool.map(double, range(50)) == [2 * n for n in range(50)]


def test_no_items_start_nothing() -> None:
    before = multiprocessing.active_children()
    with Pool(2, 256, 1.0) as idle:
        assert idle.map(double, []) == []
        assert multiprocessing.active_children() == before


def test_one_item_still_goes_to_a_worker(pool: Pool) -> None:
    (pid,) = pool.map(look, ["pid"])
    assert pid != os.getpid()


def test_a_worker_without_room_for_last_words_works_all_the_same(tmp_path: Path) -> None:
    """It would never begin, and each file would be refused as one that kills its reader."""
    with Pool(1, 256, 1.0) as pool:
        pool._words = tmp_path / "gone"
        assert pool.map(double, [1]) == [2]


@pytest.mark.parametrize("given", [0, 1, 2])
def test_no_threads_for_workers_are_a_failure_of_the_system(given: int) -> None:
    """It was a traceback, and of a pool that had one of its threads the end was waited for without end."""
    with Pool(1, 256, 1.0) as pool:
        with few_threads(given), pytest.raises(AccessError):
            pool.map(double, [1])
        assert pool.map(double, [1]) == [2]


def test_no_room_for_workers_is_a_failure_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a traceback."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with Pool(1, 256, 1.0) as pool, pytest.raises(AccessError) as caught:
        pool.map(double, [1])
    assert str(tmp_path) in caught.value.told("en").message


def test_workers_that_the_system_does_not_start_are_a_failure_of_the_system(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user may not read the Python that they run by: it was a bug, or not, as chance had it."""

    def refused(*_args: object, **_more: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("pebble.ProcessPool.schedule", refused)
    with pytest.raises(AccessError) as caught:
        pool.map(double, [1])
    assert caught.value.key == "disk.workers"


def test_a_temporary_folder_with_too_long_a_path_is_named_with_its_cure(tmp_path: Path) -> None:
    """It was an AF_UNIX, and the home was to be looked at. Newer Pythons have the sockets in /tmp then."""
    place = tmp_path / ("x" * 100)
    place.mkdir()
    script = (
        "import pool_tasks\nfrom vinbatch.effects.pool import Pool\nfrom vinbatch.errors import AccessError\n"
        "with Pool(1, 256, 5) as pool:\n"
        "    try:\n"
        "        print(pool.map(pool_tasks.double, [1]))\n"
        "    except AccessError as e:\n"
        "        print(*e.told('en'))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "TMPDIR": str(place)}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    if hasattr(multiprocessing.util, "_SUN_PATH_MAX"):
        assert said.stdout == "[2]\n"
    else:
        assert (str(place) in said.stdout, "set TMPDIR to a shorter path" in said.stdout) == (True, True)


def test_workers_whose_server_was_killed_are_begun_anew() -> None:
    """It was a traceback, with all workbooks of the pass left for the next one."""
    script = (
        "import os, signal\nfrom multiprocessing import forkserver\n"
        "from vinbatch.effects.pool import Pool; import pool_tasks\n"
        "if __name__ == '__main__':\n"
        "    with Pool(1, 256, 5) as pool:\n"
        "        pool._started(pool_tasks.double)\n"
        "        server = forkserver._forkserver._forkserver_pid\n"
        "        os.kill(server, signal.SIGKILL)\n"
        "        os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)\n"  # a busy machine takes its time
        "        print(pool.map(pool_tasks.double, [1, 2]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[2, 4]\n", "")


def test_what_is_begun_is_done_while_nobody_asks(pool: Pool, tmp_path: Path) -> None:
    ask = pool.begin(touch, [str(tmp_path / "done")])
    deadline = time.monotonic() + 10
    while not (tmp_path / "done").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (tmp_path / "done").exists()
    assert ask() == ["touched"]


def test_what_is_begun_is_not_lost_when_a_task_of_others_dies(pool: Pool) -> None:
    """The second try of `abort` ends all workers, and what they had in hand."""
    ask = pool.begin(work, ["a", "sleep", "b"])
    assert reasons(pool.map(work, ["abort", "c"])) == ["crash", "c"]
    assert ask() == ["a", "sleep", "b"]


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("abort", "crash"),
        ("exit", "crash"),
        ("wordy", "memory"),  # what follows its first words may be long
        ("kill", "memory"),  # nobody but the kernel kills a worker
        ("memory", "memory"),
        ("hang", "time"),
        ("busy", "time"),
        ("files", "error"),
        ("raise", "error"),
        ("unpicklable", "error"),
    ],
)
def test_a_task_that_dies_is_alone(pool: Pool, task: str, reason: str) -> None:
    """Its neighbours have their results."""
    assert reasons(pool.map(work, ["a", "b", task, "c", "d"])) == ["a", "b", reason, "c", "d"]


def test_a_worker_that_is_killed_before_it_says_which_task_it_has_lacked_memory() -> None:
    """Under load it may be gone so soon: then the pool gave up without its exit code, and it was a crash."""
    with Pool(1, 256, 1.0, initial=Killing()) as pool:
        assert reasons(pool.map(double, [1])) == ["memory"]


def test_several_deaths_at_once(pool: Pool) -> None:
    tasks = ["abort", "a", "exit", "kill", "b", "raise", "abort", "c"]
    expected = ["crash", "a", "crash", "memory", "b", "error", "crash", "c"]
    assert reasons(pool.map(work, tasks)) == expected


def test_an_error_carries_its_traceback(pool: Pool) -> None:
    (died,) = pool.map(work, ["raise"])
    assert isinstance(died, Died)
    assert "UnsendableError" in died.detail
    assert "pool_tasks.py" in died.detail


def test_a_crash_carries_its_last_words(pool: Pool) -> None:
    (died,) = pool.map(work, ["abort"])
    assert isinstance(died, Died)
    assert "in work" in died.detail


def test_what_a_worker_says_stays_off_the_terminal(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    assert pool.map(work, ["noise", "abort"])[0] == "noise"
    assert capfd.readouterr().err == ""


def test_workers_have_what_they_were_given_and_their_limits(pool: Pool) -> None:
    assert pool.map(look, ["initial", "core", "blas"]) == [{"rules": 1}, (0, 0), "1"]


def test_who_commits_goes_before_who_reads_and_renders(pool: Pool) -> None:
    (nice,) = pool.map(look, ["nice"])
    assert nice == min(os.nice(0) + 5, 19)


def test_the_processor_time_of_each_task_is_bounded_anew(pool: Pool) -> None:
    """The bound is a little more than the task's own seconds beyond what the worker has used before it."""
    for limit in pool.map(look, ["cpu"] * 3):
        assert isinstance(limit, int)
        assert 3 <= limit <= 10


def test_a_worker_fills_no_disk(pool: Pool, tmp_path: Path) -> None:
    (died,) = pool.map(fill, [str(tmp_path / "file")])
    assert isinstance(died, Died)
    assert "File too large" in died.detail
    assert (tmp_path / "file").stat().st_size <= 2**20


def test_what_died_beside_another_is_tried_again_alone(pool: Pool, tmp_path: Path) -> None:
    """A neighbour may have taken the memory that it lacked."""
    (tmp_path / "bystander").touch()
    tasks = [(str(tmp_path), "bystander"), (str(tmp_path), "victim")]
    assert pool.map(die_in_company, tasks) == ["bystander", "victim"]


def test_what_dies_alone_too_is_not_tried_a_third_time(pool: Pool, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    assert reasons(pool.map(count_and_die, [str(marks)])) == ["crash"]
    assert marks.read_text() == "xx"


def test_parse_workers_import_neither_pandas_nor_pandera() -> None:
    """They would take 400 MB of address space and half a second for nothing."""
    with Pool(1, 256, 10.0) as fresh:
        (modules,) = fresh.map(look, ["modules"])
    assert isinstance(modules, list)
    assert not {"pandas", "pandera", "numpy", "sqlite_utils"} & set(modules)


def test_leaving_the_pool_ends_its_workers() -> None:
    with Pool(2, 256, 5.0) as short:
        pids = {pid for pid in short.map(look, ["pid"] * 8) if isinstance(pid, int)}
    _until(lambda: not any(map(_lives, pids)))


def test_workers_die_with_a_main_process_that_is_killed(tmp_path: Path) -> None:
    """Even one that is busy for ever: nobody would be left to end it."""
    said = tmp_path / "pid"
    main = (
        "from vinbatch.effects.pool import Pool; import pool_tasks\n"
        "if __name__ == '__main__':\n"
        f"    with Pool(1, 256, 600.0) as pool: pool.map(pool_tasks.spin, [{str(said)!r}])"
    )
    script = tmp_path / "main.py"
    script.write_text(main)
    paths = os.pathsep.join([str(Path(pool_tasks.__file__).parent), *sys.path])
    process = subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": paths})
    _until(lambda: said.exists() and said.read_text() != "")
    assert _lives(int(said.read_text()))
    process.kill()
    process.wait()
    _until(lambda: not _lives(int(said.read_text())))


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_import_nothing_from_the_folder_that_the_command_runs_in(tmp_path: Path) -> None:
    """A share that a clerk may write to must not give its files a life of their own."""
    for name in ("selectors.py", "vinbatch/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"open({str(tmp_path / 'taken')!r}, 'w')\n", "utf-8")
    program = (
        "from vinbatch.effects.pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    with Pool(1, 256, 5.0) as pool:\n"
        "        print(pool.map(len, ['four']))\n"
    )
    script = tmp_path / "elsewhere" / "script.py"
    script.parent.mkdir()
    script.write_text(program, "utf-8")
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[4]\n", done.stderr
    assert not (tmp_path / "taken").exists()
