"""What `status` tells: the one thing to do first, then what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vinbatch.cli.context import Context
from vinbatch.effects import inbox
from vinbatch.errors import VinbatchError
from vinbatch.store.packages import DOUBT


@dataclass(frozen=True)
class Health:
    """Lines in the order of their weight; none means that all is well."""

    lines: tuple[str, ...]
    counts: tuple[tuple[str, str, int], ...]
    numbers: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        counts = [{"type": t, "state": s, "count": n} for t, s, n in self.counts]
        return {
            "version": 1,
            "well": not self.lines,
            "lines": list(self.lines),
            "records": counts,
            **self.numbers,
        }


def health(context: Context) -> Health:
    """Looks at ledger and inbox; changes nothing."""
    home, ruleset = context.home, context.ruleset
    days = ruleset.settings.overdue_days
    with context.reading() as ledger:
        found = ledger.queries.status(context.now, days)
        packages = ledger.packages.open()
    doubtful = [p for p in packages if p.state == DOUBT]
    others = [p for p in packages if p.state != DOUBT]
    lines: list[str] = []
    waiting = 0
    try:
        home.check()
        scan = inbox.scan(home, context.now)
        waiting = len(scan.ready) + len(scan.unready)
        skipped = [*scan.unready, *scan.stale]
    except VinbatchError as e:
        lines.append(ruleset.phrase("cli.inbox_gone", why=str(e)))
        skipped = []
    if not home.ledger.exists() and home.archive.is_dir() and any(home.archive.iterdir()):
        lines.append(ruleset.phrase("cli.ledger_gone", name=str(home.ledger)))
    if doubtful:
        lines.append(ruleset.phrase("cli.doubt", n=len(doubtful), guid=doubtful[0].guid))
    if found.unfinished:
        lines.append(ruleset.phrase("cli.unfinished", n=len(found.unfinished)))
    if others:
        lines.append(ruleset.phrase("cli.unpublished", n=len(others)))
    if found.overdue:
        vin = found.overdue[0][0]
        lines.append(ruleset.phrase("cli.overdue", n=len(found.overdue), days=days, vin=vin))
    if found.held:
        lines.append(ruleset.phrase("cli.held", n=found.held))
    if waiting:
        lines.append(ruleset.phrase("cli.waiting", n=waiting))
    lines += [ruleset.phrase("cli.unready", name=s.path, why=ruleset.word(s.reason)) for s in skipped]
    numbers = {
        "doubt": [p.guid for p in doubtful],
        "unpublished": [p.guid for p in others],
        "unfinished": list(found.unfinished),
        "held": found.held,
        "overdue": [vin for vin, _ in found.overdue],
        "waiting": waiting,
        "catalogue": found.entries,
    }
    return Health(tuple(lines), found.counts, numbers)
