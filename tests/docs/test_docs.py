"""The documentation is what the program does: generated pages are fresh, examples compile, commands exist."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from lxml import etree
from msgspec.structs import fields

from vinbatch import errors
from vinbatch.cli.main import COMMANDS, vinbatch
from vinbatch.customs.receipt import read_receipt, receipt_xml
from vinbatch.model import Receipt, Return, Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


@cache
def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


GENERATED = ("fields.md", "codes.md", "settings.md", "modules.md", "schemas/declaration.xsd")


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == generated()[name], "run `make docs`"


def test_every_generated_page_is_looked_at() -> None:
    assert set(generated()) == {*GENERATED}


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


GUIDES = (
    "README.md",
    *(f"docs/{n}.md" for n in ("operations", "recovery", "integrator", "rules", "package", "receipts")),
)
PAGES = ("README.md", *(f"docs/{p.name}" for p in sorted(DOCS.glob("*.md"))))
WRITTEN = [page for page in PAGES if page.removeprefix("docs/") not in GENERATED]
RULES = [text for page in WRITTEN for text in blocks(page, "toml")]


@pytest.mark.parametrize("text", RULES)
def test_an_example_of_the_rules_compiles(text: str, rulebook: Rulebook) -> None:
    named = re.match(r"# rules/([\w.-]+)", text)
    name = named[1] if named else "fields.toml"
    compile_rules(replace(rulebook, home=((name, text),), digest=text))


# ── everything is told of ────────────────────────────────────────────────────────────────────────


def leaves(group: click.Group, path: str = "vinbatch") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"`vinbatch {name}" in readme


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_line_in_the_help_is_its_first_sentence(name: str) -> None:
    command = vinbatch.get_command(click.Context(vinbatch), name)
    assert command
    said = " ".join((command.help or "").split())
    assert re.split(r"(?<=\.)\s", said)[0] == COMMANDS[name][1]


@pytest.mark.parametrize(("name", "command"), list(leaves(vinbatch)))
def test_every_option_is_in_a_page_that_people_read(name: str, command: click.Command) -> None:
    text = "".join((ROOT / page).read_text("utf-8") for page in GUIDES)
    for option in command.params:
        if isinstance(option, click.Option):
            assert any(re.search(rf"(?<![\w-]){o}(?![\w-])", text) for o in option.opts), (name, option.opts)


def test_what_a_command_gives_in_json_has_a_schema() -> None:
    api = (DOCS / "api.md").read_text("utf-8")
    for name, command in leaves(vinbatch):
        if any("--json" in option.opts for option in command.params):
            schemas = re.findall(rf"^\| `{name}\b[^|]*--json.*\((schemas/\w+\.json)\)", api, re.M)
            assert [schema for schema in schemas if (DOCS / schema).exists()], name


def exit_codes() -> set[int]:
    """Those of exceptions, and of what is none: done, rows or files refused, mail, interrupted."""
    found, todo = {0, 3, 4, 8, 130}, [errors.VinbatchError]
    while todo:
        one = todo.pop()
        found.add(one.exit_code)
        todo += one.__subclasses__()
    return found


def test_every_exit_code_is_in_the_readme_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.M)} == exit_codes()


def test_every_setting_is_in_the_page_of_settings() -> None:
    text = (DOCS / "settings.md").read_text("utf-8")

    def told(table: type[Any]) -> None:
        for one in fields(table):
            assert re.search(rf"^\[?(?:# )?\w*\.?{one.name}(?: =|\])", text, re.M), one.name
            if isinstance(one.default, Noun):
                told(type(one.default))

    told(Settings)


def test_every_code_of_a_finding_is_in_the_page_of_findings(ruleset: Ruleset) -> None:
    text = (DOCS / "codes.md").read_text("utf-8")
    for code in ruleset.findings:
        assert f"| `{code}` |" in text


@pytest.mark.parametrize("page", PAGES)
def test_a_code_that_a_page_names_exists(page: str, ruleset: Ruleset) -> None:
    kinds = "|".join(sorted({code.split("-")[0] for code in ruleset.findings}))
    for code in re.findall(rf"`((?:{kinds})-[A-Z0-9-]+)`", (ROOT / page).read_text("utf-8")):
        assert code in ruleset.findings


# ── the formats are what they are said to be ─────────────────────────────────────────────────────


def xml(page: str, root: str) -> str:
    (found,) = [t for t in blocks(page, "xml") if f"<{root} " in t]
    return found


def test_the_shown_package_is_an_excerpt_of_the_golden_one() -> None:
    golden = (ROOT / "tests" / "customs" / "golden.xml").read_text("utf-8").splitlines()
    for line in xml("docs/package.md", "VinMessage").splitlines():
        assert line.strip() == "…" or line in golden


def test_the_shown_receipt_is_read_and_valid(ruleset: Ruleset) -> None:
    schema = etree.XMLSchema(etree.parse(DOCS / "schemas" / "receipt.xsd"))
    shown = xml("docs/receipts.md", "VinReceipt").encode()
    schema.assertValid(etree.fromstring(shown))
    receipt = read_receipt(shown, ruleset)
    assert isinstance(receipt, Receipt)
    assert [(r.vin, r.status) for r in receipt.returns] == [("WBA13BJ05MCF12346", "100")]


@pytest.mark.parametrize("returns", [(Return("120"),), (Return("100", "WBA13BJ05MCF12346", "", "不符"),)])
def test_what_we_write_is_a_receipt_by_its_schema(returns: tuple[Return, ...]) -> None:
    schema = etree.XMLSchema(etree.parse(DOCS / "schemas" / "receipt.xsd"))
    schema.assertValid(etree.fromstring(receipt_xml("9149F486-3803-5234-844B-81CA8561C1FB", returns)))


def test_the_published_schema_takes_the_golden_package() -> None:
    schema = etree.XMLSchema(etree.parse(DOCS / "schemas" / "declaration.xsd"))
    schema.assertValid(etree.parse(ROOT / "tests" / "customs" / "golden.xml"))
