"""The register: the current state of every vehicle, in files that may be edited and dropped."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from run_place import DEALER, Fresh, Place, verdicts

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import reports as effects
from vinbatch.errors import AccessError
from vinbatch.model import VEHICLE, Act, Order, Return
from vinbatch.run import choosing, commands
from vinbatch.run.engines import POOLED
from vinbatch.run.passing import Pass
from vinbatch.store.figures import Figures
from vinbatch.store.placing import Placing
from vinbatch.store.register import Register

SIZE = 200  # the smallest that the settings allow


@pytest.fixture
def often(place: Place) -> Place:
    """A home that brings its register up to date with every pass."""
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(
        "refresh_minutes = 0\n" + settings.read_text("utf-8") + f"[limits]\ncarried_rows = {SIZE}\n", "utf-8"
    )
    return place


def register(place: Place) -> Path:
    return place.root / "reports" / "register.xlsx"


def table(path: Path, place: Place) -> list[dict[object, object]]:
    """The vehicle rows by heading."""
    book = openpyxl.load_workbook(path)
    sheet = book[place.ruleset.word(f"@sheet.{VEHICLE}")]
    head, *rows = sheet.iter_rows(values_only=True)
    at = place.ruleset.index(VEHICLE)["vin"]
    return [{**dict(zip(head, row, strict=True)), "vin": row[at]} for row in rows if row[at]]


def accept(place: Place) -> None:
    """Customs accepts everything that was declared so far."""
    with place.ledger() as ledger:
        packages = ledger.db.execute("SELECT guid FROM package").fetchall()
    for n, (guid,) in enumerate(packages):
        xml = receipt_xml(guid, (Return("120", time="20260302102231500"),))
        place.drop(f"receipts/{n}.xml", xml)
    place.run()


def edited(path: Path, place: Place, vin: str, **cells: str) -> bytes:
    """The file with cells of one vehicle's row overwritten, as a clerk does it; by the key of the field."""
    book = openpyxl.load_workbook(path)
    sheet = book[place.ruleset.word(f"@sheet.{VEHICLE}")]
    index = place.ruleset.index(VEHICLE)
    (row,) = [r for r in sheet.iter_rows(min_row=2) if r[index["vin"]].value == vin]
    for key, text in cells.items():
        row[index[key]].value = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_it_shows_where_every_vehicle_stands(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    often.drop("a.xlsx", often.sheet(vehicles, sets))
    often.run()
    assert [r["当前状态"] for r in table(register(often), often)] == ["已申报"] * 3
    accept(often)
    rows = table(register(often), often)
    assert [r["当前状态"] for r in rows] == ["海关接收成功"] * 3
    assert all(str(r["记录标识"]).startswith(f"{r['vin']}@1:") for r in rows)


def test_it_can_be_filtered_and_keeps_its_headings_in_sight(often: Place, fresh: Fresh) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(1)))
    often.run()
    sheet = openpyxl.load_workbook(register(often))[often.ruleset.word("@sheet.vehicle")]
    assert sheet.auto_filter.ref
    assert sheet.freeze_panes is not None


def test_a_row_of_the_register_with_变更_declares_a_change(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    often.drop("a.xlsx", often.sheet(vehicles, sets))
    often.run()
    accept(often)
    vin = str(vehicles[1]["vin"])
    often.drop("登记册.xlsx", edited(register(often), often, vin, action="变更", colour="宝石红"))
    (outcome,) = often.run().outcomes
    assert verdicts(outcome) == {2: "unchanged", 3: "declared", 4: "unchanged"}
    assert [(d.type.value, d.vin) for d in outcome.declarations] == [("change", vin)]
    (row,) = [r for r in table(register(often), often) if r["vin"] == vin]
    assert (row["申报类型"], row["当前状态"]) == ("变更", "已申报")


def test_dropped_as_it_is_nothing_happens(often: Place, fresh: Fresh) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(2)))
    often.run()
    often.drop("again.xlsx", register(often).read_bytes())
    (outcome,) = often.run().outcomes
    assert set(verdicts(outcome).values()) == {"unchanged"}


