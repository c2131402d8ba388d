"""Links, anchors and pictures of the documentation lead somewhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "docs"))
from manual_make import SOURCE, TARGET, anchor, manual  # noqa: E402

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """What its headings can be linked by; a heading that comes again gets a number."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", prose(page), re.M):
        slug = anchor(heading)
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


# ── the manual as one file ───────────────────────────────────────────────────────────────────────


def test_the_manual_that_init_hands_out_is_fresh() -> None:
    assert TARGET.read_text("utf-8") == manual(), "run `make docs`"


def test_the_manual_needs_nothing_beside_it() -> None:
    """It is mailed, copied and opened where nothing else is."""
    page = manual()
    assert page.count("<img") == SOURCE.read_text("utf-8").count("](pictures/")
    assert not re.findall(r"""(?:src|href)="(?!data:|#)[^"]*"|<script|url\(""", page)


def test_links_within_the_manual_lead_somewhere() -> None:
    page = manual()
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{unquote(target)}"' in page
