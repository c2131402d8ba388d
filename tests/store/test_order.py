"""Batches come in the order in which they were taken, also beyond the 9,999th of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import NOW, OTHER_VIN, Desk

from vinbatch import flow
from vinbatch.model import Forgotten, Rulebook, Source, Type
from vinbatch.numbering import in_order
from vinbatch.store.commits import Law
from vinbatch.store.figures import Figures
from vinbatch.store.ledger import Ledger

DAY = "TRIAL-20260302"
FIRST, LAST = f"{DAY}-9999", f"{DAY}-10000"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def ledger(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Two batches of one moment: each with a package, a refused row, and mail to be sent."""
    desk = Desk(rulebook, count=9998)
    with Ledger.open(Path(tmp_path_factory.mktemp("order"), "ledger.db"), create=True) as ledger:
        ledger.db.execute("INSERT INTO counter VALUES (?, 9998)", (DAY,))
        for vin in (str(desk.sample("vehicle")["vin"]), OTHER_VIN):
            outcome = desk.drop([{"vin": vin}, {"vin": "WBA", "engine_no": vin}])
            taken = ledger.take(outcome.reading.source, outcome.batch, NOW, "TRIAL", ZONE)
            assert taken.batch == outcome.batch
            ledger.commit([(outcome, flow.render(outcome, rulebook))], Law("rules"))
        ledger.db.execute("UPDATE batch SET mail_due = 1, untold = 'rules'")
        yield ledger


@pytest.mark.parametrize(
    "asked",
    {
        "answers.due": lambda one: one.answers.due(),
        "answers.untold": lambda one: one.answers.untold(),
        "packages.open": lambda one: [p.batch for p in one.packages.open()],
        "packages.of": lambda one: [p.batch for p in one.packages.of([LAST, FIRST])],
        "figures.lines of a month": lambda one: [line.batch for line in Figures(one).lines("202603")][::-1],
        "figures.lines of the newest": lambda one: [x.batch for x in Figures(one).lines("202603", 9)][::-1],
        "figures.unmended": lambda one: [
            f"{DAY}-{u.source.removesuffix('.xlsx')}" for u in Figures(one).unmended(NOW.date())
        ][::-1],
        "queries.open_with": lambda one: one.queries.open_with("VIN-LENGTH"),
        "queries.outer_files": lambda one: [batch for batch, _ in one.queries.outer_files()],
        "queries.latest": lambda one: [FIRST, one.queries.latest([LAST, FIRST])],
        "queries.last_batch": lambda one: [FIRST, one.queries.last_batch()],
        "queries.later_than": lambda one: [FIRST, *one.queries.later_than(FIRST, [FIRST, LAST])],
    }.items(),
    ids=lambda case: case[0],
)
def test_the_ten_thousandth_of_a_day_comes_after_those_before_it(
    ledger: Ledger, asked: tuple[str, Callable[[Ledger], list[str]]]
) -> None:
    assert list(asked[1](ledger)) == [FIRST, LAST]


def test_mail_tells_of_the_ten_thousandth_after_those_before_it(ledger: Ledger) -> None:
    ledger.db.execute("UPDATE batch SET answer_due = 0")
    assert [due.batch for due in ledger.mails.due()] == [FIRST, LAST]


def test_answers_that_a_later_batch_made_old_are_renewed_oldest_first(ledger: Ledger) -> None:
    ledger.db.execute("UPDATE batch SET answer_due = 0")
    ledger.db.executemany("INSERT INTO renewal VALUES (?)", [(LAST,), (FIRST,)])
    ledger.answers.renew(1)
    assert ledger.answers.due() == (FIRST,)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", create=True) as opened:
        yield opened


def test_the_ten_thousandth_claim_of_a_day_is_named_last_of_what_no_pass_has_ended(empty: Ledger) -> None:
    empty.db.execute("INSERT INTO counter VALUES (?, 9998)", (DAY,))
    for claim in "ab":
        empty.take(Source(f"{claim}.xlsx", claim * 64), claim, NOW, "TRIAL", ZONE)
    assert empty.queries.status(NOW, 3).unfinished == (FIRST, LAST)


def test_forgotten_packages_are_decided_about_in_the_order_in_which_they_were_made(empty: Ledger) -> None:
    some = [
        Forgotten(f"F-{batch}", batch, Type.FILING, f"{batch}.zip", "", 1, NOW) for batch in (LAST, FIRST)
    ]
    empty.forgotten.add([(one, [OTHER_VIN]) for one in some], NOW)
    assert [one.batch for one in empty.forgotten.open()] == [FIRST, LAST]
    assert empty.facts([OTHER_VIN], [], []).forgotten[OTHER_VIN].batch == FIRST


def test_who_sorts_batches_without_the_ledger_has_the_same_order() -> None:
    assert sorted([LAST, FIRST], key=in_order) == [FIRST, LAST]
