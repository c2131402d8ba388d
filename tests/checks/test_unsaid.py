"""A word for nothing as the act of a new vehicle: read as empty it would declare."""

from __future__ import annotations

import pytest
from desk import Desk, codes, verdicts

from vinbatch.model import Rulebook, State, Type
from vinbatch.noun import replace


@pytest.mark.parametrize("word", ["无", "無", "N/A", "不适用"])
def test_that_a_word_for_nothing_declares_a_new_vehicle_is_told(word: str, desk: Desk) -> None:
    outcome = desk.drop([{"action": word}])
    assert (verdicts(outcome), codes(outcome)) == ({2: "declared"}, ["ACT-UNSAID"])


@pytest.mark.parametrize("dash", ["-", "—", "／"])
def test_a_dash_is_an_empty_cell(dash: str, desk: Desk) -> None:
    assert codes(desk.drop([{"action": dash}])) == []


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_act_is_the_usual_one(empty: str | None, desk: Desk) -> None:
    assert codes(desk.drop([{"action": empty}])) == []


def test_on_a_row_of_ours_it_asks_for_nothing(desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "无"}])
    assert (verdicts(outcome), codes(outcome, "vehicle")) == ({2: "unchanged"}, [])


def test_a_cell_that_asks_for_something_else_is_not_asked_about_twice(desk: Desk) -> None:
    assert codes(desk.drop([{"action": "#请重填"}]), "vehicle") == ["CELL-REFILL"]


@pytest.mark.parametrize(
    ("edits", "verdict"),
    [({}, "held"), ({"confirmed": "是"}, "declared"), ({"action": "删除"}, "deleted")],
    ids=["untouched", "confirmed", "deleted"],
)
def test_a_home_may_ask_about_it(edits: dict[str, str], verdict: str, rulebook: Rulebook) -> None:
    own = "[severities]\nACT-UNSAID = 'ask'\n"
    desk = Desk(replace(rulebook, home=(("settings.toml", own),), digest="unsaid"))
    outcome = desk.drop([{"action": "无"}])
    assert verdicts(outcome) == {2: "held"}
    assert verdicts(desk.again(outcome, {2: edits})) == {2: verdict}
