"""Workers that are fetched while files settle: there when they are wanted, gone with the pass."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

import pytest
from run_place import IN_PROCESS, Fresh, Place

from vinbatch.effects.pool import Pool
from vinbatch.run.engines import POOLED
from vinbatch.run.hands import Hands
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.settings import Worker


def pid_here(_item: object) -> int:
    given_rulebook()
    return os.getpid()


def test_workers_that_got_ready_have_the_rules_and_are_no_more_than_the_files(place: Place) -> None:
    with Hands(POOLED, Worker(processes=3), place.rulebook) as hands:
        hands.get_ready(2)
        workers = hands.workers()
        assert isinstance(workers, Pool)
        assert workers.workers == 2
        assert os.getpid() not in workers.map(pid_here, [1, 2, 3])


def test_without_getting_ready_they_are_hired_when_they_are_wanted(place: Place) -> None:
    with Hands(POOLED, Worker(processes=3), place.rulebook) as hands:
        workers = hands.workers()
        assert isinstance(workers, Pool)
        assert workers.workers == 3
        assert hands.workers() is workers


def test_those_that_are_there_already_are_not_half_there(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads that begin the same pool would begin it twice."""
    begun: list[int] = []

    def slowly(_pool: Pool, *_given: object) -> None:
        time.sleep(0.2)
        begun.append(1)

    monkeypatch.setattr(Pool, "start", slowly)
    with Hands(POOLED, Worker(), place.rulebook) as hands:
        hands.get_ready(1)
        assert (hands.hired is not None, begun) == (True, [1])


def test_those_that_nobody_wanted_are_gone_with_the_pass(place: Place) -> None:
    before = multiprocessing.active_children()
    with Hands(POOLED, Worker(), place.rulebook) as hands:
        hands.get_ready(1)
    assert multiprocessing.active_children() == before


def test_one_process_stays_one_thread(place: Place) -> None:
    before = threading.active_count()
    with Hands(IN_PROCESS, Worker(), place.rulebook) as hands:
        hands.get_ready(1)
        assert threading.active_count() == before
        assert hands.workers().map(pid_here, [1]) == [os.getpid()]


def test_only_workbooks_are_worth_getting_ready_for(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[int] = []
    monkeypatch.setattr(Hands, "get_ready", lambda _hands, files: wanted.append(files))
    place.run()
    place.drop("receipts/1.xml", b"<nothing/>")
    place.run()
    assert wanted == []
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    assert wanted == [1]
