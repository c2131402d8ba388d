"""Who may not look into `.vinbatch/` is told so; nothing falls."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from shell import Shell

from vinbatch import samples
from vinbatch.ruleset import Ruleset

COMMANDS = (
    ["status"],
    ["query"],
    ["show", "LSVAA2184E2123456"],
    ["doctor"],
    ["audit", "verify"],
    ["backup", "copy.db"],
    ["catalogue", "list"],
    ["check", "{home}/rules/settings.toml"],
    ["run"],
)


@pytest.fixture
def closed(shell: Shell) -> Iterator[Shell]:
    assert shell.work().returncode == 0
    (shell.home / ".vinbatch").chmod(0)
    yield shell
    (shell.home / ".vinbatch").chmod(0o750)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_falls_for_it(closed: Shell, command: list[str]) -> None:
    done = closed.ordinary(*(part.format(home=closed.home) for part in command))
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said) == (6, False)
    assert f"{closed.home}/.vinbatch" in said
    assert "没有权限查看" in said


@pytest.mark.parametrize(
    "command", [["status"], ["check", "{home}/rules/settings.toml"]], ids=["home", "file"]
)
def test_what_may_not_be_read_is_no_wrong_command(shell: Shell, command: list[str]) -> None:
    """Monitoring saw exit 2, and whoever typed it was sent to the help."""
    assert shell.work().returncode == 0
    place = shell.home if command == ["status"] else shell.home / "rules" / "settings.toml"
    mode = place.stat().st_mode
    place.chmod(0)
    try:
        done = shell.ordinary(*(part.format(home=shell.home) for part in command))
    finally:
        place.chmod(mode)
    assert (done.returncode, "权限不够" in done.stderr) == (6, True)


def test_monitoring_reads_it_on_stdout(closed: Shell) -> None:
    done = closed.ordinary("status", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["well"]) == (6, 6, False)
    assert f"{closed.home}/.vinbatch" in told["alarms"][0]["message"]


def test_an_archive_that_nobody_may_enter_is_told_like_any_other_trouble(
    shell: Shell, ruleset: Ruleset
) -> None:
    """It was a traceback with exit 1, which calls for us."""
    shell.drop("a.xlsx", samples.workbook(ruleset, samples.vehicles(1)[:1], samples.parameters()))
    assert shell.work().returncode == 0
    archive = shell.home / ".vinbatch" / "archive"
    archive.chmod(0)
    status, doctor = shell.ordinary("status", "--json"), shell.ordinary("doctor")
    archive.chmod(0o750)
    told = [one["what"] for one in json.loads(status.stdout)["alarms"]]
    assert [what for what in told if what != "own"] == [
        "archive"
    ]  # its owner, where nobody can be another user
    assert (status.returncode, doctor.returncode, "Traceback" in status.stderr + doctor.stderr) == (
        6,
        6,
        False,
    )


@pytest.mark.parametrize("name", ["inbox", "rules"])
def test_a_folder_that_nobody_may_enter_is_named_in_the_language_of_the_home(shell: Shell, name: str) -> None:
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(f"site = 'SHDM'\nlanguage = 'en'\n{settings.read_text('utf-8')}", "utf-8")
    shell.drop("a.xlsx", b"no workbook")
    for _ in range(2):  # the second notes what the first worked as
        shell.work()
    (shell.home / name).chmod(0)
    for command in ("run", "status"):
        done = shell.ordinary(command)
        said = done.stdout + done.stderr
        assert (done.returncode, "Traceback" in said) == (6, False)
        assert f"{shell.home / name}: Permission denied" in said
        assert f"{shell.home}: Permission denied" not in said
        assert said.isascii()
    (shell.home / name).chmod(0o755)


def test_doctor_goes_on_where_nobody_may_enter_the_inbox(shell: Shell) -> None:
    """It ended as a bug of ours at the folder of receipts; then at the folders of departments."""
    settings = shell.home / "rules" / "settings.toml"
    mail = '[mail]\nhost = "localhost"\nsecurity = "plain"\nport = 1\nsender = "a@b.cn"\n'
    settings.write_text(f"language = 'en'\n{mail}[mail.departments]\n'北京' = ['bj@b.cn']\n", "utf-8")
    inbox = shell.home / "inbox"
    inbox.chmod(0)
    done = shell.ordinary("doctor")
    inbox.chmod(0o755)
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert f"✗ {inbox}: Permission denied" in done.stdout
    assert "[mail.kinds]" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(("name", "mode"), [("北京/a.xlsx", 0), ("北京", 0), ("北京", 0o555)])
def test_what_no_pass_may_read_or_move_becomes_an_alarm(shell: Shell, name: str, mode: int) -> None:
    (shell.home / "inbox" / "北京").mkdir()
    shell.drop("北京/a.xlsx", b"no workbook")
    place = shell.home / "inbox" / name
    place.chmod(mode)
    later = str(int(time.time()) + 3 * 3600)
    ran = shell.ordinary("run")
    soon, late = shell.ordinary("status"), shell.ordinary("status", "--json", epoch=later)
    place.chmod(0o755)
    assert (ran.returncode, soon.returncode, "北京" in soon.stdout) == (0, 0, True)
    alarms = json.loads(late.stdout)["alarms"]
    assert ("forbidden", 6) in [(one["what"], one["exit_code"]) for one in alarms]


def test_a_receipt_that_its_gateway_wrote_for_itself_alone_is_told_and_becomes_an_alarm(shell: Shell) -> None:
    """No answer of customs was heard any more, and all was well."""
    shell.drop("receipts/a.xml", b"<VinReceipt/>")
    (shell.home / "inbox" / "receipts" / "a.xml").chmod(0)
    later = str(int(time.time()) + 3 * 3600)
    ran = shell.ordinary("run")
    soon, late = shell.ordinary("status"), shell.ordinary("status", "--json", epoch=later)
    assert (ran.returncode, soon.returncode, "receipts/a.xml" in soon.stdout) == (0, 0, True)
    (alarm,) = json.loads(late.stdout)["alarms"]
    assert (alarm["what"], "receipts/a.xml" in alarm["message"]) == ("forbidden", True)
