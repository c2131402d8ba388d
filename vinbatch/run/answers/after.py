"""`after_batch`: the operator's program, run for every answer, at least once, with the home's lock free.

What it calls of vinbatch works, for nothing is held but a lock of its own. That it fails, hangs or cannot be
started is logged, and nothing else comes of it.
"""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from vinbatch.effects.home import Home
from vinbatch.effects.lock import HomeLock
from vinbatch.effects.program import Ended, run_program
from vinbatch.errors import BusyError
from vinbatch.model import Verdict
from vinbatch.store.hooks import Due
from vinbatch.store.ledger import Ledger
from vinbatch.wording import Said, sentence

if TYPE_CHECKING:
    from vinbatch.run.passing import Machine

log = logging.getLogger("vinbatch")
SECONDS = 60.0
_OURS = "VINBATCH_"


def after_answers(machine: Machine) -> bool:
    """Runs after_batch for every batch that is due; whether any was, as far as one sees.

    Another process that is at it does it for us.
    """
    home = machine.home
    if not home.settings.after_batch:
        return False
    dues: tuple[Due, ...] | None = None
    with suppress(BusyError), HomeLock(home.locks / "after_batch", what="after_batch"):
        with Ledger.open(home.ledger) as ledger:
            dues = ledger.hooks.due()
        for due in dues:
            # One that hangs will hang again: the next batch waits for the next pass, not for another minute.
            if machine.stops() or not _run(home, due):
                break
    return dues != ()


def _run(home: Home, due: Due) -> bool:
    """Runs it for one batch; whether it ended by itself."""
    with Ledger.open(home.ledger) as ledger:
        told = _told(home, ledger, due)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
    ended = run_program(home.settings.after_batch, home.root, {**inherited, **told}, SECONDS)
    _log(ended, due.batch, home.settings.language)
    with Ledger.open(home.ledger) as ledger:
        ledger.hooks.ran(due)
    return not ended.trouble


def _log(ended: Ended, batch: str, lang: str) -> None:
    """What it says, and what became of it; nothing where it did well in silence."""
    if trouble := ended.trouble or _left(ended.code):
        line = sentence("log.after_failed", lang, batch=batch, why=trouble)
        log.error(f"{line}: {ended.said}" if ended.said else line)
    elif ended.said:
        log.info("%s: after_batch: %s", batch, ended.said)


def _left(code: int | None) -> Said | None:
    """What its exit code says; of a signal its name. None where it did well."""
    if code and code < 0:
        known = {-one.value: one.name for one in signal.Signals}
        return Said("log.killed", (("signal", known.get(code, str(-code))),))
    return Said("log.left", (("code", str(code)),)) if code else None


def _told(home: Home, ledger: Ledger, due: Due) -> Mapping[str, str]:
    """The batch, as variables."""
    outcome, answers = ledger.outcome(due.batch), ledger.answers.of(due.batch)
    report = ledger.hooks.report(due.batch)
    packages = [str(home.outbox / p.name) for p in ledger.packages.of([due.batch])]
    rows = Counter(judged.verdict for judged in outcome.rows)
    told = {
        "HOME": str(home.root),
        "BATCH": due.batch,
        "ANSWER": str(len(answers)),
        "FILE": outcome.reading.source.name,
        "DEPARTMENT": outcome.reading.source.department,
        "RESULT": str(home.reports / answers[-1][0]),
        "REPORT": str(home.reports / report) if report else "",
        "PACKAGES": "\n".join(packages),
        "REFUSED": str(outcome.refused).lower(),
        "ROWS": str(len(outcome.rows)),
        **{f"ROWS_{verdict.value.upper()}": str(rows[verdict]) for verdict in Verdict},
    }
    return {f"{_OURS}{key}": value for key, value in told.items()}
