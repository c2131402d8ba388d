"""What stands beside the events is proved by them: what was changed behind our back is named."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from unicodedata import east_asian_width

import pytest
from run_place import Audit, Fresh, Place, new_place, some

from vinbatch.cli.detail import tell_happened
from vinbatch.cli.main import main
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Forgotten, Return, Type
from vinbatch.report.history import Happened
from vinbatch.ruleset import Ruleset
from vinbatch.run import commands
from vinbatch.run.keeping import backup, restore
from vinbatch.run.verifying import unknown_head, verify_beside, verify_outbox
from vinbatch.store import audit, looking, verifying, verifying_vehicles
from vinbatch.store.ledger import Ledger
from vinbatch.store.queries import Queries

TIME = "20260302102231500"


@pytest.fixture(scope="module")
def once_lived(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """Two declared and answered; a draft that was deleted, and one that stands."""
    place = new_place(tmp_path_factory.mktemp("lived") / "home", ruleset, empty_ledger)
    vehicles, sets = some(4)
    place.drop("a.xlsx", place.sheet(vehicles[:2], sets))
    drafts = [{**v, "action": "暂存"} for v in vehicles[2:]]
    place.drop("b.xlsx", place.sheet(drafts, sets))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    one, two = (str(v["vin"]) for v in vehicles[:2])
    accepted = Return("120", one, TIME, "海关入库"), Return("1", two, TIME, "转人工")
    place.drop("receipts/r.xml", receipt_xml(package.guid, accepted))
    place.run()
    place.drop("c.xlsx", place.sheet([{**vehicles[2], "action": "删除"}], ()))
    place.run()
    return place


@pytest.fixture
def lived(once_lived: Place, tmp_path: Path) -> Place:
    return once_lived.copied(tmp_path / "home")


def wrong(place: Place, *, files: bool = True) -> dict[str, list[str]]:
    """Part → what is wrong with it."""
    with place.ledger() as ledger:
        found = list(verify_beside(ledger, place.home, files=files))
    assert not any(part.partly for part in found)
    return {part.name: [one.how for one in part.wrong] for part in found if part.wrong}


def test_a_home_that_nobody_touched_agrees_in_every_part(lived: Place) -> None:
    with lived.ledger() as ledger:
        found = {p.name: (p.count, p.wrong + p.added) for p in verify_beside(ledger, lived.home, files=True)}
    assert found == {
        "schema": (found["schema"][0], []),
        "records": (3, []),
        "replies": (2, []),
        "entries": (1, []),
        "packages": (1, []),
        "batches": (3, []),
        "receipts": (1, []),
        "forgotten": (0, []),
        "answers": (5, []),
        "sums": (8, []),
        "archive": (found["archive"][0], []),
        "rules": (1, []),
        "outbox": (1, []),
    }
    assert found["archive"][0] >= 3 + 1 + 1 + 3


@pytest.fixture
def doubted(place: Place, fresh: Fresh) -> str:
    """The guid of a package in doubt."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    with Ledger.open(place.home.ledger) as ledger:
        ((guid,),) = ledger.db.execute("SELECT guid FROM package").fetchall()
        ledger.packages.doubt(guid, "power", place.now)
    return str(guid)


def test_a_package_in_doubt_that_customs_answers_to_was_sent_and_the_events_say_so(
    place: Place, doubted: str
) -> None:
    place.drop("receipts/r.xml", receipt_xml(doubted, (Return("120", time=TIME),)))
    place.run()
    with place.ledger() as ledger:
        assert ledger.packages.get(doubted).state == "published"
    assert wrong(place) == {}


def test_why_a_package_in_doubt_was_released_is_told_and_agrees_with_the_events(
    place: Place, doubted: str, audit: Audit
) -> None:
    """It was asked for, and kept nowhere."""
    commands.release(place.machine(), doubted, "li", "send", "网关重名文件已移走")
    _, told, _ = audit(place, "list", "--what", "decided")
    assert "网关重名文件已移走" in told
    assert wrong(place) == {}


