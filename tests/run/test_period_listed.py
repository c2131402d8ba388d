"""What an auditor asks of a period: who declared, confirmed, revoked, decided, and under which rules."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from run_place import Audit, Place, new_place, some

from vinbatch.cli import period
from vinbatch.cli.main import main
from vinbatch.cli.period import list_events
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Event, Return
from vinbatch.report.period import QUESTIONS, chosen
from vinbatch.ruleset import Ruleset

TIME = "20260302102231500"
Listed = Callable[..., list[str]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """On 2 March two are declared, one with a question confirmed, and the first is accepted; on the 3rd
    the catalogue is revised, under other settings; on the 4th the first is revoked by command.
    """
    place = new_place(tmp_path_factory.mktemp("worked") / "home", ruleset, empty_ledger)
    (first, second), sets = some(2)
    place.drop(
        "a.xlsx", place.sheet([first, {**second, "production_date": "2024.06", "confirmed": "是"}], sets)
    )
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    place.drop(
        "receipts/r.xml", receipt_xml(package.guid, [Return("120", str(first["vin"]), TIME, "海关入库")])
    )
    place.run()
    place.now += timedelta(days=1)
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(f"overdue_days = 9\n{settings.read_text('utf-8')}", "utf-8")
    place.drop("sets.xlsx", place.sheet([], [{**sets[0], "max_speed": 99, "confirmed": "是"}]))
    place.run()
    place.now += timedelta(days=1)
    epoch = str(int(place.now.timestamp()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", epoch)
        with pytest.raises(SystemExit):
            main(["--home", str(place.root), "revoke", str(first["vin"]), "--reason", "买方退车"])
    return place


@pytest.fixture
def listed(worked: Place, capsys: pytest.CaptureFixture[str]) -> Listed:
    """The paragraphs of a list; its sums are the last."""

    def told(*options: str) -> list[str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--home", str(worked.root), "audit", "list", *options])
        assert left.value.code == 0
        return re.split(r"\n(?=\S)", capsys.readouterr().out.strip())

    return told


def vins() -> list[str]:
    return [str(vehicle["vin"]) for vehicle in some(2)[0]]


@pytest.mark.parametrize(
    ("options", "times"),
    [
        ((), 3),
        (("--from", "2026-03-03"), 1),
        (("--to", "2026-03-03"), 2),
        (("--from", "2026-03-03", "--to", "2026-03-03"), 0),
        (("--from", "0001-01-01", "--to", "9999-12-31"), 3),
    ],
)
def test_a_day_begins_and_ends_at_midnight_of_the_site(
    listed: Listed, options: tuple[str, ...], times: int
) -> None:
    """`query --from` asks when a record was last touched: a vehicle changed in April is not in its March."""
    assert sum("已申报" in told for told in listed(*options)) == times


def test_revocations_come_with_their_reasons(listed: Listed) -> None:
    told, *_ = listed("--what", "revoked")
    assert vins()[0] in told
    assert "撤销原因：– → 买方退车" in told


def test_what_was_confirmed_is_told_of_vehicles_and_parameters(listed: Listed) -> None:
    vehicle, entry, *_ = listed("--what", "confirmed")
    assert vins()[1] in vehicle
    assert "已确认 年款与生产日期不符" in vehicle
    assert "已确认 修改在用的结构参数" in entry


def test_what_came_by_command_is_told_from_what_was_dropped(listed: Listed) -> None:
    told, sums, *_ = listed("--what", "commanded")
    assert "revoke.xlsx（由命令办理）" in told
    assert "共 1 个事件" in sums


def test_who_changed_the_catalogue_and_what_is_told(listed: Listed) -> None:
    learnt, revised, *_ = listed("--what", "catalogue")
    assert "结构参数入库" in learnt
    assert ("sets.xlsx" in revised, "→ 99" in revised, "第2版" in revised) == (True, True, True)


def test_the_first_batch_under_other_settings_is_told_with_what_differs(listed: Listed) -> None:
    told, sums, *_ = listed("--what", "rules", "--from", "2026-03-03")
    assert "sets.xlsx" in told
    assert [line for line in told.splitlines() if " = " in line] == ["    overdue_days = 9"]
    assert "共 1 个事件" in sums


def test_only_filings_of_vehicles_that_were_filed_before_are_declared_again(
    worked: Place, ruleset: Ruleset
) -> None:
    def filed(number: int, vin: str, kind: str = "filing") -> Event:
        body = {"kind": "declared", "type": kind, "time": f"2026-03-0{number}T01:30:00+00:00"}
        return Event(number, vin, "B", body, "h")

    events = [filed(1, "A"), filed(2, "B"), filed(3, "A", "revocation"), filed(4, "A"), filed(5, "C")]
    assert [e.id for e in chosen(events, "again", (), None)[1]] == [4]
    assert [e.id for e in chosen(events, "again", (), datetime(2026, 3, 5, tzinfo=UTC))[1]] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_customs_own_list_is_compared_vehicle_by_vehicle(
    listed: Listed, tmp_path: Path, encoding: str
) -> None:
    """Times of 17 digits are none; what stands beside a VIN does not matter."""
    first, second = vins()
    other = "WBA13BJ03MCF12345"
    path = tmp_path / "海关.csv"
    path.write_text(f'序号,车辆识别代号,时间\r\n1,"{first.lower()}",{TIME}\r\n2,{other},{TIME}\r\n', encoding)
    said = listed("--compare", str(path))
    assert said[-3:] == [
        "名单 海关.csv 有 2 个 VIN，其中 1 个在上面",
        f"只在名单中的 1 个：{other}",
        f"只在上面的 1 个：{second}",
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04\xff\xfe", b"1,2026030210223150\n"])
def test_a_list_without_a_vin_is_no_list(worked: Place, audit: Audit, tmp_path: Path, data: bytes) -> None:
    """Compared with nothing, all of ours would be told as missing there."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(data)
    code, said, noted = audit(worked, "list", "--compare", str(path))
    assert (code, said, "读不出 VIN" in noted) == (6, "", True)


