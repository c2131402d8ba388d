"""What the overview is drawn from, asked of the ledger alone."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from desk import NOW, OTHER_VIN, Desk

from vinbatch import flow
from vinbatch.model import Day, Outcome, Rulebook, Unmended
from vinbatch.store import figures
from vinbatch.store.commits import Law
from vinbatch.store.figures import Figures
from vinbatch.store.ledger import Ledger


def commit(ledger: Ledger, outcome: Outcome, rulebook: Rulebook) -> None:
    ledger.take(outcome.reading.source, outcome.batch, NOW, "TRIAL", ZoneInfo("Asia/Shanghai"))
    ledger.commit([(outcome, flow.render(outcome, rulebook))], Law("rules"))


def test_days_on_which_nothing_happened_are_told_and_are_empty() -> None:
    first, last = date(2026, 2, 28), date(2026, 3, 2)
    with Ledger.empty() as ledger:
        days = Figures(ledger).span(first, last).days
    assert days == (Day(first), Day(date(2026, 3, 1)), Day(last))


def test_of_files_that_nobody_mended_the_refused_rows_are_counted_but_of_a_refused_file_none(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    desk = Desk(rulebook)
    commit(ledger, desk.drop([{"vin": "?"}, {"vin": "??"}, {"vin": OTHER_VIN}]), rulebook)
    commit(ledger, desk.drop(without=("vin",)), rulebook)
    told = Figures(ledger).unmended(NOW.date())
    assert told == (Unmended("2.xlsx", "", 0), Unmended("1.xlsx", "", 2))


def test_batches_of_before_are_counted_in_parts_and_the_last_says_so(
    ledger: Ledger, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(rulebook)
    for vin in ("WBA13BJ03MCF12345", OTHER_VIN):
        commit(ledger, desk.drop([{"vin": vin}]), rulebook)
    ledger.db.execute("UPDATE line SET counted = 0")
    monkeypatch.setattr(figures, "_MOST_COUNTED", 1)
    assert [Figures(ledger).count_older() for _ in range(3)] == [False, True, True]
    assert ledger.db.execute("SELECT sum(counted) FROM line").fetchone() == (2,)


def test_a_batch_that_is_counted_late_has_nothing_held_that_was_deleted_meanwhile(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    asked = {"production_date": "2018.03"}
    outcome = Desk(rulebook).drop([asked, {**asked, "vin": OTHER_VIN}])
    commit(ledger, outcome, rulebook)
    ledger.db.execute("DELETE FROM record WHERE vin = ?", (OTHER_VIN,))
    ledger.db.execute("DELETE FROM open_row")
    ledger.db.execute("UPDATE line SET counted = 0")
    assert Figures(ledger).count_older()
    assert ledger.queries.open_rows(outcome.batch) == {("vehicle", 2)}


def test_of_the_months_that_are_due_the_newest_comes_first() -> None:
    with Ledger.empty() as ledger:
        ledger.db.execute("INSERT OR IGNORE INTO page_due VALUES ('202512'), ('202601'), ('202603')")
        assert Figures(ledger).months_due("202603") == ("202601", "202512")