RECOLOURED = 'UPDATE record SET body = replace(body, \'"engine_no":"B48\', \'"engine_no":"X48\')'
SMUGGLED = """INSERT INTO record (id, vin, version, type, state, batch, structure_no, certificate, live, firm,
held, department, updated, body) SELECT 999, 'WBA13BJ05MCF99999', version, type, state, batch, structure_no,
certificate, live, firm, held, department, updated, body FROM record WHERE state = 'draft'"""
SWAPPED = """UPDATE batch SET outcome = (SELECT outcome FROM batch WHERE number LIKE '%-0002')
WHERE number LIKE '%-0001'"""
CUT = "UPDATE entry SET body = replace(body, '\"revision\":1', '\"revision\":2')"
TAMPERED: Sequence[tuple[str, dict[str, list[str]]]] = [
    (f"{RECOLOURED} WHERE state = 'accepted'", {"records": ["changed"]}),
    ("UPDATE record SET state = 'rejected' WHERE state = 'accepted'", {"records": ["changed"]}),
    ("UPDATE record SET department = 'x' WHERE state = 'draft'", {"records": ["changed"]}),
    ("DELETE FROM record WHERE state = 'accepted'", {"records": ["missing"]}),
    (SMUGGLED, {"records": ["stranger"]}),
    ("DELETE FROM reply WHERE status = '120'", {"replies": ["missing"], "sums": ["miscounted"]}),
    ("UPDATE reply SET info = 'x' WHERE status = '120'", {"replies": ["changed", "missing"]}),
    ("DELETE FROM receipt", {"receipts": ["missing"]}),
    ("UPDATE package SET digest = replace(digest, substr(digest, 1, 1), 'x')", {"packages": ["changed"]}),
    ("UPDATE package SET state = 'doubt'", {"packages": ["changed"]}),
    ("DELETE FROM package", {"packages": ["missing"], "sums": ["miscounted"]}),
    (CUT, {"entries": ["changed"]}),
    ("DELETE FROM entry", {"entries": ["missing"]}),
    ("UPDATE batch SET source_digest = 'x' WHERE number LIKE '%-0001'", {"batches": ["changed"]}),
    (SWAPPED, {"batches": ["changed"]}),
    ("DELETE FROM batch WHERE number LIKE '%-0001'", {"batches": ["missing"], "sums": ["miscounted"]}),
    ("UPDATE batch SET owner = 'x', department = 'y' WHERE number LIKE '%-0001'", {"batches": ["changed"]}),
    ("UPDATE counter SET last = last - 1", {"sums": ["miscounted"]}),
    ("DELETE FROM counter", {"sums": ["miscounted"]}),
    ("DELETE FROM shelf", {"entries": ["missing"]}),
    ("INSERT INTO shelf VALUES ('S-9', 1, 1)", {"entries": ["stranger"]}),
    ("INSERT INTO beside VALUES ('S-9', 'V', 'C')", {"records": ["stranger"]}),
    ("INSERT INTO forgotten_vin VALUES ('V', 'G')", {"forgotten": ["stranger"]}),
    ("DELETE FROM answer WHERE id = (SELECT min(id) FROM answer)", {"answers": ["gone"]}),
    ("DELETE FROM answer WHERE id = (SELECT max(id) FROM answer)", {"answers": ["gone"]}),
    ("DELETE FROM answer", {"answers": ["gone"] * 3}),
    ("UPDATE answer SET digest = 'x' WHERE id = (SELECT max(id) FROM answer)", {"answers": ["gone"]}),
]


@pytest.mark.parametrize(("statement", "due"), TAMPERED, ids=range(len(TAMPERED)))
def test_what_was_changed_in_the_ledger_is_named(
    lived: Place, statement: str, due: dict[str, list[str]]
) -> None:
    db = sqlite3.connect(lived.home.ledger)
    assert db.execute(statement).rowcount > 0
    db.commit()
    db.close()
    assert wrong(lived, files=False) == due


