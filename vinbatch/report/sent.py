"""Packages as a page shows them: where each is on its way, and what customs answered to it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from vinbatch.model import Known, Outcome, State, StoredPackage
from vinbatch.noun import Noun
from vinbatch.report.customs import last_replies, overdue_days
from vinbatch.report.frame import Bar, bar
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset


class PackageView(Noun, frozen=True):
    """A package. `key` is where it stands, `answers` the bar of its vehicles by customs' answer."""

    name: str
    guid: str
    type: str
    key: str
    state: str
    reason: str
    published: str
    vehicles: int
    answers: Bar


def package_views(outcome: Outcome, known: Known, ruleset: Ruleset) -> tuple[PackageView, ...]:
    """The packages of a batch, one a type."""
    return tuple(_view(package, outcome, known, ruleset) for package in known.packages)


def _view(package: StoredPackage, outcome: Outcome, known: Known, ruleset: Ruleset) -> PackageView:
    published = datetime.fromisoformat(package.published) if package.published else None
    return PackageView(
        name=package.name,
        guid=package.guid,
        type=ruleset.word(f"@type.{package.type}"),
        key=package.state,
        state=ruleset.phrase(f"package.{package.state}"),
        reason=ruleset.word(package.reason),
        published=local_time(published, ruleset),
        vehicles=package.vehicles,
        answers=_answers(package, outcome, known, ruleset),
    )


def _answers(package: StoredPackage, outcome: Outcome, known: Known, ruleset: Ruleset) -> Bar:
    last = last_replies(r for r in known.replies if r.guid == package.guid)
    counts: Counter[str] = Counter()
    for declared in (d for d in outcome.declarations if d.type == package.type):
        state = last[declared.vin].state if declared.vin in last else State.DECLARED
        record = known.records.get(declared.vin)
        ours = record is not None and record.now.batch == outcome.batch
        if state is not State.DECLARED:
            counts[state.value] += 1
        elif record and ours and overdue_days(record, known.now, ruleset):
            counts["overdue"] += 1
        else:
            counts["waiting"] += 1
    words = {
        "accepted": ruleset.word("@state.accepted"),
        "waiting": ruleset.phrase("customs.waiting"),
        "overdue": ruleset.phrase("customs.overdue"),
        "rejected": ruleset.word("@state.rejected"),
    }
    return bar(ruleset.phrase("fact.customs"), [(key, word, counts[key]) for key, word in words.items()])
