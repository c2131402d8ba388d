"""A report that has no end because of what its batch holds is a plain one, and the pass goes on."""

from __future__ import annotations

import logging

import pytest
from run_place import IN_PROCESS, Fresh, Place

from vinbatch.run.engines import POOLED, Engine
from vinbatch.run.judging import portions
from vinbatch.wording import packaged_folder

LONG = "X" * 32_000
# What no made-up batch of the start shows: one of this name makes more than any page has, with its rows.
GROWS = "{% if '巨' in report.file and report.bars %}{{ 'x' * 10**12 }}{% endif %}"
WORSE = "{% if '巨' in report.file %}{{ 'x' * 10**12 }}{% endif %}"


@pytest.fixture
def boundless(place: Place, fresh: Fresh) -> Place:
    own_page(place, GROWS)
    vehicles, sets = fresh(3)
    for name, car in zip(("1.xlsx", "巨.xlsx", "3.xlsx"), vehicles, strict=True):
        place.drop(name, place.sheet([car], sets))
    return place


def own_page(place: Place, more: str) -> None:
    folder = place.root / "templates"
    folder.mkdir(exist_ok=True)
    text = (packaged_folder("templates") / "report.html").read_text("utf-8")
    (folder / "report.html").write_text(text.replace("{% block main %}", "{% block main %}" + more), "utf-8")


def page(place: Place, name: str) -> str:
    (path,) = (place.root / "reports").glob(f"*_{name}.html")
    return path.read_text("utf-8")


def untold(place: Place) -> list[str]:
    with place.ledger() as ledger:
        assert ledger.answers.due() == ()
        return [number[-4:] for number in ledger.answers.untold()]


@pytest.mark.parametrize("engine", [IN_PROCESS, POOLED], ids=["here", "by workers"])
def test_it_is_a_plain_one_and_the_other_answers_are_whole(
    boundless: Place, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It stopped every pass, with exit 5, for a template that was right on all others."""
    monkeypatch.setattr(portions, "CHUNK", 1)
    boundless.engine = engine
    with caplog.at_level(logging.ERROR):
        done = boundless.run()
    assert [line.batch[-4:] for line in done.lines] == ["0001", "0002", "0003"]
    assert [(a.batch[-4:], a.failed) for a in sorted(done.answered, key=lambda a: a.batch)] == [
        ("0001", False),
        ("0002", True),
        ("0003", False),
    ]
    assert len(boundless.outbox()) == 3
    assert ["没能生成" in page(boundless, name) for name in ("1", "巨", "3")] == [False, True, False]
    assert len(boundless.reports()) == 3
    assert untold(boundless) == ["0002"]
    assert "templates/report.html" in caplog.text or engine is POOLED
    assert boundless.run().answered == [], "it is not tried again and again"


def test_one_that_an_earlier_pass_left_over_is_too(boundless: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own makes it: the pass before may have died of it."""
    boundless.engine = POOLED
    with monkeypatch.context() as patched:
        patched.setattr("vinbatch.run.answers.answering.Answering.answer", lambda _self, _workers=None: None)
        boundless.run()
    assert boundless.reports() == []
    assert boundless.run().failed == 1
    assert "没能生成" in page(boundless, "巨")
    assert untold(boundless) == ["0002"]


def test_beside_a_file_that_somebody_edited_it_names_the_right_one(boundless: Place) -> None:
    result = boundless.root / "reports" / "TRIAL-20260302-0002_巨.xlsx"
    result.write_bytes(b"a person's own")
    boundless.run()
    assert "TRIAL-20260302-0002_巨-2.xlsx" in page(boundless, "巨")
    assert untold(boundless) == ["0002"]


def test_with_a_template_that_is_mended_it_is_made_anew(boundless: Place) -> None:
    boundless.run()
    (boundless.root / "templates" / "report.html").unlink()
    boundless.run()
    assert "没能生成" not in page(boundless, "巨")
    assert untold(boundless) == []


@pytest.mark.parametrize("engine", [IN_PROCESS, POOLED], ids=["here", "by workers"])
def test_where_not_even_a_plain_one_can_be_made_the_answer_stays_due(
    boundless: Place, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a worker dies of both. The others go on, each time."""
    monkeypatch.setattr(portions, "CHUNK", 1)
    own_page(boundless, WORSE)
    boundless.engine = engine
    done = boundless.run()
    assert (len(done.lines), done.failed) == (3, 1)
    assert boundless.run().failed == 1
    assert sorted(path.name[:21] for path in (boundless.root / "reports").glob("*_[1-9]*.html")) == [
        "TRIAL-20260302-0001_1",
        "TRIAL-20260302-0003_3",
    ]
    own_page(boundless, "")
    assert boundless.run().failed == 0
    assert "没能生成" not in page(boundless, "巨")


def test_the_packaged_page_shows_whatever_was_dropped(place: Place, fresh: Fresh) -> None:
    """Of a value its first 300 characters, which counted as many times its length: 225 cells stopped all."""
    vehicles, sets = fresh(75)
    long = dict.fromkeys(("remarks", "colour", "engine_no"), LONG)
    place.drop("a.xlsx", place.sheet([{**v, **long} for v in vehicles], sets))
    assert [a.failed for a in place.run().answered] == [False]
    told = page(place, "a")
    assert told.count(LONG[:290]) >= 225
    assert LONG[:310] not in told
