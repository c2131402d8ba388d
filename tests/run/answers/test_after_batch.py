"""after_batch: at least once for every answer, with the home free; whatever it does, nothing else changes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forked import Forked
from run_place import SETTINGS, Fresh, Place

from vinbatch.errors import AccessError, RulesError
from vinbatch.run.answers import after
from vinbatch.store.ledger import Ledger

TELLS = """
import json, os, sys
told = {k: v for k, v in os.environ.items() if k.startswith("VINBATCH_")}
told["stdin"], told["cwd"] = sys.stdin.read(), os.getcwd()
with open(os.environ["TOLD"], "a") as file:
    file.write(json.dumps(told) + "\\n")
"""


COMMAND = [sys.executable, "-S", "after.py"]


class Hooked:
    """A place whose after_batch is a script that tells what it was told, and then does what a test wants."""

    def __init__(self, place: Place, folder: Path, forked: Forked, monkeypatch: pytest.MonkeyPatch) -> None:
        self._forked = forked
        # Its name is the same in every home, which it runs in: for other settings all would be made anew.
        self.place, self.script, self.file = place, place.root / "after.py", folder / "told"
        monkeypatch.setenv("TOLD", str(self.file))
        self.set(COMMAND)
        self.does("")

    def set(self, command: list[str]) -> None:
        text = f"after_batch = {json.dumps(command)}\n{SETTINGS}"
        (self.place.home.rules / "settings.toml").write_text(text, "utf-8")

    def does(self, code: str) -> None:
        self.script.write_text(TELLS + code, "utf-8")

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(x) for x in self.file.read_text().splitlines()] if self.file.exists() else []

    def due(self) -> list[str]:
        with self.place.ledger() as ledger:
            return [due.batch for due in ledger.hooks.due()]

    def shell(self, *args: str) -> subprocess.CompletedProcess[str]:
        return self._forked(["--home", str(self.place.root), *args], self.place.root)


@pytest.fixture
def hooked(place: Place, tmp_path: Path, forked: Forked, monkeypatch: pytest.MonkeyPatch) -> Hooked:
    return Hooked(place, tmp_path, forked, monkeypatch)


def test_it_is_told_of_the_batch(hooked: Hooked, fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINBATCH_MAIL_PASSWORD", "secret")
    place = hooked.place
    vehicles, sets = fresh(2)
    place.drop("北京/车辆.xlsx", place.sheet([*vehicles, {"vin": "?"}], sets))
    (line,) = place.run().lines
    (told,) = hooked.told()
    root = str(place.root)
    assert told["stdin"] == ""
    assert told["cwd"] == root
    assert {k: v for k, v in told.items() if k.startswith("VINBATCH_")} == {
        "VINBATCH_HOME": root,
        "VINBATCH_BATCH": line.batch,
        "VINBATCH_ANSWER": "1",
        "VINBATCH_FILE": "车辆.xlsx",
        "VINBATCH_DEPARTMENT": "北京",
        "VINBATCH_RESULT": f"{root}/reports/{place.reports()[0]}",
        "VINBATCH_REPORT": told["VINBATCH_REPORT"],
        "VINBATCH_PACKAGES": f"{root}/outbox/{line.batch}-filing.zip",
        "VINBATCH_REFUSED": "false",
        "VINBATCH_ROWS": "4",
        "VINBATCH_ROWS_DECLARED": "2",
        "VINBATCH_ROWS_SAVED": "0",
        "VINBATCH_ROWS_HELD": "0",
        "VINBATCH_ROWS_REFUSED": "1",
        "VINBATCH_ROWS_UNCHANGED": "0",
        "VINBATCH_ROWS_DELETED": "0",
        "VINBATCH_ROWS_STORED": "1",
    }
    report = told["VINBATCH_REPORT"]
    assert not report or Path(report).is_file()


@pytest.mark.parametrize("edited", ["xlsx", "html"])
def test_it_is_told_the_names_that_result_and_report_have_got(
    edited: str, hooked: Hooked, fresh: Fresh
) -> None:
    """Each may lie beside a person's copy of its own."""
    place = hooked.place
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    (line,) = place.run().lines
    (place.root / "reports" / f"{line.batch}_a.{edited}").write_bytes(b"a person's own")
    with Ledger.open(place.home.ledger) as ledger:
        ledger.db.execute("UPDATE batch SET answer_due = 1")
    place.run()
    told = hooked.told()[-1]
    assert {Path(told["VINBATCH_RESULT"]).name, Path(told["VINBATCH_REPORT"]).name} == {
        f"{line.batch}_a{'-2' if kind == edited else ''}.{kind}" for kind in ("xlsx", "html")
    }


