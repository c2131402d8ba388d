"""What the events tell an auditor of a batch: who, from which file and cell, what, and by which rules."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from desk import NOW, OTHER_VIN, Desk

from vinbatch import __version__, flow
from vinbatch.model import Outcome, RecordChange, Source, State, Type
from vinbatch.noun import replace
from vinbatch.store.commits import Law, write_records
from vinbatch.store.ledger import Ledger

VIN = "WBA13BJ03MCF12345"
AT = {"time": NOW.isoformat()}
ROW = {"sheet": "vehicle", "row": 2, "cell": "C2", "sheet_name": "车辆信息"}


def events(ledger: Ledger, outcome: Outcome, desk: Desk, **law: object) -> list[dict[str, Any]]:
    """The bodies of the events of this outcome, committed."""
    ledger.take(outcome.reading.source, outcome.batch, outcome.now, "TRIAL", ZoneInfo("Asia/Shanghai"))
    ledger.commit([(outcome, flow.render(outcome, desk.rulebook))], Law("rules", law))
    rows = ledger.db.execute("SELECT body FROM event WHERE batch = ? ORDER BY id", (outcome.batch,))
    return [json.loads(body) for (body,) in rows]


def kind(told: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """The only event of this kind."""
    (one,) = [body for body in told if body["kind"] == wanted]
    return one


def test_the_batch_names_its_file_who_brought_it_and_what_it_was_judged_by(
    ledger: Ledger, desk: Desk
) -> None:
    source = Source("三月.xlsx", "d" * 64, "north", "wang", "li")
    outcome = desk.drop([{}, {"vin": "x"}])
    outcome = replace(outcome, reading=replace(outcome.reading, source=source, saved_by="韩梅梅"))
    told = kind(events(ledger, outcome, desk, overdue_days=5), "batch")
    stored = told.pop("outcome")
    assert len(stored) == 64
    assert told == AT | {
        "kind": "batch",
        "file": "三月.xlsx",
        "digest": "d" * 64,
        "department": "north",
        "owner": "wang",
        "user": "li",
        "saved_by": "韩梅梅",
        "rows": 3,
        "refused": False,
        "rules": "rules",
        "settings": {"overdue_days": 5},
        "program": __version__,
    }


def test_a_declaration_tells_its_cell_all_its_data_and_the_package(ledger: Ledger, desk: Desk) -> None:
    outcome = desk.drop()
    (package,) = flow.render(outcome, desk.rulebook)
    told = kind(events(ledger, outcome, desk), "declared")
    (change,) = outcome.records
    assert change.record is not None
    data = {key: value for key, value in change.record.now.data.items() if value is not None}
    assert len(told.pop("record")) == 64
    assert told == AT | ROW | {
        "kind": "declared",
        "type": "filing",
        "state": "declared",
        "revision": 1,
        "data": data,
        "guid": package.guid,
    }


def test_a_held_row_tells_what_it_is_held_for(ledger: Ledger, desk: Desk) -> None:
    told = kind(events(ledger, desk.drop([{"production_date": "2018.03"}]), desk), "held")
    assert [asked.partition(":")[0] for asked in told["held"]] == ["DATE-MODEL-YEAR"]
    assert (told["state"], "guid" in told, "confirmed" in told) == ("draft", False, False)


def test_a_confirmed_row_tells_what_was_confirmed(ledger: Ledger, desk: Desk) -> None:
    row = {"production_date": "2018.03", "confirmed": "是"}
    told = kind(events(ledger, desk.drop([row]), desk), "declared")
    assert [asked.partition(":")[0] for asked in told["confirmed"]] == ["DATE-MODEL-YEAR"]
    assert "held" not in told


def test_a_change_tells_old_and_new_in_the_place_of_the_data(ledger: Ledger, desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    with ledger.db:
        write_records(ledger.db, [RecordChange(record.vin, 0, "test", record)])
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "colour": "红"}])
    told = kind(events(ledger, outcome, desk), "declared")
    assert told["diff"] == [{"sheet": "vehicle", "field": "colour", "old": "碳黑色", "new": "红"}]
    assert (told["type"], told["revision"], "data" in told) == ("change", 3, False)


def test_parameters_that_are_learnt_tell_their_row_and_revision(ledger: Ledger, desk: Desk) -> None:
    told = kind(events(ledger, desk.drop(), desk), "entry learnt")
    assert len(told.pop("entry")) == 64
    assert told == AT | {
        "kind": "entry learnt",
        "number": "CN530I-G30-2021-001",
        "revision": 1,
        "sheet": "structure",
        "row": 2,
        "sheet_name": "结构参数",
    }


def test_what_is_deleted_with_its_parameters_has_neither_state_nor_revision(
    ledger: Ledger, desk: Desk
) -> None:
    saved = desk.drop([{"action": "暂存"}])
    events(ledger, saved, desk)
    told = events(ledger, desk.again(saved, {2: {"action": "删除含结构参数"}}), desk)
    assert kind(told, "deleted") == AT | ROW | {"kind": "deleted"}
    gone = [body for body in told if body["kind"].startswith("entry ")]
    assert [(body["revision"], "entry" in body) for body in gone] == [(None, False)]


def test_the_package_is_told_with_its_name_and_digest(ledger: Ledger, desk: Desk) -> None:
    outcome = desk.drop()
    (package,) = flow.render(outcome, desk.rulebook)
    assert kind(events(ledger, outcome, desk), "package") == AT | {
        "kind": "package",
        "guid": package.guid,
        "name": f"{outcome.batch}-filing.zip",
        "digest": package.digest,
    }


def test_each_record_of_a_batch_of_many_keeps_its_own_cell(ledger: Ledger, desk: Desk) -> None:
    told = events(ledger, desk.drop([{}, None, {"vin": OTHER_VIN}]), desk)
    assert [body["cell"] for body in told if body["kind"] == "declared"] == ["C2", "C4"]
