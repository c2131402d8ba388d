"""A pass over a real home: what comes in, what goes out, and what happens the second time."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from run_place import IN_PROCESS, Fresh, Place, verdicts

from vinbatch import __version__, flow
from vinbatch.cli.work import exit_code, pass_code
from vinbatch.effects import claimed, parts
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import AccessError, BusyError, RulesError
from vinbatch.model import Outcome, Reading, State
from vinbatch.noun import replace
from vinbatch.run.engines import Engine


def test_a_dropped_workbook_becomes_a_package_and_a_result(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    place.drop("三月宝马.xlsx", place.sheet(vehicles, sets))
    done = place.run()
    assert verdicts(done.outcomes[0]) == {2: "declared", 3: "declared", 4: "declared"}
    assert place.outbox() == {"TRIAL-20260302-0001-filing.zip": [v["vin"] for v in vehicles]}
    assert place.reports() == ["TRIAL-20260302-0001_三月宝马.xlsx"]


def test_the_inbox_is_empty_afterwards_and_the_source_is_in_the_archive(place: Place, fresh: Fresh) -> None:
    data = place.sheet(*fresh(1))
    place.drop("a.xlsx", data)
    place.run()
    left = {p.name for p in (place.root / "inbox").iterdir()}
    assert left == {".claims", ".vinbatch-inbox", "receipts", "使用说明.txt"}
    digest = hashlib.sha256(data).hexdigest()
    assert any(digest in str(p).replace("/", "") for p in (place.root / ".vinbatch/archive").rglob("*"))


def test_no_claim_is_ours_after_its_pass(place: Place, fresh: Fresh) -> None:
    """Who may write the inbox could lay a file there, under the name of somebody else's."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert not claimed.known(place.home)


def test_what_killed_writers_left_goes_with_the_next_pass_that_has_work(place: Place, fresh: Fresh) -> None:
    left = parts.part_in(place.home.archive)
    left.write_bytes(b"half")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert not left.exists()


