"""The commands as people and programs call them: real processes, real exit codes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from forked import Forked
from shell import Shell

from vinbatch import samples
from vinbatch.cli.checkup import Found, growth
from vinbatch.cli.context import Context
from vinbatch.effects import making
from vinbatch.ruleset import Ruleset
from vinbatch.wording import packaged_folder

ONE = samples.MODELS[:1]


def book(ruleset: Ruleset, vehicles: Sequence[samples.Cells], sets: Sequence[samples.Cells] = ()) -> bytes:
    return samples.workbook(ruleset, vehicles, sets)


def test_init_makes_a_home_and_overwrites_nothing(shell: Shell) -> None:
    form = shell.home / "reports" / "VIN申报模板.xlsx"
    guide = shell.home / "inbox" / "使用说明.txt"
    assert form.exists()
    assert len(guide.read_text("utf-8-sig").strip().splitlines()) <= 12
    guide.write_text("ours", "utf-8")
    (shell.home / "outbox").rmdir()
    assert shell("init", "home").returncode == 0
    assert (shell.home / "outbox").is_dir()
    assert guide.read_text("utf-8") == "ours"


def test_doctor_looks_for_the_script_behind_an_interpreter(shell: Shell) -> None:
    settings = "after_batch = ['/bin/sh', '/nowhere/script.sh']\n"
    (shell.home / "rules" / "settings.toml").write_text(settings, "utf-8")
    done = shell.at_home("doctor")
    assert "! rules/settings.toml after_batch：/nowhere/script.sh 不存在" in done.stdout


def test_an_english_home_speaks_english_from_the_start(shell: Shell) -> None:
    """All that init says and lays down, but for the names that are the same in every home."""
    done = shell("init", "other", "--lang", "en")
    home = shell.folder / "other"
    texts = [p.read_text("utf-8-sig") for p in home.rglob("*") if p.suffix in (".txt", ".toml")]
    said = "".join([done.stderr, *texts])
    for known in ("暂存", "变更", "撤销", "是", "北京/三部", "北京"):
        said = said.replace(known, "")
    assert len(texts) == 2
    assert [path.name for path in (home / "reports").iterdir()] == ["VIN form.xlsx"]
    assert not [c for c in said if "一" <= c <= "鿿"]
    assert shell("--home", "other", "run").stderr == ""


def test_the_guide_of_the_inbox_is_never_picked_up(shell: Shell) -> None:
    assert shell.work().returncode == 0
    assert (shell.home / "inbox" / "使用说明.txt").exists()


def test_a_run_with_nothing_to_do_is_silent(shell: Shell) -> None:
    done = shell.at_home("run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_run_leaves_with_0_3_or_4(shell: Shell, ruleset: Ruleset) -> None:
    vehicles, sets = samples.vehicles(2, models=ONE), samples.parameters(ONE)
    shell.drop("a.xlsx", book(ruleset, vehicles[:1], sets))
    assert shell.at_home("run").returncode == 0
    shell.drop("b.xlsx", book(ruleset, [{**vehicles[1], "ccc_no": "1"}]))
    assert shell.at_home("run").returncode == 3
    shell.drop("c.pdf", b"%PDF-1.4 nothing")
    assert shell.at_home("run").returncode == 4


def test_check_gives_the_verdicts_of_run_and_leaves_no_trace(shell: Shell, ruleset: Ruleset) -> None:
    vehicles, sets = samples.with_mistakes(samples.vehicles(24, seed=5), samples.parameters())
    data = book(ruleset, vehicles, sets)
    (shell.folder / "x.xlsx").write_bytes(data)
    known = book(ruleset, samples.vehicles(5, seed=5), samples.parameters())
    shell.drop("known.xlsx", known)
    shell.at_home("run")
    before = sorted((p, p.stat().st_mtime_ns) for p in shell.home.rglob("*"))
    checked = shell.at_home("check", "x.xlsx", "--json")
    assert sorted((p, p.stat().st_mtime_ns) for p in shell.home.rglob("*")) == before
    (file,) = json.loads(checked.stdout)["files"]
    shell.drop("x.xlsx", data)
    ran = shell.at_home("run")
    batch = max(p.name for p in (shell.home / "reports").glob("*_x.xlsx"))
    assert checked.returncode == ran.returncode == 3
    from vinbatch.store.ledger import Ledger

    with Ledger.read_only(shell.home / ".vinbatch" / "ledger.db") as ledger:
        outcome = ledger.outcome(batch.partition("_")[0])
    ran_verdicts: dict[str, dict[str, str]] = {}
    names = {"vehicle": "车辆信息", "structure": "结构参数"}
    for j in outcome.rows:
        ran_verdicts.setdefault(names[j.row.sheet], {})[str(j.row.number)] = j.verdict.value
    assert file["verdicts"] == ran_verdicts


def test_check_json_has_the_shape_of_version_1(shell: Shell, ruleset: Ruleset) -> None:
    (shell.folder / "x.xlsx").write_bytes(
        book(ruleset, [{**samples.vehicles(1, models=ONE)[0], "ccc_no": 1}], samples.parameters(ONE))
    )
    answer = json.loads(shell("check", "x.xlsx", "--json").stdout)
    assert answer["version"] == 1
    (file,) = answer["files"]
    assert set(file) == {"file", "refused", "rows", "findings", "verdicts"}
    assert (file["file"], file["refused"], file["rows"]) == ("x.xlsx", False, 2)
    (stop,) = [f for f in file["findings"] if f["code"] == "CCC-NUMERIC"]
    assert set(stop) == {"sheet", "row", "cell", "field", "code", "severity", "message", "cure", "value"}
    assert (stop["sheet"], stop["row"], stop["cell"], stop["field"]) == ("车辆信息", 2, "E2", "ccc_no")
    assert (stop["severity"], stop["value"]) == ("stop", "1")


@pytest.mark.parametrize(("data", "code"), [(b"%PDF-1.4", 4), (b"", 4), (b"PK\x03\x04", 4)])
def test_check_refuses_what_is_no_workbook(shell: Shell, data: bytes, code: int) -> None:
    (shell.folder / "x.xlsx").write_bytes(data)
    done = shell("check", "x.xlsx", "--json")
    assert done.returncode == code
    (file,) = json.loads(done.stdout)["files"]
    assert file["refused"] is True
    assert [f["row"] for f in file["findings"]] == [None]


def test_check_without_a_home_names_what_it_left_out(shell: Shell, ruleset: Ruleset) -> None:
    (shell.folder / "x.xlsx").write_bytes(book(ruleset, samples.vehicles(1, models=ONE)))
    done = shell("check", "x.xlsx")
    assert done.returncode == 0
    assert "工作目录" in done.stderr
    assert "STRUCTURE-NOT-LOOKED-UP" in done.stdout


def test_query_gives_json_with_every_field(shell: Shell, ruleset: Ruleset) -> None:
    vehicles = samples.vehicles(2, models=ONE)
    shell.drop("a.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    shell.work()
    (record,) = json.loads(shell.at_home("query", "--vin", str(vehicles[0]["vin"])[-6:], "--json").stdout)
    assert record["vin"] == vehicles[0]["vin"]
    assert (record["type"], record["state"]) == ("filing", "declared")
    assert record["held"] is False
    assert record["structure"]["wheelbase"] == [2975]
    ours = {f.key for f in ruleset.fields("vehicle")} - {"action", "confirmed"}
    assert ours <= set(record)


def test_query_takes_a_batch_number_as_it_is_typed(shell: Shell, ruleset: Ruleset) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    shell.work()
    (batch,) = {r["batch"] for r in json.loads(shell.at_home("query", "--json").stdout)}
    assert len(json.loads(shell.at_home("query", "--batch", f" {batch.lower()}", "--json").stdout)) == 1


def test_query_held_finds_what_waits(shell: Shell, ruleset: Ruleset) -> None:
    vehicles = samples.vehicles(2, models=ONE)
    vehicles[1]["production_date"] = "2018.03"
    shell.drop("a.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    shell.work()
    held = json.loads(shell.at_home("query", "--held", "--json").stdout)
    assert [r["vin"] for r in held] == [vehicles[1]["vin"]]


def test_an_extract_dropped_again_changes_nothing(shell: Shell, ruleset: Ruleset) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(3), samples.parameters()))
    shell.work()
    assert shell.at_home("query", "-o", "x.xlsx").returncode == 0
    (file,) = json.loads(shell.at_home("check", "x.xlsx", "--json").stdout)["files"]
    assert set(file["verdicts"]["车辆信息"].values()) == {"unchanged"}
    assert set(file["verdicts"]["结构参数"].values()) == {"unchanged"}
    assert file["findings"] == []


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.xlsx"])
def test_query_writes_files(shell: Shell, ruleset: Ruleset, name: str) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    shell.work()
    file = shell.folder / name
    file.write_bytes(b"edited")
    refused = shell.at_home("query", "-o", name)
    assert (refused.returncode, file.read_bytes()) == (2, b"edited")
    assert "--force" in refused.stderr
    assert shell.at_home("query", "-o", name, "--force").returncode == 0
    assert file.stat().st_size > 100


def test_show_tells_the_story_of_a_vin(shell: Shell, ruleset: Ruleset) -> None:
    vehicles = samples.vehicles(1, models=ONE)
    shell.drop("三月.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    shell.work()
    told = shell.at_home("show", str(vehicles[0]["vin"])[-6:]).stdout
    for part in (vehicles[0]["vin"], "三月.xlsx", "BMW 530i", "已申报"):
        assert str(part) in told


@pytest.mark.parametrize("command", [("show",), ("audit", "show"), ("audit", "show", "--json")])
def test_a_vin_that_is_not_on_record_is_named_beside_those_that_are(
    command: Sequence[str], shell: Shell, ruleset: Ruleset
) -> None:
    vehicles = samples.vehicles(1, models=ONE)
    shell.drop("三月.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    shell.work()
    known = str(vehicles[0]["vin"])
    done = shell.at_home(*command, known[-6:], "NOSUCH", known)
    assert done.returncode == 2
    assert known in done.stdout
    assert "没有这些车辆的记录：NOSUCH\n" in done.stderr.replace("。", "\n").replace("；", "\n")


def test_the_catalogue_exports_a_workbook_that_imports_again_without_change(
    shell: Shell, ruleset: Ruleset
) -> None:
    (shell.folder / "p.xlsx").write_bytes(book(ruleset, [], samples.parameters()))
    assert shell.at_home("catalogue", "import", "p.xlsx").returncode == 0
    assert "BMW-G30-530I-21" in shell.at_home("catalogue", "list").stdout
    assert "2975" in shell.at_home("catalogue", "show", "BMW-G30-530I-21").stdout
    assert shell.at_home("catalogue", "export", "-o", "e.xlsx").returncode == 0
    done = shell.at_home("catalogue", "import", "e.xlsx")
    assert (done.returncode, "无变化" in done.stderr) == (0, True)


def test_an_export_imported_again_answers_no_question_of_the_catalogue(
    shell: Shell, ruleset: Ruleset
) -> None:
    """Nothing changes; what waits for 核实确认 is told again, but not what has it."""
    waits, settled, plain = ({**cells, "overhang_front": 700} for cells in samples.parameters()[:3])
    sets = [waits, {**settled, "confirmed": "是"}, {**plain, "overhang_front": ""}]
    (shell.folder / "p.xlsx").write_bytes(book(ruleset, [], sets))
    assert shell.at_home("catalogue", "import", "p.xlsx").returncode == 3
    before = shell.at_home("catalogue", "list").stdout
    shell.at_home("catalogue", "export", "-o", "e.xlsx")
    done = shell.at_home("catalogue", "import", "e.xlsx")
    assert (done.returncode, "结构参数 1 行待核实，2 行无变化" in done.stderr) == (3, True)
    assert shell.at_home("catalogue", "list").stdout == before


def test_the_catalogue_import_takes_no_vehicles(shell: Shell, ruleset: Ruleset) -> None:
    (shell.folder / "v.xlsx").write_bytes(book(ruleset, samples.vehicles(1), samples.parameters()))
    assert shell.at_home("catalogue", "import", "v.xlsx").returncode == 2


def test_the_catalogue_import_takes_no_larger_file_than_the_inbox(shell: Shell) -> None:
    """It is told why; nothing of it is brought into memory, kept or numbered."""
    with (shell.home / "rules" / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write("[limits]\nfile_megabytes = 1\n")
    (shell.folder / "p.xlsx").write_bytes(b"PK\3\4" + bytes(2**20))
    done = shell.at_home("catalogue", "import", "p.xlsx")
    assert (done.returncode, "1.0" in done.stderr) == (4, True)
    assert {p.name for p in (shell.home / ".vinbatch" / "archive").iterdir()} <= {"rules"}


def test_status_begins_with_one_line(shell: Shell, ruleset: Ruleset) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    assert "1" in shell.at_home("status").stdout.splitlines()[0]
    shell.work()
    assert shell.at_home("status").stdout.splitlines()[0] == "一切正常。"


@pytest.mark.parametrize("name", ["declaration.xml", "overview.html"])
def test_status_begins_with_what_run_says_of_a_broken_template(shell: Shell, name: str) -> None:
    """Message, cure and exit code are those of the run; it leaves no note that the template was right."""
    assert shell.work().returncode == 0
    folder = shell.home / "templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("{{ broken", "utf-8")
    noted = [p.read_text("ascii") for p in shell.home.rglob("rules.checked")]
    ran, told = shell.work(), shell.at_home("status")
    assert (ran.returncode, told.returncode) == (5, 5)
    assert told.stdout.startswith(ran.stderr.removeprefix("vinbatch: "))
    assert name in told.stdout.splitlines()[0]
    assert [p.read_text("ascii") for p in shell.home.rglob("rules.checked")] == noted
    (folder / name).unlink()
    assert shell.at_home("status").returncode == 0


def test_status_and_doctor_name_what_lies_among_the_claims(shell: Shell, tmp_path: Path) -> None:
    (shell.home / "inbox" / ".claims").mkdir(exist_ok=True)
    (shell.home / "inbox" / ".claims" / "evil\x1b[2J").symlink_to(tmp_path)
    for command in ("status", "doctor"):
        assert ".claims/evil_[2J" in shell.at_home(command).stdout


def test_status_names_some_of_many_files_that_wait(shell: Shell) -> None:
    for n in range(30):
        shell.drop(f"{n}.xlsx", b"x")
        shell.drop(f"~${n}.xlsx", b"x")
    said = shell.at_home("status").stdout
    assert said.count("~$") == 0
    assert said.count("文件还开着") == 20
    assert "另有10个文件尚未处理" in said


def test_status_names_the_department_that_has_to_act(shell: Shell, ruleset: Ruleset) -> None:
    odd = [{**v, "production_date": "2016.03"} for v in samples.vehicles(3, models=ONE)]
    sets = samples.parameters(ONE)
    (shell.home / "inbox" / "上海").mkdir()
    shell.drop("上海/a.xlsx", book(ruleset, odd[:2], sets))
    shell.work()
    assert "有 2 辆车待核实（上海 2）" in shell.at_home("status").stdout
    shell.drop("b.xlsx", book(ruleset, odd[2:], sets))
    shell.work()
    assert "有 3 辆车待核实（不分部门 1，上海 2）" in shell.at_home("status").stdout


def test_release_decides_about_a_package_in_doubt(shell: Shell, ruleset: Ruleset) -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    day = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    taken = shell.home / "outbox" / f"TRIAL-{day:%Y%m%d}-0001-filing.zip"
    taken.write_bytes(b"not ours")
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    left = shell.at_home("run")
    doubt = json.loads(shell.at_home("status", "--json").stdout)["doubt"]
    assert (left.returncode, f"vinbatch release {doubt[0]} --sent" in left.stderr) == (7, True)
    for way in ("--sent", "--send"):
        assert f"vinbatch --home {shell.home} release {doubt[0]} {way} " in shell.at_home("status").stdout
    taken.unlink()
    assert shell.at_home("release", doubt[0], "--send").returncode == 0
    assert shell.at_home("run").returncode == 0
    assert taken.stat().st_size > 1000
    assert shell.at_home("release", doubt[0], "--sent").returncode == 2


def test_template_writes_the_form_in_two_languages(shell: Shell) -> None:
    assert shell("template").returncode == 0
    assert shell("template", "-o", "en.xlsx", "--lang", "en").returncode == 0
    assert (shell.folder / "VIN申报模板.xlsx").exists()
    assert (shell.folder / "en.xlsx").read_bytes() != (shell.folder / "VIN申报模板.xlsx").read_bytes()


def test_a_form_that_was_filled_is_not_written_over(shell: Shell) -> None:
    form = shell.folder / "三月.xlsx"
    form.write_bytes(b"filled")
    refused = shell("template", "-o", "三月.xlsx")
    assert (refused.returncode, form.read_bytes()) == (2, b"filled")
    assert "三月.xlsx：已有这个文件" in refused.stderr
    assert "--force" in refused.stderr
    assert shell("template", "-o", "三月.xlsx", "--force").returncode == 0
    assert form.read_bytes().startswith(b"PK")


def test_broken_rules_leave_with_5_and_name_file_and_key(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text("langage = 'en'\n", "utf-8")
    done = shell.at_home("run")
    assert done.returncode == 5
    assert "settings.toml" in done.stderr
    assert "language" in done.stderr


def test_a_folder_that_is_no_home_leaves_with_6_and_the_cure(shell: Shell) -> None:
    done = shell("run")
    assert done.returncode == 6
    assert "vinbatch init" in done.stderr


def test_usage_leaves_with_2(shell: Shell) -> None:
    assert shell("nonsense").returncode == 2
    assert shell("check", "missing.xlsx").returncode == 2


def test_the_home_is_found_by_option_variable_or_folder(shell: Shell, forked: Forked) -> None:
    assert shell("status", env={"VINBATCH_HOME": str(shell.home)}).returncode == 0
    assert Shell(shell.home, forked)("status").returncode == 0


def test_production_demands_a_declarant(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text("production = true\n", "utf-8")
    done = shell.at_home("run")
    assert done.returncode == 5
    assert "site" in done.stderr


def test_english_by_setting(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text('language = "en"\n', "utf-8")
    assert shell.at_home("status").stdout.splitlines()[0] == "All is well."


def test_init_in_english_makes_a_home_in_english(shell: Shell) -> None:
    assert shell("init", "other", "--lang", "en").returncode == 0
    assert shell("--home", "other", "status").stdout.splitlines()[0] == "All is well."


def test_version(shell: Shell) -> None:
    assert shell("--version").stdout.startswith("vinbatch")


def test_the_demo_plays_the_whole_circle(shell: Shell) -> None:
    done = shell("demo", "scratch")
    assert done.returncode == 0
    for name in ("一月进口车.xlsx", "二月宝马与保时捷.xlsx", "三月保时捷.xlsx", "变更.xlsx", "撤销.xlsx"):
        assert name in done.stderr
    shell.home = shell.folder / "scratch"
    records = json.loads(shell.at_home("query", "--json").stdout)
    places = {(r["type"], r["state"]) for r in records}
    assert {("change", "accepted"), ("revocation", "accepted")} <= places
    assert shell.at_home("audit", "verify").returncode == 0


# ── acts and answers ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def filed(shell: Shell, ruleset: Ruleset) -> tuple[str, list[str]]:
    """Three declared vehicles: guid of their package, VINs."""
    vehicles = samples.vehicles(3, models=ONE)
    shell.drop("a.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    assert shell.work().returncode == 0
    return guid_of(shell), [str(v["vin"]) for v in vehicles]


def guid_of(shell: Shell) -> str:
    """The guid of the only package in the outbox, which the gateway then takes away."""
    import zipfile

    (path,) = (shell.home / "outbox").glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        guid = json.loads(archive.read("manifest.json"))["guid"]
    path.unlink()
    return str(guid)


def states(shell: Shell) -> list[str]:
    return [r["state"] for r in json.loads(shell.at_home("query", "--json").stdout)]


def test_an_answer_by_hand_is_an_answer(shell: Shell, filed: tuple[str, list[str]]) -> None:
    guid, vins = filed
    assert shell.at_home("receipt", "--guid", guid, "--accepted").returncode == 0
    assert states(shell) == ["accepted"] * 3
    told = shell.at_home("show", vins[0]).stdout
    assert "120" in told


def test_a_contradiction_by_hand_needs_an_override_and_that_needs_words(
    shell: Shell, filed: tuple[str, list[str]]
) -> None:
    guid, vins = filed
    shell.at_home("receipt", "--guid", guid, "--accepted")
    rejected = ("receipt", "--guid", guid, "--vin", vins[1][-6:], "--rejected")
    done = shell.at_home(*rejected)
    assert done.returncode == 4, "as a run does for a receipt that cannot be used"
    assert states(shell) == ["accepted"] * 3
    assert done.stdout.split()[:3] == ["VIN", "答复", "效果"], "it is what customs said, and no state"
    assert shell.at_home(*rejected, "--override").returncode == 2
    assert shell.at_home(*rejected, "--override", "--info", "海关电话").returncode == 0
    assert states(shell) == ["accepted", "rejected", "accepted"]


def test_words_out_of_an_older_terminal_or_with_control_characters_are_taken(
    shell: Shell, filed: tuple[str, list[str]]
) -> None:
    """It stopped as a bug of ours, and the answer was not recorded."""
    guid, vins = filed
    older = "海关电话".encode("gb18030").decode("utf-8", "surrogateescape")
    for vin, info, kept in ((vins[0], older, "海关电话"), (vins[1], "a\x07b", "a⟨U+0007⟩b")):
        done = shell.at_home("receipt", "--guid", guid, "--vin", vin, "--accepted", "--info", info)
        assert done.returncode == 0, done.stderr
        assert kept in shell.at_home("show", vin).stdout
    assert shell.at_home("catalogue", "show", older).returncode == 2


@pytest.mark.parametrize("vin", ["", " "])
def test_an_answer_to_no_vehicle_is_none_to_the_whole_package(
    shell: Shell, filed: tuple[str, list[str]], vin: str
) -> None:
    """`--vin "$VIN"` of a script, without a value, made all of them accepted."""
    done = shell.at_home("receipt", "--guid", filed[0], "--vin", vin, "--accepted", "--info", "电话")
    assert done.returncode == 2
    assert states(shell) == ["declared"] * 3


def test_a_list_of_events_is_no_workbook(shell: Shell) -> None:
    """Excel does not open a .csv that is called .xlsx."""
    shell.work()
    assert shell.at_home("audit", "list", "-o", str(shell.folder / "x.xlsx")).returncode == 2
    assert shell.at_home("audit", "list", "-o", str(shell.folder / "x.CSV")).returncode == 0


def test_rules_of_a_digest_that_no_batch_has_are_told_to_be_none(shell: Shell) -> None:
    shell.work()
    assert shell.at_home("audit", "rules", "zzz").returncode == 2
    assert shell.at_home("audit", "rules").returncode == 0


def test_customs_is_not_played_every_nan_seconds(shell: Shell) -> None:
    """It played once, and stopped as a bug of ours."""
    done = shell.at_home("sandbox", "--every", "nan")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_answer_to_a_package_that_there_is_not_leaves_with_2(shell: Shell) -> None:
    shell.work()
    assert shell.at_home("receipt", "--guid", "0" * 36, "--accepted").returncode == 2


@pytest.mark.parametrize(
    "answer", [("receipt", "--accepted", "--rejected", "--guid"), ("release", "--sent", "--send")]
)
def test_who_says_two_things_at_once_has_said_nothing(
    shell: Shell, filed: tuple[str, list[str]], answer: tuple[str, ...]
) -> None:
    guid, _ = filed
    done = shell.at_home(*answer, guid)
    assert (done.returncode, "还是" in done.stderr) == (2, True)
    assert set(states(shell)) == {"declared"}


def test_a_package_is_sent_again_with_the_same_bytes_until_it_is_answered(
    shell: Shell, filed: tuple[str, list[str]]
) -> None:
    guid, _ = filed
    assert shell.at_home("resend", guid).returncode == 0
    assert shell.at_home("resend", guid).returncode == 2, "it still lies in the outbox"
    assert guid_of(shell) == guid
    shell.at_home("receipt", "--guid", guid, "--accepted")
    assert shell.at_home("resend", guid).returncode == 2


def test_a_command_whose_package_cannot_be_made_is_to_be_given_again(
    shell: Shell, filed: tuple[str, list[str]]
) -> None:
    """No workbook of it waits anywhere: the next run does nothing of it, and was said to."""
    guid, vins = filed
    shell.at_home("receipt", "--guid", guid, "--accepted", "--info", "电话答复")
    text = (packaged_folder("templates") / "declaration.xml").read_text("utf-8")
    code = f"{{% if vehicles[0].values.vin == '{vins[0]}' %}}{{{{ {{}}['赤'] }}}}{{% endif %}}"
    (shell.home / "templates" / "declaration.xml").write_text(text + code, "utf-8")
    done = shell.at_home("revoke", vins[0], "--reason", "退运")
    assert done.returncode == 5
    assert f"{vins[0]} 的报文做不出来" in done.stderr
    assert "请重新输入命令" in done.stderr
    assert "移出" not in done.stderr
    (shell.home / "templates" / "declaration.xml").unlink()
    assert shell.work().returncode == 0
    assert shell.at_home("revoke", vins[0], "--reason", "退运").returncode == 0


def test_revoke_prints_a_verdict_and_sends_a_package(shell: Shell, filed: tuple[str, list[str]]) -> None:
    guid, vins = filed
    shell.at_home("receipt", "--guid", guid, "--accepted")
    done = shell.at_home("revoke", vins[0], vins[1][-6:], "--reason", "退运")
    assert done.returncode == 0
    assert done.stdout.count("已申报") == 2
    assert [p.name.rsplit("-", 1)[1] for p in (shell.home / "outbox").glob("*.zip")] == ["revocation.zip"]


def test_a_draft_that_was_not_held_says_how_to_confirm_what_it_is_asked(
    shell: Shell, ruleset: Ruleset
) -> None:
    (vehicle,) = samples.vehicles(1, models=ONE)
    odd = {**vehicle, "production_date": "2010.01", "action": "暂存"}
    shell.drop("a.xlsx", book(ruleset, [odd], samples.parameters(ONE)))
    shell.work()
    done = shell.at_home("declare", "--all")
    assert (done.returncode, "加 --confirm 再运行" in done.stdout, "填“是”" in done.stdout) == (
        3,
        True,
        False,
    )


def test_who_types_a_command_is_sent_to_no_row(shell: Shell, filed: tuple[str, list[str]]) -> None:
    guid, vins = filed
    waits = shell.at_home("revoke", vins[0], "--reason", "退运")
    shell.at_home("receipt", "--guid", guid, "--accepted")
    accepted = [shell.at_home("delete", vins[0]), shell.at_home("declare", "--vin", vins[1])]
    said = [" ".join(done.stdout.split()) for done in (waits, *accepted)]
    assert ["→ 海关答复后再办" in said[0], "→ 要取消这辆车，用 vinbatch revoke" in said[1]] == [True, True]
    assert "→ 现在能办什么，见 vinbatch show VIN" in said[2]
    assert not any("本行" in words for words in said)


def test_a_deleted_draft_is_shown_as_gone_by_a_command(shell: Shell, ruleset: Ruleset) -> None:
    (vehicle,) = samples.vehicles(1, models=ONE)
    shell.drop("a.xlsx", book(ruleset, [{**vehicle, "action": "暂存"}], samples.parameters(ONE)))
    shell.work()
    shell.at_home("delete", str(vehicle["vin"]))
    told = shell.at_home("show", str(vehicle["vin"])).stdout
    assert "现在没有这辆车的记录" in told
    assert "delete.xlsx（由命令办理） 车辆信息!C2" in told


def test_an_unknown_vin_has_a_line_of_its_own(shell: Shell, filed: tuple[str, list[str]]) -> None:
    done = shell.at_home("delete", "WBA00000000000000")
    assert done.returncode == 3
    assert "WBA00000000000000" in done.stdout
    assert "台账中没有" in done.stdout


@pytest.mark.parametrize("args", [(), ("--all", "--batch", "X"), ("--vin", "A", "--all")])
def test_declare_wants_one_way_to_say_which(shell: Shell, args: tuple[str, ...]) -> None:
    assert shell.at_home("declare", *args).returncode == 2


def test_declare_takes_the_drafts_of_a_batch_in_packages_of_200(shell: Shell, ruleset: Ruleset) -> None:
    vehicles = [{**v, "action": "暂存"} for v in samples.vehicles(210, models=ONE)]
    sets = samples.parameters(ONE)
    for name, some in (("a.xlsx", vehicles[:200]), ("b.xlsx", vehicles[200:])):
        shell.drop(name, book(ruleset, some, sets))
    assert shell.work().returncode == 0
    (first,) = {r["batch"] for r in json.loads(shell.at_home("query", "--json").stdout)[:1]}
    assert shell.at_home("declare", "--batch", first).returncode == 0
    assert states(shell).count("declared") == 200
    assert shell.at_home("declare", "--all").returncode == 0
    assert states(shell).count("declared") == 210
    assert len(list((shell.home / "outbox").glob("*.zip"))) == 2


def test_overdue_shows_in_status_query_and_the_result(shell: Shell, ruleset: Ruleset) -> None:
    """A declaration of four days ago: SOURCE_DATE_EPOCH fixes the clock of a trial home."""
    start = {"SOURCE_DATE_EPOCH": "1772415000"}
    later = {"SOURCE_DATE_EPOCH": str(1772415000 + 4 * 86400)}
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    home = ("--home", str(shell.home))
    shell(*home, "run", env=start)
    assert json.loads(shell(*home, "status", "--json", env=start).stdout)["overdue"] == []
    assert len(json.loads(shell(*home, "status", "--json", env=later).stdout)["overdue"]) == 1
    assert "4 天未答复" in shell(*home, "query", "--overdue", env=later).stdout
    assert json.loads(shell(*home, "query", "--json", env=later).stdout)[0]["overdue"] is True
    assert json.loads(shell(*home, "query", "--json", "--overdue", env=start).stdout) == []
    shell(*home, "run", env=later)
    batch = json.loads(shell.at_home("query", "--json").stdout)[0]["batch"]
    assert len(shell.at_home("audit", "results", batch).stdout.splitlines()) == 3
    shell(*home, "run", env=later)
    assert len(shell.at_home("audit", "results", batch).stdout.splitlines()) == 3, "told once"


def test_every_version_of_a_result_can_be_had_back(shell: Shell, filed: tuple[str, list[str]]) -> None:
    guid, _ = filed
    (path,) = (shell.home / "reports").glob("*_a.xlsx")
    first = path.read_bytes()
    shell.at_home("receipt", "--guid", guid, "--accepted")
    assert path.read_bytes() != first
    assert shell.at_home("audit", "results", path.name.partition("_")[0], "-o", "old").returncode == 0
    assert (shell.folder / "old" / f"{path.stem}-v1.xlsx").read_bytes() == first


def test_a_broken_chain_leaves_with_6_and_names_the_event(shell: Shell, filed: tuple[str, list[str]]) -> None:
    import sqlite3

    with closing(sqlite3.connect(shell.home / ".vinbatch" / "ledger.db")) as db, db:
        db.execute("DROP TRIGGER event_stands")
        db.execute("UPDATE event SET body = replace(body, 'declared', 'accepted') WHERE id = 2")
    db.close()
    done = shell.at_home("audit", "verify")
    assert done.returncode == 6
    assert "第 2 条" in done.stderr


def test_the_sandbox_answers_and_refuses_production(shell: Shell, ruleset: Ruleset) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    shell.work()
    assert shell.at_home("sandbox").returncode == 0
    assert shell.work().returncode == 0
    assert states(shell) == ["accepted"]
    (shell.home / "outbox" / "x.zip").write_bytes(b"PK")
    assert shell.at_home("sandbox").returncode == 4, "what it cannot read is left"
    (shell.home / "rules" / "settings.toml").write_text(
        'site = "AB"\nproduction = true\ndeclarant_code = "1"\ndeclarant_name = "甲"\n', "utf-8"
    )
    assert shell.at_home("sandbox").returncode == 2


def test_doctor_finds_a_fresh_home_well(shell: Shell) -> None:
    done = shell.at_home("doctor")
    assert done.returncode == 0
    assert "✗" not in done.stdout
    assert "rules/settings.toml" in done.stdout, "what the home lays over the packaged rules"


def test_a_ledger_that_there_is_not_is_called_neither_whole_nor_verified(shell: Shell) -> None:
    """Nobody who asks before the first pass is told of a chain; doctor knows that the pass makes it."""
    doctor, *others = (
        shell.at_home(*command) for command in (("doctor",), ("audit", "verify"), ("backup", "b.db"))
    )
    assert doctor.returncode == 0
    assert [done.returncode for done in others] == [6, 6]
    assert all("还没有台账" in done.stdout + done.stderr for done in (doctor, *others))
    assert not any("审计链" in done.stdout for done in (doctor, *others))
    assert shell.work().returncode == 0
    assert "审计链完整" in shell.at_home("doctor").stdout
    assert shell.at_home("audit", "verify").returncode == 0


def test_a_ledger_that_is_gone_beside_its_archive_is_told_by_all(shell: Shell, ruleset: Ruleset) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    shell.work()
    for part in (shell.home / ".vinbatch").glob("ledger.db*"):
        part.unlink()
    for command in (("doctor",), ("audit", "verify"), ("backup", "b.db")):
        done = shell.at_home(*command)
        assert (done.returncode, "存档还在" in done.stdout + done.stderr) == (6, True)


def test_backup_and_a_whole_verify_leave_a_note_of_when(shell: Shell) -> None:
    """One that leaves out the archive has not looked at all."""
    assert shell.work().returncode == 0

    def last(key: str) -> object:
        return json.loads(shell.at_home("status", "--json").stdout)[key]

    assert shell.at_home("audit", "verify", "--no-files").returncode == 0
    assert (last("last_backup"), last("last_verify")) == (None, None)
    assert shell.at_home("audit", "verify").returncode == 0
    assert shell.at_home("backup", "b.db").returncode == 0
    assert last("last_backup")
    assert last("last_verify")
    assert str(shell.folder / "b.db") in shell.at_home("doctor").stdout


def test_doctor_tells_how_long_the_disk_lasts(
    shell: Shell, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ever deleted from the archive: an operator of years has to know in time."""
    folder = shell.home / ".vinbatch" / "archive" / "ab"
    folder.mkdir(parents=True)
    lately, long_ago = folder / "ab1", folder / "ab2"
    lately.write_bytes(b"x" * 2**20)
    long_ago.write_bytes(b"x" * 2**22)
    os.utime(long_ago, (1e9, 1e9))
    now = datetime.now(UTC)

    def found(free: int) -> Found:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
        at = Context(str(shell.home))
        (one,) = growth(at, at.home, now, ruleset)
        return one

    assert (found(2**40).level, "5 MB" in found(2**40).what) == ("ok", True)
    short = found(2 * 2**20)
    assert (short.level, "够用 60 天" in short.what, bool(short.cure)) == ("note", True, True)


