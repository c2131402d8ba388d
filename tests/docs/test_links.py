"""Links, anchors and pictures of the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings: lower case, blanks to hyphens, punctuation dropped."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", prose(page), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        n = sum(1 for a in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", a))
        found.add(f"{slug}-{n}" if n else slug)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_relative_links_and_anchors_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    for name in re.findall(
        r"\b((?:docs|tests|vinbatch)/[\w/.-]+\.(?:md|py|xml|sql|toml|png))\b", page.read_text("utf-8")
    ):
        assert (ROOT / name).exists(), name


def test_every_page_is_in_the_index() -> None:
    index = LINK.findall((ROOT / "docs" / "README.md").read_text("utf-8"))
    linked = {target.partition("#")[0] for target in index}
    assert {p.name for p in (ROOT / "docs").glob("*.md")} - linked == {"README.md"}


def test_every_picture_is_shown_and_small() -> None:
    """A picture that no page shows is forgotten; a large one makes the page slow to open on a share."""
    shown = {(p.parent / t).resolve() for p in PAGES for t in LINK.findall(p.read_text("utf-8"))}
    for picture in (ROOT / "docs" / "pictures").glob("*.*g"):
        assert picture in shown, picture.name
        assert picture.stat().st_size < 150_000, picture.name


def test_a_heading_becomes_an_anchor_as_github_makes_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# 三、怎样改错？\n## `a` & [b](c.md)\n## Same\n## Same\n```\n# no\n```\n", "utf-8")
    assert anchors(page) == {"三怎样改错", "a--b", "same", "same-1"}
