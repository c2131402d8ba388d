"""The examples for operators, checked by the tools that will read them."""

from __future__ import annotations

import configparser
import grp
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from forked import Forked

from vinbatch.cli.operations import Places, filled

FOLDER = Path(__file__).resolve().parent.parent.parent / "vinbatch" / "operations"
PLACES = "/srv/vin|/opt/vinbatch|User=vinbatch|vinbatch adm|-[uo] vinbatch |-aG [a-z]+ vinbatch"
UNITS = ("vinbatch-watch.service", "vinbatch-run.service", "vinbatch-run.timer", "vinbatch-failed@.service")


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


@pytest.mark.parametrize("name", ["vinbatch-run.service", "vinbatch-watch.service"])
def test_a_service_that_fails_calls_the_unit_that_tells(name: str) -> None:
    (unit,) = re.findall(r"^OnFailure=(.+)$", (FOLDER / name).read_text("utf-8"), re.M)
    assert unit == "vinbatch-failed@%N.service"
    assert (FOLDER / unit.replace("%N", "")).is_file()


@pytest.mark.parametrize(("result", "told"), [("success", ""), ("exit-code", "start --no-block {}\n")])
def test_a_watch_that_systemd_starts_again_and_again_is_told_too(
    result: str, told: str, tmp_path: Path
) -> None:
    """It never enters the state of failed, on which OnFailure= waits."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    systemctl.chmod(0o755)
    text = (FOLDER / "vinbatch-watch.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStopPost=-\+(.+)$", text, re.M)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SERVICE_RESULT": result}
    done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False, env=env)
    assert done.stdout == told.format("vinbatch-failed@%N.service")


@pytest.mark.parametrize(
    ("trouble", "told"), [(("a@x.cn", "b@x.cn"), "a@x.cn b@x.cn"), ((), "root"), (("$(id)@x",), "root")]
)
def test_who_is_told_of_a_failed_service(trouble: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """Who the settings name for trouble; its command is one that a shell runs, with the status first."""
    program = tmp_path / "进 口" / "vinbatch"
    program.parent.mkdir()
    for path, does in (
        (program, "echo status"),
        (tmp_path / "systemctl", "echo log"),
        (tmp_path / "mail", 'cat; echo "$@"'),
    ):
        path.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        path.chmod(0o755)
    name = "vinbatch-failed@.service"
    text = filled(name, (FOLDER / name).read_text("utf-8"), Places("/h", str(program), "vin", trouble))
    (line,) = re.findall(r"^ExecStart=(.+)$", text, re.M)
    done = subprocess.run(
        shlex.split(line),
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert done.stdout.splitlines() == ["status", "log", f"-s vinbatch: %i failed on %H {told}"]


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


@pytest.mark.parametrize(("code", "mailed"), [(0, ""), (6, "gone\nmount it\n")])
def test_the_hourly_line_mails_the_status_only_where_there_is_an_alarm(
    tmp_path: Path, code: int, mailed: str
) -> None:
    program = tmp_path / "vinbatch"
    program.write_text(
        f"#!/bin/sh\n[ $1 = status ] && echo gone && echo 'mount it' >&2; exit {code}\n", "utf-8"
    )
    program.chmod(0o755)
    text = filled("crontab", (FOLDER / "crontab").read_text("utf-8"), Places("/h", str(program), "vin"))
    (line,) = re.findall(r"^0 \* \* \* \* (.+)$", text, re.M)
    assert subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False).stdout == mailed


def test_what_a_pass_says_is_not_mailed(tmp_path: Path) -> None:
    """Each minute that a share is gone it would be; the system's log has it."""
    for name, does in (
        ("vinbatch", '[ "$1" = run ] && echo table && echo gone >&2; exit 6'),
        ("logger", 'cat > "$0.$2"'),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    places = Places("/h", str(tmp_path / "vinbatch"), "vin")
    text = filled("crontab", (FOLDER / "crontab").read_text("utf-8"), places)
    (line,) = re.findall(r"^(?:\* ){5}(.+)$", text, re.M)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=env)
    assert (done.stdout, done.stderr) == ("", "")
    assert (tmp_path / "logger.vinbatch").read_text("utf-8") == "table\ngone\n"


