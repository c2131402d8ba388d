"""What is made of an outcome before its commit: packages, and the texts that the ledger is to store.

Workers make it while this process decides the workbooks after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from vinbatch import flow
from vinbatch.effects.pool import ERROR, Died, Pool, Workers
from vinbatch.errors import VinbatchError
from vinbatch.model import Outcome, Package, Rulebook
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.codec import encoded, outcome_from
from vinbatch.store.commits import Law, Prepared, prepare

# So many are full with reading and answering: this process would wait for them, and hold every text twice.
_FULL = 2
log = logging.getLogger("vinbatch")
Ready = tuple[tuple[Package, ...], Prepared | None]


def makers(workers: Workers | None) -> Workers | None:
    """These workers, where they have time for it."""
    return None if isinstance(workers, Pool) and workers.workers <= _FULL else workers


def made_ready_here(item: tuple[bytes, Law]) -> Ready | VinbatchError:
    """Runs in a worker. Broken rules are a value there: an exception would be the death of one task."""
    stored, law = item
    outcome = outcome_from(stored)
    try:
        packages = flow.render(outcome, given_rulebook())
    except VinbatchError as e:
        return e
    return packages, prepare(outcome, packages, law, stored)


def begin(workers: Workers | None, outcome: Outcome, rulebook: Rulebook, law: Law) -> Callable[[], Ready]:
    """Made by these workers, to be asked for later; packages here and now where there are none.

    A worker that was killed is no fault of the workbook: what it was to make is made here.
    """
    if workers is None:
        here = flow.render(outcome, rulebook), None
        return lambda: here
    given = workers.begin(made_ready_here, [(encoded(outcome), law)])

    def ready() -> Ready:
        (made,) = given()
        if isinstance(made, VinbatchError):
            raise made
        if not isinstance(made, Died):
            return made
        if made.reason == ERROR:
            raise RuntimeError(f"a worker failed {made.detail}")
        log.warning("%s: a worker died of its packages (%s) %s", outcome.batch, made.reason, made.detail)
        return flow.render(outcome, rulebook), None

    return ready
