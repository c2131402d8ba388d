"""The overview: all batches, how the home is, what happened over time; written where something changed."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser import framed, look, needs_chromium
from run_place import Fresh, Place

from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Return
from vinbatch.store.figures import Figures
from vinbatch.store.ledger import Ledger

HOSTILE = "天津/<img src=x onerror=alert(1)>&\u202e.xlsx"


@pytest.fixture
def often(place: Place) -> Place:
    """A home whose overview is brought up to date with every pass."""
    settings = place.root / "rules" / "settings.toml"
    settings.write_text("refresh_minutes = 0\n" + settings.read_text("utf-8"), "utf-8")
    return place


def index(place: Place) -> str:
    return (place.root / "reports" / "index.html").read_text("utf-8")


def rows(page: str) -> list[str]:
    return re.findall(r'<bdi class="name">(.*?)</bdi>', page)


def answer(place: Place, status: str) -> None:
    with place.ledger() as ledger:
        packages = ledger.db.execute("SELECT guid FROM package").fetchall()
    for guid, *_ in packages:
        place.drop(f"receipts/{guid}.xml", receipt_xml(guid, (Return(status, time="20260302102231500"),)))
    place.run()


def test_an_empty_home_says_what_to_do(often: Place) -> None:
    often.run()
    page = index(often)
    assert "还没有批次" in page
    assert "一切正常" in page


def test_the_first_batch_is_told_at_once_though_an_idle_pass_has_drawn_the_page(
    place: Place, fresh: Fresh
) -> None:
    """From then on, at most every `refresh_minutes`."""
    vehicles, sets = fresh(2)
    place.run()
    assert "还没有批次" in index(place)
    place.now += timedelta(minutes=1)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    assert place.run().refreshed.written == ["register.xlsx", "index.html"]
    assert rows(index(place)) == ["a.xlsx"]
    place.now += timedelta(minutes=1)
    place.drop("b.xlsx", place.sheet(vehicles[1:]))
    assert place.run().refreshed.written == []
    place.now += timedelta(minutes=9)
    assert place.run().refreshed.written == ["register.xlsx", "index.html"]
    assert rows(index(place)) == ["b.xlsx", "a.xlsx"]


def test_batches_come_newest_first_with_verdicts_customs_and_links(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    often.drop("a.xlsx", often.sheet(vehicles[:2], sets))
    often.run()
    often.now += timedelta(hours=1)
    often.drop("上海/b #1.xlsx", often.sheet([vehicles[2], {**vehicles[2], "vin": "?"}]))
    often.run()
    answer(often, "120")
    page = index(often)
    assert rows(page) == ["b #1.xlsx", "a.xlsx"]
    assert page.count(">接收 2</span>") == 1
    assert 'data-department="上海" data-marks="mend"' in page
    for link in re.findall(r'href="\./([^"#]+\.(?:xlsx|html))"', page):
        from urllib.parse import unquote

        assert (often.root / "reports" / unquote(link)).is_file(), link


def test_a_file_that_was_refused_says_why(often: Place) -> None:
    often.drop("bad.xlsx", b"no workbook")
    often.run()
    assert "整份未办理" in index(often)


def test_files_with_refused_rows_are_named_until_they_are_dealt_with(often: Place, fresh: Fresh) -> None:
    """Held rows were named on top, refused ones were not."""
    vehicles, sets = fresh(2)
    wrong = {**vehicles[1], "production_date": "2031.01"}
    often.drop("bad.xlsx", b"no workbook")
    often.drop("a.xlsx", often.sheet([vehicles[0], wrong], sets))
    often.run()
    often.drop("a.xlsx", often.sheet([{**wrong, "colour": "红"}]))
    often.run()
    assert "还没有改好再投：a.xlsx 1 行、bad.xlsx 整份。" in index(often)
    often.drop("twice.xlsx", often.sheet([vehicles[1], vehicles[1]]))
    often.run()
    assert "还没有改好再投：twice.xlsx 2 行、a.xlsx 1 行、" in index(often)
    often.drop("b.xlsx", often.sheet(vehicles[1:]))
    often.run()
    assert "还没有改好再投：bad.xlsx 整份。" in index(often)


def test_a_batch_of_which_all_was_dealt_with_since_says_so(often: Place, fresh: Fresh) -> None:
    """Its 未通过 stood there for ever, beside those that are still to be mended."""
    vehicles, sets = fresh(2)
    wrong = [{**car, "production_date": "2031.01"} for car in vehicles]
    often.drop("a.xlsx", often.sheet(wrong, sets))
    often.drop("bad.csv", b"VIN,1\n")
    often.run()
    often.drop("b.xlsx", often.sheet(vehicles[:1], sets))
    often.run()
    assert "之后已再投或另办" not in index(often)
    often.drop("bad.xlsx", often.sheet(vehicles[1:], sets))
    often.run()
    assert index(often).count("之后已再投或另办</span>") == 2


def test_what_is_wrong_with_parameters_is_counted_once(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    often.drop("a.xlsx", often.sheet(vehicles, [{**sets[0], "kerb_mass": 99999}]))
    often.run()
    with often.ledger() as ledger:
        day = often.now.astimezone(often.home.settings.zone).date()
        assert Figures(ledger).span(day, day).findings == (("NUMBER-RANGE", 1),)


def test_refused_rows_are_named_for_ten_days(often: Place) -> None:
    """One that was mended in a clerk's own file, under another VIN, is not known again."""
    often.drop("bad.xlsx", b"no workbook")
    often.run()
    often.now += timedelta(days=9)
    often.run()
    assert "bad.xlsx 整份" in index(often)
    often.now += timedelta(days=1)
    often.run()
    assert "bad.xlsx 整份" not in index(often)


