"""Which rows a later batch takes over: those of which it can be told that they are the same."""

from __future__ import annotations

import sqlite3
from zoneinfo import ZoneInfo

import pytest
from desk import NOW, OTHER_VIN, Cells, Desk

from vinbatch import flow
from vinbatch.model import Outcome, Rulebook
from vinbatch.noun import replace
from vinbatch.store.commits import Law
from vinbatch.store.ledger import Ledger
from vinbatch.store.migrating import statements
from vinbatch.store.schema import SCRIPTS
from vinbatch.store.schema.older import SCHEMA_OLDER

SAID = {"colour": "红", "ccc_no": "2021011101234567", "engine_no": "B48B20B 12345678"}


def commit(ledger: Ledger, outcome: Outcome, rulebook: Rulebook) -> Outcome:
    ledger.take(outcome.reading.source, outcome.batch, NOW, "TRIAL", ZoneInfo("Asia/Shanghai"))
    ledger.commit([(outcome, flow.render(outcome, rulebook))], Law("rules"))
    return outcome


@pytest.mark.parametrize(("cells", "known"), [(3, True), (2, False), (1, False)])
def test_a_row_without_a_vin_is_known_again_in_another_file_by_three_cells(
    ledger: Ledger, rulebook: Rulebook, cells: int, known: bool
) -> None:
    """Of rows that say less there are alike ones in all workbooks."""
    desk = Desk(rulebook)
    row = dict.fromkeys(desk.sample("vehicle"), "") | dict(list(SAID.items())[:cells])
    first = commit(ledger, desk.drop([{}, row]), rulebook)
    assert ("vehicle", 3) in (ledger.queries.open_rows(first.batch) or ())
    later = commit(ledger, desk.again(first, {3: {"colour": "黑"}}), rulebook)
    assert (("vehicle", 3) in (ledger.queries.open_rows(first.batch) or ())) is not known
    assert (ledger.queries.came_back(first.batch).get(("vehicle", 3)) == later.batch) is known


def test_a_row_that_says_little_is_known_again_in_its_result(ledger: Ledger, rulebook: Rulebook) -> None:
    """Whose name begins with the number of its batch."""
    desk = Desk(rulebook)
    row = dict.fromkeys(desk.sample("vehicle"), "") | {"colour": "红"}
    first = commit(ledger, desk.drop([{}, row]), rulebook)
    later = desk.again(first, {3: {"colour": "黑"}})
    source = replace(later.reading.source, name=f"{first.batch}_1.xlsx")
    commit(ledger, replace(later, reading=replace(later.reading, source=source)), rulebook)
    assert ledger.queries.came_back(first.batch) == {("vehicle", 3): later.batch}


def test_of_a_batch_whose_rows_came_back_and_came_back_again_the_last_is_the_latest(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    desk = Desk(rulebook)
    first = outcome = commit(ledger, desk.drop([{"vin": "?"}]), rulebook)
    for colour in ("黑", "白"):
        outcome = commit(ledger, desk.again(outcome, {2: {"colour": colour}}), rulebook)
        assert ledger.queries.latest([first.batch]) == outcome.batch


def test_of_rows_that_came_again_only_those_are_watched_that_customs_still_owes(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    """What was accepted meanwhile waits for nobody."""
    desk = Desk(rulebook)
    rows: list[Cells | None] = [{}, {"vin": OTHER_VIN}]
    commit(ledger, desk.drop(rows), rulebook)
    ledger.db.execute("UPDATE record SET state = 'accepted' WHERE vin = ?", (OTHER_VIN,))
    again = commit(ledger, desk.drop(rows), rulebook)
    assert ledger.queries.open_rows(again.batch) == {("vehicle", 2)}


def test_of_no_batches_none_is_the_latest(ledger: Ledger) -> None:
    assert ledger.queries.latest([]) == ""


def test_what_waited_in_an_older_ledger_says_what_its_mark_does() -> None:
    """So its own result is no older one."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    before = SCRIPTS[: SCRIPTS.index(SCHEMA_OLDER)]
    for statement in statements("".join(before)):
        db.execute(statement)
    db.execute("INSERT INTO open_row VALUES ('B-1', 'vehicle', 2, 'refused', 'VIN', 'VIN@0:0123456789ab')")
    for statement in statements(SCHEMA_OLDER):
        db.execute(statement)
    assert db.execute("SELECT says FROM open_row").fetchall() == [("0123456789ab",)]
    db.close()


def test_what_a_row_asked_of_a_draft_waits_for_nobody_once_the_draft_is_deleted(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    """Its file had a row to mend for good, and customs' answer to its others asked for it again."""
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    edited = commit(ledger, desk.again(saved, {2: {"colour": "黑"}}), rulebook)
    assert ledger.queries.open_rows(edited.batch) == {("vehicle", 2)}
    commit(ledger, desk.again(edited, {2: {"action": "删除"}}), rulebook)
    assert ledger.queries.open_rows(edited.batch) == set()


def test_a_row_that_was_refused_beside_a_draft_waits_on_when_the_draft_is_deleted(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    """It may be mended and declared yet."""
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    beside = commit(ledger, desk.drop([{"ccc_no": "1"}]), rulebook)
    commit(ledger, desk.again(saved, {2: {"action": "删除"}}), rulebook)
    assert ledger.queries.open_rows(beside.batch) == {("vehicle", 2)}
