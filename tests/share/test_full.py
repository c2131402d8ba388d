"""A home on a disk that is full, or read-only: commands that only look go on, and each says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
ONE = samples.MODELS[:1]


class Small:
    """A home on a disk of three megabytes that has worked a batch."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def vinbatch(self, *args: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "vinbatch", "--home", str(self.root), *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def fill(self) -> None:
        with (self.root.parent / "rest").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        (self.root.parent / "rest").unlink()


@pytest.fixture
def small(tmp_path: Path, ruleset: Ruleset) -> Iterator[Small]:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=True, timeout=30)
    try:
        root = disk / "home"
        making.init(root, build(ruleset), guides.guide_text())
        (root / "rules" / "settings.toml").write_text(
            "settle_seconds = 0.01\n[worker]\nprocesses = 1\n", "utf-8"
        )
        small = Small(root)
        book = samples.workbook(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE))
        (root / "inbox" / "a.xlsx").write_bytes(book)
        assert small.vinbatch("run")[0] == 0
        yield small
    finally:
        subprocess.run(["umount", str(disk)], check=True, timeout=30)


def test_status_says_first_that_the_disk_is_full_and_still_reads_the_ledger(small: Small) -> None:
    small.fill()
    code, said = small.vinbatch("status")
    assert (code, said.startswith("磁盘快满了：")) == (6, True)
    assert "腾出空间" in said.splitlines()[0]
    assert "台账" not in said
    assert "备案" in said, "what stands in the ledger"


@pytest.mark.parametrize("command", [["query"], ["audit", "verify"], ["catalogue", "list"]])
def test_what_only_looks_needs_no_room(small: Small, command: list[str]) -> None:
    small.fill()
    assert small.vinbatch(*command)[0] == 0


def test_doctor_blames_the_disk_and_not_the_ledger(small: Small) -> None:
    small.fill()
    code, said = small.vinbatch("doctor")
    bad = [line for line in said.splitlines() if line.startswith("✗")]
    assert (code, [line for line in bad if "只剩" not in line]) == (6, [])
    assert "请腾出空间" in said


def test_a_run_says_what_to_do_and_goes_on_when_there_is_room(small: Small) -> None:
    """The ledger is hot or at rest: neither is blamed."""
    small.fill()
    code, said = small.vinbatch("run")
    assert (code, "磁盘已满" in said, "请腾出空间" in said) == (6, True, True)
    small.free()
    assert small.vinbatch("run") == (0, "")


def test_a_ledger_that_a_killed_writer_left_is_not_blamed_for_a_full_disk(small: Small) -> None:
    """What is in its WAL cannot be read without a little room."""
    (small.root / ".vinbatch" / "ledger.db-wal").write_bytes(b"")
    small.fill()
    code, said = small.vinbatch("query")
    assert (code, "磁盘已满，台账打不开" in said) == (6, True)


def test_a_backup_to_another_disk_is_taken(small: Small, tmp_path: Path) -> None:
    small.fill()
    assert small.vinbatch("backup", str(tmp_path / "b.db"))[0] == 0


def test_a_backup_onto_the_full_disk_names_its_target(small: Small, tmp_path: Path) -> None:
    small.fill()
    target = small.root.parent / "b.db"
    code, said = small.vinbatch("backup", str(target))
    assert (code, f"{target}：备份写不到这里" in said, "ledger.db" in said) == (6, True, False)
    assert not list(small.root.parent.glob(".b.db*"))


@pytest.fixture
def readonly(small: Small) -> Small:
    """As a kernel makes it after an error of the disk."""
    disk = str(small.root.parent)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True, timeout=30)
    return small


def test_of_a_disk_that_turned_read_only_a_backup_is_taken(readonly: Small, tmp_path: Path) -> None:
    """Who looks after a failing disk wants the copy first: it was refused for the ledger's rights."""
    assert readonly.vinbatch("backup", str(tmp_path / "b.db"))[0] == 0


def test_of_a_disk_that_turned_read_only_no_right_is_blamed(readonly: Small) -> None:
    code, said = readonly.vinbatch("status")
    assert (code, said.count("以只读方式挂载"), "读写此处" in said) == (6, 4, False)


def test_a_disk_that_takes_no_more_files_is_told_as_full(small: Small) -> None:
    """It has room: df shows it, and the ledger that cannot be opened is not to blame."""
    disk = small.root.parent
    there = os.statvfs(disk)
    files = there.f_files - there.f_ffree + 5
    subprocess.run(["mount", "-o", f"remount,nr_inodes={files}", str(disk)], check=True, timeout=30)
    for n in range(5):
        (disk / str(n)).touch()
    code, said = small.vinbatch("status")
    assert (code, said.splitlines()[0].count("df -i"), "台账" in said) == (6, 1, False), said
    code, said = small.vinbatch("run")
    assert (code, "磁盘已满" in said) == (6, True), said
