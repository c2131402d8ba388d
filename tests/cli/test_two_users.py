"""A clerk of the machine and the user that works: with the rights of the guide, and without the sticky bit.

Another user of the machine can be had by root alone. The user that works is root without what root has
beyond the owner of a file, in the clerks' group as the guide says.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from forked import SETTINGS, Forked
from ordinary import looking, ordinary

from vinbatch.effects import guides, making
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.form import build

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be two users")
CLERK, OTHER_CLERK, GATEWAY = 4321, 4322, 4323  # users
MONITOR = 4324  # who only looks
CLERKS, GATEWAYS, LOOKERS = 4331, 4332, 4333  # groups
FORGED = "echo '<VinReceipt/>' > receipts/forged.xml"


class Machine:
    """A home that several users of one machine share as docs/install.md says."""

    def __init__(self, root: Path, forked: Forked) -> None:
        self.root, self.inbox = root, root / "inbox"
        self._forked = forked

    def works(self, *args: str) -> tuple[int, str]:
        done = ordinary(self._forked, self.root, *args, umask=0o007, groups=[CLERKS, GATEWAYS])
        return done.returncode, done.stdout + done.stderr

    def looks(
        self, *groups: int, hours: float = 0, command: str = "status", first: str = ""
    ) -> tuple[int, str]:
        """`status` of the user who only looks, of these groups, so many hours from now."""
        for path in (self.root / ".vinbatch", *(self.root / ".vinbatch").rglob("*")):
            os.chown(path, -1, LOOKERS)
        later = str(int(time.time() + hours * 3600))
        done = looking(self._forked, self.root, command.split(), MONITOR, groups, later, first.split())
        return done.returncode, done.stdout + done.stderr

    def does(self, command: str, user: int = CLERK, group: int = CLERKS) -> int:
        """In the inbox, by a shell of this user."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.inbox,
            capture_output=True,
            check=False,
            umask=0o007,
            user=user,
            group=group,
            extra_groups=[group],
        ).returncode


@contextmanager
def shared(ruleset: Ruleset, forked: Forked) -> Iterator[Machine]:
    """Where others may go: the folders of tests are their user's alone."""
    place = Path(tempfile.mkdtemp(prefix="vinbatch-"))
    place.chmod(0o755)
    try:
        made = Machine(place / "home", forked)
        making.init(made.root, build(ruleset), guides.guide_text())
        made.inbox.chmod(0o755)  # whatever the umask of the tests: the gateway has to come through
        (made.root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
        assert made.works("run") == (0, "")
        for folder in (made.inbox, made.root / "reports"):
            for path in (folder, *folder.rglob("*")):
                os.chown(path, -1, CLERKS)
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | (0o2070 if path.is_dir() else 0o060))
        for path in (made.inbox / "receipts", *(made.inbox / "receipts").iterdir()):
            os.chown(path, -1, GATEWAYS)
        (made.inbox / "receipts").chmod(0o2770)
        made.inbox.chmod(stat.S_IMODE(made.inbox.stat().st_mode) | stat.S_ISVTX)
        yield made
    finally:
        shutil.rmtree(place)


@pytest.fixture
def machine(ruleset: Ruleset, forked: Forked) -> Iterator[Machine]:
    with shared(ruleset, forked) as made:
        yield made


@pytest.fixture(scope="module")
def in_use(ruleset: Ruleset, forked: Forked) -> Iterator[Machine]:
    """One in which a pass has worked and another clerk's file waits. For what must not change it."""
    with shared(ruleset, forked) as made:
        assert made.does("echo hello > a.xlsx") == 0
        assert made.works("run")[0] == 4  # no workbook; it makes .claims
        assert made.does("echo hello > b.xlsx", user=OTHER_CLERK) == 0
        yield made


@pytest.fixture
def unstuck(machine: Machine) -> Machine:
    machine.inbox.chmod(stat.S_IMODE(machine.inbox.stat().st_mode) & ~stat.S_ISVTX)
    return machine


