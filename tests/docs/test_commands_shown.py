"""The commands that the documentation shows are run, in the order in which they stand, in a scratch home.

A page's ```sh blocks are its commands. What cannot be run here is named below with the reason.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.ruleset import Ruleset

ROOT = Path(__file__).resolve().parent.parent.parent
# Pages that are read together work on one home.
OPERATOR = ("docs/operations.md", "docs/install.md", "docs/alarms.md", "docs/recovery.md")
GUIDES = (("README.md",), OPERATOR, ("docs/package.md",), ("docs/manual.zh.md",), ("docs/audit.md",))
PAGES = tuple(page for guide in GUIDES for page in guide)

_ROOT_ONLY = "needs root; the files that it names are checked in test_operations.py"
_INSTALLS = "installs a package; tests/test_wheel.py builds the wheel and runs it unpacked"
_FORGOTTEN = "needs a package that a restored ledger forgot: tests/run/test_regaining.py"
_USERS = "needs users of its own: tests/cli/test_two_users.py has them"
NOT_RUN = {
    "make test": "would run itself",
    "pip install .": _INSTALLS,
    "python3 -m venv /opt/vinbatch": _INSTALLS,
    "/opt/vinbatch/bin/pip install vinbatch-*.whl": _INSTALLS,
    "/opt/vinbatch/bin/pip install --upgrade vinbatch-*.whl": _INSTALLS,
    "useradd --system --home /srv/vin vinbatch": _ROOT_ONLY,
    "chown -R vinbatch: /srv/vin": _ROOT_ONLY,
    "groupadd clerks": _USERS,
    "usermod -aG clerks vinbatch": _ROOT_ONLY,
    "chgrp -R clerks /srv/vin/inbox /srv/vin/reports": _ROOT_ONLY,
    "groupadd gateway": _USERS,
    "usermod -aG gateway vinbatch": _USERS,
    "chgrp -R gateway /srv/vin/inbox/receipts": _USERS,
    "chgrp gateway /srv/vin/outbox": _USERS,
    "vinbatch --home /srv/vin release GUID --sent": _FORGOTTEN,
    "vinbatch --home /srv/vin release GUID --send": _FORGOTTEN,
    "vinbatch --home /srv/vin release GUID --void --reason TEXT": _FORGOTTEN,
    "cp operations/vinbatch-watch.service operations/vinbatch-failed@.service"
    " /etc/systemd/system/": _ROOT_ONLY,
    "systemctl enable --now vinbatch-watch": _ROOT_ONLY,
    "systemctl stop vinbatch-watch": _ROOT_ONLY,
    "systemctl start vinbatch-watch": _ROOT_ONLY,
}


def commands(page: str) -> list[str]:
    """The lines of the page's ```sh blocks, those within lists too, without their comments."""
    path = ROOT / page
    text = path.read_text("utf-8") if path.exists() else ""
    lines = "\n".join(re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.M | re.S)).splitlines()
    return [bare for line in lines if (bare := re.sub(r"(^|\s+)#.*", "", line).strip())]


def as_run(command: str, folder: Path) -> str:
    """The command with the places of this scratch folder, and with the program of this checkout."""
    command = command.removeprefix("sudo -u vinbatch ").replace("/opt/vinbatch/bin/", "")
    if command.startswith("make "):
        # The environment is the one that the tests run in; `-o` says that it is up to date.
        goal = command.removeprefix("make ")
        return shlex.join(
            ["make", "-C", f"{ROOT}", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.installed", goal]
        )
    return command.replace("/srv/vin", f"{folder / 'vin'}")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TMPDIR": f"{folder}"}
    words = as_run(command, folder)
    if not words.endswith(" watch"):
        return subprocess.run(
            words, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
        )
    staying = subprocess.Popen(
        f"exec {words}", shell=True, cwd=folder, env=env, stdout=-1, stderr=-1, text=True
    )
    try:
        beat = folder / "vin" / ".vinbatch" / "heartbeat"
        while not beat.exists() and staying.poll() is None:
            time.sleep(0.05)
        staying.send_signal(signal.SIGTERM)
        _, told = staying.communicate(timeout=60)
    finally:
        staying.kill()
    return subprocess.CompletedProcess(words, staying.returncode, "", told)


@pytest.fixture
def folder(ruleset: Ruleset) -> Iterator[Path]:
    """A scratch folder with the files that the pages name; its path is short, as sockets lie in it too."""
    book = samples.workbook(ruleset, samples.vehicles(3, seed=5), samples.parameters())
    with tempfile.TemporaryDirectory() as name:
        Path(name, "vehicles.xlsx").write_bytes(book)
        Path(name, "customs.csv").write_text("WBA13BJ07MC031222\n")
        yield Path(name)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda pages: pages[0])
def test_the_commands_of_a_guide_work_in_order(guide: tuple[str, ...], folder: Path) -> None:
    for command in (command for page in guide for command in commands(page)):
        if command in NOT_RUN:
            continue
        done = run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_what_is_not_run_stands_in_a_page() -> None:
    shown = {command for page in PAGES for command in commands(page)}
    assert set(NOT_RUN) <= shown


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_no_command_hides_in_another_kind_of_block(page: str) -> None:
    """There it would never be run. A ```text block holds what is no command as it stands."""
    text = (ROOT / page).read_text("utf-8") if (ROOT / page).exists() else ""
    rest = re.sub(r"^ *```(?:sh|text|cron)\n.*?^ *```$", "", text, flags=re.M | re.S)
    assert not re.findall(r"^(?:    |```\n)(?:\$ )?(?:vinbatch|make|pip|sudo|cp|systemctl) .*", rest, re.M)


def test_the_crontab_line_of_the_readme_is_one() -> None:
    (block,) = re.findall(r"^```cron\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    assert re.fullmatch(r"(\S+ ){5}/opt/vinbatch/bin/vinbatch --home /srv/vin run\n", block)
    assert "%" not in block
