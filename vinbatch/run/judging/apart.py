"""Judging in a process of its own: for a workbook that was under way when an earlier pass died.

It may have been the cause. Runs in a worker of `effects.pool`: what dies there dies alone.
"""

from __future__ import annotations

from datetime import datetime

from vinbatch import flow
from vinbatch.checks import schema
from vinbatch.errors import VinbatchError
from vinbatch.model import Facts, Outcome, Package, Parsed, Reading
from vinbatch.run.judging.judge import decide_in_order, given_rulebook

__all__ = ["check_apart", "decide_apart", "schema"]  # pandas, which schema brings, comes before the limits


def check_apart(parsed: Parsed) -> Reading:
    """The reading of one workbook."""
    (reading,) = flow.check([parsed], given_rulebook())
    return reading


def decide_apart(
    item: tuple[Reading, Facts, str, datetime],
) -> tuple[Outcome, tuple[Package, ...]] | VinbatchError:
    """Its outcome and packages, by the facts that were looked up for it.

    Broken rules are no death, but a value: no workbook is to blame for them.
    """
    reading, facts, batch, now = item
    rulebook = given_rulebook()
    ((_, outcome),) = decide_in_order([reading], [batch], lambda _keys: facts, rulebook, now)
    try:
        return outcome, flow.render(outcome, rulebook)
    except VinbatchError as e:
        return e
