"""Pages in a real browser: silent, asking nobody, as wide as a phone, and whole on paper."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import overviews
import pytest
from browser import framed, look, needs_chromium
from scenes import answered, asked, english, findings, hostile
from test_mails import NAMES as MAILS
from test_mails import letters

from vinbatch.model import Rulebook
from vinbatch.report.overview import overview_page
from vinbatch.ruleset import Ruleset, compile_rules

pytestmark = needs_chromium


@pytest.fixture
def page(tmp_path: Path, rulebook: Rulebook) -> Path:
    """The page that most is tried against."""
    return written(tmp_path, hostile(rulebook).page(rulebook))


def written(folder: Path, text: str) -> Path:
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    return path


def test_a_page_is_silent_and_asks_nobody(page: Path) -> None:
    seen = look(page, "--dump-dom")
    assert "</html>" in seen.out
    assert seen.console == []
    assert seen.requests == []


def test_the_browser_that_watches_would_hear_of_it(page: Path) -> None:
    """The test above can fail: the policy complains of an image, and without the policy it is asked for."""
    text = page.read_text("utf-8").replace("<main", '<img src="http://127.0.0.1:39999/x.png"><main')
    assert look(written(page.parent, text), "--dump-dom").console != []
    free = written(page.parent, text.replace("default-src 'none';", ""))
    assert look(free, "--dump-dom").requests == ["http://127.0.0.1:39999/x.png"]


def test_pages_fit_a_phone(tmp_path: Path, rulebook: Rulebook) -> None:
    """At 360 px nothing sticks out: no scrolling from side to side."""
    fits(tmp_path, {make.__name__: make(rulebook).page(rulebook) for make in (findings, asked, hostile)})


def test_overviews_fit_a_phone_and_ask_nobody(tmp_path: Path, ruleset: Ruleset) -> None:
    made = (overviews.busy, overviews.month, overviews.empty)
    told = fits(tmp_path, {make.__name__: overview_page(make(ruleset), ruleset).decode() for make in made})
    assert told == []


def test_a_phone_shows_today_and_whole_times(tmp_path: Path, ruleset: Ruleset) -> None:
    """A chart wider than its box shows its last days, and a time is one thing on one line."""
    path = written(tmp_path, overview_page(overviews.busy(ruleset), ruleset).decode())
    ((one,), _) = framed((path, 360))
    assert (one.late, one.torn) == (0, 0)


def fits(folder: Path, pages: Mapping[str, str]) -> list[str]:
    """What a browser has to tell of these pages, all of which fit a phone."""
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    found, told = framed(*((folder / f"{name}.html", 360) for name in pages))
    assert [name for name, one in zip(pages, found, strict=True) if not one.fits] == []
    return told


def test_a_table_of_batches_stays_within_its_card(tmp_path: Path, rulebook: Rulebook) -> None:
    """On every window in which it is a table, in the language with the longer words."""
    home = compile_rules(english(rulebook))
    path = written(tmp_path, overview_page(overviews.busy(home), home).decode())
    found, _ = framed(*((path, width) for width in (705, 720, 900, 1024, 1090, 1280)))
    assert [one for one in found if not one.fits or one.out > 0] == []
    chinese = compile_rules(rulebook)
    path = written(tmp_path, overview_page(overviews.busy(chinese), chinese).decode())
    ((one,), _) = framed((path, 1024))
    assert one.out <= 0, "its labels stay on one line"


def test_every_mail_fits_a_phone_and_asks_nobody(tmp_path: Path, ruleset: Ruleset) -> None:
    assert fits(tmp_path, {name: letters(ruleset)[name].html for name in MAILS}) == []


def test_what_is_too_wide_or_asks_from_within_a_window_is_noticed(tmp_path: Path) -> None:
    """The tests above can fail."""
    image = '<img src="http://127.0.0.1:39999/x.png">'
    wide, strict = tmp_path / "wide.html", tmp_path / "strict.html"
    wide.write_text(f'<div style="width:500px">x</div>{image}', "utf-8")
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    strict.write_text(f"{policy}{image}", "utf-8")
    (one, other), told = framed((wide, 360), (strict, 360))
    assert not one.fits
    assert other.fits
    complaint, asked_for = told
    assert "Content Security Policy" in complaint
    assert asked_for == "http://127.0.0.1:39999/x.png"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_a_page_prints_whole(tmp_path: Path, rulebook: Rulebook) -> None:
    scene = answered(rulebook)
    paper = tmp_path / "page.pdf"
    look(written(tmp_path, scene.page(rulebook)), f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    told = "".join(text.split())
    for piece in (scene.outcome.batch, "车辆型号与证书不符", scene.known.packages[0].name, scene.known.head):
        assert piece in told
    info = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert "(A4)" in info
