"""`vinbatch status`, where a pass failed or nothing can be looked at."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forked import Forked
from jsonschema import Draft202012Validator
from shell import Shell

from vinbatch import samples
from vinbatch.ruleset import Ruleset
from vinbatch.wording import packaged_folder

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "status.json"
# What no made-up vehicle shows: the template breaks on one real row only.
BREAKS = "{% if vehicles | selectattr('values.colour', 'equalto', '孔雀蓝') | list %}{{ nobody }}{% endif %}"
GOOD, BAD = samples.vehicles(2, models=samples.MODELS[:1])


def told(shell: Shell) -> dict[str, Any]:
    """What `status --json` says, which keeps its schema."""
    said: dict[str, Any] = json.loads(shell.at_home("status", "--json").stdout)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(said)
    return said


@pytest.fixture(scope="module")
def once_stuck(
    tmp_path_factory: pytest.TempPathFactory, forked: Forked, fresh_home: Path, ruleset: Ruleset
) -> Shell:
    """A home where a workbook came whose package cannot be made, and after it one that is well."""
    shell = Shell(fresh_home.parent, forked).copied(tmp_path_factory.mktemp("stuck"))
    folder = shell.home / "templates"
    folder.mkdir(exist_ok=True)
    text = (packaged_folder("templates") / "declaration.xml").read_text("utf-8")
    (folder / "declaration.xml").write_text(text + BREAKS, "utf-8")
    sets = samples.parameters(samples.MODELS[:1])
    shell.drop("坏.xlsx", samples.workbook(ruleset, [{**BAD, "colour": "孔雀蓝"}], sets))
    assert shell.work().returncode == 5
    shell.drop("好.xlsx", samples.workbook(ruleset, [GOOD], sets))
    return shell


@pytest.fixture
def stuck(once_stuck: Shell, tmp_path: Path) -> Shell:
    return once_stuck.copied(tmp_path)


def test_status_tells_why_the_last_pass_failed(stuck: Shell) -> None:
    """As `run` said it, with file and VIN, and the same exit code; not that a run was cut off."""
    ran, done, doctor = stuck.work(), stuck.at_home("status"), stuck.at_home("doctor")
    assert (ran.returncode, done.returncode, doctor.returncode) == (5, 5, 5)
    why = ran.stderr.removeprefix("vinbatch: ")
    assert "（坏.xlsx）" in why
    assert str(BAD["vin"]) in why
    assert why in done.stdout
    assert done.stdout.startswith("上次运行失败（从 ")
    assert "中断" not in done.stdout
    assert why.splitlines()[0] in doctor.stdout
    assert (told(stuck)["failed"]["exit_code"], told(stuck)["failed"]["message"]) == (5, why.rstrip())


def test_status_tells_it_in_the_language_of_the_reader(stuck: Shell) -> None:
    settings = stuck.home / "rules" / "settings.toml"
    settings.write_text(f"language = 'en'\n{settings.read_text('utf-8')}", "utf-8")
    first = stuck.at_home("status").stdout.splitlines()[0]
    assert first.startswith("The last pass failed (since ")
    assert f"the package cannot be made because of {BAD['vin']}" in first


def test_a_failure_is_forgotten_when_a_pass_succeeds(stuck: Shell) -> None:
    (stuck.home / "templates" / "declaration.xml").unlink()
    assert told(stuck)["failed"] is not None
    assert stuck.work().returncode == 0
    done = stuck.at_home("status")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "一切正常。")
    assert told(stuck)["failed"] is None
    assert "上次运行失败" not in (stuck.home / "reports" / "index.html").read_text("utf-8")


def test_since_when_it_fails_is_the_first_time(stuck: Shell) -> None:
    before = told(stuck)["failed"]["since"]
    assert stuck.work().returncode == 5
    assert told(stuck)["failed"]["since"] == before


def test_the_workbook_that_stops_all_can_be_moved_away(stuck: Shell) -> None:
    """As the cure says: then the others are worked, and its batch is no unfinished one."""
    (claimed,) = (stuck.home / "inbox" / ".claims").rglob("坏.xlsx")
    shutil.move(claimed, stuck.folder / "坏.xlsx")
    assert stuck.work().returncode == 0
    assert [path.name.partition("_")[2] for path in (stuck.home / "reports").glob("*_*.xlsx")] == ["好.xlsx"]
    assert told(stuck)["lines"] == []


def test_a_pass_that_finds_no_disk_to_note_its_failure_still_tells_it(stuck: Shell) -> None:
    (stuck.home / ".vinbatch" / "failed").unlink()
    (stuck.home / ".vinbatch" / "failed").mkdir()
    ran = stuck.work()
    assert (ran.returncode, "坏.xlsx" in ran.stderr) == (5, True)


@pytest.mark.parametrize("kept", [b"", b"{}", b"\xff", b'{"since": 1, "exit_code": 5, "told": {}}'])
def test_a_note_that_cannot_be_read_tells_nothing(stuck: Shell, kept: bytes) -> None:
    """A power cut may leave half of one; the next pass makes it anew."""
    (stuck.home / ".vinbatch" / "failed").write_bytes(kept)
    assert told(stuck)["failed"] is None
    assert stuck.work().returncode == 5
    assert told(stuck)["failed"]["exit_code"] == 5


@pytest.mark.parametrize(("name", "text"), [("settings.toml", "nonsense = 1"), ("fields.toml", "[vehicle")])
def test_status_json_answers_where_rules_or_settings_are_broken(shell: Shell, name: str, text: str) -> None:
    (shell.home / "rules" / name).write_text(text, "utf-8")
    done, said = shell.at_home("status", "--json"), told(shell)
    assert done.returncode == said["error"]["exit_code"] == 5
    assert said["well"] is False
    assert done.stderr == f"vinbatch: {said['error']['message']}\n"
    assert said["lines"] == [line.strip() for line in said["error"]["message"].splitlines()]


@pytest.mark.parametrize("name", ["settings.toml", "fields.toml"])
@pytest.mark.parametrize(
    ("lang", "count"), [("zh", "有 2 处需要改正："), ("en", "2 things have to be mended: ")]
)
def test_the_first_line_names_the_first_of_several_things(
    name: str, lang: str, count: str, shell: Shell
) -> None:
    """Whoever monitors shows that line alone; every line of the JSON is one."""
    rules = shell.home / "rules"
    (rules / "settings.toml").write_text(f'language = "{lang}"\n', "utf-8")
    with (rules / name).open("a", encoding="utf-8") as file:
        file.write("[vehicle.colour]\n" if name == "fields.toml" else "")
        file.write("nonsense = 1\nfurther = 2\n")
    done, said = shell.at_home("status"), told(shell)
    first = (done.stdout + done.stderr).removeprefix("vinbatch: ").splitlines()[0]
    assert (done.returncode, first.startswith(count), name in first) == (5, True, True)
    assert "nonsense" in first
    assert said["lines"][0] == first
    assert not [line for line in said["lines"] if line != line.strip() or "\n" in line]


@pytest.mark.parametrize(("name", "code"), [("settings.toml", 5), ("fields.toml", 5), ("", 6)])
def test_status_for_people_answers_on_stdout_too_where_nothing_can_be_looked_at(
    name: str, code: int, shell: Shell
) -> None:
    """A page that shows its first line was empty: only stderr had it."""
    if name:
        (shell.home / "rules" / name).write_text("nonsense = 1", "utf-8")
    else:
        shutil.rmtree(shell.home)
    done = shell.at_home("status")
    assert done.returncode == code
    assert done.stderr == f"vinbatch: {done.stdout}"
    assert (name or str(shell.home)) in done.stdout.splitlines()[0]


@pytest.mark.skipif(shutil.which("script") is None, reason="script (util-linux) is not installed")
def test_a_person_at_a_terminal_reads_it_once(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text("nonsense = 1", "utf-8")
    command = shlex.join([sys.executable, "-m", "vinbatch", "--home", str(shell.home), "status"])
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count("nonsense")) == (5, 1)


def test_who_reads_both_streams_as_one_reads_it_once(shell: Shell) -> None:
    """Cron's hourly mail had it twice: its line collects both."""
    (shell.home / "rules" / "settings.toml").write_text("nonsense = 1", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vinbatch", "--home", str(shell.home), "status"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count("nonsense")) == (5, 1)


def test_status_json_answers_where_there_is_no_home(shell: Shell) -> None:
    done = shell("--home", "nowhere", "status", "--json")
    assert done.returncode == json.loads(done.stdout)["error"]["exit_code"] == 6


@pytest.mark.parametrize(
    ("command", "name", "code"),
    [
        ("['/nowhere/program']", "/nowhere/program", 5),
        ("['/bin/sh', '/nowhere/script.sh']", "/nowhere/script.sh", 0),  # the program may make it
    ],
)
def test_status_tells_that_the_program_after_every_answer_is_not_there(
    command: str, name: str, code: int, shell: Shell, ruleset: Ruleset
) -> None:
    """With doctor's code. A pass does its work, says so where an answer was due, and leaves as ever."""
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(f"after_batch = {command}\n{settings.read_text('utf-8')}", "utf-8")
    done = shell.at_home("status")
    assert (done.returncode, shell.at_home("doctor").returncode) == (code, code)
    assert done.stdout.startswith("每次答复之后的程序（after_batch）运行不了：")
    assert name in done.stdout.splitlines()[0]
    assert shell.work().stderr == ""
    shell.drop("好.xlsx", samples.workbook(ruleset, [GOOD], samples.parameters(samples.MODELS[:1])))
    ran = shell.work()
    assert (ran.returncode, "after_batch" in ran.stderr) == (0, True)


def test_a_reader_who_goes_after_the_first_line_changes_no_exit_code(stuck: Shell) -> None:
    """`status | head -1`: the rest is written to nobody."""
    command = [sys.executable, "-m", "vinbatch", "--home", str(stuck.home), "status"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as asked:
        assert asked.stdout is not None
        asked.stdout.close()
    assert asked.returncode == stuck.at_home("status").returncode == 5


@pytest.mark.parametrize("command", [("status",), ("doctor", "--help")], ids=str)
def test_output_that_cannot_be_written_is_a_plain_failure(command: tuple[str, ...], shell: Shell) -> None:
    """On a full disk: exit 6, in a line; it was a traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vinbatch", "--home", str(shell.home), *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 6
    assert done.stderr.startswith("vinbatch: 标准输出写不出去：磁盘已满\n")


def test_a_pattern_that_keeps_rows_back_is_told_until_it_is_mended(shell: Shell, ruleset: Ruleset) -> None:
    """The pass does its work; the row waits for whoever edits the rules, and then for the same file."""
    rules = shell.home / "rules" / "fields.toml"
    rules.write_text(
        "[vehicle.engine_no]\nlength = 60\npattern = '[A-Z0-9 ]+|(a|aa)+'\nexample = 'B48B20B 24681357'\n"
    )
    sheet = samples.workbook(
        ruleset, [{**GOOD, "engine_no": "a" * 39 + "!"}, BAD], samples.parameters(samples.MODELS[:1])
    )
    shell.drop("a.xlsx", sheet)
    assert shell.work().returncode == 3
    done = shell.at_home("status")
    assert done.returncode == 5
    assert "起，有的行未通过，只因 rules/fields.toml 中 [vehicle.engine_no] 的 pattern " in done.stdout
    assert [one["field"] for one in told(shell)["slow"]] == ["vehicle.engine_no"]
    rules.write_text(
        "[vehicle.engine_no]\nlength = 60\npattern = '[A-Za-z0-9 !]+'\nexample = 'B48B20B 24681357'\n"
    )
    assert (shell.at_home("status").returncode, told(shell)["slow"]) == (0, [])
    shell.drop("a.xlsx", sheet)
    assert shell.work().returncode == 0


@pytest.mark.parametrize("command", ["status", "doctor", "run", "query"])
def test_a_home_whose_own_folder_is_gone_is_not_well(
    command: str, tmp_path: Path, forked: Forked, fresh_home: Path
) -> None:
    """`status` said that all was well, and `doctor` ended in a traceback."""
    shell = Shell(fresh_home.parent, forked).copied(tmp_path)
    shutil.rmtree(shell.home / ".vinbatch")
    done = shell.at_home(command)
    assert (done.returncode, ".vinbatch 不见了" in done.stdout + done.stderr) == (6, True)
