"""What programs read of a home that has lived: the published schema of every `--json`, the ledger's views."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from run_place import SETTINGS, Place
from test_passing import edited

from vinbatch import samples
from vinbatch.cli.main import vinbatch
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import home as homes
from vinbatch.effects import making
from vinbatch.model import Return

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
TIME, LATER = "20260302102231500", "20260302112231500"
ONE = samples.MODELS[:1]
CARS = samples.vehicles(6, models=ONE)
ACCEPTED, REJECTED, WAITING, DRAFT, DELETED, HELD = (str(car["vin"]) for car in CARS)
BATCH = "TRIAL-20260302-0001"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One vehicle of each kind, an open change, a deleted draft, a row and a file that were refused."""
    root = tmp_path_factory.mktemp("lived") / "home"
    making.init(root, b"", "")
    (root / "rules" / "settings.toml").write_text(f"site = 'TRIAL'\n{SETTINGS}", "utf-8")
    place = Place(root)
    rows = [*CARS[:3], {**CARS[3], "action": "暂存"}, {**CARS[4], "action": "暂存"}]
    rows += [{**CARS[5], "production_date": "2018.03"}, {"vin": "?"}]
    place.drop("北京/a.xlsx", place.sheet(rows, samples.parameters(ONE)))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of([BATCH])
    told = [Return("120", ACCEPTED, TIME), Return("100", REJECTED, TIME, "CCC证书不符")]
    place.drop("receipts/r.xml", receipt_xml(package.guid, told))
    place.drop("receipts/x.xml", b"<x/>")
    place.run()
    place.drop("b.xlsx", edited(place.result(BATCH), {"操作": "变更暂存", "车身颜色": "红"}))
    place.run()
    place.drop("c.xlsx", b"no workbook")
    place.drop("d.xlsx", place.sheet([{"vin": DELETED, "action": "删除"}]))
    place.run()
    return place


