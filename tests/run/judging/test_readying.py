"""What workers make of an outcome before its commit: the same as here, and nothing is lost with a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from desk import Desk

from vinbatch import flow
from vinbatch.effects.pool import CRASH, ERROR, MEMORY, TIME, Died, Here, Pool
from vinbatch.errors import RulesError
from vinbatch.model import Outcome
from vinbatch.noun import replace
from vinbatch.run.judging import readying
from vinbatch.store.commits import Law, prepare

LAW = Law("rules", {"site": "TRIAL"})


class Doomed:
    """Workers of which none lives long enough."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return self.begin(function, items)()

    def begin(self, _function: Callable[[Any], Any], items: Sequence[Any]) -> Callable[[], list[Any]]:
        return lambda: [Died(self.reason, "last words") for _ in items]


@pytest.fixture
def outcome(desk: Desk) -> Outcome:
    """One that is declared, one that is refused, parameters."""
    return desk.drop([{}, {"vin": "x"}], [{}])


def test_workers_make_what_is_made_here(desk: Desk, outcome: Outcome) -> None:
    packages = flow.render(outcome, desk.rulebook)
    made = readying.begin(Here(desk.rulebook), outcome, desk.rulebook, LAW)()
    assert len(packages) == 1
    assert made == (packages, prepare(outcome, packages, LAW))


@pytest.mark.parametrize(("many", "make"), [(2, False), (3, True)])
def test_two_workers_are_full_with_reading_and_answering(many: int, make: bool) -> None:
    pool = Pool(many, 100, 1)
    assert readying.makers(pool) is (pool if make else None)


def test_a_cluster_makes_packages_whatever_its_size(desk: Desk) -> None:
    cluster = Here(desk.rulebook)  # none of the pools of this machine
    assert readying.makers(cluster) is cluster


def test_without_workers_the_ledger_makes_its_own_texts(desk: Desk, outcome: Outcome) -> None:
    made = readying.begin(None, outcome, desk.rulebook, LAW)()
    assert made == (flow.render(outcome, desk.rulebook), None)


@pytest.mark.parametrize("reason", [MEMORY, TIME, CRASH])
def test_a_worker_that_was_killed_is_no_fault_of_the_workbook(
    desk: Desk, outcome: Outcome, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine that is short of memory must not refuse what is right."""
    made = readying.begin(Doomed(reason), outcome, desk.rulebook, LAW)()
    assert made == (flow.render(outcome, desk.rulebook), None)
    assert "last words" in caplog.text


def test_a_bug_there_is_a_bug_here(desk: Desk, outcome: Outcome) -> None:
    """It would come again: the workbook is refused as our bug, and the log has the traceback."""
    with pytest.raises(RuntimeError, match="last words"):
        readying.begin(Doomed(ERROR), outcome, desk.rulebook, LAW)()


def test_a_template_that_breaks_there_is_told_as_here(desk: Desk, outcome: Outcome) -> None:
    templates = tuple({**dict(desk.rulebook.templates), "declaration.xml": "<a>"}.items())
    broken = replace(desk.rulebook, templates=templates, digest="broken")
    with pytest.raises(RulesError) as here:
        flow.render(outcome, broken)
    with pytest.raises(RulesError) as there:
        readying.begin(Here(broken), outcome, broken, LAW)()
    assert there.value.message == here.value.message
