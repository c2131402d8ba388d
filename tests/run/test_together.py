"""Many at once: processes that start together, and two thousand files; each is worked exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from run_place import Fresh, Place

from vinbatch import samples


@pytest.fixture
def place(place: Place) -> Place:
    """As `init` leaves it: the first pass makes its ledger, whoever comes first."""
    place.home.ledger.unlink()
    return place


def start(root: Path, *args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "vinbatch", "--home", str(root), *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ))


def declared(root: Path) -> Counter[str]:
    vins: Counter[str] = Counter()
    for path in (root / "outbox").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            vins.update(v["vin"] for v in json.loads(archive.read("manifest.json"))["vehicles"])
    return vins


def test_runs_that_start_together_declare_every_vehicle_once(place: Place, fresh: Fresh) -> None:
    """Those that come too late leave with 11 and say who holds the home."""
    vehicles, sets = fresh(30)
    for i in range(30):
        place.drop(f"{i:02d}.xlsx", place.sheet(vehicles[i : i + 1], sets))
    running = [start(place.root, "run") for _ in range(4)]
    ended = [(p, p.communicate(timeout=120)[1].decode()) for p in running]
    codes = Counter(p.returncode for p, _ in ended)
    assert set(codes) <= {0, 11}
    assert codes[0] >= 1
    for process, told in ended:
        assert process.returncode == 0 or "进程" in told
    place.run()  # what came after the first look of the one that worked
    assert declared(place.root) == Counter({str(v["vin"]): 1 for v in vehicles})
    assert not list((place.root / "inbox").glob("*.xlsx"))


def test_cron_and_a_watch_overlap_without_a_file_worked_twice(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(20)
    watch = start(place.root, "watch")
    try:
        for i in range(20):
            place.drop(f"{i:02d}.xlsx", place.sheet(vehicles[i : i + 1], sets))
            if i % 8 == 4:
                start(place.root, "run").communicate(timeout=120)
    finally:
        watch.terminate()
        watch.communicate(timeout=120)
    place.run()
    assert declared(place.root) == Counter({str(v["vin"]): 1 for v in vehicles})


def test_acts_by_command_wait_their_turn(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    place.drop("a.xlsx", place.sheet([{**v, "action": "暂存"} for v in vehicles], sets))
    place.run()
    running = [start(place.root, "declare", "--vin", str(v["vin"])) for v in vehicles]
    assert [p.wait(120) for p in running] == [0, 0, 0]
    for process in running:
        process.communicate()
    assert declared(place.root) == Counter({str(v["vin"]): 1 for v in vehicles})


# `make soak` drops two thousand.
FLOOD = 2000 if "SOAK" in os.environ else 150


def test_a_flood_of_files_is_answered_file_by_file(place: Place) -> None:
    """Small ones of ten kinds of content, so that most are the same bytes dropped again."""
    models = samples.MODELS[:1]
    vehicles, sets = samples.vehicles(10, models=models), samples.parameters(models)
    books = [place.sheet([v], sets) for v in vehicles]
    for i in range(FLOOD):
        place.drop(f"{i:04d}.xlsx", books[i % 10])
    done = place.machine().run()
    assert len(done.lines) == len({line.batch for line in done.lines}) == FLOOD
    assert declared(place.root) == Counter({str(v["vin"]): 1 for v in vehicles})
    assert len(place.reports()) == FLOOD
    assert place.run().idle
