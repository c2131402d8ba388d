"""Changelog and version agree, and a release gives both their number."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from vinbatch import __version__

ROOT = Path(__file__).resolve().parent.parent
CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Clerks\n\n- Rows.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n"
CODE = '"""Ours."""\n\n__version__ = "0.2.0.dev0"\n'
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = spec_from_file_location("release_script", ROOT / "docs" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_version_is_that_of_the_changelog(script: ModuleType) -> None:
    """Of a release its own; between two that of the next with .dev0, so that nobody takes it for one."""
    top, *older = script.sections((ROOT / "CHANGELOG.md").read_text("utf-8"))
    number = __version__.removesuffix(".dev0")
    assert (top == "Unreleased") == __version__.endswith(".dev0")
    assert top in ("Unreleased", number)
    assert number not in older


def test_a_release_gives_changelog_and_version_their_number(script: ModuleType) -> None:
    changelog, code = script.released(CHANGELOG, CODE, "0.2.0", TODAY)
    assert changelog == CHANGELOG.replace("## Unreleased", "## 0.2.0 (2026-03-02)")
    assert script.stated(code) == "0.2.0"


def test_what_comes_after_it_is_unreleased_again(script: ModuleType) -> None:
    changelog, code = script.begun(*script.released(CHANGELOG, CODE, "0.2.1", TODAY))
    assert script.sections(changelog) == ["Unreleased", "0.2.1", "0.1.0"]
    assert script.stated(code) == "0.3.0.dev0"


@pytest.mark.parametrize(
    ("version", "changelog", "why"),
    [
        ("0.2", CHANGELOG, "no version"),
        ("", CHANGELOG, "no version"),
        ("0.1.9", CHANGELOG, "is before"),
        ("0.2.0", CHANGELOG.replace("0.1.0", "0.2.0"), "was released already"),
        ("0.2.0", CHANGELOG.replace("Unreleased", "0.1.5"), "nothing new"),
        ("0.2.0", CHANGELOG.replace("### Clerks\n\n- Rows.", "Nothing yet."), "nothing new"),
    ],
)
def test_what_is_no_release_is_refused(script: ModuleType, version: str, changelog: str, why: str) -> None:
    with pytest.raises(script.RefusedError, match=why):
        script.released(changelog, CODE, version, TODAY)


def git(folder: Path, *args: str) -> str:
    command = ["git", "-c", "user.name=Wang", "-c", "user.email=wang@example.cn", *args]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Wang")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "wang@example.cn")
    (tmp_path / "vinbatch").mkdir()
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    (tmp_path / "vinbatch" / "__init__.py").write_text(CODE, "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "All")
    return tmp_path


def test_a_release_is_a_commit_with_a_tag_and_the_wheel_is_made_of_it(
    script: ModuleType, checkout: Path
) -> None:
    built = []
    script.release(
        checkout,
        "0.2.0",
        TODAY,
        lambda root, tag: built.append(script.stated((root / "vinbatch" / "__init__.py").read_text("utf-8"))),
    )
    assert built == ["0.2.0"]
    assert git(checkout, "log", "--format=%s").splitlines() == ["Begin 0.3.0.dev0", "Release 0.2.0", "All"]
    assert git(checkout, "describe", "HEAD~1").strip() == "v0.2.0"
    assert '"0.2.0"' in git(checkout, "show", "v0.2.0:vinbatch/__init__.py")
    with pytest.raises(script.RefusedError, match="nothing new"):
        script.release(checkout, "0.3.0", TODAY, pytest.fail)


def test_nothing_is_released_over_changes_that_are_not_committed(script: ModuleType, checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text(CHANGELOG + "more\n", "utf-8")
    with pytest.raises(script.RefusedError, match="not committed"):
        script.release(checkout, "0.2.0", TODAY, pytest.fail)


def test_the_script_says_why_and_leaves_with_1(checkout: Path) -> None:
    """As make runs it, on this very checkout, with what is no version."""
    command = [sys.executable, str(ROOT / "docs" / "release.py"), "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("no release: ")
