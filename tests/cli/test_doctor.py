"""`vinbatch doctor` on what an integrator gets wrong."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest
from shell import Shell

from vinbatch import samples
from vinbatch.cli.main import vinbatch
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.wording import packaged_folder


def test_an_own_xsd_that_does_not_take_what_the_template_renders_stops_doctor_and_run(shell: Shell) -> None:
    (shell.home / "rules" / "declaration.xsd").write_text("<xs:schema", "utf-8")
    for command in ("doctor", "run"):
        done = shell.at_home(command)
        assert done.returncode == 5
        assert "rules/declaration.xsd" in done.stdout + done.stderr


def test_what_the_own_template_makes_no_package_of_is_named_once_and_stops_nothing(shell: Shell) -> None:
    """A country that its table of codes lacks; where the examples fail, that alone is told."""
    text = (packaged_folder("templates") / "declaration.xml").read_text("utf-8")
    code = "{% for set in structures if {'DEU': 1}[set.values.country or 'DEU'] %}{% endfor %}"
    own = shell.home / "templates" / "declaration.xml"
    own.write_text(text + code, "utf-8")
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "结构参数 · 车辆制造国：ABW 阿鲁巴, " in done.stdout
    own.write_text(text + code + "{{ nobody }}", "utf-8")
    assert "ABW" not in shell.at_home("doctor").stdout


def test_a_broken_template_of_mail_is_told_where_no_mail_is_sent(shell: Shell) -> None:
    """It stops nothing as long as there is no server."""
    (shell.home / "templates" / "mail.txt").write_text("{{ nobody }}", "utf-8")
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "templates/mail.txt" in done.stdout.partition("!")[2]
    assert shell.at_home("run").returncode == 0


def test_a_department_of_the_mail_that_is_no_folder_of_the_inbox_is_named(shell: Shell) -> None:
    """Its mail would go to `to`, and nobody there knows why."""
    (shell.home / "rules" / "settings.toml").write_text(
        '[mail]\nhost = "localhost"\nsecurity = "plain"\nport = 1\nsender = "a@b.cn"\n'
        '[mail.departments]\n"北京" = ["bj@b.cn"]\n"北京/三部" = ["3@b.cn"]\n"Shanghai" = ["sh@b.cn"]\n',
        "utf-8",
    )
    (shell.home / "inbox" / "北京" / "三部").mkdir(parents=True)
    said = shell.at_home("doctor").stdout
    assert "! [mail.departments] 里有 1 个名字在收件夹里没有对应的文件夹：Shanghai\n" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_that_nobody_reads_are_named(shell: Shell, lang: str) -> None:
    (shell.home / "rules" / "settings.toml").write_text(f"language = '{lang}'\n", "utf-8")
    (shell.home / "rules" / "notes.docx").write_text("x", "utf-8")
    assert "rules/notes.docx" in shell.at_home("doctor").stdout


def test_values_on_record_without_a_field_are_named_until_that_is_meant(shell: Shell) -> None:
    """Whoever gives a field another key loses them: its integrator hears of it, before the clerks do."""
    table = '[vehicle.{}]\nzh = "内饰颜色"\nen = "Interior"\nkind = "text"\nlength = 20\nrequired = "never"\n'
    table += 'example = "米"\n'
    rules = shell.home / "rules" / "fields.toml"
    rules.write_text(table.format("interior"), "utf-8")
    own, models = compile_rules(read_rulebook(shell.home)), samples.MODELS[:1]
    vehicles = [{**v, "interior": "棕"} for v in samples.vehicles(1, models=models)]
    shell.drop("a.xlsx", samples.workbook(own, vehicles, samples.parameters(models)))
    assert shell.work().returncode == 0
    assert "vehicle.interior" not in shell.at_home("doctor").stdout
    rules.write_text(table.format("inner"), "utf-8")
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "1 个已不存在的键名下" in done.stdout
    assert "vehicle.interior" in done.stdout
    away = (shell.home / "reports").rename(shell.home / "away")
    assert "vehicle.interior" in shell.at_home("doctor").stdout  # whatever else is wrong
    away.rename(shell.home / "reports")
    rules.write_text(table.format("interior") + "off = true\n", "utf-8")
    assert "vehicle.interior" not in shell.at_home("doctor").stdout


def test_status_and_run_say_alike_that_a_layout_is_not_safe(shell: Shell) -> None:
    """Whoever watches `status` alone has to hear of it: nothing is worked."""
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(f'staging = "inbox"\n{settings.read_text("utf-8")}', "utf-8")
    told = [shell.at_home(command) for command in ("run", "status", "doctor")]
    assert [done.returncode for done in told] == [6, 6, 6]
    assert "收件夹之外" in told[1].stdout


def test_doctor_leaves_with_the_code_of_a_bug_that_stopped_the_last_pass(shell: Shell) -> None:
    """It said so, and left with 0."""
    told = {"zh": "程序缺陷", "en": "a bug"}
    failed = {"since": "2026-03-02T01:00:00+00:00", "exit_code": 1, "told": told}
    (shell.home / ".vinbatch" / "failed").write_text(json.dumps(failed), "utf-8")
    done = shell.at_home("doctor")
    assert (done.returncode, "程序缺陷" in done.stdout) == (1, True)
    assert shell.at_home("status").returncode == 1


def test_a_run_without_the_folder_of_results_says_what_status_says(shell: Shell) -> None:
    """Also where there is nothing to do: the next workbook would wait in vain."""
    shutil.rmtree(shell.home / "reports")
    done = shell.at_home("run")
    assert (done.returncode, "vinbatch init" in done.stderr) == (6, True)
    assert shell.at_home("status").returncode == 6


def test_an_inbox_that_is_a_file_is_told_like_any_other_trouble(shell: Shell) -> None:
    """The clock of its server is asked by a file in it, which cannot be written, nor be removed."""
    inbox = shell.home / "inbox"
    shutil.rmtree(inbox)
    inbox.write_bytes(b"")
    done = shell.at_home("doctor")
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert "vinbatch init" in done.stdout


@pytest.mark.parametrize(
    ("megabytes", "code", "told"),
    [(25, 6, "只剩 25 MB。"), (199, 6, "只剩 199 MB。"), (200, 0, "剩余 200 MB"), (5000, 0, "剩余 4.9 GB")],
)
def test_status_and_doctor_call_the_same_disk_full(
    megabytes: int,
    code: int,
    told: str,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Between 20 and 500 MB one said that all is well, the other left with 6 and rounded to 0.0 GB."""
    assert shell.work().returncode == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=megabytes * 2**20))
    said = []
    for command in ("status", "doctor"):
        assert vinbatch.main(["--home", str(shell.home), command], standalone_mode=False) == code
        said.append(capsys.readouterr().out)
    status, doctor = said
    assert told in doctor
    bad = [line.removeprefix("✗ ") for line in doctor.splitlines() if line.startswith("✗")]
    assert bad == [line for line in status.splitlines() if "磁盘快满了" in line]