def test_an_answer_of_customs_that_is_gone_is_named_by_its_vehicle_and_its_event(lived: Place) -> None:
    """There was only said how many they are; `audit show` numbers the events of a vehicle."""
    db = sqlite3.connect(lived.home.ledger)
    (vin, guid) = db.execute("SELECT vin, guid FROM reply WHERE status = '120'").fetchone()
    db.execute("DELETE FROM reply WHERE status = '120'")
    db.commit()
    db.close()
    with lived.ledger() as ledger:
        (event,) = [e for e in ledger.queries.history(vin) if e.body["kind"].startswith("reply")]
        parts = {part.name: part.wrong for part in verify_beside(ledger, lived.home, files=False)}
    assert [one.what for one in parts["replies"]] == [f"{vin} {guid} · event {event.id}"]


@pytest.mark.parametrize(
    ("statement", "part", "what"),
    [
        ("INSERT INTO forgotten_vin VALUES ('V', 'G')", "forgotten", "V G"),
        ("DELETE FROM counter", "sums", "counter TRIAL-20260302"),
    ],
)
def test_what_has_no_row_of_its_own_is_named_by_its_keys(
    lived: Place, statement: str, part: str, what: str
) -> None:
    db = sqlite3.connect(lived.home.ledger)
    db.execute(statement)
    db.commit()
    db.close()
    with lived.ledger() as ledger:
        parts = {part.name: part.wrong for part in verify_beside(ledger, lived.home, files=False)}
    assert [one.what for one in parts[part]] == [what]


REWRITTEN = """
DROP VIEW batches; CREATE VIEW batches AS SELECT number, 'accepted' AS state FROM batch;
DROP TRIGGER event_is_kept; DROP TRIGGER event_stands; DROP INDEX record_tail;
CREATE TRIGGER swapped AFTER INSERT ON package BEGIN UPDATE package SET digest = 'x'; END;
CREATE TRIGGER _sqlite_migrations_x AFTER INSERT ON _sqlite_migrations BEGIN DELETE FROM mail; END;
CREATE VIEW mine AS SELECT 1; CREATE INDEX mine_too ON batch(taken);
"""


def test_what_was_changed_in_the_schema_is_named(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    db = sqlite3.connect(lived.home.ledger)
    db.executescript(REWRITTEN)
    db.close()
    with lived.ledger() as ledger:
        (schema,) = (p for p in verify_beside(ledger, lived.home, files=False) if p.wrong)
    assert [(one.how, one.what) for one in schema.wrong] == [
        ("dropped", "index record_tail"),
        ("dropped", "trigger event_is_kept"),
        ("dropped", "trigger event_stands"),
        ("rewritten", "view batches"),
        ("foreign", "trigger _sqlite_migrations_x"),
        ("foreign", "trigger swapped"),
    ]
    with pytest.raises(SystemExit, match="6"):
        main(["--home", str(lived.root), "audit", "verify", "--no-files"])
    assert "view mine：不是程序建立的" in capsys.readouterr().out


def test_a_view_and_an_index_of_somebody_are_no_difference(lived: Place) -> None:
    db = sqlite3.connect(lived.home.ledger)
    db.executescript("ANALYZE; CREATE TABLE own (x); CREATE VIEW mine AS SELECT x FROM own;")
    db.close()
    assert wrong(lived) == {}


def test_an_event_that_changes_no_record_is_no_deletion(lived: Place) -> None:
    """A restore tells of vehicles that it found declared."""
    lost = Forgotten("G", "TRIAL-20260302-0009", Type.FILING, "x.zip", "d", 3, lived.now)
    with Ledger.open(lived.home.ledger) as ledger:
        ledger.forgotten.add(
            [(lost, [vin for (vin,) in ledger.db.execute("SELECT vin FROM record")])], lived.now
        )
    assert wrong(lived) == {}


def test_the_columns_that_differ_are_named(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    db = sqlite3.connect(lived.home.ledger)
    db.execute("UPDATE batch SET owner = 'x', department = 'y' WHERE number LIKE '%-0001'")
    db.commit()
    db.close()
    with pytest.raises(SystemExit):
        main(["--home", str(lived.root), "audit", "verify", "--no-files"])
    assert "TRIAL-20260302-0001 · department, owner：内容与事件不符" in capsys.readouterr().out


def _overwrite(place: Place) -> None:
    (path,) = (place.root / "outbox").glob("*.zip")
    path.write_bytes(b"x")


def _archived(place: Place) -> list[str]:
    with place.ledger() as ledger:
        return [digest for _, digest in ledger.packages.digests()]


def _spoil(place: Place) -> None:
    for digest in _archived(place):
        path = place.home.archive / digest[:2] / digest
        path.chmod(0o644)
        path.write_bytes(b"x")


def _remove(place: Place) -> None:
    for digest in _archived(place):
        (place.home.archive / digest[:2] / digest).unlink()


@pytest.mark.parametrize(
    ("tamper", "due"),
    [
        (_overwrite, {"outbox": ["changed"]}),
        (_spoil, {"archive": ["changed"]}),
        (_remove, {"archive": ["missing"]}),
    ],
)
def test_a_file_that_was_changed_is_named(
    lived: Place, tamper: Callable[[Place], None], due: dict[str, list[str]]
) -> None:
    tamper(lived)
    assert wrong(lived) == due
    assert wrong(lived, files=False) == {}


@pytest.mark.parametrize(
    ("options", "code"), [((), 6), (("--no-files",), 6), (("--chain-only",), 0)], ids=str
)
def test_the_command_says_what_differs(
    lived: Place, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: int
) -> None:
    db = sqlite3.connect(lived.home.ledger)
    db.execute(RECOLOURED)
    db.commit()
    db.close()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "verify", *options])
    assert left.value.code == code
    said = capsys.readouterr()
    assert "审计链完整" in said.out
    assert ("内容与事件不符" in said.out) == bool(code)