def asked(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    """What a command writes to stdout, as JSON."""
    vinbatch.main(list(args), standalone_mode=False)
    return json.loads(capsys.readouterr().out)


def schema(name: str) -> Draft202012Validator:
    told = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(told)
    strict(told)
    return Draft202012Validator(told, format_checker=Draft202012Validator.FORMAT_CHECKER)


def strict(told: Any) -> None:
    """Published schemas let keys be added, as we promise; those that we write have to be in them."""
    if isinstance(told, dict):
        if "properties" in told:
            assert told.get("additionalProperties") is not False
            told.setdefault("additionalProperties", False)
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            strict(one)


def test_query_json_keeps_its_schema(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "--home", str(lived.root), "query", "--json")
    schema("query").validate(told)
    by_vin = {record["vin"]: record for record in told}
    assert set(by_vin) == {ACCEPTED, REJECTED, WAITING, DRAFT, HELD}
    assert by_vin[ACCEPTED]["pending"] == {"colour": "红"}
    assert by_vin[REJECTED]["receipt"]["info"] == "CCC证书不符"
    assert by_vin[HELD]["held_for"]


@pytest.fixture
def contradicted(tmp_path: Path) -> Place:
    """Customs accepted a vehicle, and rejected it an hour later."""
    root = tmp_path / "contradicted"
    making.init(root, b"", "")
    (root / "rules" / "settings.toml").write_text(f"site = 'TRIAL'\n{SETTINGS}", "utf-8")
    place = Place(root)
    place.drop("a.xlsx", place.sheet(CARS[:2], samples.parameters(ONE)))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of([BATCH])
    for name, one in (
        ("1", Return("120", ACCEPTED, TIME)),
        ("2", Return("100", ACCEPTED, LATER, "=证书不符")),
    ):
        place.drop(f"receipts/{name}.xml", receipt_xml(package.guid, (one,)))
        place.run()
    return place


def test_query_json_tells_answers_that_contradict(
    contradicted: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program saw an accepted vehicle, and nothing of what the tables for people warn of."""
    told = asked(capsys, "--home", str(contradicted.root), "query", "--json")
    schema("query").validate(told)
    found = {record["vin"]: record["contradicted"] for record in told}
    assert found == {
        ACCEPTED: {
            "stands": {"state": "accepted", "code": "120", "time": TIME, "info": ""},
            "other": {"state": "rejected", "code": "100", "time": LATER, "info": "=证书不符"},
        },
        REJECTED: None,
    }


def test_query_csv_tells_answers_that_contradict(contradicted: Place, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    vinbatch.main(["--home", str(contradicted.root), "query", "-o", str(file)], standalone_mode=False)
    rows = {row["车辆识别代号(VIN)"]: row for row in csv.DictReader(file.read_text("utf-8-sig").splitlines())}
    told = {vin: (row["海关回执"][:3], row["海关答复前后不一致"]) for vin, row in rows.items()}
    assert told == {
        ACCEPTED: ("120", "100 海关退单 · 2026-03-02 11:22:31 · =证书不符"),
        REJECTED: ("", ""),
    }


def test_a_contradiction_that_a_person_settled_is_none(
    contradicted: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with contradicted.ledger() as ledger:
        (package,) = ledger.packages.of([BATCH])
    home = ("--home", str(contradicted.root))
    settled = ("--vin", ACCEPTED, "--accepted", "--info", "电话答复")
    vinbatch.main([*home, "receipt", "--guid", package.guid, *settled], standalone_mode=False)
    contradicted.run()
    capsys.readouterr()
    told = asked(capsys, *home, "query", "--json")
    assert [record["contradicted"] for record in told] == [None, None]


def test_an_empty_query_keeps_its_schema(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    told = asked(capsys, "--home", str(lived.root), "query", "--vin", "000000", "--json")
    assert told == []
    schema("query").validate(told)


def test_status_json_keeps_its_schema(
    lived: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a home with troubles, of a fresh one, and of one whose inbox and ledger are gone."""
    told = asked(capsys, "--home", str(lived.root), "status", "--json")
    schema("status").validate(told)
    assert told["set_aside"] == 1
    assert not told["well"]
    fresh = tmp_path / "fresh"
    making.init(fresh, b"", "")
    told = asked(capsys, "--home", str(fresh), "status", "--json")
    schema("status").validate(told)
    assert told["well"]
    gone = tmp_path / "gone"
    shutil.copytree(lived.root, gone)
    (gone / ".vinbatch" / "ledger.db").unlink()
    (gone / "inbox" / homes.SENTINEL).unlink()
    told = asked(capsys, "--home", str(gone), "status", "--json")
    schema("status").validate(told)
    assert len(told["lines"]) >= 2


def test_audit_json_keeps_its_schema(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Also of a vehicle whose draft was deleted."""
    told = asked(capsys, "--home", str(lived.root), "audit", "show", ACCEPTED, DELETED, "--json")
    schema("audit").validate(told)
    kinds = {event["kind"] for event in told}
    assert {"batch", "declared", "deleted", "reply-applied"} <= kinds
    assert any(event.get("diff") for event in told)


def test_check_json_keeps_its_schema(
    lived: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of rows with findings, of a file that is refused, and of parameters alone."""
    files = {
        "a.xlsx": lived.sheet([{**CARS[0], "colour": "绿"}, {"vin": "?"}], samples.parameters(ONE)),
        "b.xlsx": b"no workbook",
        "c.xlsx": lived.sheet([], samples.parameters(ONE)),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    names = [str(tmp_path / name) for name in files]
    told = asked(capsys, "--home", str(lived.root), "check", *names, "--json")
    schema("check").validate(told)
    assert [file["refused"] for file in told["files"]] == [False, True, False]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("query", [{"vin": "short"}]),
        ("status", {"version": 1}),
        ("audit", [{"id": 1}]),
        ("check", {"version": 2, "files": []}),
    ],
)
def test_a_schema_refuses_what_is_none(name: str, told: object) -> None:
    with pytest.raises(ValidationError):
        schema(name).validate(told)


# ── the ledger with SQL ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def db(lived: Place) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{lived.home.ledger.as_uri()}?mode=ro", uri=True)) as opened:
        yield opened


VIEWS = ("batches", "catalogue_latest", "customs_answers", "history", "packages", "vehicles")


def test_the_views_are_those_of_the_document_and_have_no_blobs(db: sqlite3.Connection) -> None:
    found = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1")]
    assert found == list(VIEWS)
    text = (SCHEMAS.parent / "ledger.md").read_text("utf-8")
    for name in VIEWS:
        assert f"| `{name}` |" in text
        rows = db.execute(f"SELECT * FROM {name}").fetchall()
        assert rows
        assert not any(isinstance(value, bytes) for row in rows for value in row)


def test_every_table_is_in_the_document(db: sqlite3.Connection) -> None:
    text = (SCHEMAS.parent / "ledger.md").read_text("utf-8")
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    assert [name for (name,) in rows if f"`{name}`" not in text] == []


def test_the_queries_of_the_document_work(db: sqlite3.Connection) -> None:
    text = (SCHEMAS.parent / "ledger.md").read_text("utf-8")
    block = text.split("```sql\n")[1].split("```")[0]
    rejected, sent, story = (
        db.execute(line.replace("WBA13BJ03MCF12345", ACCEPTED)).fetchall() for line in block.splitlines()
    )
    assert rejected == [(REJECTED, BATCH, "CCC证书不符")]
    assert ("北京", 3) in sent
    assert any(cell for *_, cell in story)


def test_vehicles_tell_where_each_stands(db: sqlite3.Connection) -> None:
    found = {vin: rest for vin, *rest in db.execute("SELECT vin, type, state, held, colour FROM vehicles")}
    assert found[ACCEPTED] == ["change", "draft", 0, "红"]
    assert found[REJECTED][:3] == ["filing", "rejected", 0]
    assert found[WAITING][:3] == ["filing", "declared", 0]
    assert found[HELD][:3] == ["filing", "draft", 1]
    (waiting,) = db.execute("SELECT vin FROM vehicles WHERE waiting_since IS NOT NULL").fetchall()
    assert waiting == (WAITING,)
    (accepted,) = db.execute("SELECT accepted_data ->> '$.colour' FROM vehicles WHERE vin = ?", (ACCEPTED,))
    assert accepted == (CARS[0]["colour"],)


def test_batches_packages_answers_and_catalogue(db: sqlite3.Connection) -> None:
    batches = db.execute(
        "SELECT file, refused, packages, vehicles_sent FROM batches ORDER BY file"
    ).fetchall()
    assert batches == [("a.xlsx", 0, 1, 3), ("b.xlsx", 0, 0, 0), ("c.xlsx", 1, 0, 0), ("d.xlsx", 0, 0, 0)]
    (package,) = db.execute("SELECT batch, type, vehicles, state FROM packages").fetchall()
    assert package == (BATCH, "filing", 3, "published")
    answers = db.execute("SELECT vin, batch, code, state FROM customs_answers ORDER BY code").fetchall()
    assert answers == [(REJECTED, BATCH, "100", "rejected"), (ACCEPTED, BATCH, "120", "accepted")]
    (entry,) = db.execute("SELECT revision, vehicles, vehicles_declared FROM catalogue_latest").fetchall()
    assert entry == (1, 5, 2)


if find_spec("datasette"):  # no dependency of ours; where it is missing there is nothing to skip

    def test_datasette_serves_the_views(lived: Place) -> None:
        command = [sys.executable, "-m", "datasette", str(lived.home.ledger), "--get"]
        for view in VIEWS:
            done = subprocess.run([*command, f"/ledger/{view}.json"], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["rows"]
