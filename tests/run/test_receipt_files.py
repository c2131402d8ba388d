"""Receipts in a real home: heard once, set aside with their reason, and told to the clerk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from run_place import Fresh, Place

from vinbatch.cli.main import vinbatch
from vinbatch.cli.work import pass_code
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects.names import beside
from vinbatch.model import Return, State
from vinbatch.run.receipts import Hall

TIME = "20260302102231500"


@pytest.fixture
def declared(place: Place, fresh: Fresh) -> tuple[str, list[str]]:
    """Guid and VINs of a package on its way."""
    vehicles, sets = fresh(3)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    return package.guid, [str(v["vin"]) for v in vehicles]


def answer(place: Place, guid: str, *returns: Return, name: str = "r.xml") -> Path:
    return place.drop(f"receipts/{name}", receipt_xml(guid, returns))


def states(place: Place) -> list[str]:
    from vinbatch.model import Query

    with place.ledger() as ledger:
        found = ledger.queries.records(Query(), place.ruleset.settings.zone)
        return [r.now.state.value for r in found]


def cells(place: Place, data: bytes, heading: str) -> list[str]:
    """A column of 车辆信息 in a result workbook."""
    rows = next(s.rows for s in place.parsed(data).sheets if s.name == "车辆信息")
    at = rows[0].index(heading)
    return [str(row[at] or "") for row in rows[1:]]


def aside(place: Place) -> list[str]:
    folder = place.home.set_aside
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def test_a_receipt_changes_the_state(place: Place, declared: tuple[str, list[str]]) -> None:
    answer(place, declared[0], Return("120", time=TIME))
    place.run()
    assert states(place) == ["accepted"] * 3


def test_the_folder_of_receipts_is_empty_afterwards_and_the_bytes_are_kept(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    path = answer(place, declared[0], Return("120", time=TIME))
    data = path.read_bytes()
    place.run()
    assert not list(place.home.receipts.glob("*.xml"))
    kept = [p.read_bytes() for p in place.home.archive.rglob("*") if p.is_file()]
    assert data in kept


def test_receipts_are_heard_before_workbooks(place: Place, declared: tuple[str, list[str]]) -> None:
    """A change dropped together with the answer that makes it legal is done."""
    data = place.result("TRIAL-20260302-0001")
    from test_passing import edited

    place.drop("变更.xlsx", edited(data, {"操作": "变更", "车身颜色": "红"}))
    answer(place, declared[0], Return("120", time=TIME))
    assert "declared" in {j.verdict.value for j in place.run().outcomes[0].rows}


def test_the_result_is_refreshed_with_customs_own_words(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    guid, vins = declared
    returns = [Return("120", vins[0], TIME), Return("100", vins[1], TIME, "车型与证书不符")]
    answer(place, guid, *returns)
    place.run()
    data = place.result("TRIAL-20260302-0001")
    assert cells(place, data, "当前状态") == ["海关接收成功", "海关接收失败", "已申报"]
    assert "车型与证书不符" in cells(place, data, "海关回执")[1]
    assert "车型与证书不符" in cells(place, data, "问题说明")[1]
    summary = str(next(s.rows for s in place.parsed(data).sheets if s.name == "结果汇总"))
    assert "海关退回“车辆信息”第 3 行" in summary


def test_a_rejected_row_mended_in_the_refreshed_result_is_declared_again(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    """Blank act on an edited row: the act that is still open."""
    from test_passing import edited

    guid, vins = declared
    answer(place, guid, Return("100", vins[0], TIME, "颜色不符"))
    place.run()
    place.drop("改.xlsx", edited(place.result("TRIAL-20260302-0001"), {"车身颜色": "红"}))
    outcome = place.run().outcomes[0]
    assert [j.verdict.value for j in outcome.rows if j.row.sheet == "vehicle"] == [
        "declared",
        "unchanged",
        "unchanged",
    ]


def test_the_first_result_stays_reachable(place: Place, declared: tuple[str, list[str]]) -> None:
    before = place.result("TRIAL-20260302-0001")
    answer(place, declared[0], Return("120", time=TIME))
    place.run()
    with place.ledger() as ledger:
        versions = ledger.answers.of("TRIAL-20260302-0001")
    assert len(versions) == 2
    assert place.home.archive.joinpath(versions[0][1][:2], versions[0][1]).read_bytes() == before


def test_an_edited_result_is_never_replaced(place: Place, declared: tuple[str, list[str]]) -> None:
    from test_passing import edited

    path = place.home.reports / "TRIAL-20260302-0001_a.xlsx"
    mine = edited(path.read_bytes(), {"车身颜色": "红"})
    path.write_bytes(mine)
    answer(place, declared[0], Return("120", time=TIME))
    place.run()
    assert path.read_bytes() == mine
    assert "TRIAL-20260302-0001_a-2.xlsx" in place.reports()


def test_many_receipts_refresh_a_result_once(place: Place, declared: tuple[str, list[str]]) -> None:
    for i, status in enumerate(["2", "3", "120"]):
        answer(place, declared[0], Return(status, time=f"2026030210000{i}000"), name=f"{i}.xml")
    assert [a.batch for a in place.run().done.answered] == ["TRIAL-20260302-0001"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("broken.xml", b"<VinReceipt", "RECEIPT-UNREADABLE"),
        ("empty.xml", b"", "RECEIPT-UNREADABLE"),
        ("zeros.xml", b"\0" * 100, "RECEIPT-UNREADABLE"),
        ("bomb.xml", b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>', "RECEIPT-DOCTYPE"),
        ("file.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "RECEIPT-DOCTYPE"),
        ("deep.xml", b"<a>" * 5000 + b"</a>" * 5000, "RECEIPT-UNREADABLE"),
        ("回执.zip", b"PK\x03\x04", "RECEIPT-KIND"),
        ("表.xlsx", b"PK\x03\x04", "RECEIPT-KIND"),
        ("other.xml", "<其他/>".encode("gb18030"), "RECEIPT-UNREADABLE"),
        ("gbk.xml", '<?xml version="1.0" encoding="GB18030"?><其他/>'.encode("gb18030"), "RECEIPT-OTHER"),
    ],
)
def test_what_is_no_receipt_is_set_aside_with_its_reason(
    place: Place, name: str, data: bytes, code: str
) -> None:
    place.drop(f"receipts/{name}", data)
    place.run()
    assert aside(place) == [name, f"{name}.txt"]
    assert (place.home.set_aside / name).read_bytes() == data
    assert f"[{code}]" in (place.home.set_aside / f"{name}.txt").read_text("utf-8-sig")


def test_a_receipt_that_is_too_large_is_not_read(place: Place) -> None:
    (place.home.rules / "settings.toml").write_text(
        "settle_seconds = 0.01\n[limits]\nfile_megabytes = 1\n", "utf-8"
    )
    place.drop("receipts/big.xml", b" " * (2**20 + 1))
    place.run()
    assert "[RECEIPT-TOO-LARGE]" in (place.home.set_aside / "big.xml.txt").read_text("utf-8-sig")


def test_an_unknown_guid_is_set_aside(place: Place, declared: tuple[str, list[str]]) -> None:
    unknown = "0" * 8 + "-0000-0000-0000-" + "0" * 12
    answer(place, unknown, Return("120", time=TIME))
    done = place.run()
    assert [p.code for p in done.done.heard[0].problems] == ["RECEIPT-UNKNOWN-GUID"]
    assert aside(place) == ["r.xml", "r.xml.txt"]


def test_a_second_file_of_the_same_name_goes_beside(place: Place) -> None:
    for data in (b"<a", b"<b", b"<a"):
        place.drop("receipts/r.xml", data)
        place.run()
    assert aside(place) == ["r-2.xml", "r-2.xml.txt", "r.xml", "r.xml.txt"]


def test_the_hundredth_unusable_receipt_of_a_name_keeps_no_workbook(place: Place, fresh: Fresh) -> None:
    place.home.set_aside.mkdir(parents=True)
    for n in range(1, 100):
        (place.home.set_aside / beside("r.xml", n)).write_bytes(b"<old")
    place.drop("receipts/r.xml", b"<new")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    assert [line.file for line in place.run().lines] == ["a.xlsx"]
    (reason,) = (name for name in aside(place) if name.endswith(".txt"))
    assert (place.home.set_aside / reason.removesuffix(".txt")).read_bytes() == b"<new"


def test_a_contradiction_is_set_aside_and_the_row_told(place: Place, declared: tuple[str, list[str]]) -> None:
    answer(place, declared[0], Return("120", time=TIME))
    place.run()
    answer(place, declared[0], Return("100", time=TIME), name="later.xml")
    place.run()
    assert states(place) == ["accepted"] * 3
    assert aside(place) == ["later.xml", "later.xml.txt"]
    first = place.result("TRIAL-20260302-0001")
    assert "前后不一致" in cells(place, first, "问题说明")[0]
    place.drop("again.xlsx", first)
    later = place.run().outcomes[0].batch
    assert "前后不一致" in cells(place, place.result(later), "问题说明")[0]


def test_beside_one_that_is_set_aside_stands_how_many_vehicles_it_was_used_for(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    """Told that nothing of it was used, somebody would record the answers of the others by hand."""
    guid, vins = declared
    answer(place, guid, Return("120", vins[0], TIME), name="1.xml")
    place.run()
    answer(place, guid, *(Return("100" if v == vins[0] else "120", v, TIME) for v in vins), name="2.xml")
    place.run()
    assert states(place) == ["accepted"] * 3
    told = (place.home.set_aside / "2.xml.txt").read_text("utf-8")
    assert told.splitlines()[-1] == place.ruleset.phrase("receipt.rest", n=2)


def test_a_receipt_settles_a_package_in_doubt_as_sent(place: Place, declared: tuple[str, list[str]]) -> None:
    with place.machine().open_ledger() as ledger:
        ledger.packages.doubt(declared[0], "@doubt.power", place.now)
    answer(place, declared[0], Return("3", time=TIME))
    place.run()
    with place.ledger() as ledger:
        assert ledger.packages.get(declared[0]).state == "published"


def test_every_answer_is_in_the_history_of_its_vin(place: Place, declared: tuple[str, list[str]]) -> None:
    guid, vins = declared
    answer(place, guid, Return("3", time=TIME), name="1.xml")
    answer(place, guid, Return("120", vins[0], TIME), name="2.xml")
    place.run()
    with place.ledger() as ledger:
        kinds = [e.body["kind"] for e in ledger.queries.history(vins[0])]
        assert kinds == ["declared", "published", "reply-progress", "reply-applied"]
        assert ledger.queries.verify() > 0


def test_a_bug_of_ours_sets_the_receipt_aside_and_the_next_is_heard(
    place: Place, declared: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = Hall._hear

    def broken(hall: Hall, arrived: object, now: object) -> object:
        if arrived.name == "1.xml":  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return hear(hall, arrived, now)  # type: ignore[arg-type]

    monkeypatch.setattr(Hall, "_hear", broken)
    answer(place, declared[0], Return("3", time=TIME), name="1.xml")
    answer(place, declared[0], Return("120", time=TIME), name="2.xml")
    done = place.run().done
    assert (done.failed, aside(place)) == (1, ["1.xml", "1.xml.txt"])
    assert states(place) == [State.ACCEPTED] * 3


def test_litter_and_folders_among_receipts_are_left_alone(place: Place) -> None:
    place.drop("receipts/a.xml.part", b"<a")
    place.drop("receipts/old/b.xml", b"<b")
    assert place.run().idle
    assert aside(place) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\nb.xml", "a_b.xml"),
        ('a:b"c<d>.xml', "a_b_c_d_.xml"),
        ("\u202egpj.xml", "_gpj.xml"),
        ("-rf.xml", "-rf.xml"),
        ("x" * 251 + ".xml", "x" * 100 + ".xml"),
    ],
)
def test_a_name_from_outside_is_written_as_every_program_takes_it(place: Place, name: str, kept: str) -> None:
    place.drop(f"receipts/{name}", b"<a")
    place.run()
    assert aside(place) == [kept, f"{kept}.txt"]


def test_an_unknown_code_for_a_whole_package_is_told_of_the_whole_package(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    answer(place, declared[0], Return("777", time=TIME))
    place.run()
    (reason,) = (place.root / "reports" / "set-aside").glob("*.txt")
    assert "“777”（整个报文）" in reason.read_text("utf-8-sig")


def test_workbooks_are_worked_while_another_folder_is_in_the_place_of_receipts(
    place: Place, declared: tuple[str, list[str]]
) -> None:
    place.home.receipts.rename(place.home.inbox / "away")
    place.home.receipts.mkdir()
    answer(place, declared[0], Return("120", time=TIME))
    place.drop("b.xlsx", b"no workbook")
    done = place.run().done
    assert (len(done.lines), done.heard, pass_code(done)) == (1, [], 6)
    assert states(place) == ["declared"] * 3
    assert not place.run().done.at_rest, "a run in a minute would be silent"


def test_a_new_folder_of_receipts_is_heard_after_init(place: Place, declared: tuple[str, list[str]]) -> None:
    shutil.rmtree(place.home.receipts)
    assert vinbatch.main(["init", str(place.root)], standalone_mode=False) == 0
    answer(place, declared[0], Return("120", time=TIME))
    place.run()
    assert states(place) == ["accepted"] * 3