def test_closed_months_have_pages_that_rest(often: Place, fresh: Fresh) -> None:
    """Their bytes and times stay until one of their own batches changes."""
    vehicles, sets = fresh(3)
    often.drop("march.xlsx", often.sheet(vehicles[:1], sets))
    often.run()
    march = often.root / "reports" / "index-2026-03.html"
    assert not march.exists(), "the running month is on the index"
    often.now = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    often.drop("april.xlsx", often.sheet(vehicles[1:2]))
    often.run()
    assert rows(march.read_text("utf-8")) == ["march.xlsx"]
    assert './index-2026-03.html"' in index(often)
    before = (march.stat().st_mtime_ns, march.read_bytes())
    often.now += timedelta(hours=3)
    often.drop("more.xlsx", often.sheet(vehicles[2:]))
    assert often.run().refreshed.written == ["register.xlsx", "index.html"]
    assert (march.stat().st_mtime_ns, march.read_bytes()) == before
    answer(often, "100")
    assert march.read_bytes() != before[1]
    assert ">退回 1</span>" in march.read_text("utf-8")


def test_the_page_of_a_month_counts_nothing_of_the_next(often: Place, fresh: Fresh) -> None:
    often.drop("march.xlsx", often.sheet(*fresh(1)))
    often.run()
    often.now = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    often.drop("april.xlsx", b"no workbook")
    (outcome,) = often.run().outcomes
    (found,) = outcome.findings
    assert found.code in index(often)
    answer(often, "100")  # March's page is drawn anew
    assert found.code not in (often.root / "reports" / "index-2026-03.html").read_text("utf-8")


def test_the_index_shows_the_newest_also_on_the_first_of_a_month(often: Place, fresh: Fresh) -> None:
    often.drop("march.xlsx", often.sheet(*fresh(1)))
    often.run()
    often.now = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)  # the first of April in Shanghai
    often.run()
    assert rows(index(often)) == ["march.xlsx"]


def test_a_page_without_news_is_written_every_hour_and_no_sooner(often: Place) -> None:
    often.run()
    often.now += timedelta(minutes=59)
    assert often.run().refreshed.written == []
    often.now += timedelta(minutes=1)
    assert often.run().refreshed.written == ["index.html"]


def test_what_happens_to_the_folder_is_news(often: Place) -> None:
    often.run()
    often.drop("receipts/x.xml", b"<no receipt/>")
    often.run()
    assert often.run().refreshed.written == []
    assert "见 reports/set-aside 里同名的 .txt" in index(often)
    assert str(often.root) not in index(often), "who sees the home as a share has no such folder"


def test_overdue_answers_are_told(often: Place, fresh: Fresh) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(2)))
    often.run()
    often.now += timedelta(days=4)
    often.run()
    assert "逾期未答复 2" in index(often)
    assert 'data-marks="waiting overdue"' in index(often)


def test_figures_are_what_the_outcomes_say(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(4)
    often.drop("a.xlsx", often.sheet([*vehicles[:3], {**vehicles[3], "vin": "?"}], sets))
    often.run()
    often.now += timedelta(hours=5)
    answer(often, "120")
    with often.ledger() as ledger:
        (month,) = Figures(ledger).months()
        assert (month.batches, month.declared, month.accepted, month.to_mend) == (1, 3, 3, 1)
        day = often.now.astimezone(often.home.settings.zone).date()
        (told,) = Figures(ledger).span(day, day).days
        assert (told.accepted, told.rejected, told.seconds) == (3, 0, 5 * 3600)


def test_batches_of_before_the_sums_were_kept_are_counted(often: Place, fresh: Fresh) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(2)))
    often.run()
    with Ledger.open(often.home.ledger) as ledger:
        ledger.db.execute("DELETE FROM verdict_count")
        ledger.db.execute("UPDATE line SET counted = 0")
    often.run()
    assert "已申报 2</span>" in index(often)