def test_the_chain_alone_asks_nothing_of_the_other_pages(lived: Place) -> None:
    """A large ledger takes minutes to read whole, and nothing of that is about its events."""
    db = sqlite3.connect(lived.home.ledger)
    (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'written'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with lived.home.ledger.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 64)
    for options, code in (((), 6), (("--chain-only",), 0)):
        with pytest.raises(SystemExit) as left:
            main(["--home", str(lived.root), "audit", "verify", *options])
        assert left.value.code == code, options


def test_a_head_that_a_restore_went_behind_is_told_from_a_deletion(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    place.run()
    with place.ledger() as ledger:
        head = ledger.head()
        assert unknown_head(ledger, place.home, "0" * 63 + "1").key == "audit.head"
    kept = restore(place.home, tmp_path / "b.db", place.now, "wang").kept
    assert kept is not None
    with place.ledger() as ledger:
        aside = unknown_head(ledger, place.home, head)
        assert (aside.key, str(kept) in aside.message) == ("audit.head_aside", True)
        assert "b.db" in aside.message
        kept.unlink()
        assert unknown_head(ledger, place.home, head).key == "audit.head_restored"


@pytest.mark.parametrize("text", ["", "TRIAL-20260302-0001", "g" * 64, "a" * 63])
def test_what_is_no_head_is_a_slip_and_no_deletion(
    lived: Place, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "verify", "--against", text])
    assert left.value.code == 2
    assert "不是链首" in capsys.readouterr().err


def test_a_head_is_taken_as_it_was_copied(lived: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with lived.ledger() as ledger:
        head = ledger.head().upper()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "verify", "--against", f" {head[:32]}\n{head[32:]}"])
    assert (left.value.code, capsys.readouterr().err) == (0, "")


