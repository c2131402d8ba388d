"""The law of imports (docs/architecture.md), and what an idle command must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "vinbatch"
GROUND = {
    "noun",
    "model",
    "errors",
    "wording",
    "layers",
    "slips",
    "memo",
    "settings",
    "mail_settings",
    "mounts",
    "ruleset",
    "templating",
    "budget",
    "visible",
    "zipped",
    "escaped",
    "counted",
    "cut",
    "numbering",
}
# Room → the rooms it may know, beside itself and the ground.
LAW: dict[str, set[str]] = {
    "errors": set(),
    "wording": set(),
    "noun": set(),
    "model": set(),
    "layers": set(),
    "slips": set(),
    "settings": set(),
    "memo": set(),
    "mail_settings": set(),
    "mounts": set(),
    "ruleset": set(),
    "templating": set(),
    "budget": set(),
    "visible": set(),
    "zipped": set(),
    "escaped": set(),
    "counted": set(),
    "cut": set(),
    "numbering": set(),
    "workbook": set(),
    "checks": set(),
    "lifecycle": {"checks"},
    "customs": set(),
    "report": {"workbook", "lifecycle"},
    "flow": {"workbook", "checks", "lifecycle", "customs", "report"},
    "proof": {"checks", "customs", "report"},
    "paths": set(),
    "store": {"paths"},
    "effects": {"paths"},
    "samples": {"checks"},
    "demo_files": set(),
    "manual": set(),
    "operations": set(),
    "run": {"paths", "flow", "proof", "store", "effects", "lifecycle", "report", "checks"},
    "cli": {
        "paths",
        "flow",
        "proof",
        "store",
        "effects",
        "run",
        "watch",
        "report",
        "workbook",
        "samples",
        "demo_files",
    },
    "watch": {"run", "effects"},
    "__main__": {"cli", "effects"},
    "api": {"run", "effects"},
    "__init__": {"api"},
}
PURE = {
    "noun",
    "counted",
    "cut",
    "numbering",
    "model",
    "memo",
    "zipped",
    "escaped",
    "mounts",
    "layers",
    "slips",
    "settings",
    "mail_settings",
    "ruleset",
    "templating",
    "budget",
    "visible",
    "workbook",
    "checks",
    "lifecycle",
    "customs",
    "report",
    "flow",
    "proof",
}
# The ground of the ground.
BASE = {"errors", "noun", "model", "wording", "counted"}
# Modules that reach outside: disk, clock, network, processes, chance. Pure rooms know none of them.
OUTSIDE = {
    "os",
    "pathlib",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "random",
    "secrets",
    "sqlite3",
    "multiprocessing",
    "threading",
    "urllib",
    "requests",
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(path: Path) -> frozenset[str]:
    """Dotted names that a module imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return frozenset(names)


def at_home(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


MODULES = sorted(p for p in PACKAGE.rglob("*.py"))


def test_a_room_knows_only_the_rooms_below_it() -> None:
    assert {at_home(p): strange for p in MODULES if (strange := too_high(p))} == {}


def too_high(path: Path) -> set[str]:
    """The rooms that this module imports from and may not know."""
    here = room(path)
    known = {name.split(".")[1] for name in imports(path) if name.startswith("vinbatch.")}
    known &= set(LAW)  # names of the package itself (__version__) are no rooms
    if here in BASE:
        return known - BASE
    allowed = LAW[here] | ({"customs"} if path.name == "sandbox.py" else set())  # it plays customs
    return known - allowed - GROUND - {here}


def test_pure_rooms_touch_nothing_outside() -> None:
    assert {at_home(p): out for p in MODULES if room(p) in PURE and (out := outside(p))} == {}


def outside(path: Path) -> set[str]:
    """What this module imports that reaches outside."""
    names = {name for name in imports(path) if not name.startswith("urllib.parse")}  # quoting is pure
    return {name.split(".")[0] for name in names} & OUTSIDE


SWALLOW = {"exists", "is_file", "is_dir", "is_symlink", "is_fifo", "is_socket", "is_mount", "glob", "rglob"}


def test_one_module_asks_what_lies_at_a_path() -> None:
    """Where `Path.exists` and its like, from Python 3.14 on, and `glob` take a failure for an absence.

    Entries of a folder (`entry.is_dir`) keep theirs, and of our own installation nothing is lost.
    """
    elsewhere = [p for p in MODULES if at_home(p) not in {"paths.py", "wording.py", "effects/build.py"}]
    assert {at_home(p): names for p in elsewhere if (names := swallowing(p))} == {}


def swallowing(path: Path) -> list[str]:
    calls = [n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    asked = [f for f in calls if isinstance(f, ast.Attribute) and f.attr in SWALLOW]
    return [
        ast.unparse(f) for f in asked if not (isinstance(f.value, ast.Name) and f.value.id in ("entry", "e"))
    ]


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("pandas", {"checks/schema.py"}),
        ("pandera", {"checks/schema.py"}),
        ("python_calamine", {"workbook/values.py"}),
        ("xlsxwriter", {"workbook/shell.py", "samples/__init__.py"}),
        ("lxml", {"customs/xsd.py", "customs/receipt.py"}),
        ("jinja2", {"templating.py"}),
        ("dask", {"effects/cluster.py"}),
        ("distributed", {"effects/cluster.py"}),
        ("isal", {"zipped.py"}),
        ("msgspec", {"noun.py", "store/codec.py"}),
        ("sqlite_utils", {"store/migrating.py"}),
        ("pebble", {"effects/pool.py"}),
        ("watchdog", {"effects/bell.py"}),
        ("regex", {"ruleset/patterns.py"}),
        ("tomli", {"slips.py", "wording.py"}),
        ("rich", {"cli/tables.py", "cli/progress.py"}),
        ("smtplib", {"effects/mail.py"}),
        ("email", {"effects/envelope.py"}),
    ],
)
def test_a_library_lives_in_one_module(library: str, rooms: set[str]) -> None:
    users = {
        at_home(p)
        for p in MODULES
        if any(name == library or name.startswith(f"{library}.") for name in imports(p))
    }
    assert users == rooms


