"""A pass that is killed before a call that changes the world: the next pass finishes, once.

strace kills the real command before the N-th call of a name. Whatever the point, afterwards every vehicle
is declared exactly once, in one package, with one result, and a third pass finds nothing to do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from forked import Forked
from run_place import Fresh, Place

from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Return

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")

# The command itself with its workers; tests/crash walks every call. `make crash` takes all of these.
ALL = os.environ.get("CRASH") == "all"
FEW = [("renameat2", 1), ("fdatasync", 1), ("rename", 1), ("fsync", 8), ("rmdir", 1)]
POINTS = [
    *(("fsync", n) for n in (1, 8, 16)),
    *(("fdatasync", n) for n in (1, 3)),
    *(("rename", n) for n in (1, 3)),
    *(("renameat2", n) for n in (1, 2)),
    ("unlink", 2),
    ("rmdir", 1),
    ("pwrite64", 20),
]


@pytest.fixture
def place(place: Place) -> Place:
    """As `init` leaves it: the first pass makes its ledger, and may be killed at that."""
    place.home.ledger.unlink()
    return place


def killed(root: Path, call: str, when: int) -> int:
    """The exit code of a pass that strace kills before this call."""
    assert STRACE is not None
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}"]
    command = [
        STRACE,
        "-o",
        "/dev/null",
        *inject,
        sys.executable,
        "-m",
        "vinbatch",
        "--home",
        str(root),
        "run",
    ]
    return subprocess.run(command, capture_output=True, timeout=120, env=dict(os.environ)).returncode


def run(root: Path, forked: Forked) -> subprocess.CompletedProcess[str]:
    return forked(["--home", str(root), "run", "--engine", "serial"], root)


@pytest.mark.parametrize(("call", "when"), POINTS if ALL else FEW, ids=lambda p: str(p))
def test_a_killed_pass_is_finished_by_the_next_and_nothing_goes_out_twice(
    call: str, when: int, place: Place, fresh: Fresh, forked: Forked
) -> None:
    vehicles, sets = fresh(3)
    place.drop("a.xlsx", place.sheet(vehicles[:2], sets))
    place.drop("b.xlsx", place.sheet(vehicles[2:], sets))
    assert killed(place.root, call, when) in (-9, 137)
    sent = _collect(place.root)  # the gateway takes what it finds, at any moment
    second = run(place.root, forked)
    assert second.returncode == 0, second.stderr
    sent += _collect(place.root)
    third = run(place.root, forked)
    assert (third.returncode, third.stderr) == (0, "")
    sent += _collect(place.root)
    assert sent == Counter({str(v["vin"]): 1 for v in vehicles})
    with place.ledger() as ledger:
        assert len(ledger.records([str(v["vin"]) for v in vehicles])) == 3
        assert ledger.queries.verify() > 0
        assert ledger.queries.status(place.now, 3).unfinished == ()
    assert len(place.reports()) == 2
    assert not list((place.root / "inbox").glob("*.xlsx"))


FEW_ANSWERS = [("fsync", 3), ("fdatasync", 2), ("rename", 2), ("unlink", 1)]
ANSWERS = [
    *(("fsync", n) for n in (1, 3, 5, 7, 9)),
    *(("fdatasync", n) for n in (1, 2)),
    *(("rename", n) for n in (1, 2, 3)),
    *(("unlink", n) for n in (1, 2)),
    *(("pwrite64", n) for n in (1, 5, 10)),
]


@pytest.mark.parametrize(("call", "when"), ANSWERS if ALL else FEW_ANSWERS, ids=lambda p: str(p))
def test_a_pass_killed_over_receipts_is_finished_and_each_is_heard_once(
    call: str, when: int, place: Place, fresh: Fresh, forked: Forked
) -> None:
    """One that applies, one that is set aside."""
    place.drop("a.xlsx", place.sheet(*fresh(2)))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    for name, status in (("1.xml", "120"), ("2.xml", "777")):
        xml = receipt_xml(package.guid, (Return(status, time="20260302102231500"),))
        place.drop(f"receipts/{name}", xml)
    assert killed(place.root, call, when) in (-9, 137)
    run(place.root, forked)
    third = run(place.root, forked)
    assert (third.returncode, third.stderr) == (0, "")
    with place.ledger() as ledger:
        assert [r.effect.value for r in ledger.replies.of(package.guid)] == ["applied", "applied"]
        kinds = Counter(e[0] for e in ledger.db.execute("SELECT json_extract(body, '$.kind') FROM event"))
        assert (kinds["reply-applied"], kinds["receipt"]) == (2, 2)
        assert ledger.queries.verify() > 0
        assert ledger.answers.due() == ()
    assert sorted(p.name for p in place.home.set_aside.iterdir()) == ["2.xml", "2.xml.txt"]
    assert not list(place.home.receipts.glob("*.xml"))
    assert not list(place.home.claims.iterdir())


def _collect(root: Path) -> Counter[str]:
    """Takes the packages out of the outbox, whole files only; VIN → how often."""
    vins: Counter[str] = Counter()
    for path in (root / "outbox").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        vins.update(v["vin"] for v in manifest["vehicles"])
        path.unlink()
    return vins