@pytest.mark.parametrize(
    "command",
    [
        "mv receipts x",
        "rmdir receipts || rm -r receipts",
        FORGED,
        "ls receipts",
        "cat receipts/.vinbatch-receipts",
        "mv .claims x",
        "touch .claims/x",
        "mv b.xlsx c.xlsx",
        "rm -f b.xlsx",
        "rm -f .vinbatch-inbox",
    ],
)
def test_with_the_rights_of_the_guide_a_clerk_takes_nobodys_place(in_use: Machine, command: str) -> None:
    before = {p: p.stat().st_ino for p in in_use.inbox.iterdir()}
    assert in_use.does(command) != 0
    assert {p: p.stat().st_ino for p in in_use.inbox.iterdir()} == before


def test_with_the_rights_of_the_guide_everybody_drops_and_all_is_worked(machine: Machine) -> None:
    assert machine.does("echo hello > a.xlsx; mkdir 华东; echo hello > 华东/b.xlsx") == 0
    assert machine.does("echo hello > c.xlsx", user=OTHER_CLERK) == 0
    assert machine.does(FORGED, user=GATEWAY, group=GATEWAYS) == 0
    names = ["a.xlsx", "b.xlsx", "c.xlsx", "forged.xml"]
    code, said = machine.works("run")
    assert (code, [name for name in names if name in said]) == (4, names)


def test_a_folder_of_claims_that_a_clerk_made_before_there_was_one_is_replaced(machine: Machine) -> None:
    """He could have exchanged in it what was being worked, an answer of customs too."""
    assert machine.does("mkdir -m 777 .claims; echo hello > a.xlsx") == 0
    assert machine.works("run")[0] == 4
    assert (machine.inbox / ".claims").stat().st_uid == os.getuid()


def test_with_something_of_his_in_it_nothing_is_taken_and_all_is_told(machine: Machine) -> None:
    assert machine.does("mkdir -m 777 .claims; ln -s /etc .claims/etc; echo hello > a.xlsx") == 0
    code, said = machine.works("run")
    assert (code, "是别的用户建立的" in said) == (6, True)
    assert (machine.inbox / "a.xlsx").exists()
    assert [p.name for p in (machine.inbox / ".claims").iterdir()] == ["etc"]


@pytest.mark.parametrize("mode", ["755", "555"])
def test_with_something_in_it_and_no_right_for_us_all_is_told(machine: Machine, mode: str) -> None:
    """The pass took nothing, said nothing and left with 0; and status named no reason."""
    assert machine.does(f"mkdir .claims; touch .claims/x; chmod {mode} .claims; echo hello > a.xlsx") == 0
    for command in ("run", "status"):
        code, said = machine.works(command)
        assert (code, "是别的用户建立的" in said) == (6, True)


def test_our_own_claims_that_we_may_not_write_are_told_with_the_cure(machine: Machine) -> None:
    """As after a chown or chmod by root: files lay in the inbox, and nobody was told why."""
    claims = machine.inbox / ".claims"
    (claims / "old").mkdir(parents=True)
    claims.chmod(0o555)
    assert machine.does("echo hello > a.xlsx") == 0
    for command in ("run", "status", "doctor"):
        code, said = machine.works(command)
        assert (code, f"不能写入 {claims}" in said, "chmod -R u+rwX" in said) == (6, True, True)
    claims.chmod(0o755)
    assert machine.works("run")[0] == 4
    assert machine.works("status") == (0, "一切正常。\n")


def test_empty_claims_that_we_may_not_write_are_made_anew(machine: Machine) -> None:
    (machine.inbox / ".claims").mkdir(0o555)
    assert machine.does("echo hello > a.xlsx") == 0
    assert machine.works("run")[0] == 4


def test_doctor_finds_nothing_to_say_of_the_rights_of_the_guide(machine: Machine) -> None:
    code, said = machine.works("doctor")
    assert (code, [line for line in said.splitlines() if "inbox" in line and line.startswith("!")]) == (0, [])


def test_doctor_says_that_the_sticky_bit_is_missing(unstuck: Machine) -> None:
    code, said = unstuck.works("doctor")
    assert (code, f"chmod +t {unstuck.inbox}" in said) == (0, True)