def test_a_page_that_is_not_ours_stays(often: Place) -> None:
    mine = often.root / "reports" / "index.html"
    mine.write_text("<p>mine</p>", "utf-8")
    often.run()
    assert mine.read_text("utf-8") == "<p>mine</p>"
    assert (often.root / "reports" / "index-2.html").is_file()


def test_a_page_of_ours_is_replaced_although_the_ledger_forgot_it(often: Place, fresh: Fresh) -> None:
    """As after a restore."""
    often.run()
    with Ledger.open(often.home.ledger) as ledger:
        ledger.db.execute("DELETE FROM refreshed")
    often.drop("a.xlsx", often.sheet(*fresh(1)))
    often.run()
    assert rows(index(often)) == ["a.xlsx"]
    assert not (often.root / "reports" / "index-2.html").exists()


def test_english_by_setting(often: Place, fresh: Fresh) -> None:
    settings = often.root / "rules" / "settings.toml"
    settings.write_text('language = "en"\n' + settings.read_text("utf-8"), "utf-8")
    often.drop("a.xlsx", often.sheet(*fresh(1)))
    often.run()
    page = index(often)
    assert '<html lang="en">' in page
    assert "Vehicles of each day" in page


@pytest.fixture
def hostile(often: Place, fresh: Fresh) -> Path:
    vehicles, sets = fresh(3)
    often.drop(HOSTILE, often.sheet(vehicles[:1], sets))
    often.drop("上海/二月.xlsx", often.sheet([{**vehicles[1], "vin": "?"}]))
    often.drop("c.xlsx", often.sheet(vehicles[2:]))
    often.run()
    answer(often, "120")
    return often.root / "reports" / "index.html"


def test_hostile_names_are_inert(hostile: Path) -> None:
    page = hostile.read_text("utf-8")
    assert "<img" not in page
    assert "\u202e" not in page


@needs_chromium
def test_a_browser_finds_nothing_to_complain_of(hostile: Path) -> None:
    seen = look(hostile, "--dump-dom")
    assert seen.console == []
    assert seen.requests == []
    ((one,), _) = framed((hostile, 360))
    assert one.fits


@needs_chromium
def test_the_search_hides_rows_and_says_how_many_it_found(hostile: Path) -> None:
    """With the words typed by a script that the test adds, under the page's own policy."""
    page = hostile.read_text("utf-8")
    typed = (
        "<script>onload=function(){var f=document.getElementById('find');f.elements.words.value='二月 上海';"
        "f.dispatchEvent(new Event('input'));document.querySelectorAll('tr[data-marks]').forEach("
        "function(r){r.setAttribute('data-seen',getComputedStyle(r).display)});}</script>"
    )
    page = page.replace("script-src ", "script-src 'unsafe-inline' ").replace("</body>", f"{typed}</body>")
    page = re.sub(r" 'sha256-[^']+'", "", page)
    hostile.write_text(page, "utf-8")
    out = look(hostile, "--dump-dom").out
    told = re.findall(r"<tr data-department=\"([^\"]*)\"[^>]*? data-seen=\"([^\"]*)\"", out)
    assert sorted(told) == [("", "none"), ("上海", "table-row"), ("天津", "none")]
    assert "显示 1 / 3 批" in out


@needs_chromium
def test_without_script_every_row_is_there_and_no_form(hostile: Path) -> None:
    page = hostile.read_text("utf-8")
    hostile.write_text(re.sub(r"<script>.*?</script>", "", page, flags=re.S), "utf-8")
    out = look(hostile, "--dump-dom").out
    assert len(re.findall(r"<tr data-department", out)) == 3
    assert re.search(r'<form id="find"[^>]* hidden', out)


@needs_chromium
def test_a_page_that_was_not_refreshed_says_so(hostile: Path) -> None:
    out = look(hostile, "--dump-dom").out
    assert re.search(r'id="old"[^>]*>', out)
    assert " hidden" not in re.findall(r'<p class="lead refused"[^>]*>', out)[0], "it is of 2026-03"
    fresh = re.sub(r'data-stamp="\d+"', f'data-stamp="{int(time.time())}"', hostile.read_text("utf-8"))
    hostile.write_text(fresh, "utf-8")
    assert " hidden" in re.findall(r'<p class="lead refused"[^>]*>', look(hostile, "--dump-dom").out)[0]
