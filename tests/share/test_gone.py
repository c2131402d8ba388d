"""Outbox and reports on shares that go away: nothing is put into the empty folder under a dead mount."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.effects.kernel import mount_point
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

pytestmark = pytest.mark.skipif(shutil.which("bindfs") is None, reason="bindfs is not installed")
ONE = samples.MODELS[:1]


# A bind mount shows a folder of the same device: only root makes one, and only the kernel's list tells it.
KINDS = ["bindfs", "bind"] if os.geteuid() == 0 else ["bindfs"]


class Shared:
    """A home one folder of which is mounted."""

    def __init__(self, root: Path, name: str, book: bytes, kind: str) -> None:
        self.root, self.folder, self.book, self.kind = root, root / name, book, kind
        self.behind = root.parent / "server"
        self.folder.rename(self.behind)
        self.folder.mkdir()

    def mount(self) -> None:
        how = ["bindfs"] if self.kind == "bindfs" else ["mount", "--bind"]
        subprocess.run([*how, str(self.behind), str(self.folder)], check=True, timeout=30)

    def unmount(self) -> None:
        if mount_point(self.folder) == str(self.folder.resolve()):
            subprocess.run(["umount", str(self.folder)], check=True, timeout=30)

    def drop(self) -> None:
        (self.root / "inbox" / "a.xlsx").write_bytes(self.book)

    def vinbatch(self, *args: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "vinbatch", "--home", str(self.root), *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def root(tmp_path: Path, ruleset: Ruleset) -> Path:
    root = tmp_path / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text("settle_seconds = 0.01\n[worker]\nprocesses = 1\n", "utf-8")
    return root


@pytest.fixture
def book(ruleset: Ruleset) -> bytes:
    return samples.workbook(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE))


@pytest.fixture(params=KINDS)
def outbox(root: Path, book: bytes, request: pytest.FixtureRequest) -> Iterator[Shared]:
    shared = Shared(root, "outbox", book, request.param)
    yield shared
    shared.unmount()


@pytest.fixture(params=KINDS)
def reports(root: Path, book: bytes, request: pytest.FixtureRequest) -> Iterator[Shared]:
    shared = Shared(root, "reports", book, request.param)
    yield shared
    shared.unmount()


def test_no_package_goes_into_the_folder_under_a_dead_outbox(outbox: Shared) -> None:
    """It waits, the answer is written all the same, and the package goes out when the share is back."""
    outbox.mount()
    assert outbox.vinbatch("run")[0] == 0
    outbox.unmount()
    outbox.drop()
    code, said = outbox.vinbatch("run")
    assert (code, "not mounted" in said or "没有挂载" in said) == (7, True), said
    assert list(outbox.folder.iterdir()) == []
    assert len(list((outbox.root / "reports").glob("*_a.xlsx"))) == 1
    assert outbox.vinbatch("status")[0] == 7
    outbox.mount()
    assert outbox.vinbatch("run")[0] == 0
    assert len(list(outbox.behind.glob("*.zip"))) == 1


def test_nothing_is_worked_while_the_reports_are_gone(reports: Shared) -> None:
    reports.mount()
    assert reports.vinbatch("run")[0] == 0
    reports.unmount()
    reports.drop()
    assert reports.vinbatch("run")[0] == 6
    assert (reports.root / "inbox" / "a.xlsx").exists()
    reports.mount()
    assert reports.vinbatch("run")[0] == 0
    assert len(list(reports.behind.glob("*_a.xlsx"))) == 1


def test_a_folder_that_has_moved_for_good_is_told_by_init(outbox: Shared) -> None:
    outbox.mount()
    assert outbox.vinbatch("run")[0] == 0
    outbox.unmount()
    outbox.drop()
    assert outbox.vinbatch("run")[0] == 7
    assert outbox.vinbatch("init", str(outbox.root))[0] == 0
    assert outbox.vinbatch("run")[0] == 0
    assert len(list(outbox.folder.glob("*.zip"))) == 1


if "bind" in KINDS:

    def test_a_department_and_a_staging_folder_that_are_bind_mounts(root: Path, book: bytes) -> None:
        """The department gets claims of its own; staging is refused, since a rename would cross the edge."""
        (root / "inbox" / "北京").mkdir()
        department = Shared(root, "inbox/北京", book, "bind")
        staging = root.parent / "staging"
        behind = root.parent / "behind"
        staging.mkdir()
        behind.mkdir()
        department.mount()
        try:
            (department.folder / "a.xlsx").write_bytes(book)
            assert department.vinbatch("run")[0] == 0
            assert len(list((root / "reports").glob("*_a.xlsx"))) == 1
            assert list((department.behind / ".claims").iterdir()) == []
            subprocess.run(["mount", "--bind", str(behind), str(staging)], check=True, timeout=30)
            settings = root / "rules" / "settings.toml"
            settings.write_text(f'staging = "{staging}"\n{settings.read_text("utf-8")}', "utf-8")
            code, said = department.vinbatch("doctor")
            assert (code, str(staging) in said) == (5, True), said
        finally:
            department.unmount()
            subprocess.run(["umount", str(staging)], check=False, timeout=30)
