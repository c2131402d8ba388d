"""A built wheel carries rules and templates: `vinbatch init` works on a machine without the source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from vinbatch import __version__
from vinbatch.effects.build import program

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # A copy: building leaves folders behind, and other tests read the checkout meanwhile.
    for name in ("vinbatch", "rules", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "-q",
            "-w",
            folder,
            source,
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    target = folder / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(unpacked: Path, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(unpacked)}
    return subprocess.run(
        [sys.executable, "-m", "vinbatch", *args], cwd=folder, env=env, capture_output=True, text=True
    )


def test_the_wheel_carries_rules_templates_and_the_demo(unpacked: Path) -> None:
    for name in ("rules/fields.toml", "rules/wmi.csv", "templates/declaration.xml", "py.typed"):
        assert (unpacked / "vinbatch" / name).is_file()
    assert list((unpacked / "vinbatch" / "demo_files").glob("*.xlsx"))


def test_the_wheel_has_every_package_of_the_source(unpacked: Path) -> None:
    """setup.cfg lists them one by one: a new room must not be forgotten."""
    rooms = {str(path.parent.relative_to(ROOT)) for path in (ROOT / "vinbatch").rglob("__init__.py")}
    built = {str(path.parent.relative_to(unpacked)) for path in (unpacked / "vinbatch").rglob("__init__.py")}
    assert rooms <= built


def test_init_works_from_any_folder(unpacked: Path, tmp_path: Path) -> None:
    done = run(unpacked, tmp_path, "init", "home")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "home" / "reports" / "VIN申报模板.xlsx").exists()
    assert run(unpacked, tmp_path, "--home", "home", "operations").returncode == 0
    assert (tmp_path / "operations" / "vinbatch-run.timer").exists()
    where = run(unpacked, tmp_path, "--home", "home", "status")
    assert where.returncode == 0, where.stderr


def test_the_wheel_is_what_ran(unpacked: Path, tmp_path: Path) -> None:
    code = "import vinbatch; print(vinbatch.__file__)"
    env = {**os.environ, "PYTHONPATH": str(unpacked)}
    out = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert out.stdout.startswith(str(unpacked))


def test_the_source_distribution_is_the_whole_project(tmp_path: Path) -> None:
    """Built without a warning; who unpacks it can run the tests."""
    source = tmp_path / "source"
    folders = ("vinbatch", "rules", "templates", "tests", "docs", "benchmarks")
    for name in folders:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (p for p in ROOT.iterdir() if p.is_file() and not p.name.startswith(".")):
        shutil.copyfile(path, source / path.name)
    code = f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower()
    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in folders:
        here = {str(p.relative_to(source)) for p in (source / folder).rglob("*") if p.is_file()}
        assert here <= names, folder
    assert {"Makefile", "CHANGELOG.md", "LICENSE", "README.md", "setup.cfg", "pyproject.toml"} <= names


def test_a_wheel_is_the_same_build_as_its_checkout_until_a_file_differs(
    unpacked: Path, tmp_path: Path
) -> None:
    """What a bug report tells; the version alone is that of many builds between two releases."""
    first = run(unpacked, tmp_path, "--version").stdout
    assert first == f"vinbatch {program()}\n"
    copy = tmp_path / "copy"
    shutil.copytree(unpacked, copy)
    for name in ("vinbatch/rules/wmi.csv", "vinbatch/ruleset/values.py"):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        told = run(copy, tmp_path, "--version").stdout
        assert told != first
        assert told.partition(" (")[0] == first.partition(" (")[0]
        first = told


def test_the_package_is_a_program_and_a_library(unpacked: Path, tmp_path: Path) -> None:
    assert run(unpacked, tmp_path, "--version").stdout.startswith(f"vinbatch {__version__} (build ")
    code = "import vinbatch; print(vinbatch.check(b'x').refused)"
    env = {**os.environ, "PYTHONPATH": str(unpacked)}
    out = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert out.stdout == "True\n"
