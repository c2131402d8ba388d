"""What comments, templates, rules and guides refer to is there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = ["README.md", "Makefile", "docs/*.md", "templates/*.*", "rules/*.toml", "vinbatch/**/*.py"]
# A home's own rules and templates may be named without being here.
FILE = re.compile(r"\b(?:docs|tests|vinbatch|benchmarks)/[\w./-]+\.(?:md|py|toml|html|xsd)\b")
NAME = re.compile(r"\b(vinbatch(?:\.[A-Za-z_]\w*)+)(?![\w(])")


def found(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for glob in TEXTS:
        for path in sorted(ROOT.glob(glob)):
            for match in pattern.finditer(path.read_text("utf-8")):
                yield match[match.lastindex or 0], path.name


def is_there(name: str) -> bool:
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        return end == len(parts) or hasattr(thing, parts[end])
    return False


def test_files_that_are_named_exist() -> None:
    assert {(name, where) for name, where in found(FILE) if not (ROOT / name).exists()} == set()


def test_names_of_the_package_that_are_named_exist() -> None:
    assert {(name, where) for name, where in found(NAME) if not is_there(name)} == set()


@pytest.mark.parametrize("name", ["vinbatch.checks.across.PREDICATES", "vinbatch.nowhere"])
def test_a_name_that_moved_is_noticed(name: str) -> None:
    assert not is_there(name)
