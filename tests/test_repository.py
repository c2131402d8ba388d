"""What the repository promises about itself."""

import ast
import configparser
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RUN = ROOT / "vinbatch" / "run"


def test_every_package_folder_is_named_in_setup_cfg() -> None:
    """A room that setup.cfg forgets would be missing from the wheel."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    named = set(config["options"]["packages"].split())
    rooms = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "vinbatch").rglob("__init__.py")}
    assert named == rooms | {"vinbatch.rules", "vinbatch.templates"}


ROOMS_OF_A_PASS = [RUN, *sorted(p.parent for p in RUN.glob("*/__init__.py"))]


@pytest.mark.parametrize("room", ROOMS_OF_A_PASS, ids=lambda p: p.name)
def test_the_rooms_of_a_pass_tell_where_each_of_their_modules_belongs(room: Path) -> None:
    """Fifty of them: whoever looks for one finds it by what it is about."""
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    modules = {p.stem for p in room.glob("*.py")} - {"__init__"}
    rooms = {p.parent.name for p in room.glob("*/__init__.py")}
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(modules | rooms)


def test_no_two_modules_of_tests_share_a_name() -> None:
    """pytest imports them by it: of two it runs one, and only a run of both rooms tells."""
    names = Counter(p.name for p in (ROOT / "tests").rglob("*.py") if p.name != "conftest.py")
    assert [name for name, n in names.items() if n > 1] == []


def test_no_test_leaves_a_database_to_be_closed_by_chance() -> None:
    """`with sqlite3.connect(…)` closes nothing; from Python 3.13 on another test is blamed for it."""
    others = [p for p in (ROOT / "tests").rglob("*.py") if p != Path(__file__)]
    open_still = re.compile(r"with sqlite3\.connect\(|(?<!with )Ledger\.empty\(")
    left = [p.name for p in others if open_still.search(p.read_text("utf-8"))]
    assert left == []
