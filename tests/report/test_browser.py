"""Pages in a real browser: silent, asking nobody, as wide as a phone, and whole on paper."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import overviews
import pytest
from browser import framed, look, needs_chromium
from scenes import answered, asked, english, findings, hostile
from test_mails import NAMES as MAILS
from test_mails import letters

from vinbatch.model import Overview, Rulebook
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


@pytest.mark.parametrize("make", [findings, asked, hostile])
def test_a_page_fits_a_phone(make: object, tmp_path: Path, rulebook: Rulebook) -> None:
    """At 360 px nothing sticks out: no scrolling from side to side."""
    path = written(tmp_path, make(rulebook).page(rulebook))  # type: ignore[operator]
    ((one,), _) = framed((path, 360))
    assert one.fits


@pytest.mark.parametrize("make", [overviews.busy, overviews.month, overviews.empty])
def test_an_overview_fits_a_phone_and_asks_nobody(
    make: Callable[[Ruleset], Overview], tmp_path: Path, ruleset: Ruleset
) -> None:
    path = written(tmp_path, overview_page(make(ruleset), ruleset).decode())
    seen = look(path, "--dump-dom")
    assert seen.console == []
    assert seen.requests == []
    ((one,), _) = framed((path, 360))
    assert one.fits


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
    pages = {name: tmp_path / f"{name}.html" for name in MAILS}
    for name, path in pages.items():
        path.write_text(letters(ruleset)[name].html, "utf-8")
    found, asked_for = framed(*((path, 360) for path in pages.values()))
    assert [name for name, one in zip(pages, found, strict=True) if not one.fits] == []
    assert asked_for == []


def test_what_is_too_wide_or_asks_from_within_a_window_is_noticed(tmp_path: Path) -> None:
    """The tests above can fail."""
    text = '<div style="width:500px">x</div><img src="http://127.0.0.1:39999/x.png">'
    ((one,), asked_for) = framed((written(tmp_path, text), 360))
    assert not one.fits
    assert asked_for == ["http://127.0.0.1:39999/x.png"]


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