def test_the_crontab_has_lines_that_cron_takes() -> None:
    lines = [
        line
        for line in (FOLDER / "crontab").read_text("utf-8").splitlines()
        if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    assert len(lines) == 5
    for line in lines:
        assert re.fullmatch(
            r"(\S+ ){5}((umask 007; |told=\$\()?/opt/vinbatch/bin/vinbatch (run|status|backup|audit verify)\b"
            r".*|rsync .*)",
            line,
        )
        assert "%" not in line.replace("\\%", ""), "cron ends the command at a bare %"


def nightly(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The line of the crontab that calls this, as cron does; /srv/backup lies beside the home."""
    program = home.with_name("vin batch")
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m vinbatch "$@"\n', "utf-8")
    program.chmod(0o755)
    text = filled("crontab", (FOLDER / "crontab").read_text("utf-8"), Places(str(home), str(program), "vin"))
    (line,) = re.findall(rf"^(?:[\d*]+ ){{5}}(.*{command} .*)$", text, re.M)
    line = line.replace("\\%", "%").replace("/srv/backup", shlex.quote(str(home.with_name("backup"))))
    return subprocess.run(
        ["/bin/sh", "-c", line],
        env={**os.environ, "VINBATCH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def old_copies(tmp_path: Path, forked: Forked) -> Path:
    """A home, and beside it backups by their age in days, and what else somebody keeps there."""
    home = tmp_path / "进口 车辆"
    for command in (("init", str(home)), ("--home", str(home), "run")):
        assert forked(command, tmp_path).returncode == 0
    ages = {"2026-01-01": 300, "2026-01-02": 299, "2026-10-30": 16, "2026-11-02": 13}
    (tmp_path / "backup").mkdir()
    for name, days in {**{f"ledger-{day}.db": n for day, n in ages.items()}, "before-upgrade.db": 99}.items():
        (tmp_path / "backup" / name).write_bytes(b"x")
        os.utime(tmp_path / "backup" / name, (time.time() - days * 86_400,) * 2)
    return home


KEPT = ["before-upgrade.db", "ledger-2026-01-01.db", "ledger-2026-11-02.db"]


def test_the_backup_of_a_night_keeps_two_weeks_and_the_first_of_each_month(old_copies: Path) -> None:
    """They were never deleted: a full copy a night until the disk was full."""
    done = nightly(old_copies, "backup")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    left = sorted(path.name for path in old_copies.with_name("backup").iterdir())
    assert left == [*KEPT, f"ledger-{time.strftime('%F')}.db"]


def test_where_the_backup_fails_the_older_ones_stay(old_copies: Path) -> None:
    shutil.rmtree(old_copies / ".vinbatch")
    assert nightly(old_copies, "backup").returncode == 6
    assert len(list(old_copies.with_name("backup").iterdir())) == 5


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_the_copy_of_a_night_brings_archive_and_rules_and_loses_nothing(
    old_copies: Path, forked: Forked
) -> None:
    """Restored with the ledger: what the archive lost since stays in the copy."""
    there = old_copies.with_name("backup")
    (old_copies / "inbox" / "a.xlsx").write_bytes(b"no workbook")
    assert forked(["--home", str(old_copies), "run"], old_copies.parent).returncode == 4
    (old_copies / ".vinbatch" / "archive" / "half.part").write_bytes(b"x")
    assert nightly(old_copies, "rsync").stderr == ""
    archive = {path.name for path in (old_copies / ".vinbatch" / "archive").rglob("*") if path.is_file()}
    copied = {path.name for path in (there / "archive").rglob("*") if path.is_file()}
    assert len(copied) > 1
    assert copied == archive - {"half.part"}
    assert (there / "rules" / "settings.toml").is_file()
    shutil.rmtree(old_copies / ".vinbatch" / "archive")
    (old_copies / ".vinbatch" / "archive").mkdir()
    assert nightly(old_copies, "rsync").returncode == 0
    assert {path.name for path in (there / "archive").rglob("*") if path.is_file()} == copied


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
