"""The page of licences knows everything that we install, whatever its version."""

from __future__ import annotations

import configparser
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def requirements() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    lines = config["options"]["install_requires"].split("\n")
    return [re.split(r"[\s\[>]", line)[0] for line in lines if line.strip()]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "docs" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", requirements())
def test_each_requirement_is_listed_with_a_licence(name: str) -> None:
    text = (ROOT / "docs" / "licences.md").read_text("utf-8")
    found = re.search(rf"^\| {re.escape(name)} \| ([^|]+) \|", text, re.M)
    assert found, "run `make audit`"
    assert found[1].strip() not in ("", "not declared")


def test_the_tree_has_what_a_requirement_needs_and_what_its_extra_does(script: ModuleType) -> None:
    found = script.tree()
    assert set(requirements()) <= set(found)
    assert found["markupsafe"][1] == {"jinja2"}
    assert "pandera" in found["pandas"][1], "by its extra"
    assert "pytest" not in found


def test_a_database_that_cannot_be_reached_is_told_and_is_no_failure(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Played by a pip_audit that fails as the real one does without a network."""
    (tmp_path / "pip_audit.py").write_text("import sys; sys.exit('ConnectionError: no route')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert script.vulnerabilities() == 0
    assert "cannot reach its database" in capsys.readouterr().out


def test_a_known_vulnerability_is_a_failure(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}'
    (tmp_path / "pip_audit.py").write_text(f"print({told!r}); raise SystemExit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert script.vulnerabilities() == 1
    assert "a 1: CVE-1" in capsys.readouterr().out


def test_packages_that_could_not_be_looked_up_are_not_called_safe(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pip-audit itself says "No known vulnerabilities found" of them."""
    told = '{"dependencies": [{"name": "a", "skip_reason": "Dependency not found on PyPI"}]}'
    (tmp_path / "pip_audit.py").write_text(f"print({told!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert script.vulnerabilities() == 0
    assert "nothing is known" in capsys.readouterr().out


def test_the_script_runs_as_make_runs_it(script: ModuleType) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import runpy; print(runpy.run_path('docs/licences.py')['page']()[:20])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("<!-- Generated"), done.stderr
