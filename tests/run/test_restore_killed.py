"""A restore that is killed before a call that changes the world: all of it, or nothing, or no ledger at all.

In none of the three is a vehicle of the forgotten package declared again; and the restore can be said again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from forked import Forked
from run_place import Fresh, Place

from vinbatch.run.keeping import backup

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")

# Every rename, link and removal that it makes, and of the writes and fsyncs those around them.
# `make crash` takes all of them.
FEW = [("renameat2", 1), ("rename", 1), ("fsync", 2), ("fdatasync", 2)]
POINTS = [
    *(("renameat2", n) for n in (1,)),
    *(("rename", n) for n in (1,)),
    *(("unlink", n) for n in (1, 2, 3)),
    *(("fsync", n) for n in (1, 2, 3)),
    *(("fdatasync", n) for n in (1, 2, 3)),
    *(("pwrite64", n) for n in (1, 20)),
]


def killed(root: Path, saved: Path, call: str, when: int) -> int:
    """The exit code of a restore that strace kills before this call."""
    assert STRACE is not None
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}"]
    restore = [sys.executable, "-m", "vinbatch", "--home", str(root), "restore", str(saved)]
    command = [STRACE, "-f", "-o", "/dev/null", *inject, *restore]
    return subprocess.run(command, capture_output=True, timeout=120, env=dict(os.environ)).returncode


@pytest.mark.parametrize(
    ("call", "when"), POINTS if os.environ.get("CRASH") == "all" else FEW, ids=lambda p: str(p)
)
def test_a_killed_restore_lets_nothing_be_declared_twice(
    call: str, when: int, place: Place, fresh: Fresh, forked: Forked, tmp_path: Path
) -> None:
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    saved = tmp_path / "b.db"
    backup(place.home, saved)
    workbook = place.sheet(vehicles[1:], sets)
    place.drop("b.xlsx", workbook)
    place.run()
    before = place.outbox()
    assert killed(place.root, saved, call, when) in (-9, 137)
    home = ("--home", str(place.root))
    run, restore = (*home, "run", "--engine", "serial"), (*home, "restore", str(saved))
    place.drop("again.xlsx", workbook)
    # Nothing to do for the old ledger, refused by the restored one, and without any nothing is worked.
    assert forked(run, tmp_path).returncode in (0, 3, 6)
    assert place.outbox() == before
    assert forked(restore, tmp_path).returncode == 7
    place.drop("once more.xlsx", workbook)
    assert forked(run, tmp_path).returncode == 3
    assert place.outbox() == before