def test_numbers_that_must_agree_stand_side_by_side(listed: Listed) -> None:
    told = "".join("".join(listed("--from", "2026-03-02", "--to", "2026-03-02")[-2:]).split())
    assert "事件2辆次（备案2）；申报报文1个，共2辆次；海关至今接收1，退回0，未答复1" in told


def test_a_table_for_a_spreadsheet_has_an_event_a_row(worked: Place, listed: Listed, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    listed("--what", "revoked", "-o", str(path))
    rows = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert rows[0].startswith('"#","VIN","时间（Asia/Shanghai）"')
    assert vins()[0] in rows[1]
    assert len(rows) == 3


def test_what_people_count_by_has_a_column_of_its_own(worked: Place, listed: Listed, tmp_path: Path) -> None:
    """File, cell, batch, department and package stood in three columns together."""
    path = tmp_path / "list.csv"
    listed("-o", str(path))
    first, *_ = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
    apart = ("申报类型", "文件", "位置", "批次号", "部门")
    with worked.ledger() as ledger:
        (package, *_) = ledger.packages.of(["TRIAL-20260302-0001"])
    assert [first[name] for name in apart] == ["备案", "a.xlsx", "车辆信息!C2", "TRIAL-20260302-0001", ""]
    assert first["报文编号"] == package.guid


def test_a_list_without_vehicles_counts_none_and_tells_whose_times_it_has(listed: Listed) -> None:
    assert "共 2 个事件（时间：Asia/Shanghai）" in listed("--what", "rules")


@pytest.mark.parametrize("what", ["all", "rules"])
def test_a_list_is_read_a_few_events_at_a_time(
    listed: Listed, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million took three gigabytes. What differs is told of the batch before, wherever that was read."""
    whole = listed("--what", what)
    monkeypatch.setattr(period, "_AT_ONCE", 1)
    assert listed("--what", what) == whole
    assert sum("overdue_days = 9" in told for told in whole) == 1


def test_the_help_names_every_question() -> None:
    (what,) = [p for p in list_events.params if p.name == "what"]
    assert set(what.type.choices) == set(QUESTIONS)  # type: ignore[attr-defined]
