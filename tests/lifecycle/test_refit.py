"""A stored outcome is shown under other fields than it was stored under: each value under its own heading."""

from __future__ import annotations

import pytest
from desk import Desk

from vinbatch.lifecycle.marks import row_values
from vinbatch.lifecycle.refit import refit
from vinbatch.model import Outcome, Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules

NEW = '[vehicle.{}]\nzh = "新{}"\nen = "N {}"\nkind = "text"\nrequired = "never"\nexample = "a"\nlength = 1\n'
FIRST = NEW.format("early", "一", "one") + 'after = "structure_no"\n'
LAST = NEW.format("late", "二", "two")
OFF = "[vehicle.colour]\noff = true\n"


def rules(rulebook: Rulebook, text: str) -> Rulebook:
    return replace(rulebook, home=(("fields.toml", text),), digest=f"refit {text}")


def said(outcome: Outcome, ruleset: Ruleset) -> dict[str, object]:
    """What the first row says, by key."""
    return {k: v for k, v in row_values(ruleset, outcome.rows[0].row).items() if v is not None}


@pytest.mark.parametrize("text", [FIRST, LAST, FIRST + OFF, OFF])
def test_values_keep_their_fields(rulebook: Rulebook, text: str) -> None:
    outcome, now = Desk(rulebook).drop([{"colour": "黑"}]), compile_rules(rules(rulebook, text))
    before = said(outcome, compile_rules(rulebook))
    if OFF in text:
        del before["colour"]
    assert said(refit(outcome, now), now) == before


def test_a_field_that_is_off_no_more_has_its_value_back_where_it_was_stored(rulebook: Rulebook) -> None:
    outcome, off = Desk(rulebook).drop([{"colour": "黑"}]), compile_rules(rules(rulebook, OFF))
    assert "colour" not in said(refit(outcome, off), off)
    now = compile_rules(rulebook)
    assert refit(outcome, now) == outcome


def test_what_a_build_of_before_stored_is_fitted_by_the_form_it_came_in(rulebook: Rulebook) -> None:
    """It does not say which fields its values are of."""
    stored = Desk(rulebook).drop([{"colour": "黑"}])
    outcome = replace(stored, reading=replace(stored.reading, keys={}))
    now = compile_rules(rules(rulebook, FIRST))
    assert said(refit(outcome, now), now) == said(stored, compile_rules(rulebook))


def test_where_nobody_knows_the_fields_what_is_on_record_is_shown(rulebook: Rulebook) -> None:
    """A sheet that lacked a column, stored by a build of before."""
    stored = Desk(rulebook).drop([{"colour": "黑"}, {"vin": "no VIN"}], without=["remarks"])
    outcome = replace(stored, reading=replace(stored.reading, keys={}))
    now = compile_rules(rules(rulebook, FIRST))
    fitted = refit(outcome, now)
    filed = {**said(stored, compile_rules(rulebook))}
    assert said(fitted, now) == {k: v for k, v in filed.items() if k not in ("action", "confirmed")}
    assert fitted.rows[1].row.values.count(None) >= len(now.index("vehicle")) - 1