def test_a_second_pass_has_nothing_to_do(place: Place, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert place.run().idle


def test_same_bytes_again_declare_nothing_twice(place: Place, fresh: Fresh) -> None:
    data = place.sheet(*fresh(2))
    for name in ("a.xlsx", "b.xlsx"):
        place.drop(name, data)
        done = place.run()
    assert verdicts(done.outcomes[0]) == {2: "unchanged", 3: "unchanged"}
    assert len(place.outbox()) == 1


def test_the_same_workbook_twice_in_one_pass_declares_once(place: Place, fresh: Fresh) -> None:
    data = place.sheet(*fresh(2))
    place.drop("a.xlsx", data)
    place.drop("b.xlsx", data)
    done = place.run()
    assert [set(verdicts(o).values()) for o in done.outcomes] == [{"declared"}, {"unchanged"}]


def test_refused_rows_are_decided_anew_when_the_same_file_comes_again(place: Place, fresh: Fresh) -> None:
    """Unknown structure number, catalogue import, same file again: declared."""
    vehicles, sets = fresh(1)
    data = place.sheet(vehicles)
    place.drop("a.xlsx", data)
    assert verdicts(place.run().outcomes[0]) == {2: "refused"}
    place.drop("参数.xlsx", place.sheet([], sets))
    assert verdicts(place.run().outcomes[0], "structure") == {2: "stored"}
    place.drop("a.xlsx", data)
    assert verdicts(place.run().outcomes[0]) == {2: "declared"}


def test_parameters_only_workbooks_go_first(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    place.drop("1.xlsx", place.sheet(vehicles))
    place.drop("2.xlsx", place.sheet([], sets))
    done = place.run()
    assert [set(verdicts(o).values()) for o in done.outcomes if verdicts(o)] == [{"declared"}]


def test_the_result_dropped_again_unchanged_declares_nothing(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(4)
    vehicles[1]["production_date"] = "2018.03"
    vehicles[2]["ccc_no"] = 2020011101345678
    vehicles[3]["action"] = "暂存"
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    first = place.run().outcomes[0]
    assert verdicts(first) == {2: "declared", 3: "held", 4: "refused", 5: "saved"}
    place.drop("again.xlsx", place.result(first.batch))
    again = place.run().outcomes[0]
    assert verdicts(again) == {2: "unchanged", 3: "held", 4: "refused", 5: "unchanged"}
    assert again.declarations == again.records == ()
    assert "CELL-REFILL" in {f.code for f in again.findings}


def test_department_owner_and_time_are_kept_with_the_batch(place: Place, fresh: Fresh) -> None:
    place.drop("上海/a.xlsx", place.sheet(*fresh(1)))
    outcome = place.run().outcomes[0]
    with place.ledger() as ledger:
        (record,) = ledger.records([outcome.records[0].vin]).values()
        origin = ledger.queries.sources([outcome.batch])[outcome.batch]
    assert (record.department, origin.file, origin.department) == ("上海", "a.xlsx", "上海")
    assert origin.who == outcome.reading.source.owner != ""
    assert outcome.now == place.now


def test_a_batch_keeps_the_settings_rules_and_program_that_it_was_decided_by(
    place: Place, fresh: Fresh
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    outcome = place.run().outcomes[0]
    with place.ledger() as ledger:
        story = ledger.queries.story(outcome.records[0].vin)
    (body,) = [e.body for e in story if e.body["kind"] == "batch"]
    worker = {"processes": 1, "memory_megabytes": 512, "seconds": 60}
    assert body["settings"] == {"settle_seconds": 0.01, "worker": worker}
    assert (body["rules"], body["program"]) == (place.ruleset.digest, __version__)


def test_a_file_that_kills_its_reader_is_refused_and_the_next_is_worked(place: Place, fresh: Fresh) -> None:
    place.drop("bad.xlsx", b"PK\x03\x04" + b"\0" * 400)
    place.drop("good.xlsx", place.sheet(*fresh(1)))
    done = place.run()
    assert sorted(o.refused for o in done.outcomes) == [False, True]
    assert len(place.reports()) == 2


def raising_on_bug_xlsx(decide: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """A bug that only the workbook of that name hits."""

    def broken(reading: Reading, *rest: object) -> Outcome:
        if reading.source.name == "bug.xlsx":
            raise ZeroDivisionError
        return decide(reading, *rest)

    return broken


def test_a_workbook_that_hits_a_bug_is_refused_alone(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VINBATCH-FAILED: the bug is ours, its neighbours are worked, nothing of it is stored."""
    from vinbatch import flow

    monkeypatch.setattr(flow, "decide", raising_on_bug_xlsx(flow.decide))
    vehicles, sets = fresh(2)
    place.drop("bug.xlsx", place.sheet(vehicles[:1], sets))
    place.drop("fine.xlsx", place.sheet(vehicles[1:], sets))
    done = place.run()
    assert done.failed == 1
    by_name = {o.reading.source.name: o for o in done.outcomes}
    assert [f.code for f in by_name["bug.xlsx"].findings] == ["VINBATCH-FAILED"]
    assert verdicts(by_name["fine.xlsx"]) == {2: "declared"}


def drop_before_its_parameters(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles))
    place.drop("bug.xlsx", place.sheet(vehicles, sets))
    place.drop("z.xlsx", place.sheet([], sets))
    for age, name in enumerate(("z.xlsx", "bug.xlsx", "a.xlsx"), start=1):
        then = place.now.timestamp() - 100 * age
        os.utime(place.root / "inbox" / name, (then, then))


def test_parameters_come_first_also_beside_a_bug(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time the vehicles were judged before the parameters that had come with them, and refused."""
    monkeypatch.setattr(flow, "decide", raising_on_bug_xlsx(flow.decide))
    drop_before_its_parameters(place, fresh)
    done = place.run()
    assert [line.file for line in done.lines] == ["a.xlsx", "bug.xlsx", "z.xlsx"]
    assert [list(verdicts(o).values()) for o in done.outcomes] == [["declared"], [], []]


@pytest.mark.parametrize("engine", [IN_PROCESS, Engine()])
def test_parameters_come_first_also_after_a_pass_that_died(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """What was under way is judged one at a time then: the vehicles were refused for what lay beside them."""
    drop_before_its_parameters(place, fresh)
    (place.root / "inbox" / "bug.xlsx").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(flow, "check", lambda *_: sys.exit())
        with pytest.raises(SystemExit):
            place.run()
    place.engine = engine
    done = place.run()
    assert {o.reading.source.name: list(verdicts(o).values()) for o in done.outcomes} == {
        "a.xlsx": ["declared"],
        "z.xlsx": [],
    }


def test_the_same_file_is_worked_once_the_bug_is_mended(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vinbatch import flow

    data = place.sheet(*fresh(1))
    with monkeypatch.context() as patch:
        patch.setattr(flow, "decide", lambda *_: 1 / 0)
        place.drop("a.xlsx", data)
        place.run()
    place.drop("a.xlsx", data)
    assert verdicts(place.run().outcomes[0]) == {2: "declared"}


def test_a_workbook_that_lost_a_row_is_refused_and_nothing_of_it_declared(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also under `python -O`, which leaves asserts out."""
    decide = flow.decide

    def careless(*args: Any) -> Outcome:
        outcome = decide(*args)
        return replace(outcome, rows=outcome.rows[1:]) if outcome.reading.source.name == "a.xlsx" else outcome

    monkeypatch.setattr(flow, "decide", careless)
    place.drop("a.xlsx", place.sheet(*fresh(2)))
    done = place.run()
    assert [f.code for f in done.outcomes[0].findings] == ["VINBATCH-FAILED"]
    assert place.outbox() == {}


def test_a_broken_template_stops_the_pass_and_nothing_is_lost(place: Place, fresh: Fresh) -> None:
    template = place.root / "templates" / "declaration.xml"
    template.write_text("<VinMessage>{{ nothing_of_the_kind }}</VinMessage>", "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(RulesError, match=r"declaration\.xml"):
        place.run()
    assert (place.root / "inbox" / "a.xlsx").exists()
    template.unlink()
    done = place.run()
    assert verdicts(done.outcomes[0]) == {2: "declared"}
    assert done.outcomes[0].batch == "TRIAL-20260302-0001"


def test_an_interrupted_batch_keeps_its_number_and_its_time(place: Place, fresh: Fresh) -> None:
    template = place.root / "templates" / "declaration.xml"
    packaged = dict(place.rulebook.templates)["declaration.xml"]
    template.write_text(packaged + "{{ nobody if batch.endswith('-0001') }}", "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    before = place.now
    with pytest.raises(RulesError):
        place.run()
    template.unlink()
    place.now = before.replace(day=5)
    assert place.run().outcomes[0].now == before


def test_a_missing_sentinel_stops_the_pass_with_the_cure(place: Place) -> None:
    (place.root / "inbox" / ".vinbatch-inbox").unlink()
    with pytest.raises(AccessError, match="vinbatch init"):
        place.run()


def test_another_run_holds_the_home(place: Place) -> None:
    import subprocess
    import sys

    code = (
        "import sys, time\nfrom pathlib import Path\nfrom vinbatch.effects.lock import HomeLock\n"
        "with HomeLock(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    lock = str(place.home.lock_path)
    with subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            with pytest.raises(BusyError):
                place.run()
        finally:
            other.kill()
    with HomeLock(place.home.lock_path):
        pass  # a dead holder frees it


def test_an_edited_result_is_never_overwritten(place: Place, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    batch = place.run().outcomes[0].batch
    (path,) = (place.root / "reports").glob(f"{batch}_*.xlsx")
    path.write_bytes(b"a person's own")
    _due_again(place, batch)
    answered = place.run().answered
    assert [a.beside for a in answered] == [True]
    assert path.read_bytes() == b"a person's own"
    assert place.reports() == [f"{batch}_a-2.xlsx", f"{batch}_a.xlsx"]


def test_a_result_that_is_ours_is_refreshed_in_place(place: Place, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    batch = place.run().outcomes[0].batch
    before = place.result(batch)
    _due_again(place, batch, State.ACCEPTED)
    assert [a.beside for a in place.run().answered] == [False]
    assert place.result(batch) != before
    assert place.reports() == [f"{batch}_a.xlsx"]


def _due_again(place: Place, batch: str, state: State | None = None) -> None:
    with closing(sqlite3.connect(place.home.ledger)) as db, db:
        db.execute("UPDATE batch SET answer_due = 1 WHERE number = ?", (batch,))
        if state:
            db.execute("UPDATE record SET body = json_replace(body, '$.now.state', ?)", (state.value,))
    db.close()


def headline(place: Place, ending: str) -> str:
    """The sentences on the newest report whose name ends so."""
    page = sorted((place.root / "reports").glob(f"*{ending}"))[-1].read_text("utf-8")
    return page.split('<div class="lead ')[1].split("</div>")[0]


def test_a_full_outbox_does_not_keep_the_answer(place: Place, fresh: Fresh) -> None:
    outbox = place.root / "outbox"
    outbox.rmdir()
    outbox.write_text("not a folder")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    done = place.run()
    assert done.unpublished is not None
    assert len(place.reports()) == 1
    assert "还没有送出" in headline(place, "a.html")
    outbox.unlink()
    outbox.mkdir()
    assert len(place.run().published) == 1
    assert len(place.outbox()) == 1
    assert "等待海关答复：备案 1 辆" in headline(place, "a.html"), "the answer tells that it went out"


def test_a_name_taken_in_the_outbox_is_in_doubt_and_never_overwritten(place: Place, fresh: Fresh) -> None:
    taken = place.root / "outbox" / "TRIAL-20260302-0001-filing.zip"
    taken.write_bytes(b"of somebody else")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    done = place.run()
    assert len(done.doubtful) == 1
    assert taken.read_bytes() == b"of somebody else"
    assert "不能确定是否已送达" in headline(place, "a.html")


def test_what_is_not_ready_stays(place: Place, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.drop("~$a.xlsx", b"\x05alice" + b" " * 159)
    done = place.run()
    assert done.outcomes == []
    assert (place.root / "inbox" / "a.xlsx").exists()


def test_two_workbooks_with_the_same_vin_in_one_pass(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    other = [{**vehicles[0], "colour": "另一种"}]
    place.drop("b.xlsx", place.sheet(other, sets))
    done = place.run()
    assert [list(verdicts(o).values()) for o in done.outcomes] == [["declared"], ["refused"]]
    assert "RECORD-WAITS" in {f.code for f in done.outcomes[1].findings}


def test_unknown_columns_are_carried_to_the_right_end(place: Place, fresh: Fresh) -> None:
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(place.sheet(*fresh(1))))
    sheet = book["车辆信息"]
    column = sheet.max_column + 1
    sheet.cell(1, column, "我的备注列")
    sheet.cell(2, column, "=1+1 是文字")
    sheet.cell(2, column).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    place.drop("a.xlsx", out.getvalue())
    batch = place.run().outcomes[0].batch
    vehicle = next(s for s in place.parsed(place.result(batch)).sheets if s.name == "车辆信息")
    at = vehicle.rows[0].index("我的备注列")
    assert at == len(vehicle.rows[0]) - 1
    assert vehicle.rows[1][at] == "=1+1 是文字"


def asking(place: Place, *rows: dict[str, str]) -> bytes:
    """The form with these rows in its sheet 查询, headings as keys."""
    import io

    import openpyxl

    from vinbatch.workbook.form import build

    book = openpyxl.load_workbook(io.BytesIO(build(place.ruleset)))
    sheet = book["查询"]
    heads = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, start=2):
        for head, text in row.items():
            sheet.cell(number, heads.index(head) + 1, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_dropped_query_is_answered_by_an_extract(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    vins = [str(v["vin"]) for v in vehicles]
    place.drop("查询.xlsx", asking(place, {"VIN": vins[0]}, {"VIN": vins[2][-6:]}))
    batch = place.run().outcomes[0].batch
    extract = place.parsed((place.root / "reports" / f"{batch}_{vins[0]}等2条-查询结果.xlsx").read_bytes())
    sheet = next(s for s in extract.sheets if s.name == "车辆信息")
    at = sheet.rows[0].index("车辆识别代号(VIN)")
    assert [row[at] for row in sheet.rows[1:]] == [vins[0], vins[2]]


def test_an_extract_says_when_and_what_was_asked(place: Place, fresh: Fresh) -> None:
    """Two of them were alike but for the batch in their names."""
    import openpyxl

    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.drop("q.xlsx", asking(place, {"申报类型": "备案", "当前状态": "已申报"}))
    batch = place.run().outcomes[0].batch
    book = openpyxl.load_workbook(place.root / "reports" / f"{batch}_备案-已申报-查询结果.xlsx")
    told = f"查询结果 {batch} · 2026-03-02 09:30:00 · “申报类型 备案，当前状态 已申报”"
    assert book.properties.title == told
    assert str(book["车辆信息"].oddFooter.left.text).startswith(told[:60])


def test_at_the_foot_a_long_title_leaves_room_for_the_number_of_the_page(place: Place) -> None:
    import openpyxl

    place.drop("q.xlsx", asking(place, *({"VIN": f"{n}23456"} for n in range(1, 7))))
    batch = place.run().outcomes[0].batch
    book = openpyxl.load_workbook(place.root / "reports" / f"{batch}_123456等6条-查询结果.xlsx")
    foot = str(book["车辆信息"].oddFooter.left.text)
    assert foot.endswith("…")
    assert len(foot) < 84 < len(str(book.properties.title))


def test_an_extract_that_asks_again_gets_both_answers(place: Place, fresh: Fresh) -> None:
    """The result had the name of the new extract, which was lost."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.drop("备案-查询结果.xlsx", asking(place, {"申报类型": "备案"}))
    place.run()
    assert sorted(n for n in place.reports() if "0002" in n) == [
        "TRIAL-20260302-0002_备案-查询结果-查询结果.xlsx",
        "TRIAL-20260302-0002_备案-查询结果.xlsx",
    ]


def test_what_was_asked_at_length_leaves_every_part_a_name_of_its_own(place: Place, fresh: Fresh) -> None:
    """Two parts had one name, cut off before their number: the vehicles of the first were in no extract."""
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(f"{settings.read_text('utf-8')}[limits]\npart = 1\n", "utf-8")
    vehicles, sets = fresh(2)
    number = "BMW-G28-330LI-MSPORT-2021-08-CN"
    for row in (*vehicles, *sets):
        row["structure_no"] = number
    place.drop("a.xlsx", place.sheet(vehicles, sets[:1]))
    filed = place.run().outcomes[0].batch
    days = {"起始日期": "2026-03-01", "截止日期": "2026-03-31"}
    asked = {"批次号": filed, "申报类型": "备案", "当前状态": "已申报", "结构参数编号": number, **days}
    place.drop("q.xlsx", asking(place, asked))
    batch = place.run().outcomes[0].batch
    extracts = [n for n in place.reports() if n.startswith(f"{batch}_{filed}-备案-已申报-BMW-G28")]
    assert sorted(n.partition("查询结果")[2] for n in extracts) == ["_1.xlsx", "_2.xlsx"]


def test_a_query_that_cannot_be_understood_is_told(place: Place) -> None:
    place.drop("查询.xlsx", asking(place, {"起始日期": "去年"}))
    outcome = place.run().outcomes[0]
    assert [(f.code, f.sheet, f.row) for f in outcome.findings] == [("QUERY-CONDITION", "query", 2)]
    assert "“查询”第 2 行的条件无法识别，没有查询" in headline(place, "查询.html")


def test_a_query_that_cannot_be_understood_leaves_with_3(place: Place) -> None:
    """A script that drops queries would take it for answered."""
    place.drop("查询.xlsx", asking(place, {"起始日期": "去年"}))
    ran = place.run()
    assert (exit_code(ran.outcomes[0]), pass_code(ran.done)) == (3, 3)


def test_rows_of_a_query_that_find_nothing_are_named(place: Place, fresh: Fresh) -> None:
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    place.drop("查.xlsx", asking(place, {"VIN": "999999"}, {"VIN": str(vehicles[0]["vin"])}))
    place.run()
    told = headline(place, "查.html")
    assert "查询到 1 辆车" in told
    assert "没有查到车辆的条件：“VIN 999999”。" in told
    place.drop("查不到.xlsx", asking(place, {"VIN": "999999"}))
    place.run()
    assert "没有查到符合条件的车辆" in headline(place, "查不到.html")


def test_the_result_carries_back_the_queries_that_are_to_be_mended_and_no_others(place: Place) -> None:
    place.drop("查询.xlsx", asking(place, {"VIN": "123456"}, {"起始日期": "去年"}))
    outcome = place.run().outcomes[0]
    data = (place.root / "reports" / f"{outcome.batch}_查询.xlsx").read_bytes()
    rows = next(s.rows for s in place.parsed(data).sheets if s.name == "查询")
    assert [[c for c in row if c] for row in rows[1:]] == [[], ["去年"]]


def test_an_extract_edited_and_dropped_changes_an_accepted_vehicle(place: Place, fresh: Fresh) -> None:
    """From query to change without a command line."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    _accept(place)
    place.drop("q.xlsx", asking(place, {"当前状态": "海关接收成功"}))
    batch = place.run().outcomes[0].batch
    data = (place.root / "reports" / f"{batch}_海关接收成功-查询结果.xlsx").read_bytes()
    place.drop("变更.xlsx", edited(data, {"操作": "变更", "车身颜色": "红"}))
    outcome = place.run().outcomes[0]
    assert verdicts(outcome) == {2: "declared"}
    assert sorted(place.outbox())[-1].endswith("-change.zip")


def edited(data: bytes, cells: dict[str, str]) -> bytes:
    """Row 2 of 车辆信息 with these cells, as saved by openpyxl."""
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["车辆信息"]
    heads = [cell.value for cell in sheet[1]]
    for head, text in cells.items():
        sheet.cell(2, heads.index(head) + 1, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _accept(place: Place) -> None:
    """As a receipt of customs would."""
    with closing(sqlite3.connect(place.home.ledger)) as db, db:
        db.execute(
            "UPDATE record SET state = 'accepted',"
            " body = json_set(json_replace(body, '$.now.state', 'accepted'), '$.accepted',"
            " json(json_replace(json_extract(body, '$.now'), '$.state', 'accepted')))"
        )
    db.close()


@pytest.mark.parametrize("how", ["removed", "cut to nothing"])
def test_a_ledger_that_is_gone_is_not_begun_anew(place: Place, fresh: Fresh, how: str) -> None:
    """Numbers and guids would begin again, and vehicles be declared twice."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.home.ledger.unlink()
    if how != "removed":
        place.home.ledger.touch()
    with pytest.raises(AccessError, match="backup"):
        place.run()


def test_a_damaged_ledger_is_told_with_the_cure(place: Place, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.home.ledger.write_bytes(b"no database" * 1000)
    with pytest.raises(AccessError, match="not a database"):
        place.run()


def test_a_bug_on_one_answer_leaves_it_due_and_the_others_are_told(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vinbatch import flow

    answer = flow.answer

    def broken(outcome, *rest):  # type: ignore[no-untyped-def]
        if outcome.reading.source.name == "a.xlsx":
            raise ZeroDivisionError
        return answer(outcome, *rest)

    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    with monkeypatch.context() as patch:
        patch.setattr(flow, "answer", broken)
        assert place.run().failed == 1
    assert [n.partition("_")[2] for n in place.reports()] == ["b.xlsx"]
    assert [a.failed for a in place.run().answered] == [False]
    assert len(place.reports()) == 2


def test_a_bug_on_one_file_does_not_stop_a_check(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vinbatch import flow
    from vinbatch.effects.pool import Pool
    from vinbatch.model import Facts, Source
    from vinbatch.run.judging.dry import check_files
    from vinbatch.run.judging.judge import Dropped

    monkeypatch.setattr(flow, "decide", raising_on_bug_xlsx(flow.decide))
    data = place.sheet(*fresh(1))
    files = [partial(Dropped, Source(name, name), data, len(data)) for name in ("bug.xlsx", "fine.xlsx")]
    with Pool(1, 512, 60, place.rulebook) as pool:
        found = list(check_files(files, pool, lambda _: Facts(), place.rulebook, place.now))
    assert [[f.code for f in o.findings] for o in found] == [["VINBATCH-FAILED"], []]


def test_a_check_judges_parameters_first_also_where_they_lie_in_another_chunk(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its verdicts are those of a run: vehicles of the chunk before were refused."""
    from vinbatch.effects.pool import Pool
    from vinbatch.model import Facts, Source
    from vinbatch.run.judging.dry import check_files
    from vinbatch.run.judging.judge import Dropped

    monkeypatch.setattr("vinbatch.run.judging.portions.CHUNK", 1)
    vehicles, sets = fresh(2)
    books = [place.sheet(vehicles[:1]), place.sheet([], sets), place.sheet(vehicles[1:])]
    files = [partial(Dropped, Source(f"{i}.xlsx", str(i)), data, len(data)) for i, data in enumerate(books)]
    with Pool(1, 512, 60, place.rulebook) as pool:
        found = list(check_files(files, pool, lambda _: Facts(), place.rulebook, place.now))
    assert [o.reading.source.name for o in found] == ["0.xlsx", "1.xlsx", "2.xlsx"]
    assert [list(verdicts(o).values()) for o in found] == [["declared"], [], ["declared"]]


def test_what_a_killed_command_reserved_is_forgotten(place: Place, fresh: Fresh) -> None:
    from vinbatch.model import Source
    from vinbatch.store.ledger import Ledger

    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with Ledger.open(place.home.ledger) as ledger:
        ledger.take(Source("p.xlsx", "d"), "command/1", place.now, "TRIAL", place.home.settings.zone)
    place.run()
    with place.ledger() as ledger:
        assert ledger.queries.status(place.now, 3).unfinished == ()


def test_a_workbook_above_the_limit_is_refused_with_its_size(place: Place) -> None:
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + "[limits]\nfile_megabytes = 1\n", "utf-8")
    place.drop("a.xlsx", b"PK\3\4" + bytes(2**20))
    ((found,),) = [o.findings for o in place.run().outcomes]
    assert (found.code, "1.0" in place.ruleset.tell(found).what) == ("FILE-TOO-LARGE", True)


def test_a_picture_in_the_inbox_is_answered_with_what_to_do(place: Place) -> None:
    place.drop("扫描.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    place.drop("三月宝马", b"\x00\x01\x02 nothing that anybody knows")
    outcomes = place.run().outcomes
    assert {o.reading.findings[0].code for o in outcomes} == {"FILE-IMAGE", "FILE-UNKNOWN"}
    assert {name.partition("_")[2] for name in place.reports()} == {"三月宝马.xlsx", "扫描-png.xlsx"}


def test_a_file_that_would_fill_the_disk_is_told_of_in_reports_and_keeps_nobody(
    place: Place, fresh: Fresh
) -> None:
    big = place.drop("华东/big.xlsx", b"")
    os.truncate(big, 8 * 2**40)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    assert [line.file for line in place.run().lines] == ["a.xlsx"]
    note = place.home.reports / "华东_big.xlsx.txt"
    assert "华东/big.xlsx 太大（超过 100 MB）" in note.read_text("utf-8-sig")
    assert big.stat().st_size == 8 * 2**40
    written = note.stat().st_mtime_ns
    place.run()
    assert note.stat().st_mtime_ns == written
    assert len(list(place.home.reports.glob("*big*"))) == 1
