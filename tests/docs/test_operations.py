"""The examples for operators, checked by the tools that will read them."""

from __future__ import annotations

import configparser
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "operations"
UNITS = ("vinbatch-watch.service", "vinbatch-run.service", "vinbatch-run.timer")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(tmp_path: Path, name: str) -> None:
    for unit in UNITS:
        text = (FOLDER / unit).read_text("utf-8").replace("/opt/vinbatch/bin/vinbatch", sys.executable)
        (tmp_path / unit).write_text(text.replace("User=vinbatch", "User=root"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if name in line]) == (0, [])


def test_a_clerks_mistake_is_no_failed_service() -> None:
    text = (FOLDER / "vinbatch-run.service").read_text("utf-8")
    assert re.search(r"^SuccessExitStatus=3 4 8 11$", text, re.M)


def test_the_crontab_has_lines_that_cron_takes() -> None:
    lines = [
        line
        for line in (FOLDER / "crontab").read_text("utf-8").splitlines()
        if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(r"(\S+ ){5}/opt/vinbatch/bin/vinbatch (run|backup .*)", line)
        assert "%" not in line.replace("\\%", ""), "cron ends the command at a bare %"


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not installed")
def test_logrotate_takes_the_example(tmp_path: Path) -> None:
    """The user of the example does not exist here; everything else stands as it is."""
    me = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    text = (FOLDER / "logrotate").read_text("utf-8").replace("vinbatch adm", me)
    log = tmp_path / "cron.log"
    log.write_text("a line\n", "utf-8")
    log.chmod(0o640)
    tmp_path.chmod(0o750)
    config = tmp_path / "logrotate.conf"
    config.write_text(text.replace("/var/log/vinbatch/*.log", str(log)), "utf-8")
    config.chmod(0o644)
    command = ["logrotate", "--force", "--state", str(tmp_path / "state"), str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "cron.log.1").read_text("utf-8") == "a line\n"


@pytest.mark.skipif(shutil.which("testparm") is None, reason="testparm (samba) is not installed")
def test_samba_takes_the_example() -> None:
    command = ["testparm", "--suppress-prompt", str(FOLDER / "smb.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert "Loaded services file OK" in done.stderr
    assert not [
        line for line in done.stderr.splitlines() if "unknown" in line.lower() or "ignor" in line.lower()
    ]


def test_the_samba_example_parses_and_shares_neither_rules_nor_ledger() -> None:
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.read_string((FOLDER / "smb.conf").read_text("utf-8"))
    assert [parser[s]["path"] for s in parser.sections()] == ["/srv/vin/inbox", "/srv/vin/reports"]