def test_a_refused_file_is_told_too(hooked: Hooked) -> None:
    hooked.place.drop("a.xlsx", b"no workbook")
    hooked.place.run()
    (told,) = hooked.told()
    assert told["VINBATCH_REFUSED"] == "true"
    assert told["VINBATCH_PACKAGES"] == ""


def test_it_may_call_vinbatch(hooked: Hooked, fresh: Fresh) -> None:
    """The home is free while it runs: even a run within it ends well, and starts no second one of it."""
    hooked.does(
        "import subprocess\n"
        "for args in (['run'], ['status'], ['query', '--batch', told['VINBATCH_BATCH'], '--json']):\n"
        "    command = [sys.executable, '-m', 'vinbatch', *args]\n"
        "    done = subprocess.run(command, capture_output=True, text=True)\n"
        "    print(args[0], done.returncode, len(done.stdout) > 100)\n"
    )
    hooked.place.drop("a.xlsx", hooked.place.sheet(*fresh(1)))
    done = hooked.shell("run", "--engine", "serial")
    assert done.returncode == 0
    assert "run 0 False" in done.stderr
    assert "status 0" in done.stderr
    assert "query 0 True" in done.stderr
    assert len(hooked.told()) == 1


def test_every_answer_has_its_turn(hooked: Hooked, fresh: Fresh) -> None:
    place = hooked.place
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with place.machine().open_ledger() as ledger:
        ledger.db.execute("UPDATE batch SET answer_due = 1")
    place.run()
    place.run()
    assert [told["VINBATCH_ANSWER"] for told in hooked.told()] == ["1", "2"]


def test_a_command_runs_it_too_and_for_the_answer_that_it_made_old(hooked: Hooked, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    hooked.place.drop("a.xlsx", hooked.place.sheet([{**vehicles[0], "action": "暂存"}], sets))
    assert hooked.shell("run", "--engine", "serial").returncode == 0
    assert hooked.shell("declare", "--all").returncode == 0
    saved, declared, renewed = hooked.told()
    assert saved["VINBATCH_ROWS_SAVED"] == "1"
    assert declared["VINBATCH_ROWS_DECLARED"] == "1"
    assert (renewed["VINBATCH_BATCH"], renewed["VINBATCH_ANSWER"]) == (saved["VINBATCH_BATCH"], "2")


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("print('no server'); sys.exit(9)", "after_batch 的程序失败，退出码 9: no server"),
        ("os.kill(os.getpid(), 9)", "after_batch 的程序被 SIGKILL 终止"),
    ],
)
def test_a_failure_is_logged_and_changes_nothing(hooked: Hooked, fresh: Fresh, does: str, told: str) -> None:
    hooked.does(does)
    hooked.place.drop("a.xlsx", hooked.place.sheet(*fresh(1)))
    done = hooked.shell("run", "--engine", "serial")
    assert done.returncode == 0
    assert told in done.stderr
    assert hooked.due() == []
    assert hooked.shell("run", "--engine", "serial").stderr == ""


