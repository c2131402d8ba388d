"""Which events of a period answer an auditor's question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from vinbatch.model import Event

# Of a person, about a package or the ledger itself.
_DECIDED = ("released", "void", "regained", "resent", "restored", "reply-overrode")
_ALL = "all"
_RULES = "rules"
_AGAIN = "again"
_COMMANDED = "commanded"


def _declared(body: Any) -> bool:
    return bool(body["kind"] == "declared")


# What can be asked for → whether an event of this body is such a one.
_ASKED: dict[str, Callable[[Any], bool]] = {
    _ALL: bool,
    "declared": _declared,
    "revoked": lambda body: _declared(body) and body["type"] == "revocation",
    "confirmed": lambda body: bool(body.get("confirmed")),
    "deleted": lambda body: body["kind"] in ("deleted", "dropped", "entry deleted"),
    "decided": lambda body: body["kind"] in _DECIDED,
    "catalogue": lambda body: body["kind"].startswith("entry "),
}
QUESTIONS = (*_ASKED, _AGAIN, _COMMANDED, _RULES)


def chosen(
    events: Iterable[Event], what: str, commanded: Collection[str], since: datetime | None
) -> tuple[Event | None, Iterable[Event]]:
    """The events since this moment that answer `what`, one of QUESTIONS; and of rules the batch before the
    first, by which people see what it has otherwise.

    `commanded` are the batches that no file brought but a command.
    """
    if what == _RULES:
        return _changes(events, since)
    if what == _AGAIN:
        return None, _refiled(events, since)
    recent = (e for e in events if _since(e, since))
    if what == _COMMANDED:
        return None, (e for e in recent if _by_command(e, commanded))
    return None, (e for e in recent if _ASKED[what](e.body))


def _since(event: Event, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(event.body["time"]) >= since


def _refiled(events: Iterable[Event], since: datetime | None) -> Iterator[Event]:
    """Filings of a VIN that had been filed before, whenever that was."""
    filed: set[str] = set()
    for event in events:
        if _declared(event.body) and event.body["type"] == "filing":
            if event.vin in filed and _since(event, since):
                yield event
            filed.add(event.vin)


def _by_command(event: Event, commanded: Collection[str]) -> bool:
    """Acts on vehicles and catalogue by command, and what a person decided or recorded by one."""
    kind = event.body["kind"]
    if kind == "receipt" or kind in _DECIDED:
        return bool(event.body.get("user"))
    act = "sheet" in event.body
    return act and event.batch in commanded


def _changes(events: Iterable[Event], since: datetime | None) -> tuple[Event | None, Sequence[Event]]:
    """The batches that were decided by another program, other rules or settings than the one before."""
    before: Event | None = None
    base: Event | None = None
    found: list[Event] = []
    for event in _batches(events):
        if (before is None or _law(event) != _law(before)) and _since(event, since):
            base = base if found else before
            found.append(event)
        before = event
    return base, found


def _batches(events: Iterable[Event]) -> Iterator[Event]:
    return (e for e in events if e.body["kind"] == "batch")


def _law(event: Event) -> tuple[object, ...]:
    return tuple(event.body.get(key) for key in ("program", "rules", "settings"))
