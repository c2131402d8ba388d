"""A workbook that kills the process which judges it: refused by the next pass, and no other is to blame."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from run_place import Fresh, Place, verdicts

# A bug of ours, planted: workers of the pool import this file too, and have it as well.
PLANT = """
import os
from vinbatch.checks import check as checks

whole = checks.check

def deadly(parsed, *rest):
    if any(p.source.name == {name!r} for p in parsed) and not os.path.exists({spared!r}):
        os.kill(os.getpid(), 9)
    return whole(parsed, *rest)

checks.check = deadly
if __name__ == "__main__":
    from vinbatch.cli.main import main
    main(["--home", {home!r}, "run"])
"""


@pytest.fixture
def spared(tmp_path: Path) -> Path:
    """While this is there, nothing kills."""
    return tmp_path / "spared"


def a_pass(place: Place, spared: Path) -> int:
    script = place.root.with_name("plant.py")
    script.write_text(PLANT.format(name="poison.xlsx", spared=str(spared), home=str(place.root)))
    return subprocess.run([sys.executable, script], capture_output=True, timeout=240).returncode


def drop(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    for name, some in (("a.xlsx", vehicles[:1]), ("poison.xlsx", vehicles[1:2]), ("z.xlsx", vehicles[2:])):
        place.drop(name, place.sheet(some, sets))


def outcomes(place: Place) -> dict[str, tuple[list[str], list[str]]]:
    """Source name → the codes of the file, the verdicts of its rows."""
    with place.ledger() as ledger:
        found = ledger.db.execute("SELECT number, source_name FROM batch WHERE committed").fetchall()
        all_of = {name: ledger.outcome(number) for number, name in found}
    return {
        n: ([f.code for f in o.findings if not f.row], list(verdicts(o).values())) for n, o in all_of.items()
    }


def test_what_kills_two_processes_is_refused_and_its_neighbours_are_worked(
    place: Place, fresh: Fresh, spared: Path
) -> None:
    drop(place, fresh)
    assert a_pass(place, spared) == -9
    assert a_pass(place, spared) == 1  # a bug of ours
    told = outcomes(place)
    assert told["poison.xlsx"] == (["VINBATCH-FAILED"], [])
    assert told["a.xlsx"][1] == told["z.xlsx"][1] == ["declared"]
    assert not list(place.home.claims.iterdir())
    assert a_pass(place, spared) == 0


def test_what_was_killed_by_others_is_worked_however_often(place: Place, fresh: Fresh, spared: Path) -> None:
    """A power cut, an operator, the kernel: that a pass died over it proves nothing against a workbook."""
    drop(place, fresh)
    assert a_pass(place, spared) == -9
    spared.touch()
    assert a_pass(place, spared) == 0
    told = outcomes(place)
    assert len(told) == 3
    assert all(rows == ["declared"] for _, rows in told.values())