def test_a_file_holds_so_many_vehicles_and_only_the_changed_one_is_written(often: Place) -> None:
    models = samples.MODELS[:1]
    cars, sets = samples.vehicles(2 * SIZE + 10, models=models), samples.parameters(models)
    for i in range(3):
        often.drop(f"{i}.xlsx", often.sheet(cars[i * SIZE : (i + 1) * SIZE], sets if not i else ()))
    done = often.run()
    assert sorted(done.refreshed.written)[-3:] == ["register.xlsx", "register_2.xlsx", "register_3.xlsx"]
    folder = often.root / "reports"
    files = [folder / name for name in ("register.xlsx", "register_2.xlsx", "register_3.xlsx")]
    assert [len(table(f, often)) for f in files] == [SIZE, SIZE, 10]
    before = [(f.stat().st_mtime_ns, f.read_bytes()) for f in files]
    often.now += timedelta(days=1)
    often.drop("more.xlsx", often.sheet([{**cars[-1], "vin": "WBA13BJ03MCF12345"}]))
    often.run()
    after = [(f.stat().st_mtime_ns, f.read_bytes()) for f in files]
    assert after[:2] == before[:2]
    assert len(table(files[2], often)) == 11


def test_a_new_field_of_the_home_is_a_column_of_every_file_after_the_next_pass(often: Place) -> None:
    """No vehicle moved; a pass in between writes nothing anew."""
    models = samples.MODELS[:1]
    cars, sets = samples.vehicles(SIZE + 1, models=models), samples.parameters(models)
    often.drop("0.xlsx", often.sheet(cars[:SIZE], sets))
    often.drop("1.xlsx", often.sheet(cars[SIZE:]))
    often.run()
    assert not [name for name in often.run().refreshed.written if name.startswith("register")]
    (often.root / "rules" / "fields.toml").write_text(DEALER, "utf-8")
    assert sorted(often.run().refreshed.written)[-2:] == ["register.xlsx", "register_2.xlsx"]
    for name, vehicles in (("register.xlsx", SIZE), ("register_2.xlsx", 1)):
        rows = table(often.root / "reports" / name, often)
        assert len(rows) == vehicles
        assert "经销商" in rows[0]
    assert not [name for name in often.run().refreshed.written if name.startswith("register")]


def test_workers_make_the_same_files(often: Place) -> None:
    """Several files side by side, by those who parsed and answered."""
    other = Place(often.root.with_name("other"), engine=POOLED)
    for number in (1, 2):
        models = samples.MODELS
        vehicles = samples.vehicles(SIZE * number, models=models)[-SIZE:]
        often.drop(f"{number}.xlsx", often.sheet(vehicles, samples.parameters(models)))
    shutil.copytree(often.root, other.root)
    assert len(often.run().refreshed.written) == len(other.run().refreshed.written) == 3
    for name in ("register.xlsx", "register_2.xlsx"):
        assert (often.root / "reports" / name).read_bytes() == (other.root / "reports" / name).read_bytes()


