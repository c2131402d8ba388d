"""An answer is the same bytes wherever it is made: in the pass, ahead by workers, or apart after a death."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook
from run_place import Place, new_place, shown, some

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Return
from vinbatch.ruleset import Ruleset
from vinbatch.run.answers.answering import Answering
from vinbatch.run.engines import POOLED
from vinbatch.wording import packaged_folder

KEPT = ("TRIAL-20260302-0003_endless.xlsx", "TRIAL-20260302-0004_kept.xlsx")
# What no made-up batch of the start shows: the report of this file has no end, but for a plain one.
GROWS = "{% if report.file == 'endless.xlsx' and report.bars %}{{ 'x' * 10**12 }}{% endif %}"


def query(*rows: tuple[str, str]) -> bytes:
    """A workbook with a sheet of queries alone: heading and what stands below it."""
    book = Workbook()
    book.active.title = "查询"
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """A home that customs answered once, with a workbook of each kind in its inbox.

    What is asked for takes three files; where the results of two are to lie, a person keeps his own; one of
    these has a report without end.
    """
    at = new_place(tmp_path_factory.mktemp("ways") / "home", ruleset, empty_ledger)
    settings = at.root / "rules" / "settings.toml"
    settings.write_text(f"{settings.read_text('utf-8')}[limits]\npart = 1\n", "utf-8")
    page = (packaged_folder("templates") / "report.html").read_text("utf-8")
    (at.root / "templates" / "report.html").write_text(
        page.replace("{% block main %}", "{% block main %}" + GROWS), "utf-8"
    )
    at.drop("filed.xlsx", at.sheet(*some(3)))
    at.run()
    with at.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    at.drop("receipts/1.xml", receipt_xml(package.guid, (Return("120", time="20260302102231500"),)))
    at.run()
    at.drop("bad.xlsx", b"PK\x03\x04" + b"\0" * 400)
    at.drop("endless.xlsx", at.sheet(samples.vehicles(2, seed=9), samples.parameters()))
    at.drop("kept.xlsx", at.sheet(samples.vehicles(2, seed=7), samples.parameters()))
    at.drop(
        "mixed.xlsx", at.sheet(*samples.with_mistakes(samples.vehicles(12, seed=5), samples.parameters()))
    )
    at.drop("query.xlsx", query(("申报类型", "当前状态"), ("备案", "海关接收成功")))
    for name in KEPT:
        (at.root / "reports" / name).write_bytes(b"a person's own")
    return at


@pytest.fixture(scope="module")
def here(waiting: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a pass in one process leaves."""
    at = waiting.copied(tmp_path_factory.mktemp("here") / "home")
    at.run()
    return shown(at.root)


@pytest.fixture(params=["ahead", "apart"])
def elsewhere(
    request: pytest.FixtureRequest, waiting: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """What other processes leave of it: workers of the pass, or those of the next one, as after a death."""
    at = waiting.copied(tmp_path / "home")
    at.engine = POOLED
    if request.param == "apart":
        with monkeypatch.context() as patched:
            patched.setattr(Answering, "answer", lambda _self, _workers=None: None)
            at.run()
        with at.ledger() as ledger:
            assert len(ledger.answers.due()) == 5
    at.run()
    return shown(at.root)


def test_all_files_of_all_answers_are_the_same_bytes(
    here: dict[str, bytes], elsewhere: dict[str, bytes]
) -> None:
    assert here.keys() == elsewhere.keys()
    assert [name for name in here if here[name] != elsewhere[name]] == []


def test_there_is_one_of_each_kind(here: dict[str, bytes]) -> None:
    """Or the other claim would be of less than it says."""
    names = [Path(name).name for name in here if name.startswith("reports/TRIAL")]
    assert sorted(name[15:] for name in names if not name.startswith("TRIAL-20260302-0001")) == [
        "0002_bad.html",
        "0002_bad.xlsx",
        "0003_endless-2.xlsx",
        "0003_endless.html",
        "0003_endless.xlsx",
        "0004_kept-2.xlsx",
        "0004_kept.html",
        "0004_kept.xlsx",
        "0005_mixed.html",
        "0005_mixed.xlsx",
        "0006_query.html",
        "0006_query.xlsx",
        *(f"0006_备案-海关接收成功-查询结果_{part}.xlsx" for part in (1, 2, 3)),
    ]
    assert "没能生成" in here["reports/TRIAL-20260302-0003_endless.html"].decode()
