"""The examples of the guide, taken out of the document and used in a home."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from desk import OTHER_VIN, Desk, verdicts
from forked import Forked
from lxml import etree
from shell import Shell

from vinbatch import flow, samples
from vinbatch.customs.elements import declared_fields
from vinbatch.model import STRUCTURE, VEHICLE, Field, Rulebook, Source, State, Type
from vinbatch.noun import replace
from vinbatch.proof import prove, untaken
from vinbatch.ruleset import Ruleset, compile_rules

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE, RULES = DOCS / "package.md", DOCS / "rules.md"
EXAMPLES = {
    name: text
    for text, name in re.findall(
        r"^```(?:jinja|xml)\n((?:\{#-|<!--) (\S+) (?:-#\}|-->)\n.*?)^```$",
        GUIDE.read_text("utf-8"),
        re.S | re.M,
    )
}
SPACE = {"g": "urn:example:gateway:1"}


@pytest.fixture
def shell(tmp_path: Path, forked: Forked) -> Shell:
    shell = Shell(tmp_path, forked)
    assert shell("init", "home").returncode == 0
    for name, text in EXAMPLES.items():
        (shell.home / name).write_text(text, "utf-8")
    return shell


def left_out(ruleset: Ruleset) -> list[Field]:
    """What goes to customs and the example's template does not name."""
    template = EXAMPLES["templates/declaration.xml"]
    named = {
        VEHICLE: set(re.findall(r"row\.values\.(\w+)", template)),
        STRUCTURE: {
            "structure_no",
            *re.findall(r"set\.values\.(\w+)", template),
        },
    }
    return [f for sheet in named for f in declared_fields(ruleset, sheet) if f.key not in named[sheet]]


def test_the_example_goes_through_doctor_and_run(shell: Shell, ruleset: Ruleset) -> None:
    assert set(EXAMPLES) == {"templates/declaration.xml", "rules/declaration.xsd"}
    looked = shell.at_home("doctor")
    assert looked.returncode == 0
    lines = looked.stdout.splitlines()
    (at,) = [at for at, line in enumerate(lines) if "从来不用" in line]
    first, vehicles, sets = lines[at : at + 3]
    assert first.startswith(f"! 自己的 templates/declaration.xml 从来不用 {len(left_out(ruleset))} 个栏目")
    assert "车身颜色" in vehicles
    assert (vehicles + sets).count(", ") == len(left_out(ruleset)) - 2, "all are named"
    assert "发动机号" not in vehicles
    assert "最大允许总质量" not in sets
    vehicles, sets = samples.vehicles(2, models=samples.MODELS[:1]), samples.parameters()
    plain, told = (
        {**vehicle, "remarks": remarks} for vehicle, remarks in zip(vehicles, ("", "x"), strict=True)
    )
    shell.drop("a.xlsx", samples.workbook(ruleset, [plain, told], sets))
    done = shell.at_home("run")
    assert done.returncode == 0, done.stderr
    (package,) = (shell.home / "outbox").glob("*.zip")
    tree = etree.fromstring(zipfile.ZipFile(package).read("declaration.xml"))
    assert len(tree.findall("g:Vehicle", SPACE)) == 2
    assert len(tree.findall("g:Vehicle/g:GrossMass", SPACE)) == 2
    assert len(tree.findall("g:Vehicle/g:Remarks", SPACE)) == 1


def test_the_example_refuses_what_a_template_leaves_empty(shell: Shell) -> None:
    """An element that is written without `{% if %}` goes out empty."""
    own = shell.home / "templates" / "declaration.xml"
    own.write_text(own.read_text("utf-8").replace("{{ row.values.ccc_no }}", "{{ '' }}"), "utf-8")
    done = shell.at_home("run")
    assert (done.returncode, "Certificate：是空的" in done.stderr) == (5, True)


XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
ANY = f'<xs:schema {XS}><xs:element name="V" type="xs:anyType"/></xs:schema>'


def test_the_table_of_codes_knows_what_the_rules_of_the_guide_take(rulebook: Rulebook) -> None:
    """A revocation may have a colour of before the list."""
    text = GUIDE.read_text("utf-8")
    (fields,) = re.findall(r"^```toml\n(# rules/fields\.toml: the colours.*?)^```$", text, re.S | re.M)
    (codes,) = re.findall(r"^```jinja\n(\{#- within the loop.*?)^```$", text, re.S | re.M)
    row = f"<C>{{{{ row.values.vin }}}}{codes}</C>"
    whole = f'<V guid="{{{{ guid }}}}">{{% for row in vehicles %}}{row}{{% endfor %}}</V>'
    own = replace(
        rulebook,
        templates=tuple({**dict(rulebook.templates), "declaration.xml": whole}.items()),
        home=(("fields.toml", fields), ("declaration.xsd", ANY)),
        digest=whole,
    )
    prove(own)
    assert list(untaken(own)) == []
    old = Desk(rulebook).place(Type.FILING, State.ACCEPTED, OTHER_VIN, colour="赤")
    desk = Desk(own)
    desk.facts = replace(desk.facts, records={old.vin: old})
    row = {"_mark": desk.mark(old), "action": "撤销", "revocation_reason": "退运", "vin": old.vin}
    filing, revocation = (
        zipfile.ZipFile(BytesIO(package.data)).read("declaration.xml").decode()
        for package in flow.render(desk.drop([{"colour": "碳黑色"}, row]), own)
    )
    assert '<Colour code="01"/>' in filing
    assert "<Made>2021-03-01</Made>" in filing
    assert "<Sent>2026-03-02T09:30:00+08:00</Sent>" in filing
    assert "<Colour" not in revocation