def test_how_long_the_disk_lasts_counts_the_ledger_too(
    shell: Shell, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes four times what the archive does; of a home of today all of it is new."""
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    assert shell.work().returncode == 0
    at = Context(str(shell.home))
    ledger = at.home.ledger.stat().st_size
    shutil.rmtree(at.home.archive)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=7 * ledger))
    (one,) = growth(at, at.home, at.now, ruleset)
    assert "照最近 1 天的速度，磁盘还够用 7 天" in one.what
    later = at.now + timedelta(days=90)  # nothing has come for long
    assert [found.level for found in growth(at, at.home, later, ruleset)] == ["ok"]


@pytest.mark.parametrize(("name", "code"), [("inbox/.vinbatch-inbox", 6), ("outbox", 7), ("reports", 6)])
def test_doctor_names_what_is_missing_with_its_code(shell: Shell, name: str, code: int) -> None:
    (shell.home / name).rename(shell.folder / "away")
    done = shell.at_home("doctor")
    assert (done.returncode, "→" in done.stdout) == (code, True)


@pytest.mark.parametrize(("program", "code"), [("/bin/true", 0), ("/nowhere/program", 5)])
def test_doctor_looks_at_the_program_of_after_batch(shell: Shell, program: str, code: int) -> None:
    (shell.home / "rules" / "settings.toml").write_text(f"after_batch = ['{program}']\n", "utf-8")
    done = shell.at_home("doctor")
    assert done.returncode == code
    assert "after_batch" in done.stdout


def test_operations_writes_what_runs_vinbatch_here_and_overwrites_nothing(shell: Shell) -> None:
    assert shell.at_home("operations", "ops").returncode == 0
    unit = shell.folder / "ops" / "vinbatch-watch.service"
    assert f'Environment="VINBATCH_HOME={shell.home}"' in unit.read_text("utf-8")
    assert len(list(unit.parent.iterdir())) == 7
    unit.write_text("ours", "utf-8")
    done = shell.at_home("operations", "ops")
    assert (done.returncode, "vinbatch-watch.service 已经有了" in done.stderr) == (0, True)
    assert unit.read_text("utf-8") == "ours"


def test_operations_refuses_a_folder_that_holds_units_of_another_home(shell: Shell) -> None:
    """The trial's would be installed as production's; and no folder holds the files of two homes."""
    assert shell("init", "other").returncode == 0
    assert shell("--home", "other", "operations", "ops").returncode == 0
    for gone in ("vinbatch-run.timer", "logrotate"):
        (shell.folder / "ops" / gone).unlink()
    before = {path.name: path.read_text("utf-8") for path in (shell.folder / "ops").iterdir()}
    for left in sorted(before):
        done = shell.at_home("operations", "ops")
        assert (done.returncode, f"工作目录写的：{shell.folder / 'other'}；" in done.stderr) == (2, True)
        assert {path.name: path.read_text("utf-8") for path in (shell.folder / "ops").iterdir()} == before
        (shell.folder / "ops" / left).unlink()
        del before[left]
    assert shell.at_home("operations", "ops").returncode == 0


def test_operations_says_which_files_it_would_write_otherwise_now(shell: Shell) -> None:
    assert shell.at_home("operations", "ops").returncode == 0
    edited = shell.folder / "ops" / "crontab"
    edited.write_text(edited.read_text("utf-8").replace("* * * * *", "*/5 * * * *"), "utf-8")
    done = shell.at_home("operations", "ops")
    differing = [line for line in done.stderr.splitlines() if "不同" in line]
    assert (done.returncode, len(differing)) == (0, 1)
    assert "ops/crontab" in differing[0]
    assert "*/5" in edited.read_text("utf-8")


def test_operations_refuses_a_home_that_a_unit_cannot_name(shell: Shell) -> None:
    odd = shell.home.rename(shell.folder / "a 'b'")
    assert shell("--home", str(odd), "operations", "ops").returncode == 2
    assert not list((shell.folder / "ops").glob("*"))


@pytest.mark.parametrize(("name", "code"), [("inbox", 6), ("reports", 6), ("outbox", 7)])
def test_status_says_which_folder_is_gone(shell: Shell, name: str, code: int) -> None:
    """Who reads that the inbox is gone looks at the wrong share; `doctor` leaves with the same code.

    So does a run that has nothing to do: by the time that it has, the share may be back.
    """
    (shell.home / name).rename(shell.folder / "away")
    done = shell.at_home("status")
    (told,) = [line for line in done.stdout.splitlines() if "不可用" in line]
    assert (done.returncode, f"（{name}）" in told) == (code, True)
    assert shell.at_home("doctor").returncode == code
    ran = shell.work()
    assert (ran.returncode, str(shell.home / name) in ran.stderr) == (code, True)


def test_packages_that_wait_for_the_outbox_are_told_as_waiting_and_then_as_put_out(
    shell: Shell, ruleset: Ruleset
) -> None:
    """Once, by the run that puts them out: cron mails it to whoever was told of the outage."""
    (shell.home / "outbox").rename(shell.folder / "away")
    sets = samples.parameters(ONE)
    for n, vehicle in enumerate(samples.vehicles(2, models=ONE)):
        shell.drop(f"{n}.xlsx", book(ruleset, [vehicle], sets))
    ran = shell.work()
    assert (ran.returncode, ran.stderr.count("等待放入 outbox")) == (7, 2)
    (shell.folder / "away").rename(shell.home / "outbox")
    shell.drop("later.xlsx", book(ruleset, samples.vehicles(3, models=ONE)[2:], sets))
    ran = shell.work()
    assert (ran.returncode, len(list((shell.home / "outbox").glob("*.zip")))) == (0, 3)
    assert ran.stderr.startswith("此前等待的 2 个申报报文已放入 outbox\n")
    assert "等待放入" not in ran.stderr
    assert shell.work().stderr == ""


def test_a_package_in_doubt_is_told_so_beside_its_workbook(shell: Shell, ruleset: Ruleset) -> None:
    day = datetime.now(UTC).astimezone(ruleset.settings.zone)
    (shell.home / "outbox" / f"TRIAL-{day:%Y%m%d}-0001-filing.zip").write_bytes(b"not ours")
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    assert "-filing.zip (1) 不能确定是否已发出" in shell.work().stderr


def test_the_results_of_an_unknown_batch_are_a_mistake(shell: Shell) -> None:
    done = shell.at_home("audit", "results", "NOPE")
    assert (done.returncode, "NOPE：没有这个批次" in done.stderr) == (2, True)
    assert "reports/index.html" in done.stderr
    assert "status" not in done.stderr


def test_init_of_a_relative_folder_names_commands_that_work_from_anywhere(shell: Shell) -> None:
    told = shell("init", "h/new one").stderr.splitlines()[-1]
    new = shell.folder.resolve() / "h" / "new one"
    assert f"vinbatch --home '{new}' run" in told
    assert f"{new}/inbox" in told
    assert f"{new}/rules/settings.toml" in told


def test_init_calls_a_home_in_production_no_trial(shell: Shell) -> None:
    """It is given again once its shares are mounted, and was told to fill in the settings that it had."""
    settings = "site = 'BJ01'\nproduction = true\ndeclarant_code = '110000123456789012'\n"
    (shell.home / "rules" / "settings.toml").write_text(f"{settings}declarant_name = '甲'\n", "utf-8")
    (shell.home / "reports" / "VIN申报模板.xlsx").unlink()
    told = shell.at_home("init").stderr
    assert "正式办理的工作目录" in told
    assert "试用" not in told


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
def test_init_closes_the_ledger_to_others_and_lets_no_group_write(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        making.init(tmp_path / "new", b"", "")
    finally:
        os.umask(before)
    assert (tmp_path / "new" / ".vinbatch").stat().st_mode & 0o777 == 0o750 & ~umask
    assert (tmp_path / "new" / "reports").stat().st_mode & 0o777 == 0o777 & ~umask


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("[mail]\n", "#MAILTO=operator@example.cn"),
        ('[mail]\nkinds.trouble = ["a@b.cn", "c@d.cn"]\n', "MAILTO=a@b.cn,c@d.cn"),
    ],
)
def test_the_crontab_mails_whom_trouble_is_for(settings: str, line: str, shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text(settings, "utf-8")
    assert shell.at_home("operations", "ops").returncode == 0
    assert line in (shell.folder / "ops" / "crontab").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("statsu", "statsu：没有这个命令\n您是不是要写 status？\n全部命令：vinbatch --help"),
        ("query --state foo", "--state：只能是 draft, declared, accepted, rejected 之一"),
        ("audit verfy", "verfy：没有这个命令\n您是不是要写 verify？"),
        ("status --jsno", "--jsno：没有这个选项\n您是不是要写 --json？"),
        ("show", "缺少 VIN...\n用法见：vinbatch show --help"),
        ("run --engine fast", "--engine：只能是 pool, serial, dask 之一"),
        ("status now", "命令写法不对（"),
    ],
)
def test_a_slip_on_the_command_line_is_told_in_the_language_of_the_home(
    shell: Shell, line: str, told: str
) -> None:
    done = shell.at_home(*line.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    (shell.home / "rules" / "settings.toml").write_text("language = 'en'\n", "utf-8")
    assert shell.at_home(*line.split()).stderr.isascii()


def test_doctor_tries_the_template_of_the_package(shell: Shell) -> None:
    (shell.home / "templates" / "declaration.xml").write_text("<VinMessage/>", "utf-8")
    said = shell.at_home("doctor")
    assert said.returncode == 5
    assert "✗ templates/declaration.xml" in said.stdout


def test_doctor_takes_the_ledger_of_an_older_version_as_no_fault(shell: Shell) -> None:
    """It is what an upgrade leaves until the next run, and doctor is asked between the two."""
    schema = Path(__file__).resolve().parents[1] / "store" / "schema-1.sql"
    with closing(sqlite3.connect(shell.home / ".vinbatch" / "ledger.db")) as db:
        db.executescript(schema.read_text("utf-8"))
    done = shell.at_home("doctor")
    assert (done.returncode, "✗" in done.stdout) == (0, False)
    assert "vinbatch run" in done.stdout


def test_doctor_tells_broken_rules(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text("langage = 'en'\n", "utf-8")
    done = shell.at_home("doctor")
    assert (done.returncode, "language" in done.stdout) == (5, True)


def test_the_log_is_json_by_setting(shell: Shell) -> None:
    (shell.home / "rules" / "settings.toml").write_text('settle_seconds = 0.05\nlog = "json"\n', "utf-8")
    import logging

    from vinbatch.cli.logs import AsJson

    record = logging.LogRecord("vinbatch", 40, "x", 1, "批次 %s\n坏", ("B-1",), None)
    told = json.loads(AsJson().format(record))
    assert (told["level"], told["message"]) == ("error", "批次 B-1\n坏")
    assert shell.work().returncode == 0


def test_all_that_a_run_says_is_json_by_setting(shell: Shell, ruleset: Ruleset) -> None:
    """A receipt set aside, a file refused, verdicts, why it leaves so; then a failure. No line is text."""
    (shell.home / "rules" / "settings.toml").write_text('settle_seconds = 0.05\nlog = "json"\n', "utf-8")
    (shell.home / "inbox" / "receipts" / "r.xml").write_bytes(b"no receipt")
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1, models=ONE), samples.parameters(ONE)))
    shell.drop("b.xlsx", b"no workbook")
    done = shell.work()
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 4
    assert {"a.xlsx", "b.xlsx"} <= {one["message"].split("，")[0] for one in said if "batch" in one}
    assert [one["level"] for one in said if "退出码 4" in one["message"]] == ["warning"]
    assert [one for one in said if "set-aside/" in one["message"]]
    shutil.rmtree(shell.home / "inbox")
    done = shell.work()
    (told,) = (json.loads(line) for line in done.stderr.splitlines())
    assert (done.returncode, told["level"]) == (6, "error")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_mail_that_failed_is_told_once(lang: str, shell: Shell) -> None:
    """By the line that has the cure; like all that goes wrong it begins with the program, in one form."""
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (shell.home / "rules" / "settings.toml").write_text(
            f'settle_seconds = 0.05\nlanguage = "{lang}"\n[mail]\nhost = "127.0.0.1"\nport = {port}\n'
            'security = "plain"\nsender = "a@b.cn"\nto = ["c@d.cn"]\n',
            "utf-8",
        )
        shell.drop("b.xlsx", b"no workbook")
        done = shell.work()
    assert done.returncode == 8
    told = [line for line in done.stderr.splitlines() if f"127.0.0.1:{port}" in line]
    assert len(told) == 1
    assert told[0].startswith("vinbatch: ")
    assert "WARNING" not in done.stderr
    assert "vinbatch：" not in done.stderr


def test_show_tells_a_confirmed_ask_in_words(shell: Shell, ruleset: Ruleset) -> None:
    vehicles: list[samples.Cells] = [
        {**v, "production_date": "2018.03", "confirmed": "是"} for v in samples.vehicles(1, models=ONE)
    ]
    shell.drop("三月.xlsx", book(ruleset, vehicles, samples.parameters(ONE)))
    shell.work()
    told = shell.at_home("show", str(vehicles[0]["vin"])).stdout
    assert f"已确认 {ruleset.title('DATE-MODEL-YEAR')} · 2018.03" in told
    assert "DATE-MODEL-YEAR" not in told


def test_failures_are_told_in_the_language_of_the_home(shell: Shell) -> None:
    assert "没有这个报文" in shell.at_home("resend", "NONE").stderr
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text('language = "en"\n' + settings.read_text("utf-8"), "utf-8")
    assert "there is no such package" in shell.at_home("resend", "NONE").stderr


def test_a_home_that_is_none_is_told_in_chinese(shell: Shell) -> None:
    done = shell("--home", "nowhere", "run")
    assert done.returncode == 6
    assert "不是 vinbatch 的工作目录" in done.stderr


def test_broken_settings_that_state_a_language_are_told_of_in_it(shell: Shell) -> None:
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text('language = "en"\nnonsense = 1\n', "utf-8")
    (shell.home / "inbox" / ".vinbatch-inbox").unlink()
    done = shell.work()
    assert done.returncode == 5
    assert "nonsense" in done.stderr


@pytest.mark.parametrize("by", ["option", "environment"])
def test_init_takes_the_home_that_was_named(by: str, shell: Shell) -> None:
    """It made one more, a trial, in the current folder."""
    place = shell.folder / "other"
    if by == "option":
        done = shell("--home", str(place), "init")
    else:
        done = shell("init", env={"VINBATCH_HOME": str(place)})
    assert done.returncode == 0
    assert (place / "inbox").is_dir()
    assert not (shell.folder / "inbox").exists()


def test_a_damaged_ledger_is_called_so_with_the_way_back(shell: Shell, ruleset: Ruleset) -> None:
    """By whatever reads it; `audit verify` and doctor also where nothing has read the place yet."""
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(40), samples.parameters()))
    shell.work()
    ledger = shell.home / ".vinbatch" / "ledger.db"
    data = bytearray(ledger.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = bytes(range(64))
    ledger.write_bytes(data)
    verify = ("audit", "verify")
    for command in (
        verify,
        (*verify, "--chain-only"),
        ("run", "--engine", "serial"),
        ("status",),
        ("doctor",),
    ):
        done = shell.at_home(*command)
        assert done.returncode == 6, command
        assert "台账损坏" in done.stdout + done.stderr, command
        assert "vinbatch restore" in done.stdout + done.stderr, command
        assert "完整" not in done.stdout, command


def changed_in(ledger: Path, text: str, byte: bytes) -> None:
    """The second byte of this text is another, as after a fault of the disk; SQLite has no check of it."""
    data = ledger.read_bytes()
    at = data.index(text.encode()) + 1
    ledger.write_bytes(data[:at] + byte + data[at + 1 :])


def with_an_entry(shell: Shell, ruleset: Ruleset) -> tuple[Path, str]:
    """The ledger in which a workbook was worked, and the text of an entry of its catalogue."""
    (vehicle,) = samples.vehicles(1)
    shell.drop("a.xlsx", book(ruleset, [vehicle], samples.parameters()))
    shell.work()
    ledger = shell.home / ".vinbatch" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as db:
        query = "SELECT body FROM entry WHERE number = ?"
        ((body,),) = db.execute(query, (vehicle["structure_no"],)).fetchall()
    return ledger, body


@pytest.mark.parametrize("byte", [b"\xff", b"{"])
def test_a_byte_that_is_another_in_a_stored_text_is_damage_and_no_bug_of_a_workbook(
    shell: Shell, ruleset: Ruleset, byte: bytes
) -> None:
    """A clerk's file was refused as a bug of ours, to be reported, and doctor fell over the catalogue."""
    ledger, body = with_an_entry(shell, ruleset)
    changed_in(ledger, body, byte)
    shell.drop("b.xlsx", book(ruleset, samples.vehicles(30, seed=2), samples.parameters()))
    for command in (("query", "--json"), ("catalogue", "list"), ("doctor",), ("run", "--engine", "serial")):
        done = shell.at_home(*command)
        told = done.stdout + done.stderr
        assert (done.returncode, "台账损坏" in told, "vinbatch restore" in told) == (6, True, True), command
    assert [path.name for path in (shell.home / "inbox" / ".claims").rglob("*.xlsx")] == ["b.xlsx"]


def test_a_stored_text_that_is_json_with_another_key_is_damage_too(shell: Shell, ruleset: Ruleset) -> None:
    """What asked for the noun that it was ended as a bug of ours; nothing of the chain had changed."""
    ledger, body = with_an_entry(shell, ruleset)
    changed_in(ledger, body[body.index('"number"') :], b"N")
    shell.drop("b.xlsx", book(ruleset, samples.vehicles(30, seed=2), samples.parameters()))
    for command in (("query", "--json"), ("catalogue", "list"), ("run", "--engine", "serial")):
        done = shell.at_home(*command)
        assert (done.returncode, "台账损坏" in done.stdout + done.stderr) == (6, True), command


def test_a_backup_of_a_ledger_with_a_byte_that_is_no_text_says_that_it_is_damaged(
    shell: Shell, ruleset: Ruleset
) -> None:
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    shell.work()
    ledger = shell.home / ".vinbatch" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as db:
        ((head,),) = db.execute("SELECT hash FROM event ORDER BY id LIMIT 1 OFFSET 2").fetchall()
    changed_in(ledger, head, b"\xff")
    for command in (("backup", str(shell.folder / "copy.db")), ("audit", "verify"), ("doctor",)):
        done = shell.at_home(*command)
        told = done.stdout + done.stderr
        assert (done.returncode, "台账损坏" in told, "没有丢失" in told) == (6, True, False), command
    assert not (shell.folder / "copy.db").exists()


def test_a_byte_that_is_another_in_the_schema_is_damage_too(shell: Shell, ruleset: Ruleset) -> None:
    """SQLite names it in words that are no text, and every command ended as a bug of ours."""
    shell.drop("a.xlsx", book(ruleset, samples.vehicles(1), samples.parameters()))
    shell.work()
    ledger = shell.home / ".vinbatch" / "ledger.db"
    changed_in(ledger, "event_is_kepteventCREATE", b"\xff")
    reads = ("query",), ("status",), ("audit", "verify"), ("doctor",), ("run", "--engine", "serial")
    for command in (*reads, ("backup", str(shell.folder / "copy.db"))):
        done = shell.at_home(*command)
        assert (done.returncode, "台账损坏" in done.stdout + done.stderr) == (6, True), command
    done = shell.at_home("restore", str(ledger))
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)


def test_what_is_no_ledger_is_called_damaged(shell: Shell) -> None:
    (shell.home / ".vinbatch" / "ledger.db").write_bytes(bytes(range(256)) * 64)
    for command in (("run", "--engine", "serial"), ("query",)):
        done = shell.at_home(*command)
        assert (done.returncode, "vinbatch restore" in done.stderr) == (6, True), command
