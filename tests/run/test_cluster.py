"""A pass over a real Dask cluster of separate processes: the same bytes, and nothing lost with a worker."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from forked import Forked
from run_place import Fresh, Place, shown

from vinbatch.model import Query

# Not imported: every process of a test run collects this, and one runs it.
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="dask's distributed is not installed"
)
# Whole packages, not `run_place`: every pass here is a process of its own.
TASKS = Path(__file__).parent.parent / "effects"  # pool_tasks, also for the workers
ENVIRONMENT = {
    **os.environ,
    "SOURCE_DATE_EPOCH": "1772676000",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(TASKS),
}


@dataclass
class Cluster:
    """A scheduler and its workers, each a process."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers on loopback."""
    folder = tmp_path_factory.mktemp("dask")
    at = ["--host", "127.0.0.1", "--no-dashboard"]
    file = folder / "scheduler.json"
    scheduler = dask("scheduler", *at, "--port", "0", "--scheduler-file", str(file))
    wait_for(file)
    one = ["--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--no-dashboard"]
    workers = [
        dask("worker", "--scheduler-file", str(file), *one, "--local-directory", str(folder / str(n)))
        for n in range(2)
    ]
    address = next(line for line in file.read_text("utf-8").splitlines() if '"address"' in line)
    yield Cluster(address.split('"')[3], workers)
    for process in (*workers, scheduler):
        process.send_signal(signal.SIGKILL)
        process.wait(30)


def dask(kind: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=quiet, stderr=quiet, env=ENVIRONMENT)


def wait_for(path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists() or not path.stat().st_size:
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.05)


def start(root: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "vinbatch", "--home", str(root), "run", *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def test_a_cluster_gives_the_same_bytes_as_this_process(
    place: Place, fresh: Fresh, cluster: Cluster, forked: Forked
) -> None:
    vehicles, sets = fresh(18)
    vehicles[4]["vin"] = "WBA13BJ0XNC018800"
    for n in range(6):
        place.drop(f"{n}.xlsx", place.sheet(vehicles[3 * n : 3 * n + 3], sets))
    place.drop("none.xlsx", b"PK\x03\x04" + b"\0" * 400)
    other = place.root.with_name("other")
    shutil.copytree(place.root, other)
    serial = forked(["--home", str(place.root), "run", "--engine", "serial"], place.root, ENVIRONMENT)
    assert serial.returncode == 4
    dask = ["--home", str(other), "run", "--engine", "dask", "--scheduler", cluster.address]
    assert forked(dask, other, ENVIRONMENT).returncode == 4
    here, there = shown(place.root), shown(other)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


TWO_HOMES = """
import sys, pool_tasks
from vinbatch.effects.cluster import Cluster
if __name__ == "__main__":
    with Cluster(sys.argv[1], 0, 256, 20.0, "one") as one:
        print(one.map(pool_tasks.look, ["initial"]))
        with Cluster(sys.argv[1], 0, 256, 20.0, "two") as two:
            print(two.map(pool_tasks.look, ["initial"]), one.map(pool_tasks.look, ["initial"]))
        print(one.map(pool_tasks.look, ["initial"]))
"""


def test_passes_of_two_homes_on_one_cluster_work_by_their_own_rules(cluster: Cluster) -> None:
    """The rules of the pass that came last were everybody's: workbooks were read by those of another home."""
    command = [sys.executable, "-c", TWO_HOMES, cluster.address]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines() == ["['one']", "['two'] ['one']", "['one']"], done.stderr


def test_a_worker_that_is_lost_in_mid_run_loses_nothing(place: Place, fresh: Fresh, cluster: Cluster) -> None:
    vehicles, sets = fresh(120)
    for n in range(24):
        place.drop(f"{n}.xlsx", place.sheet(vehicles[5 * n : 5 * n + 5], sets))
    process = start(place.root, "--engine", "dask", "--scheduler", cluster.address)
    end = time.monotonic() + 60
    while not any((place.root / "outbox").glob("*.zip")):
        assert time.monotonic() < end, "no package came"
        assert process.poll() is None
        time.sleep(0.01)
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    with place.ledger() as ledger:
        states = Counter(r.now.state.value for r in ledger.queries.records(Query(), ZoneInfo("UTC")))
    assert states == {"declared": 120}
    assert len(list((place.root / "outbox").glob("*.zip"))) == 24


# As `vinbatch` would, but for how long it tries.
IMPATIENT = """
import sys
from vinbatch.cli import main
from vinbatch.effects import cluster
cluster._ANSWERS_WITHIN = 1
main({args})
"""


# A cluster on this machine, one of whose workers is killed as it begins.
STILLBORN = """
from vinbatch.cli.main import main
from vinbatch.effects import cluster
def nobody(**_more):
    raise RuntimeError("tcp://127.0.0.1:9: Nanny failed to start.")
cluster.distributed.LocalCluster = nobody
main({args})
"""


@pytest.mark.parametrize(
    ("script", "more"), [(IMPATIENT, ["--scheduler", "tcp://127.0.0.1:9"]), (STILLBORN, [])]
)
def test_a_cluster_that_does_not_answer_is_told_and_the_files_wait(
    script: str, more: list[str], place: Place, fresh: Fresh, tmp_path: Path, forked: Forked
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    args = ["--home", str(place.root), "run", "--engine", "dask", *more]
    written = tmp_path / "script.py"
    written.write_text(script.format(args=args), "utf-8")
    done = forked.program(written, tmp_path, env=ENVIRONMENT)
    assert done.returncode == 6
    assert "tcp://127.0.0.1:9" in done.stderr
    place.run()
    assert len(place.outbox()) == 1
