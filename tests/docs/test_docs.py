"""The documentation is what the program does: generated pages are fresh, examples compile, commands exist."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path

import pytest

from vinbatch.cli.main import vinbatch
from vinbatch.model import Rulebook
from vinbatch.ruleset import compile_rules

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


@pytest.mark.parametrize("name", ["fields.md", "codes.md", "settings.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == generated()[name], "run `make docs`"


def blocks(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)


@pytest.mark.parametrize("text", blocks("rules.md"))
def test_an_example_of_the_rules_compiles(text: str, rulebook: Rulebook) -> None:
    named = re.match(r"# rules/([\w.-]+)", text)
    name = named[1] if named else "fields.toml"
    compile_rules(replace(rulebook, home=((name, text),), digest=text))


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in vinbatch.commands:
        assert f"`vinbatch {name}" in readme


def test_every_exit_code_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 130):
        assert f"| {code} |" in readme


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in DOCS.glob("*.md"))])
def test_files_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for name in re.findall(r"\b((?:docs|tests|vinbatch)/[\w/.-]+\.(?:md|py|xml|sql|toml|png))\b", text):
        assert (ROOT / name).exists(), name
