"""Every state-changing call of a pass, killed or starved in turn; and planted bugs that must be noticed.

`make crash` does all of it. CRASH=short (as .ci/run does): every third point for KILL, which are more than
.ci/run has time for, and a seeded sample of the rest.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import harness
import plants
import pytest
from harness import STRACE, Point, Scene, Zygote

SHORT = os.environ.get("CRASH") == "short"
PARTS = 16  # so that several processes share the points
SAMPLE = 16  # points of each error in a short run
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene.make(tmp_path_factory.mktemp("scene") / "home")


@pytest.fixture(scope="session")
def zygote(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with Zygote() as made:
        made.warm(scene, tmp_path_factory.mktemp("warm") / "home")
        yield made


@pytest.fixture(scope="session")
def every(scene: Scene, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> list[Point]:
    """Every point of an undisturbed pass."""
    root = tmp_path_factory.mktemp("trace") / "home"
    found = harness.points(harness.trace(zygote, scene.copy(root)))
    assert len(found) > 200
    return found


def walk(zygote: Zygote, scene: Scene, root: Path, some: list[Point], how: str) -> list[str]:
    found = []
    for point in some:
        wrong = harness.violations(zygote, scene.copy(root / "home"), point, how)
        found += [f"{how} at {point[0]} {point[1]}: {w}" for w in wrong]
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a_pass_killed_at_any_call_is_finished_by_the_next(
    zygote: Zygote, scene: Scene, every: list[Point], tmp_path: Path, part: int
) -> None:
    some = every[::3] if SHORT else every
    assert walk(zygote, scene, tmp_path, some[part::PARTS], "signal=KILL") == []


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_pass_that_any_call_fails_is_finished_by_the_next(
    zygote: Zygote, scene: Scene, every: list[Point], tmp_path: Path, part: int, error: str
) -> None:
    """A disk that is full or failing for a moment: it ends with a reason, not with a bug."""
    some = every
    if SHORT:
        some = random.Random(error).sample(every, SAMPLE)
    assert walk(zygote, scene, tmp_path, some[part::PARTS], f"error={error}") == []


def test_every_name_is_durable_before_it_counts(zygote: Zygote, scene: Scene, tmp_path: Path) -> None:
    """What a kill cannot show: bytes before the rename, the folder after it."""
    lines = harness.trace(zygote, scene.copy(tmp_path / "home"))
    assert harness.undurable(lines, tmp_path) == []


def test_a_pass_whose_threads_are_killed_is_finished_by_the_next(
    zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """So many workbooks that their files are written side by side. Which thread gets which is chance."""
    root = tmp_path_factory.mktemp("many")
    scene = Scene.make(root / "scene" / "home", files=7)
    found, survived = [], 0
    lines = harness.trace(zygote, scene.copy(root / "home"))
    assert len({line.split()[0] for line in lines}) > 3, "threads"
    some = harness.points_of_threads(lines)
    if SHORT:
        some = random.Random("threads").sample(some, SAMPLE // 2)
    for point in some:
        wrong = harness.violations(zygote, scene.copy(root / "home"), point, "signal=KILL")
        if any(w.startswith("not killed") for w in wrong):
            survived += 1
            continue
        found += [f"{point}: {w}" for w in wrong]
    assert found == []
    assert survived < len(some) / 3
    print(f"{len(some)} points, {survived} of them survived")


@pytest.mark.parametrize("name", plants.PLANTS)
def test_a_planted_bug_is_noticed(zygote: Zygote, scene: Scene, tmp_path: Path, name: str) -> None:
    """By the trace, or by the first point that shows it; seeded, so that a run can be repeated."""
    root = tmp_path / "home"
    assert zygote.run(scene.copy(root).root, plant=name).code == 4, "undisturbed, it shows nothing"
    lines = harness.trace(zygote, scene.copy(root), name)
    if harness.undurable(lines, tmp_path):
        return
    some = harness.points(lines)
    random.Random(name).shuffle(some)
    # Renames are where order shows, those of the outbox most; they are tried first.
    some.sort(key=lambda p: (p[0] != "renameat2", p[0] in ("pwrite64", "mkdir", "rmdir")))
    for point in some:
        if harness.violations(zygote, scene.copy(root), point, "signal=KILL", name):
            return
    pytest.fail(f"{name} was not noticed at any of {len(some)} points")


def test_random_kills_with_workers(scene: Scene, zygote: Zygote, tmp_path: Path) -> None:
    """Kills at any moment, of the real engine; as many as RANDOM_KILLS says, up to eight in a row."""
    chance = random.Random(os.environ.get("SEED", "7"))
    wanted = int(os.environ.get("RANDOM_KILLS", "10" if SHORT else "300"))
    killed = rounds = 0
    while killed < wanted:
        some, wrong = harness.killed_at_random(zygote, scene.copy(tmp_path / "home"), chance)
        killed, rounds = killed + some, rounds + 1
        assert wrong == [], f"round {rounds}"
    print(f"{killed} kills in {rounds} rounds")
