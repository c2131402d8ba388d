"""What vinbatch stands on: licences of all that it installs, and what is unsafe in it: `make audit`.

Writes docs/licences.md. Known vulnerabilities are asked of pip-audit's database, where it can be reached; the
exit code is 1 only where there are any.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

PAGE = Path(__file__).with_name("licences.md")
_NAME = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^]]*)])?")
_SHORT = 60  # characters: some put the whole text where the name is due


def canonical(name: str) -> str:
    """As indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needs(dist: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names and extras of what a distribution needs; what another platform needs is not installed here."""
    for line in dist.requires or ():
        wanted, _, marker = line.partition(";")
        asked = re.findall(r"extra\s*==\s*['\"]([^'\"]+)", marker)
        found = _NAME.match(wanted.strip())
        if found and (not asked or extras & set(asked)):
            more = frozenset(e.strip() for e in (found[2] or "").split(",") if e.strip())
            yield canonical(found[1]), more


def tree(root: str = "vinbatch") -> dict[str, tuple[Distribution, set[str]]]:
    """Everything that is installed for `root`, itself left out, with who needs it."""
    found: dict[str, tuple[Distribution, set[str]]] = {}
    todo = [(root, frozenset[str]())]
    seen = set(todo)
    while todo:
        name, extras = todo.pop()
        for needed, more in needs(distribution(name), extras):
            try:
                dist = distribution(needed)
            except PackageNotFoundError:
                continue
            found.setdefault(needed, (dist, set()))[1].add(name)
            if (needed, more) not in seen:
                seen.add((needed, more))
                todo.append((needed, more))
    return found


def licence(dist: Distribution) -> str:
    """As the distribution declares it: by expression, by classifier, or by the first words of its licence."""
    told = dist.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classifiers = [
        c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License :: ")
    ]
    if classifiers:
        return ", ".join(classifiers)
    first = (str(told.get("License") or "").strip().splitlines() or [""])[0].strip()
    return first[:_SHORT] or "not declared"


def page() -> str:
    """docs/licences.md: names and licences; versions change too often to be written down."""
    lines = [
        "<!-- Generated from what is installed by `make audit`. -->\n",
        "# Licences",
        "",
        "vinbatch itself is MIT. It changes and includes nothing of these; pip installs them beside it.",
        "",
        "| package | licence | needed by |",
        "|---|---|---|",
    ]
    for name, (dist, users) in sorted(tree().items()):
        lines.append(f"| {name} | {licence(dist)} | {', '.join(sorted(users))} |")
    return "\n".join(lines) + "\n"


def vulnerabilities() -> int:
    """Tells what is known to be unsafe; 1 where anything is."""
    if not find_spec("pip_audit"):
        print("pip-audit is not installed: nothing is known about vulnerabilities")
        return 0
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--progress-spinner",
        "off",
        "--format",
        "json",
        "--skip-editable",
    ]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own words
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"pip-audit cannot reach its database: nothing is known about vulnerabilities ({last[:200]})")
        return 0
    looked_up = [one for one in told if "skip_reason" not in one]
    if not looked_up:
        print("pip-audit found no package in its database: nothing is known about vulnerabilities")
        return 0
    found = [one for one in looked_up if one["vulns"]]
    for one in found:
        print(f"{one['name']} {one['version']}: {', '.join(v['id'] for v in one['vulns'])}")
    missed = len(told) - len(looked_up)
    print(f"{len(looked_up)} packages looked up ({missed} not), {len(found)} with known vulnerabilities")
    return 1 if found else 0


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(page(), end="")
    sys.exit(vulnerabilities())