@pytest.mark.parametrize("way", ["mv receipts old", "mv receipts 华东; ln 华东/.vinbatch-receipts ."])
def test_without_the_sticky_bit_a_clerks_folder_is_noticed_and_not_heard(unstuck: Machine, way: str) -> None:
    assert unstuck.does(f"{way}; mkdir receipts && cp 华东/.vinbatch-receipts receipts; {FORGED}") == 0
    for command in ("run", "status", "doctor"):
        code, said = unstuck.works(command)
        assert (code, "不是原来的回执文件夹" in said) == (6, True), command
    assert (unstuck.inbox / "receipts" / "forged.xml").exists()


def test_the_true_folder_back_in_its_place_is_heard(unstuck: Machine) -> None:
    assert unstuck.does(FORGED.replace("forged", "true"), user=GATEWAY, group=GATEWAYS) == 0
    assert unstuck.does(f"mv receipts old; mkdir receipts; {FORGED}") == 0
    assert unstuck.works("run")[0] == 6
    assert unstuck.does("mv receipts theirs; mv old receipts") == 0
    code, said = unstuck.works("run")
    assert (code, "true.xml" in said, "回执 1 份" in said) == (4, True, True)


@pytest.fixture
def departments(machine: Machine) -> Machine:
    assert machine.does("mkdir 华东 华北; chmod 2770 华东 华北") == 0
    return machine


def test_who_only_looks_is_told_that_he_sees_no_departments_and_of_no_trouble(departments: Machine) -> None:
    """Three folders were three files that wait, and the operator was to mend their rights."""
    code, said = departments.looks(LOOKERS)
    assert (code, said.count("\n")) == (0, 1)
    assert said.startswith("有当前用户无权查看的文件夹（inbox/华东，inbox/华北）：")
    assert (f"{CLERKS} 组" in said, "receipts" in said) == (True, False)
    assert departments.looks(LOOKERS, CLERKS) == (0, "一切正常。\n")


def test_who_only_looks_is_told_that_nobody_works_whatever_he_sees(departments: Machine) -> None:
    assert departments.does("echo hello > 华东/a.xlsx; chmod 660 华东/a.xlsx") == 0
    code, said = departments.looks(LOOKERS, hours=3)
    assert (code, "此后没有一次办理完" in said.splitlines()[0]) == (6, True)
    assert departments.looks(LOOKERS, hours=3, command="doctor")[0] == 6
    assert departments.looks(LOOKERS, hours=1.9)[0] == 0
    code, said = departments.looks(LOOKERS, CLERKS, hours=3)
    assert (code, said.splitlines()[0].startswith("收件夹中的 华东/a.xlsx 从 ")) == (6, True)


def test_who_only_looks_is_told_who_works_here(machine: Machine) -> None:
    """Not to give himself the right to write there."""
    code, said = machine.looks(LOOKERS, command="run")
    assert code == 6
    assert f"由用户 root 办理，用户 {MONITOR} 只能查看" in said


def test_who_only_looks_may_take_a_backup_also_where_nobody_works(machine: Machine) -> None:
    """It could not be read, SQLite said, but while a watch was there."""
    machine.works("run")
    place = machine.root.parent / "kept"
    place.mkdir()
    os.chown(place, MONITOR, -1)
    his = place / "his.db"
    code, told = machine.looks(LOOKERS, command=f"backup {his}", first="status")
    assert (code, his.is_file()) == (0, True), told


def test_a_file_that_the_user_that_works_may_read_waits_for_who_may_not(machine: Machine) -> None:
    assert machine.does("mkdir 华东; chmod 2775 华东; echo hello > 华东/a.xlsx; chmod 660 华东/a.xlsx") == 0
    assert machine.looks(LOOKERS) == (0, "收件夹中有 1 个文件等待处理\n")


def test_who_may_not_look_into_the_inbox_at_all_is_told_so(machine: Machine) -> None:
    machine.inbox.chmod(stat.S_IMODE(machine.inbox.stat().st_mode) & ~0o007)
    code, said = machine.looks(LOOKERS)
    assert (code, said.startswith("有当前用户无权查看的文件夹（inbox）：")) == (0, True)
    assert machine.looks(LOOKERS, hours=3)[0] == 6
