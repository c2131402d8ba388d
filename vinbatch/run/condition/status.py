"""How a home is, for programs: the keys of docs/schemas/status.json."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from vinbatch.effects import upkeep
from vinbatch.effects.failing import Failure, last_end
from vinbatch.effects.heartbeat import last_beat
from vinbatch.effects.home import Home
from vinbatch.effects.lock import Holder
from vinbatch.effects.upkeep import CHECKED, COPIED
from vinbatch.model import Forgotten
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition.folders import Seen
from vinbatch.run.condition.stock import Stock
from vinbatch.store.mails import Post


class Looked(Noun, frozen=True):
    """What was found when `status` looked."""

    home: Home
    stock: Stock
    seen: Seen
    failed: Failure | None
    hung: Holder | None
    unsettled: Sequence[str]
    aside: int


def numbers(looked: Looked, ruleset: Ruleset) -> dict[str, Any]:
    """What `status --json` counts and lists, by its key there (docs/schemas/status.json)."""
    stock, seen, home = looked.stock, looked.seen, looked.home
    found, beat = stock.status, last_beat(home.heartbeat)
    copied, checked = upkeep.last(home, COPIED), upkeep.last(home, CHECKED)
    return {
        "doubt": [p.guid for p in stock.doubtful],
        "forgotten": [_forgotten(p) for p in stock.forgotten],
        "results_only": list(looked.unsettled),
        "unpublished": [p.guid for p in stock.unpublished],
        "untold": list(stock.untold),
        "slow": [{"batch": batch, "field": at} for batch, at in stock.slow],
        "unfinished": list(found.unfinished),
        "held": found.held,
        "rejected": stock.rejected,
        "departments": [{"department": d, "held": h, "rejected": r} for d, h, r in found.clerks],
        "set_aside": looked.aside,
        "overdue": [vin for vin, _ in found.overdue],
        "waiting": seen.waiting,
        "last_scan": _iso(beat.beat if beat else None),
        "last_pass": _iso(last_end(home)),
        "last_backup": _iso(copied.at if copied else None),
        "last_verify": _iso(checked.at if checked else None),
        "catalogue": found.entries,
        "mail": _mail(stock.post),
        "ignored": [{"path": one.path, "why": ruleset.word(one.reason)} for one in seen.ignored],
        "hangs": _hung(looked.hung) if looked.hung else None,
        "failed": _failure(looked.failed, ruleset) if looked.failed else None,
    }


def _forgotten(package: Forgotten) -> dict[str, Any]:
    return {
        "guid": package.guid,
        "batch": package.batch,
        "type": package.type.value,
        "vehicles": package.vehicles,
        "made": package.made.isoformat(),
    }


def _mail(post: Post) -> dict[str, Any]:
    return {
        "waiting": post.waiting,
        "oldest": _iso(post.oldest),
        "reply": post.reply,
        "until": _iso(post.until),
        "refused": [{"address": address, "reply": reply} for address, reply in post.refused],
    }


def _hung(hung: Holder) -> dict[str, Any]:
    return {"what": hung.what, "pid": hung.pid, "host": hung.host, "since": hung.since.isoformat()}


def _failure(failed: Failure, ruleset: Ruleset) -> dict[str, Any]:
    message = failed.told[ruleset.settings.language]
    return {"since": failed.since.isoformat(), "exit_code": failed.exit_code, "message": message}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
