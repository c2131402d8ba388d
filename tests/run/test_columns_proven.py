"""Every column of every table: who edits it behind our back is told of it, or the documentation says not."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from run_place import SETTINGS, Place, again

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import guides, making
from vinbatch.errors import AccessError
from vinbatch.model import Return
from vinbatch.ruleset import Ruleset
from vinbatch.run import commands
from vinbatch.run.keeping import backup, restore
from vinbatch.store import audit
from vinbatch.store.ledger import Ledger
from vinbatch.store.verifying import verify_tables
from vinbatch.workbook.form import build

MODELS = samples.MODELS[:3]
TIME = "20260302102231500"
SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def full_life(place: Place, saved: Path) -> None:
    """A ledger with something in every table that an event tells of."""
    vehicles, sets = samples.vehicles(12, models=MODELS[:1]), samples.parameters(MODELS)
    first, *others = sets
    place.drop("a.xlsx", place.sheet(vehicles[:4], [first]))
    place.drop("b.xlsx", place.sheet((), others))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    vins = [str(v["vin"]) for v in vehicles[:4]]
    said = (("120", vins[0], "海关入库"), ("100", vins[1], "退单"), ("1", vins[2], "转人工"))
    place.drop("receipts/r.xml", receipt_xml(package.guid, tuple(Return(c, v, TIME, t) for c, v, t in said)))
    place.run()
    place.drop("receipts/s.xml", receipt_xml(package.guid, (Return("120", vins[1], TIME, "入库"),)))
    place.run()
    number = str(others[0]["structure_no"])
    again(place, 1, {"操作": "变更暂存", "结构参数编号/COC编号": number})
    draft = {**vehicles[4], "structure_no": str(others[1]["structure_no"]), "action": "暂存"}
    place.drop("d.xlsx", place.sheet([draft]))
    place.run()
    place.drop("e.xlsx", place.sheet([{**draft, "action": "删除含结构参数"}]))
    place.run()
    place.drop("f.xlsx", place.sheet([{**vehicles[5], "structure_no": draft["structure_no"]}], others[1:]))
    place.run()
    forget(place, saved, vehicles)


def forget(place: Place, saved: Path, vehicles: list[samples.Cells]) -> None:
    """Two packages more than the backup knows: of one a person has decided."""
    backup(place.home, saved)
    for name, row in (("g.xlsx", vehicles[6]), ("h.xlsx", vehicles[7])):
        place.drop(name, place.sheet([row]))
        place.run()
    place.now += timedelta(hours=1)
    restore(place.home, saved, place.now, "wang")
    with place.ledger() as ledger:
        one, _ = ledger.forgotten.open()
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    commands.release(place.machine(), one.guid, "li", "void", "海关没有收到")
    place.drop("i.xlsx", place.sheet([vehicles[8]]))
    place.run()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset) -> Path:
    root = tmp_path_factory.mktemp("lived") / "home"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    full_life(place := Place(root), root.parent / "saved.db")
    return place.home.ledger


def tables() -> dict[str, list[tuple[str, str]]]:
    """Table → its columns, each with its type."""
    with Ledger.empty() as ledger:
        names = [
            name
            for (name,) in ledger.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]
        return {
            name: [(row[1], row[2]) for row in ledger.db.execute(f"PRAGMA table_info({name})")]
            for name in names
        }


TABLES = tables()
COLUMNS = [(table, column) for table, columns in TABLES.items() for column, _ in columns]
SUMS = {"usage": "live", "tally": "number"}  # where this is 0 the row says nothing


def unproven() -> set[str]:
    """Tables and `table.column`s that the documentation names."""
    section = SECURITY.read_text("utf-8").split("### What no event tells", 1)[1].split("\n#", 1)[0]
    cells = re.findall(r"^\| ([^|]+) \|", section, re.M)
    return {name for cell in cells for name in re.findall("`([a-z_.]+)`", cell)}


UNPROVEN = unproven()


@contextmanager
def copied(ledger: Path) -> Iterator[sqlite3.Connection]:
    """The ledger in memory, without the triggers: who edits it by hand need not have them run."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        with closing(sqlite3.connect(ledger)) as source:
            source.backup(db)
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        yield db


def notices(db: sqlite3.Connection) -> bool:
    try:
        audit.verify(db)
    except AccessError:
        return True
    return any(part.wrong for part in verify_tables(db))


def keys(ledger: Path, table: str) -> list[dict[str, object]]:
    """What finds each row that says something."""
    with closing(sqlite3.connect(ledger)) as db:
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]] or ["rowid"]
        where = f"WHERE {SUMS[table]} <> 0" if table in SUMS else ""
        rows = db.execute(f"SELECT {', '.join(names)} FROM {table} {where} ORDER BY 1").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]


def found_by(key: dict[str, object]) -> tuple[str, tuple[object, ...]]:
    return " AND ".join(f"{name} = ?" for name in key), tuple(key.values())


def edited(table: str, column: str) -> str:
    """What the column is set to."""
    kind = dict(TABLES[table])[column]
    if kind == "INTEGER":
        return f"(SELECT max(id) + 1 FROM {table})" if column == "id" else f"{column} + 100"
    return "x'00'" if kind == "BLOB" else f"'x' || {column}"


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda name: name)
def test_an_edited_column_is_told_or_named_as_not_proven(lived: Path, table: str, column: str) -> None:
    """Whoever adds a column has to decide: is it compared, or does docs/security.md say that it is not?"""
    told = []
    rows = keys(lived, table)
    for key in rows[:1] if column == "id" else rows:
        where, values = found_by(key)
        with copied(lived) as db:
            db.execute(f"UPDATE {table} SET {column} = {edited(table, column)} WHERE {where}", values)
            told.append(notices(db))
    if {table, f"{table}.{column}"} & UNPROVEN:
        assert not told or not all(told), "it is proven, and the documentation says that it is not"
    else:
        assert told, f"nothing in {table}: let the ledger of this test live more"
        assert all(told)


@pytest.mark.parametrize("table", sorted(set(TABLES) - UNPROVEN))
def test_a_row_that_was_taken_out_is_told(lived: Path, table: str) -> None:
    for key in keys(lived, table):
        where, values = found_by(key)
        with copied(lived) as db:
            db.execute(f"DELETE FROM {table} WHERE {where}", values)
            assert notices(db), key


def test_what_is_named_as_not_proven_is_there() -> None:
    assert set(TABLES) | {f"{table}.{column}" for table, column in COLUMNS} >= UNPROVEN


def test_the_ledger_that_nobody_edited_agrees(lived: Path) -> None:
    """Else everything above would be told, whatever was edited."""
    with copied(lived) as db:
        assert not notices(db)
        assert not any(part.partly for part in verify_tables(db))