def test_a_new_revision_of_parameters_makes_the_files_due_that_show_it(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    often.drop("a.xlsx", often.sheet([{**vehicles[0], "action": "暂存"}], sets))
    often.run()
    often.drop("b.xlsx", often.sheet([], [{**sets[0], "remarks": "更正后的备注"}]))
    done = often.run()
    assert "register.xlsx" in done.refreshed.written
    sheet = openpyxl.load_workbook(register(often))[often.ruleset.word("@sheet.structure")]
    assert any("更正后的备注" in row for row in sheet.iter_rows(values_only=True))


def test_an_open_register_is_not_replaced_and_the_copy_goes_when_it_is_closed(
    often: Place, fresh: Fresh
) -> None:
    vehicles, sets = fresh(3)
    often.drop("a.xlsx", often.sheet(vehicles[:1], sets))
    often.run()
    lock = register(often).with_name("~$register.xlsx")
    lock.write_bytes(b"\x06chen")
    old = register(often).read_bytes()
    often.drop("b.xlsx", often.sheet(vehicles[1:2], sets))
    done = often.run()
    copy = register(often).with_name("register-2.xlsx")
    assert register(often).read_bytes() == old
    assert done.refreshed.beside == ["register-2.xlsx"]
    assert len(table(copy, often)) == 2
    lock.unlink()
    often.drop("c.xlsx", often.sheet(vehicles[2:], sets))
    often.run()
    assert len(table(register(often), often)) == 3
    assert not copy.exists()


def test_an_edit_that_a_person_saved_is_never_written_over(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(2)
    often.drop("a.xlsx", often.sheet(vehicles[:1], sets))
    often.run()
    mine = edited(register(often), often, str(vehicles[0]["vin"]), colour="我的修改")
    register(often).write_bytes(mine)
    often.drop("b.xlsx", often.sheet(vehicles[1:], sets))
    often.run()
    assert register(often).read_bytes() == mine
    assert len(table(register(often).with_name("register-2.xlsx"), often)) == 2


def test_it_is_refreshed_at_most_every_ten_minutes(place: Place, fresh: Fresh) -> None:
    """By default; a pass without work does it when the time has come."""
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    first = register(place).read_bytes()
    place.now += timedelta(minutes=9)
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    place.run()
    assert register(place).read_bytes() == first
    place.now += timedelta(minutes=1)
    done = place.run()
    assert done.refreshed.written
    assert len(table(register(place), place)) == 2


def test_an_idle_pass_writes_nothing(often: Place, fresh: Fresh) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(1)))
    often.run()
    assert often.run().refreshed.written == []