def test_one_that_cannot_be_started_is_logged(
    hooked: Hooked, fresh: Fresh, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.set(["/nowhere/program"])
    hooked.place.drop("a.xlsx", hooked.place.sheet(*fresh(1)))
    assert hooked.place.run().failed == 0
    assert "after_batch 的程序无法启动" in caplog.text
    assert hooked.due() == []


def test_one_that_hangs_is_killed_and_the_next_batch_waits_for_the_next_pass(
    hooked: Hooked, fresh: Fresh, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(after, "SECONDS", 2.0)
    place = hooked.place
    vehicles, sets = fresh(2)
    hooked.does("import time; time.sleep(600)")
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    first, second = [line.batch for line in place.run().lines]
    assert len(place.outbox()) == 2
    assert f"{first}：after_batch 的程序超过 2 秒没有结束" in caplog.text
    assert hooked.due() == [second]
    hooked.does("")
    place.run()
    assert [told["VINBATCH_BATCH"] for told in hooked.told()] == [first, second]
    assert hooked.due() == []


def test_a_kill_between_answer_and_program_runs_it_in_the_next_pass(hooked: Hooked, fresh: Fresh) -> None:
    place = hooked.place
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    killed = (
        "import os, signal\n"
        "from vinbatch import cli\n"
        "from vinbatch.run.answers import after\n"
        "after.after_answers = lambda machine: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cli.main()\n"
    )
    command = [sys.executable, "-c", killed, "--home", str(place.root), "run", "--engine", "serial"]
    assert subprocess.run(command, capture_output=True).returncode == -signal.SIGKILL
    assert len(place.reports()) == 1
    assert hooked.told() == []
    place.run()
    assert len(hooked.told()) == 1


def test_a_kill_while_it_runs_runs_it_again(hooked: Hooked, fresh: Fresh) -> None:
    hooked.does("import signal; os.kill(os.getppid(), signal.SIGKILL)")
    hooked.place.drop("a.xlsx", hooked.place.sheet(*fresh(1)))
    assert hooked.shell("run", "--engine", "serial").returncode == -signal.SIGKILL
    hooked.does("")
    assert hooked.shell("run", "--engine", "serial").returncode == 0
    one, two = hooked.told()
    assert one == two


def test_what_was_answered_before_there_was_a_program_is_not_told(hooked: Hooked, fresh: Fresh) -> None:
    hooked.set([])
    hooked.place.drop("a.xlsx", hooked.place.sheet(*fresh(1)))
    hooked.place.run()
    hooked.set(COMMAND)
    hooked.place.run()
    assert hooked.told() == []


def test_a_stopped_watch_leaves_the_rest_for_later(hooked: Hooked, fresh: Fresh) -> None:
    place = hooked.place
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    machine = place.machine()
    machine.stopping = lambda: bool(place.reports())
    machine.run()
    assert len(hooked.due()) == 1
    assert hooked.told() == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("'/bin/true'", 'after_batch = ["…", "…"]'),
        ("['after.sh']", "whole path"),
        ("['']", "whole path"),
        ("['/bin/true', 5]", "list of texts"),
        ("['/bin/true', \"a\\u0000b\"]", "U+0000"),
    ],
)
def test_what_is_no_command_is_refused_with_the_cure(hooked: Hooked, given: str, told: str) -> None:
    (hooked.place.home.rules / "settings.toml").write_text(f"after_batch = {given}\n", "utf-8")
    with pytest.raises(RulesError) as refused:
        _ = hooked.place.home
    assert "rules/settings.toml after_batch" in str(refused.value)
    assert told in str(refused.value)


def test_a_program_that_clerks_may_write_is_refused(hooked: Hooked) -> None:
    hooked.script.chmod(0o666)
    hooked.set([sys.executable, str(hooked.script)])
    with pytest.raises(AccessError, match=r"after\.py can be written by those who drop files"):
        hooked.place.run()
    dropped = hooked.place.drop("after.py", b"")
    hooked.set([sys.executable, str(dropped)])
    with pytest.raises(AccessError, match="lies within the inbox"):
        hooked.place.run()
