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

from vinbatch.cli.operations import Places, filled

FOLDER = Path(__file__).resolve().parent.parent.parent / "vinbatch" / "operations"
PLACES = "/srv/vin|/opt/vinbatch|User=vinbatch|vinbatch adm|-[uo] vinbatch |-aG [a-z]+ vinbatch"
UNITS = ("vinbatch-watch.service", "vinbatch-run.service", "vinbatch-run.timer")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("place", ["vin", "进口 车辆 100%"])
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(tmp_path: Path, name: str, place: str) -> None:
    """As the command writes them: a path with a space or a % in it is one word all the same."""
    program = tmp_path / place / "vinbatch"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    places = Places(str(tmp_path / place), str(program), "root")
    for unit in UNITS:
        (tmp_path / unit).write_text(filled(unit, (FOLDER / unit).read_text("utf-8"), places), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if name in line]) == (0, [])


@pytest.mark.parametrize(
    ("name", "also"), [("vinbatch-run.service", "11"), ("vinbatch-watch.service", "130")]
)
def test_a_clerks_mistake_is_no_failed_service(name: str, also: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert re.search(rf"^SuccessExitStatus=3 4 8 {also}$", text, re.M)


def test_no_unit_names_a_place_that_nothing_makes() -> None:
    """Everything of the example machine that stands in them is filled in."""
    places = Places("/data/h", "/app/bin/vb", "clerkless")
    for path in FOLDER.iterdir():
        if path.suffix != ".py" and path.is_file():
            text = filled(path.name, path.read_text("utf-8"), places)
            assert not re.search(f"{PLACES}|README|file://", text), path


@pytest.mark.parametrize(
    ("home", "hidden"), [("/home/vin/h", "ProtectHome"), ("/root", "ProtectHome"), ("/tmp/h", "PrivateTmp")]
)
def test_a_unit_does_not_hide_its_own_home(home: str, hidden: str) -> None:
    for name in ("vinbatch-watch.service", "vinbatch-run.service"):
        text = (FOLDER / name).read_text("utf-8")
        assert f"{hidden}=yes" in filled(name, text, Places("/srv/other", "/opt/x/vinbatch", "vin"))
        assert hidden not in filled(name, text, Places(home, "/opt/x/vinbatch", "vin"))


def test_cron_is_given_a_program_whose_path_has_a_space_or_a_percent() -> None:
    text = (FOLDER / "crontab").read_text("utf-8")
    assert r"* * * * * umask 007; '/opt/a b/100\%/vinbatch' run" in filled(
        "crontab", text, Places("/h", "/opt/a b/100%/vinbatch", "vin")
    )


def test_cron_writes_where_logrotate_looks() -> None:
    """And the folders that both need are said to be made, for the user who writes into them."""
    places = Places("/h", "/opt/vb", "vin")
    cron, rotate = (filled(n, (FOLDER / n).read_text("utf-8"), places) for n in ("crontab", "logrotate"))
    (log,) = re.findall(r"2>> (\S+)$", cron, re.M)
    (rotated,) = re.findall(r"^(/\S+) \{$", rotate, re.M)
    assert Path(log).match(rotated)
    assert f"install -d -o vin -g adm -m 750 {Path(log).parent}\n" in rotate
    (backup,) = re.findall(r" backup (\S+)/ledger", cron)
    assert f"install -d -o vin -m 700 {backup}\n" in cron
    assert "crontab -u vin crontab\n" in cron


def test_the_crontab_has_lines_that_cron_takes() -> None:
    lines = [
        line
        for line in (FOLDER / "crontab").read_text("utf-8").splitlines()
        if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    assert len(lines) == 3
    for line in lines:
        assert re.fullmatch(
            r"(\S+ ){5}(umask 007; )?/opt/vinbatch/bin/vinbatch (run|backup .*|audit verify)", line
        )
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
