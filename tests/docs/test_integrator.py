"""The examples of the guide, taken out of the document and used in a home."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk, verdicts
from forked import Forked
from lxml import etree
from shell import Shell

from vinbatch import flow, samples
from vinbatch.customs.elements import declared_fields
from vinbatch.model import STRUCTURE, VEHICLE, Field, Rulebook, Source
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integrator.md"
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
def shell(tmp_path: Path) -> Iterator[Shell]:
    with Forked() as forked:
        shell = Shell(tmp_path, forked)
        assert shell("init", "home").returncode == 0
        for name, text in EXAMPLES.items():
            (shell.home / name).write_text(text, "utf-8")
        yield shell


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
    (line,) = [line for line in looked.stdout.splitlines() if "从来不用" in line]
    assert line.startswith("!")
    assert "车身颜色" in line
    assert line.count(", ") == 9, "ten are named, the others counted"
    assert f"{len(left_out(ruleset))} 个栏目" in line
    assert "发动机号" not in line
    assert "最大允许总质量" not in line
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


def test_forms_of_before_the_example_of_a_renaming_go_on_working(rulebook: Rulebook) -> None:
    """The clerks have them, and the demo's workbook is one."""
    (text,) = re.findall(r"^```toml\n(\[structure\.wheels\].*?)^```$", GUIDE.read_text("utf-8"), re.S | re.M)
    desk = Desk(replace(rulebook, home=(("fields.toml", text),), digest=text))
    old = samples.workbook(compile_rules(rulebook), samples.vehicles(1), samples.parameters())
    parsed = flow.parse(Source("old.xlsx", "old"), old, desk.rulebook)
    outcome = desk.put(parsed.sheets)
    assert verdicts(outcome) == {2: "declared"}
    assert "remarks" not in desk.ruleset.index("structure")