def test_a_form_that_is_gone_from_reports_is_told(shell: Shell) -> None:
    assert "空白模板不见了" not in shell.at_home("doctor").stdout
    (shell.home / "reports" / "VIN申报模板.xlsx").unlink()
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "空白模板不见了" in done.stdout


def test_results_of_another_home_are_told(shell: Shell) -> None:
    """Two homes with one reports/ wrote over each other's index, and nobody said so."""
    shell.drop("a.xlsx", b"no workbook")
    shell.work()
    assert "本台账中没有" not in shell.at_home("doctor").stdout
    (shell.home / "reports" / "OTHER-20260302-0007_b.xlsx").write_bytes(b"of the other home")
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "! reports 里有 1 个批次的结果，本台账中没有这些批次，例如 OTHER-20260302-0007\n" in done.stdout


def test_a_home_that_was_put_back_whole_is_told_by_its_results_with_the_way_out(shell: Shell) -> None:
    """As by a snapshot of the machine, while reports/ lies on a share: it was taken for another home's."""
    shell.drop("a.xlsx", b"no workbook")
    shell.work()
    (shell.home / "reports" / "TRIAL-20301231-0007_b.xlsx").write_bytes(b"of after the snapshot")
    told = shell.at_home("doctor").stdout
    assert ("虚拟机快照" in told, "vinbatch restore FILE" in told) == (True, True)
    copy = str(shell.folder / "copy.db")
    assert shell.at_home("backup", copy).returncode == 0
    assert shell.at_home("restore", copy).returncode == 7
    assert "TRIAL-20301231-0007" in shell.at_home("status").stdout