def wide(line: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


def test_the_story_fits_a_page_and_a_setting_has_a_line(
    lived: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with lived.ledger() as ledger:
        (vin,) = [v for (v,) in ledger.db.execute("SELECT vin FROM record WHERE state = 'accepted'")]
    with pytest.raises(SystemExit):
        main(["--home", str(lived.root), "audit", "show", vin])
    said = capsys.readouterr().out
    assert max(map(wide, said.splitlines())) <= 80
    assert re.search(r"^    [a-z_.]+ = \S+$", said, re.M)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_happens_seldom_fits_a_page_too(
    ruleset: Ruleset, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`In a package that the restored ledger does not know: refused` stood on a line of 108 columns."""
    for kind in ruleset.words["event"]:
        what = Happened("2026-03-02 09:30:00", kind, ruleset.word(f"@event.{kind}", lang), "", "", "")
        tell_happened("1234567", what, "0123456789abcdef")
    assert max(map(wide, capsys.readouterr().out.splitlines())) <= 80


def test_the_story_tells_what_was_filed_first_and_its_sheet_as_the_workbook_names_it(
    lived: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = lived.root / "rules" / "settings.toml"
    settings.write_text(f'language = "en"\n{settings.read_text("utf-8")}', "utf-8")
    with lived.ledger() as ledger:
        (vin,) = [v for (v,) in ledger.db.execute("SELECT vin FROM record WHERE state = 'accepted'")]
    with pytest.raises(SystemExit):
        main(["--home", str(lived.root), "audit", "show", vin])
    said = capsys.readouterr().out
    assert "Colour: " in said
    assert "车辆信息!" in said


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may only read, and comes while nobody writes, cannot keep out who comes later."""
    monkeypatch.setattr(looking, "os", SimpleNamespace(access=lambda *_, **__: False, W_OK=os.W_OK))


@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize(("passes", "code"), [(0, 0), (1, 0), (9, 6)])
def test_a_pass_that_comes_in_between_is_no_tampering(
    lived: Place,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    passes: int,
    code: int,
) -> None:
    """Events and records were of different moments: an auditor was told that somebody had changed them."""
    vehicles, sets = some(passes + 4)
    coming = vehicles[4:]

    def worked(db: sqlite3.Connection) -> verifying_vehicles.Vehicles:
        if coming:
            with monkeypatch.context() as writer:
                writer.setattr(looking, "os", os)
                lived.drop(f"{len(coming)}.xlsx", lived.sheet([coming.pop()], sets))
                lived.run()
            db.execute("PRAGMA shrink_memory")  # a ledger of years does not fit into it
        return verifying_vehicles.verify_vehicles(db)

    monkeypatch.setattr(verifying, "verify_vehicles", worked)
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "verify"])
    said = capsys.readouterr()
    again, blamed = said.out.count("重新核对"), "存档或发件夹被改动过" in said.err
    assert (left.value.code, again, blamed) == (code, min(passes, 3), False)


@pytest.mark.usefixtures("no_locks")
def test_a_pass_that_comes_in_between_is_no_gap_of_a_story(
    lived: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may only read saw the ledger as it was when he opened it, and was told that it is an older one."""
    with lived.ledger() as ledger:
        (vin,) = [v for (v,) in ledger.db.execute("SELECT vin FROM record WHERE state = 'accepted'")]
    vehicles, sets = some(5)

    def worked(queries: Queries) -> int:
        with monkeypatch.context() as writer:
            writer.setattr(looking, "os", os)
            lived.drop("d.xlsx", lived.sheet(vehicles[4:], sets))
            lived.run()
        return audit.verify(queries._db)

    monkeypatch.setattr(Queries, "verify", worked)
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "show", vin])
    assert (left.value.code, capsys.readouterr().err) == (0, "")


def cut(db: sqlite3.Connection) -> None:
    """The last events are gone, and with them all that they told of; here of nothing that has a table."""
    db.execute("DELETE FROM event WHERE id = (SELECT max(id) FROM event)")


def rewritten(db: sqlite3.Connection) -> None:
    """Another chain, each event of which hangs on the one before."""
    rows = db.execute("SELECT id, vin, batch, body FROM event ORDER BY id").fetchall()
    before = audit.GENESIS
    for number, vin, batch, body in rows:
        told = body.replace("a.xlsx", "z.xlsx")
        before = audit.chained(before, f"{vin}\n{batch}\n{told}")
        db.execute("UPDATE event SET body = ?, hash = ? WHERE id = ?", (told, before, number))


@pytest.mark.parametrize("gone", ["id = 1", "1"], ids=["of a batch", "all"])
def test_the_story_of_a_vehicle_whose_events_are_gone_ends_with_the_broken_chain(
    lived: Place, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    """It was a bug in the log where the event of a batch was deleted, and nothing at all where all were."""
    db = sqlite3.connect(lived.home.ledger)
    (vin,) = db.execute("SELECT vin FROM record WHERE state = 'accepted'").fetchone()
    guards = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
    for (name,) in guards.fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute(f"DELETE FROM event WHERE {gone}")
    db.commit()
    db.close()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "show", vin])
    assert (left.value.code, "对这一行的答复：已申报" in capsys.readouterr().out) == (6, True)


@pytest.mark.parametrize(
    "command", [["show"], ["files"], ["list", "--what", "all"]], ids=lambda given: given[0]
)
def test_an_event_that_cannot_be_read_is_told_as_changed(
    lived: Place, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Exit 1 and a traceback were all that an auditor got of it."""
    db = sqlite3.connect(lived.home.ledger)
    (vin,) = db.execute("SELECT vin FROM record WHERE state = 'accepted'").fetchone()
    db.execute("DROP TRIGGER event_stands")
    db.execute("""UPDATE event SET body = '{"kind":' WHERE id = 2""")
    db.commit()
    db.close()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", *command, *([vin] if command[1:] == [] else [])])
    assert (left.value.code, "审计链在第 2 条断开" in capsys.readouterr().err) == (6, True)


def test_of_a_broken_chain_the_vehicle_the_batch_and_all_breaks_are_told(lived: Place, audit: Audit) -> None:
    """A number alone told nobody whose declaration was changed; nor whether it was the only one."""
    with closing(sqlite3.connect(lived.home.ledger)) as db, db:
        db.execute("DROP TRIGGER event_stands")
        db.execute("DROP TRIGGER event_is_kept")
        first, vin, batch = db.execute("SELECT id, vin, batch FROM event WHERE vin <> '' LIMIT 1").fetchone()
        db.execute("UPDATE event SET body = body || ' ' WHERE id = ?", (first,))
        db.execute("DELETE FROM event WHERE id = ?", (first + 3,))
    code, _, told = audit(lived, "verify")
    assert code == 6
    assert [text for text in (f"第 {first} 条", f"{vin} {batch}", "共断开 2 处") if text not in told] == []


def test_that_the_note_of_the_last_event_is_gone_is_told(lived: Place, audit: Audit) -> None:
    """With it went the only thing here that knows of events that were cut off."""
    noted = ".vinbatch/reached"
    assert noted not in audit(lived, "verify")[1]
    (lived.home.own / "reached").unlink()
    code, told, _ = audit(lived, "verify")
    assert (code, noted in told) == (0, True)


def test_a_package_in_the_outbox_that_was_never_made_is_told(lived: Place) -> None:
    """The gateway takes whatever lies there."""
    (made,) = lived.home.outbox.glob("*.zip")
    (lived.home.outbox / "TRIAL-20260302-0009-filing.zip").write_bytes(made.read_bytes())
    assert wrong(lived) == {"outbox": ["stranger"]}


def test_what_waits_in_the_outbox_for_a_decision_after_a_restore_is_no_stranger(
    lived: Place, tmp_path: Path
) -> None:
    backup(lived.home, saved := tmp_path / "saved.db")
    lived.drop("d.xlsx", lived.sheet(some(5)[0][4:]))
    lived.run()
    restore(lived.home, saved, lived.now, "wang")
    assert wrong(lived) == {}


def test_no_package_is_a_stranger_that_a_pass_made_while_the_ledger_was_read(lived: Place) -> None:
    with lived.ledger() as before:
        before.db.execute("BEGIN")
        before.queries.verify()  # as of now
        lived.drop("d.xlsx", lived.sheet(some(5)[0][4:]))
        lived.run()
        outbox = verify_outbox(before, lived.home)
    assert (outbox.count, outbox.wrong) == (2, [])


@pytest.mark.parametrize("done", [cut, rewritten])
def test_the_last_event_that_a_pass_noted_is_missed_though_the_chain_is_whole(
    lived: Place, capsys: pytest.CaptureFixture[str], done: Callable[[sqlite3.Connection], None]
) -> None:
    """A pass refuses such a ledger: an auditor who asks before the next pass is not told that all is well."""
    db = sqlite3.connect(lived.home.ledger)
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
    for name, _ in (kept := guards.fetchall()):
        db.execute(f"DROP TRIGGER {name}")
    done(db)
    for _, sql in kept:
        db.execute(sql)
    db.commit()
    db.close()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(lived.root), "audit", "verify", "--chain-only"])
    said = capsys.readouterr()
    assert left.value.code == 6
    assert "审计链完整" in said.out
    assert "比上一次办理时旧" in said.err
