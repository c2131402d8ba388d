"""Since when the alarms of `status` stand, as far as ledger, notes of passes and the files themselves tell.

Nothing is written down for it: who looks may have no right to write, and passes are many. So of a disk that
is full nobody knows since when; of a folder that is gone, only that no pass has ended since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from vinbatch.effects import failing
from vinbatch.effects.home import Home
from vinbatch.effects.reports import oldest_aside
from vinbatch.model import DOUBT, Forgotten, StoredPackage
from vinbatch.noun import replace
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.alarms import Notice
from vinbatch.run.mail import outage
from vinbatch.store.ledger import Ledger
from vinbatch.store.queries import Status

Since = Mapping[str, datetime | None]
_STOPPING = ("ledger", "own", "layout", "inbox", "reports")  # with any of these no pass ends


def by_packages(ledger: Ledger, doubtful: Sequence[StoredPackage], forgotten: Sequence[Forgotten]) -> Since:
    """The first of those about which a person decides."""
    moment = ledger.queries.moment
    return {
        "doubt": _first(moment(p.batch, DOUBT, p.guid) for p in doubtful),
        "forgotten": _first(moment(p.batch, "forgotten", p.guid) for p in forgotten),
    }


def by_batches(
    ledger: Ledger, bare: Sequence[str], untold: Sequence[str], slow: Sequence[tuple[str, str]]
) -> Since:
    """`bare` are those with nothing but a result, since a restore."""
    restores = ledger.queries.restores() if bare else ()
    written = (versions[-1][2] for batch in untold if (versions := ledger.answers.of(batch)))
    return {
        "results_only": _first(
            datetime.fromisoformat(told["time"])
            for told in restores
            if not set(bare).isdisjoint(told.get("results_only", ()))
        ),
        "untold": _first(written),
        "slow": ledger.queries.moment(slow[0][0], "batch") if slow else None,
    }


def by_customs(status: Status, overdue_days: int) -> Since:
    """The vehicle that has waited longest became overdue so many days after it was declared."""
    return {"overdue": status.longest + timedelta(days=overdue_days) if status.longest else None}


def by_notes(home: Home) -> Since:
    """What passes noted, and what lies in the folders."""
    gone = outage.since(home)
    return {
        "unpublished": gone,
        "outbox": gone,
        "receipts": outage.unheard_since(home),
        "set_aside": oldest_aside(home),
    }


def dated(told: Iterable[Notice], since: Since, home: Home, ruleset: Ruleset) -> Iterator[Notice]:
    """The lines with since when each alarm stands, where they do not say it themselves.

    Of what keeps passes from ending nobody knows that; it is told since when none has.
    """
    for one in told:
        known, phrase = since.get(one.what), "cli.since"
        if known is None and one.what in _STOPPING:
            known, phrase = failing.last_end(home), "cli.none_since"
        if one.since or not one.code or known is None:
            yield one
            continue
        line = ruleset.phrase(phrase, "", since=local_time(known, ruleset), line=one.line)
        yield replace(one, line=line, since=since.get(one.what))


def _first(some: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in some if one), default=None)