class KilledError(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("where", ["announce", "put", "placed"])
def test_a_pass_killed_at_the_register_is_finished_by_the_next(
    often: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Also when more was declared in between: what was on its way is known as ours and replaced."""
    vehicles, sets = fresh(2)

    def killed(*_args: object, **_more: object) -> None:
        raise KilledError

    def put_and_killed(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        raise KilledError

    real = effects.put
    often.drop("a.xlsx", often.sheet(vehicles[:1], sets))
    with monkeypatch.context() as patched:
        if where == "announce":
            patched.setattr(Placing, where, announced_and_register(Placing.announce, killed))
        elif where == "put":
            patched.setattr("vinbatch.run.refresh.reports.put", put_and_register(real, put_and_killed))
        else:
            patched.setattr(Register, where, killed)
        with pytest.raises(KilledError):
            often.run()
    often.drop("b.xlsx", often.sheet(vehicles[1:], sets))
    often.run()
    assert len(table(register(often), often)) == 2
    assert not register(often).with_name("register-2.xlsx").exists()


def put_and_register(real: object, killed: object) -> object:
    """Only the register's own write is killed, not that of an answer."""

    def put(home: object, name: str, *rest: object) -> object:
        return (killed if name.startswith("register") else real)(home, name, *rest)  # type: ignore[operator]

    return put


def announced_and_register(real: object, killed: object) -> object:
    """Only what is said before the register's own write is killed."""

    def announce(placing: Placing, files: Mapping[str, str]) -> object:
        act = killed if any(name.startswith("register") for name in files) else real
        return act(placing, files)  # type: ignore[operator]

    return announce


def declare(place: Place) -> Pass:
    drafts = choosing.only_drafts(
        choosing.every_draft(place.rulebook), place.rulebook, named=False, confirm=False
    )
    order = Order(Act.DECLARE, marked=False)
    return commands.carry_out(place.machine(), "declare", order, drafts, "chen").report


def test_a_command_that_changes_records_refreshes_it(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    often.drop("a.xlsx", often.sheet([{**vehicles[0], "action": "暂存"}], sets))
    often.run()
    assert [r["当前状态"] for r in table(register(often), often)] == ["暂存"]
    done = declare(often)
    assert done.refreshed.written == ["register.xlsx", "index.html"]
    assert [r["当前状态"] for r in table(register(often), often)] == ["已申报"]
    assert often.run().refreshed.written == []


def test_a_command_refreshes_no_sooner_than_a_pass(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet([{**vehicles[0], "action": "暂存"}], sets))
    place.run()
    place.now += timedelta(minutes=9)
    assert declare(place).refreshed.written == []
    place.now += timedelta(minutes=1)
    assert place.run().refreshed.written == ["register.xlsx", "index.html"]


def test_a_command_does_not_look_at_the_inbox_and_tells_nothing_of_it(often: Place, fresh: Fresh) -> None:
    """What a pass told of the files that wait is no news because a command did not look."""
    often.drop("~$open.xlsx", b"\x06chen")
    often.drop("open.xlsx", often.sheet(*fresh(1)))
    often.run()
    with often.ledger() as ledger:
        told = Figures(ledger).refreshed()
    assert told is not None
    assert "open.xlsx" in told.told
    assert declare(often).refreshed.written == []
    assert often.run().refreshed.written == []


def test_a_share_without_room_leaves_it_due(
    often: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    often.drop("a.xlsx", often.sheet(*fresh(1)))

    def full(*_args: object, **_more: object) -> None:
        raise AccessError("disk.forgetful", at="reports")

    with monkeypatch.context() as patched:
        patched.setattr("vinbatch.run.refresh.reports.put", put_and_register(effects.put, full))
        with pytest.raises(AccessError):
            often.run()
    assert len(often.reports()) == 1, "the answer did not wait for it"
    often.run()
    assert len(table(register(often), often)) == 1


def test_a_bug_on_one_of_its_files_is_counted_by_the_pass_and_keeps_it_due(
    often: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uncounted, the pass left with 0, and the register stayed as it was."""
    often.drop("a.xlsx", often.sheet(*fresh(1)))

    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("vinbatch.run.refresh.reports.put", put_and_register(effects.put, broken))
        assert often.run().failed == 1
    assert often.run().failed == 0
    assert len(table(register(often), often)) == 1


def test_the_tally_is_what_counting_would_give(often: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(4)
    rows = [{**vehicles[0], "action": "暂存"}, *vehicles[1:]]
    often.drop("a.xlsx", often.sheet(rows, sets))
    often.run()
    accept(often)
    vin = str(vehicles[0]["vin"])
    often.drop("b.xlsx", edited(register(often), often, vin, action="删除"))
    often.run()
    with often.ledger() as ledger:
        counted = "SELECT type, state, held, count(*) FROM record GROUP BY 1, 2, 3"
        kept = "SELECT * FROM tally WHERE number > 0"
        assert ledger.db.execute(kept).fetchall() == ledger.db.execute(counted).fetchall()
        assert ledger.queries.status(often.now, 3).counts == (("filing", "accepted", 3),)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(often: Place, fresh: Fresh, tmp_path: Path) -> None:
    vehicles, sets = fresh(2)
    often.drop("a.xlsx", often.sheet(vehicles, sets))
    often.run()
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    convert = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, *convert, str(register(often))], check=True, capture_output=True, timeout=180)
    saved = table(tmp_path / "out" / "register.xlsx", often)
    assert [r["当前状态"] for r in saved] == ["已申报"] * 2
    with zipfile.ZipFile(register(often)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n]
    assert any(re.search(r"<pane[^>]*state=\"frozen\"", s) and "<autoFilter" in s for s in sheets)


def test_a_ledger_that_does_not_say_by_which_fields_its_files_were_made_has_none_due(often: Place) -> None:
    """One of an older build: with a million vehicles all of its files would take hundreds of passes."""
    models = samples.MODELS[:1]
    often.drop("0.xlsx", often.sheet(samples.vehicles(1, models=models), samples.parameters(models)))
    often.run()
    with often.machine().open_ledger() as ledger:
        ledger.db.execute("DELETE FROM refreshed WHERE what = 'register'")
        assert [Register(ledger, SIZE).due(columns, often.now) for columns in ("a", "a", "b")] == [
            (),
            (),
            (1,),
        ]
