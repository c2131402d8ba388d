"""The report in HTML lies beside every result workbook, and never over a person's copy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from run_place import Fresh, Place

from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import reports as effects
from vinbatch.effects.home import Home
from vinbatch.errors import RulesError
from vinbatch.model import Return
from vinbatch.run.answers import answering, telling


class KilledError(BaseException):
    """As if the process ended here."""


def page_of(place: Place, batch: str) -> Path:
    (path,) = (place.root / "reports").glob(f"{batch}_*.html")
    return path


def facts_of(path: Path) -> list[tuple[str, str]]:
    """Label and text of the first sheet."""
    sheet = openpyxl.load_workbook(path)["结果汇总"]
    return [(str(row[1].value), str(row[2].value)) for row in sheet.iter_rows() if len(row) > 2]


def worked(place: Place, fresh: Fresh, name: str = "a.xlsx") -> str:
    place.drop(name, place.sheet(*fresh(2)))
    return place.run().outcomes[0].batch


def answer(place: Place, batch: str, status: str = "120") -> None:
    with place.ledger() as ledger:
        (package,) = ledger.packages.of([batch])
    folder = place.root / "inbox" / "receipts"
    folder.mkdir(exist_ok=True)
    (folder / f"{status}.xml").write_bytes(
        receipt_xml(package.guid, (Return(status, "", "20260303102231500"),))
    )


def test_a_report_lies_beside_its_result_and_is_in_the_ledger(place: Place, fresh: Fresh) -> None:
    batch = worked(place, fresh)
    path = page_of(place, batch)
    assert path.stem == Path(place.reports()[0]).stem
    with place.ledger() as ledger:
        assert ledger.placing.ours(path.name) == (hashlib.sha256(path.read_bytes()).hexdigest(),)
        assert ledger.answers.due() == ()


def test_its_links_lead_to_files(place: Place, fresh: Fresh) -> None:
    path = page_of(place, worked(place, fresh, "三月 100%#?.xlsx"))
    links = re.findall(r'href="\./([^"]+)"', path.read_text("utf-8"))
    assert len(links) == 2
    for link in links:
        assert (path.parent / unquote(link)).is_file()


def test_a_refused_file_gets_one_too(place: Place) -> None:
    place.drop("a.xlsx", b"no workbook at all")
    batch = place.run().outcomes[0].batch
    assert "lead refused" in page_of(place, batch).read_text("utf-8")


def test_a_receipt_refreshes_it_in_place(place: Place, fresh: Fresh) -> None:
    batch = worked(place, fresh)
    before = page_of(place, batch).read_bytes()
    answer(place, batch)
    place.run()
    after = page_of(place, batch).read_bytes()
    assert before != after
    assert "120.xml · 海关接收成功 2" in after.decode()


def test_an_edited_one_is_never_overwritten(place: Place, fresh: Fresh) -> None:
    batch = worked(place, fresh)
    path = page_of(place, batch)
    path.write_bytes(b"a person's own")
    answer(place, batch)
    assert [a.page for a in place.run().answered] == [f"{batch}_a-2.html"]
    assert path.read_bytes() == b"a person's own"


def test_it_names_the_result_where_it_lies(place: Place, fresh: Fresh) -> None:
    batch = worked(place, fresh)
    (place.root / "reports" / f"{batch}_a.xlsx").write_bytes(b"a person's own")
    answer(place, batch)
    place.run()
    page = page_of(place, batch).read_text("utf-8")
    assert f'href="./{batch}_a-2.xlsx"' in page
    why = f"{batch}_a.xlsx 打开着或被人改动过，没有覆盖；这一批以本份为准"
    assert why in page
    assert ("为何另存", why) in facts_of(place.root / "reports" / f"{batch}_a-2.xlsx")


def test_it_says_why_it_lies_beside_as_long_as_it_does(place: Place, fresh: Fresh) -> None:
    """Closed again, the first name gets the next answer, and that has nothing to explain."""
    batch = worked(place, fresh)
    path = place.root / "reports" / f"{batch}_a.xlsx"
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(b"\x04Anna")
    answer(place, batch, "2")
    place.run()
    assert "为何另存" in dict(facts_of(path.with_name(f"{batch}_a-2.xlsx")))
    owner.unlink()
    answer(place, batch)
    place.run()
    assert "为何另存" not in dict(facts_of(path))


@pytest.mark.parametrize("calls", [1, 2])
def test_what_a_kill_left_unrecorded_is_replaced_and_nothing_lies_beside_it(
    calls: int, place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the workbook was put, or after the report was: then customs answers, and both change."""
    real, left, batch = effects.put_new, [calls], "TRIAL-20260302-0001"

    def put_new(home: Home, files: Mapping[str, bytes]) -> set[str]:
        done = real(home, files)
        left[0] -= 1
        if not left[0]:
            raise KilledError
        return done

    place.drop("a.xlsx", place.sheet(*fresh(2)))
    with monkeypatch.context() as patched:
        patched.setattr("vinbatch.run.answers.telling.reports.put_new", put_new)
        with pytest.raises(KilledError):
            place.run()
    assert len(list((place.root / "reports").glob(f"{batch}_*"))) == calls
    place.now += timedelta(minutes=1)
    answer(place, batch)
    place.run()
    names = sorted(p.name for p in (place.root / "reports").glob(f"{batch}_*"))
    assert names == [f"{batch}_a.html", f"{batch}_a.xlsx"]
    assert "海关接收成功 2" in page_of(place, batch).read_text("utf-8")


@pytest.mark.parametrize("name", ["report.html", "overview.html", "frame.html", "parts.html", "page.css"])
def test_a_broken_template_stops_the_pass_before_anything_is_taken(
    name: str, place: Place, fresh: Fresh
) -> None:
    template = place.root / "templates" / name
    template.write_text("\n{{ nothing_of_the_kind }}", "utf-8")
    dropped = place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(RulesError, match=name.replace(".", r"\.")) as stopped:
        place.run()
    assert stopped.value.exit_code == 5
    assert dropped.exists()
    template.unlink()
    assert place.run().outcomes[0].batch == "TRIAL-20260302-0001"


def test_a_home_may_show_its_own_page(place: Place, fresh: Fresh) -> None:
    (place.root / "templates" / "report.html").write_text(
        '{% extends "frame.html" %}{% block main %}<h1>{{ report.batch }}!</h1>{% endblock %}', "utf-8"
    )
    batch = worked(place, fresh)
    assert f"<h1>{batch}!</h1>" in page_of(place, batch).read_text("utf-8")


@pytest.mark.parametrize(("most", "groups"), [(2**22, [3]), (1, [1, 1, 1])])
def test_heavy_answers_are_not_made_together(
    most: int, groups: list[int], place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in memory at once is bounded by what the ledger keeps of the batches."""
    made: list[int] = []
    put = telling.Teller.put
    monkeypatch.setattr(answering, "_TOGETHER", most)
    monkeypatch.setattr(telling.Teller, "put", lambda self, some: made.append(len(some)) or put(self, some))
    for name in ("a", "b", "c"):
        place.drop(f"{name}.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert made == groups
