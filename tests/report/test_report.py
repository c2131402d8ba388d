"""The report of a batch: what it says, and that nothing that people write becomes active in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import overviews
import pytest
from golden import same
from scenes import HOSTILE, SCENES, answered, asked, english, findings, good, hostile, refused

from vinbatch.model import Overview, Rulebook
from vinbatch.noun import replace
from vinbatch.report.overview import overview_page
from vinbatch.report.page import report
from vinbatch.ruleset import Ruleset, compile_rules

HERE = Path(__file__).parent
VOID = {"meta", "br", "link", "img", "input", "hr"}


def without_styles(rulebook: Rulebook) -> Rulebook:
    """Golden pages show contents: a change of colours must not change them all."""
    templates = tuple({**dict(rulebook.templates), "page.css": "/* page.css */\n"}.items())
    return replace(rulebook, templates=templates, digest=f"{rulebook.digest} unstyled")


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 5400), (10, 5400), (60, 5400), (240, 21600)])
def test_the_overview_warns_of_its_age_by_how_often_it_is_renewed(
    minutes: int, seconds: int, rulebook: Rulebook
) -> None:
    """Renewed every four hours, it told its reader most of the time that vinbatch works no more."""
    home = (("settings.toml", f"refresh_minutes = {minutes}\n"),)
    rules = compile_rules(replace(rulebook, home=home, digest=f"renewed {minutes}"))
    page = overview_page(overviews.busy(rules), rules).decode()
    assert f'data-lasts="{seconds}"' in page


@pytest.mark.parametrize("name", SCENES)
def test_a_page_is_its_golden_file(name: str, rulebook: Rulebook) -> None:
    same(HERE / "golden" / f"{name}.html", SCENES[name](rulebook).page(without_styles(rulebook)).encode())


def test_an_english_page_is_its_golden_file(rulebook: Rulebook) -> None:
    page = findings(rulebook).page(english(without_styles(rulebook)))
    same(HERE / "golden" / "findings-en.html", page.encode())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("make", [overviews.busy, overviews.month, overviews.empty])
def test_an_overview_is_its_golden_file(
    make: Callable[[Ruleset], Overview], lang: str, rulebook: Rulebook
) -> None:
    book = without_styles(rulebook)
    ruleset = compile_rules(book if lang == "zh" else english(book))
    same(HERE / "golden" / f"overview-{make.__name__}.{lang}.html", overview_page(make(ruleset), ruleset))


# ── what it says ─────────────────────────────────────────────────────────────────────────────────


def test_rows_to_mend_are_those_refused_or_held_with_their_cells(rulebook: Rulebook) -> None:
    scene = findings(rulebook)
    told = report(scene.outcome, scene.known, scene.files, compile_rules(rulebook))
    assert [(row.row, row.key) for row in told.mend] == [
        (3, "refused"),
        (4, "refused"),
        (6, "refused"),
        (7, "held"),
    ]
    assert {(item.cell, item.code) for item in told.mend[0].items} == {("E3", "CCC-NUMERIC")}


def test_what_customs_rejected_is_to_be_mended_and_counted(rulebook: Rulebook) -> None:
    scene = answered(rulebook)
    told = report(scene.outcome, scene.known, scene.files, compile_rules(rulebook))
    assert [(row.name, row.key) for row in told.mend] == [("WBA13BJ07MCF12347", "rejected")]
    counts = {part.key: part.count for part in told.packages[0].answers.parts}
    assert counts == {"accepted": 2, "rejected": 1, "overdue": 1}


def test_a_refused_file_is_told_why_and_what_to_do(rulebook: Rulebook) -> None:
    scene, ruleset = refused(rulebook), compile_rules(rulebook)
    told = ruleset.tell(scene.outcome.findings[0])
    page = scene.page(rulebook)
    assert told.what.rstrip("。") in page
    assert told.cure.rstrip("。") in page
    assert "lead refused" in page


def test_a_query_shows_what_happened_to_the_vehicle(rulebook: Rulebook) -> None:
    page = asked(rulebook).page(rulebook)
    for text in ("车身颜色：白 → 红", "120 海关入库", "./TRIAL-20260310-0001_%E6%9F%A5", "50"):
        assert text in page


def test_a_page_that_grows_too_long_says_what_it_leaves_out(rulebook: Rulebook) -> None:
    scene = findings(rulebook)
    row = scene.outcome.findings
    more = tuple(replace(row[0], row=3) for _ in range(500))
    many = replace(scene.outcome, findings=(*row, *more))
    told = report(many, scene.known, scene.files, compile_rules(rulebook))
    assert (len(told.mend), told.left_out) == (0, 4)


def test_the_moment_of_looking_changes_nothing(rulebook: Rulebook) -> None:
    """A page that is written again after a crash has the same bytes."""
    scene = good(rulebook)
    later = replace(scene.known, now=scene.known.now.replace(hour=5))
    assert scene.page(rulebook) == replace(scene, known=later).page(rulebook)


# ── what it is made of ───────────────────────────────────────────────────────────────────────────


class Reader(HTMLParser):
    """Elements with their attributes, in order; every one that is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attrs for tag, attrs in self.found if tag in tags)


@pytest.mark.parametrize("make", [*SCENES.values(), hostile])
def test_a_page_holds_nothing_active(make: object, rulebook: Rulebook) -> None:
    reader = Reader(make(rulebook).page(rulebook))  # type: ignore[operator]
    active = {"script", "img", "svg", "iframe", "object", "embed", "link", "form", "base", "image"}
    assert {tag for tag, _ in reader.found} & active == set()
    for _, attrs in reader.found:
        assert not [name for name in attrs if name.startswith("on")]
    for attrs in reader.all("a"):
        assert str(attrs["href"]).startswith(("#", "./"))
    for _, attrs in reader.found:
        assert not {"src", "srcset", "action", "background"} & set(attrs)


@pytest.mark.parametrize("make", SCENES.values())
def test_a_page_can_be_read_by_ear(make: object, rulebook: Rulebook) -> None:
    """One h1, headings without a gap, landmarks, tables with captions and heads, links and ids that fit."""
    reader = Reader(make(rulebook).page(rulebook))  # type: ignore[operator]
    levels = [int(tag[1]) for tag, _ in reader.found if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    tags = [tag for tag, _ in reader.found]
    assert [tags.count(t) for t in ("main", "header", "footer")] == [1, 1, 1]
    assert tags.count("table") == tags.count("caption")
    assert all(attrs.get("scope") for attrs in reader.all("th"))
    ids = [attrs["id"] for _, attrs in reader.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in reader.found:
        for name in str(attrs.get("aria-labelledby") or "").split():
            assert name in ids


def test_what_people_write_is_shown_and_cannot_hide(rulebook: Rulebook) -> None:
    page = hostile(rulebook).page(rulebook)
    assert "⟨U+202E⟩" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ report.batch }}" in page
    for character in "\x00\x07\x1b\r\u202e\u2028":
        assert character not in page


def test_hostile_texts_are_not_only_harmless_ones() -> None:
    assert any("<script>" in text for text in HOSTILE)
