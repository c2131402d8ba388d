"""The very bytes of a vehicle: handed out as they came and went, and known again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from run_place import Audit, Place, new_place, some

from vinbatch.cli import kept
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects.archive import Archive
from vinbatch.model import Kept, Return
from vinbatch.ruleset import Ruleset

TIME = "20260302102231500"
BATCH = "TRIAL-20260302-0001"


@pytest.fixture(scope="module")
def once_sent(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """One declared out of a workbook, and accepted; another in a workbook of its own."""
    place = new_place(tmp_path_factory.mktemp("sent") / "home", ruleset, empty_ledger)
    (first, second), sets = some(2)
    place.drop("三月.xlsx", place.sheet([first], sets))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of([BATCH])
    place.drop(
        "receipts/r.xml", receipt_xml(package.guid, [Return("120", str(first["vin"]), TIME, "海关入库")])
    )
    place.run()
    place.drop("other.xlsx", place.sheet([second], sets))
    place.run()
    return place


@pytest.fixture
def sent(once_sent: Place, tmp_path: Path) -> Place:
    return once_sent.copied(tmp_path / "home")


def vin() -> str:
    return str(some(2)[0][0]["vin"])


@pytest.mark.parametrize("name", [vin(), BATCH])
def test_all_that_came_in_and_went_out_is_handed_out_and_nothing_else(
    sent: Place, audit: Audit, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "out"
    assert audit(sent, "files", name, "-o", str(folder))[0] == 0
    kinds = sorted(path.name.split("_")[1] for path in folder.glob("TRIAL*"))
    assert kinds == ["package", "receipt", "result", "result", "source"]
    assert all(path.name.startswith(BATCH) for path in folder.glob("TRIAL*"))
    (package,) = folder.glob("*_package_*")
    assert package.read_bytes() == (sent.root / "outbox" / f"{BATCH}-filing.zip").read_bytes()


def test_the_sums_are_those_of_the_files_and_of_the_chain(sent: Place, audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    audit(sent, "files", vin(), "-o", str(folder))
    sums = dict(
        reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    )
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("TRIAL*")
    }
    with sent.ledger() as ledger:
        told = {e.body.get("receipt", e.body.get("digest")) for e in ledger.queries.story(vin())} - {None}
    assert told <= set(sums.values())


def test_where_one_was_changed_the_others_are_handed_out_and_it_is_told(
    sent: Place, audit: Audit, tmp_path: Path
) -> None:
    with sent.ledger() as ledger:
        ((digest,),) = ledger.db.execute("SELECT digest FROM receipt").fetchall()
    path = sent.home.archive / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(b"<VinReceipt/>")
    folder = tmp_path / "out"
    code, _, err = audit(sent, "files", vin(), "-o", str(folder))
    assert (code, digest in err) == (6, True)
    assert sorted(p.name.split("_")[1] for p in folder.glob("TRIAL*")) == [
        "package",
        "result",
        "result",
        "source",
    ]


def test_the_package_that_the_gateway_shows_is_known_by_its_bytes(
    sent: Place, audit: Audit, tmp_path: Path
) -> None:
    shown = tmp_path / "from-the-gateway.zip"
    shown.write_bytes((sent.root / "outbox" / f"{BATCH}-filing.zip").read_bytes())
    code, out, _ = audit(sent, "find", str(shown))
    assert (code, "申报报文" in out, f"{BATCH}-filing.zip" in out) == (0, True, True)


def test_a_result_that_somebody_edited_is_none_of_ours(sent: Place, audit: Audit, tmp_path: Path) -> None:
    """`audit verify` reads nothing in reports/, where clerks may write."""
    shown = tmp_path / "r.xlsx"
    shown.write_bytes(sent.result(BATCH) + b" ")
    code, _, err = audit(sent, "find", str(shown))
    assert code == 2
    assert "至少有一个字节不同" in err


def test_the_same_bytes_under_two_names_are_told_with_both(sent: Place, audit: Audit) -> None:
    with sent.ledger() as ledger:
        digest = ledger.queries.batch_events(BATCH)[0].body["digest"]
    data = Archive(sent.home.archive).get(digest)
    sent.drop("again.xlsx", data)
    sent.run()
    shown = sent.root.parent / "shown.xlsx"
    shown.write_bytes(data)
    _, out, _ = audit(sent, "find", str(shown))
    assert ("三月.xlsx" in out, "again.xlsx" in out) == (True, True)


@pytest.mark.parametrize("name", ["TRIAL-20260302-0099", "WBA13BJ03MCF12345"])
def test_what_is_unknown_is_a_slip(sent: Place, audit: Audit, name: str) -> None:
    assert audit(sent, "files", name)[0] == 2


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("三月.xlsx", "三月.xlsx"),
        ("../../三月.XML", "三月.XML"),
        (f"{'车' * 84}.xlsx", f"{'车' * 33}.xlsx"),
        ("a\u202egpj.xlsx", "a-gpj.xlsx"),
        ("a.x\\y", "a"),
        ("a.b:c", "a"),
        ("a.xlsx ", "a"),
    ],
)
def test_a_name_of_others_makes_one_that_every_disk_takes(name: str, ending: str) -> None:
    found = Kept("B", "source", name, "0123456789", datetime(2026, 3, 2, tzinfo=UTC))
    assert kept.name_of(found) == f"B_source_01234567_{ending}"