HEAVY = "{'pandas', 'pandera', 'openpyxl', 'sqlite_utils', 'jinja2', 'lxml', 'xlsxwriter', 'rich', 'regex'}"


def loaded(code: str) -> str:
    program = f"import sys\n{code}\nprint(sorted({HEAVY} & set(sys.modules)))"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_an_idle_pass_knows_neither_answers_nor_decisions() -> None:
    """Cron makes one every minute: what it never uses it need not load."""
    heavy = "{'vinbatch.lifecycle', 'vinbatch.report', 'vinbatch.checks', 'vinbatch.workbook',"
    heavy += " 'zoneinfo', 'ctypes', 'difflib', 'socket', 'importlib.resources'}"
    program = f"import sys, vinbatch.cli.work, vinbatch.run.mail.posting\nprint({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_idle_pass_looks_for_no_slip_and_draws_no_number(tmp_path: Path) -> None:
    program = """
import sys
from vinbatch.cli import main
def call(*args):
    try:
        main(["--home", sys.argv[1], *args])
    except SystemExit as e:
        assert not e.code
call("init")
call("run")
for name in NAMES:
    sys.modules.pop(name, None)
call("run")
print(NAMES & set(sys.modules))
""".replace("NAMES", "{'difflib', 'secrets', 'random'}")
    args = [sys.executable, "-c", program, str(tmp_path / "home")]
    done = subprocess.run(args, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_an_idle_pass_compiles_no_rules(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    for command in ("init", "run"):
        made = [sys.executable, "-m", "vinbatch", "--home", home, command]
        subprocess.run(made, capture_output=True, check=True)
    program = """
import sys
import vinbatch.ruleset.compiled as compiled
from vinbatch.cli import main
compiled._compile = None
main(["--home", sys.argv[1], "run"])
"""
    subprocess.run([sys.executable, "-c", program, home], capture_output=True, check=True)


def test_the_script_that_every_worker_imports_loads_no_command() -> None:
    program = "import sys, vinbatch.__main__\nprint({'click', 'vinbatch.cli'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("code", ["import vinbatch.cli", "import vinbatch.run.passing"])
def test_the_command_line_and_an_idle_pass_load_nothing_heavy(code: str) -> None:
    assert loaded(code) == "[]"


def test_the_help_loads_no_command_and_no_noun() -> None:
    program = """
import sys, vinbatch.cli
try:
    vinbatch.cli.main(["--help"])
except SystemExit:
    print({"vinbatch.model", "vinbatch.cli.work", "vinbatch.cli.context"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_pass_without_mail_loads_nothing_of_mail() -> None:
    mail = "{'smtplib', 'email', 'ssl', 'jinja2', 'vinbatch.report.letter', 'vinbatch.run.mail.letters'}"
    program = f"import sys, vinbatch.cli.work, vinbatch.run.mail.posting\nprint({mail} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_parse_workers_load_neither_pandas_nor_pandera() -> None:
    assert loaded("import vinbatch.run.judging.judge") == "[]"


def test_a_function_is_a_screen() -> None:
    """40 lines of code beside the docstring; tables of data are exempt."""
    tables = PACKAGE / "samples" / "models.py"
    assert [f"{at_home(p)}: {name}" for p in MODULES if p != tables for name in long_functions(p)] == []


def long_functions(path: Path) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.body[0].lineno > 42
    ]


def test_a_module_is_a_sitting() -> None:
    tables = PACKAGE / "samples" / "models.py"
    assert [at_home(p) for p in MODULES if p != tables and p.read_text("utf-8").count("\n") > 345] == []
