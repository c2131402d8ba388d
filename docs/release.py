"""Makes a release: `make release VERSION=1.2.3`, which runs tests and linters before.

Between two releases the top section of CHANGELOG.md is "Unreleased", and the version is that of the next one
with `.dev0` behind it. A release gives both their number and day in a commit of its own, which is tagged, and
builds the wheel of just that; the commit after it begins the next.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNRELEASED = "## Unreleased"
NOTHING = f"{UNRELEASED}\n\nNothing yet.\n"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_STATED = re.compile(r'^__version__ = "([^"]+)"$', re.M)
_SECTION = re.compile(r"^## (\S+)", re.M)


class RefusedError(Exception):
    """Why there is no release now."""


def sections(changelog: str) -> list[str]:
    """What its sections are of, the newest first: versions, or Unreleased."""
    return _SECTION.findall(changelog)


def stated(code: str) -> str:
    """The version in `vinbatch/__init__.py`."""
    (version,) = _STATED.findall(code)
    return version


def released(changelog: str, code: str, version: str, today: date) -> tuple[str, str]:
    """Changelog and `__init__.py` of this release. RefusedError where they are not fit for it."""
    if not _VERSION.fullmatch(version):
        raise RefusedError(f"{version!r} is no version such as 1.2.3")
    if sections(changelog)[:1] != ["Unreleased"] or NOTHING in changelog:
        raise RefusedError("the changelog tells nothing new: write what this release is, by who meets it")
    if _number(version) < _number(stated(code)):
        raise RefusedError(f"{version} is before {stated(code)}")
    if version in sections(changelog):
        raise RefusedError(f"{version} was released already")
    return changelog.replace(UNRELEASED, f"## {version} ({today})", 1), _stating(code, version)


def begun(changelog: str, code: str) -> tuple[str, str]:
    """The same after a release."""
    major, minor, _ = _number(stated(code))
    first = changelog.index("## ")
    begun = f"{changelog[:first]}{NOTHING}\n{changelog[first:]}"
    return begun, _stating(code, f"{major}.{minor + 1}.0.dev0")


def _number(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    return tuple(map(int, found.groups())) if found else ()


def _stating(code: str, version: str) -> str:
    return _STATED.sub(f'__version__ = "{version}"', code)


def release(root: Path, version: str, today: date, build: Callable[[Path, str], None]) -> None:
    """Two commits and a tag between them, of which `build` makes the wheel."""
    files = root / "CHANGELOG.md", root / "vinbatch" / "__init__.py"
    changelog, code = (path.read_text("utf-8") for path in files)
    made = released(changelog, code, version, today)
    tag = f"v{version}"

    def commit(texts: tuple[str, str], message: str) -> None:
        for path, text in zip(files, texts, strict=True):
            path.write_text(text, "utf-8")
        git(root, "commit", "--quiet", "--message", message, *map(str, files))

    if git(root, "status", "--porcelain"):
        raise RefusedError("there are changes that are not committed")
    if git(root, "tag", "--list", tag):
        raise RefusedError(f"there is a tag {tag} already")
    commit(made, f"Release {version}")
    git(root, "tag", "--annotate", tag, "--message", f"vinbatch {version}")
    build(root, tag)
    after = begun(*made)
    commit(after, f"Begin {stated(after[1])}")


def git(root: Path, *args: str) -> str:
    """What git says; CalledProcessError with its own words on stderr where it refuses."""
    command = ["git", *args]
    return subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def wheel(root: Path, tag: str) -> None:
    """Into dist/, of what is tagged and nothing else that lies in the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        git(root, "worktree", "add", "--quiet", "--detach", str(source), tag)
        try:
            command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
            subprocess.run([*command, "--wheel-dir", root / "dist", source], check=True)  # noqa: S603
        finally:
            git(root, "worktree", "remove", "--force", str(source))


if __name__ == "__main__":
    try:
        release(ROOT, "".join(sys.argv[1:2]), date.today(), wheel)
    except RefusedError as e:
        sys.exit(f"no release: {e}")