CONVERTER = re.search(r"^```python\n(# gateway\.py .*?)^```$", GUIDE.read_text("utf-8"), re.S | re.M)
HEAD = "guid,vin,result,time,text\n"
RECEIPTS = etree.XMLSchema(etree.parse(GUIDE.parent / "schemas" / "receipt.xsd"))


def convert(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Runs the converter of the guide. What it has put out for the gateway."""
    assert CONVERTER is not None
    for name in ("to", "from"):
        (folder / name).mkdir(exist_ok=True)
    monkeypatch.setattr("sys.argv", ["gateway.py", *map(str, (home, folder / "to", folder / "from"))])
    exec(compile(CONVERTER[1], "gateway.py", "exec"), {})
    return sorted((folder / "to").iterdir())


def test_the_converter_makes_a_file_of_each_vehicle_in_gbk(
    shell: Shell, ruleset: Ruleset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vehicles, sets = samples.vehicles(2, models=samples.MODELS[:1]), samples.parameters(samples.MODELS[:1])
    rows = [{**vehicle, "remarks": "漆面𠮷"} for vehicle in vehicles]
    shell.drop("a.xlsx", samples.workbook(ruleset, rows, sets))
    assert shell.at_home("run").returncode == 0
    files = convert(shell.home, tmp_path, monkeypatch)
    assert [file.stem.split("_")[2] for file in files] == sorted(str(v["vin"]) for v in vehicles)
    for file in files:
        data = file.read_bytes()
        assert "漆面&#134071;".encode("gbk") in data
        assert f'<Vehicles xmlns="{SPACE["g"]}"'.encode() in data  # no name of ours before each element
        (car,) = etree.fromstring(data)
        assert (car.get("vin"), car.findtext("g:Remarks", None, SPACE)) == (file.stem.split("_")[2], "漆面𠮷")
    assert not list((shell.home / "outbox").glob("*.zip"))


def test_the_converter_brings_in_answers_by_csv(
    shell: Shell, ruleset: Ruleset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a part, twice, in contradiction, and in a word that nobody knows."""
    first, second, third = samples.vehicles(3, models=samples.MODELS[:1])
    shell.drop(
        "a.xlsx", samples.workbook(ruleset, [first, second, third], samples.parameters(samples.MODELS[:1]))
    )
    assert shell.at_home("run").returncode == 0
    guid = convert(shell.home, tmp_path, monkeypatch)[0].stem.split("_")[1]
    lines = [(first, "WAIT"), (first, "OK"), (first, "OK"), (second, "BACK"), (second, "OK"), (third, "HM")]
    told = "".join(f"{guid},{v['vin']},{word},20260302101500000,证书不符\n" for v, word in lines)
    (tmp_path / "from" / "a.csv").write_text(HEAD + told, "gb18030")
    convert(shell.home, tmp_path, monkeypatch)
    assert shell.at_home("run").returncode == 4
    states = {r["vin"]: r["state"] for r in json.loads(shell.at_home("query", "--json").stdout)}
    assert [states[v["vin"]] for v in (first, second, third)] == ["accepted", "rejected", "declared"]
    aside = sorted(file.name for file in (shell.home / "reports" / "set-aside").glob("*.xml"))
    assert [re.sub("-[0-9a-f]{16}-", "-", name) for name in aside] == ["a-5.xml", "a-6.xml"]


def test_answers_under_one_name_are_all_heard(
    shell: Shell, ruleset: Ruleset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that calls each of its files answers.csv overwrote what no pass had heard yet."""
    cars = samples.vehicles(2, models=samples.MODELS[:1])
    shell.drop("a.xlsx", samples.workbook(ruleset, cars, samples.parameters(samples.MODELS[:1])))
    assert shell.at_home("run").returncode == 0
    guid = convert(shell.home, tmp_path, monkeypatch)[0].stem.split("_")[1]
    for car in cars:
        line = f"{guid},{car['vin']},OK,20260302101500000,\n"
        (tmp_path / "from" / "answers.csv").write_text(HEAD + line, "gb18030")
        convert(shell.home, tmp_path, monkeypatch)
    for receipt in (shell.home / "inbox" / "receipts").glob("*.xml"):
        RECEIPTS.assertValid(etree.parse(receipt))
    assert shell.at_home("run").returncode == 0
    assert {r["state"] for r in json.loads(shell.at_home("query", "--json").stdout)} == {"accepted"}


def test_the_return_codes_that_the_guide_lists_are_the_packaged_ones(ruleset: Ruleset) -> None:
    line = re.search(
        r"Packaged are (.*?) as progress, (.*?) as accepted, (.*?) as rejected", RULES.read_text("utf-8")
    )
    assert line is not None
    told = {
        meaning: {*re.findall("`([^`]+)`", codes), *(["negative"] if "below zero" in codes else [])}
        for meaning, codes in zip(("progress", "accepted", "rejected"), line.groups(), strict=True)
    }
    known = {meaning: {c for c, r in ruleset.receipts.items() if r.meaning == meaning} for meaning in told}
    assert told == known


def test_forms_of_before_the_example_of_a_renaming_go_on_working(rulebook: Rulebook) -> None:
    """The clerks have them, and the demo's workbook is one."""
    (text,) = re.findall(r"^```toml\n(\[structure\.wheels\].*?)^```$", RULES.read_text("utf-8"), re.S | re.M)
    desk = Desk(replace(rulebook, home=(("fields.toml", text),), digest=text))
    old = samples.workbook(compile_rules(rulebook), samples.vehicles(1), samples.parameters())
    parsed = flow.parse(Source("old.xlsx", "old"), old, desk.rulebook)
    outcome = desk.put(parsed.sheets)
    assert verdicts(outcome) == {2: "declared"}
    assert "remarks" not in desk.ruleset.index("structure")
