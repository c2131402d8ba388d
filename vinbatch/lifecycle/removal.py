"""删除含结构参数: a draft and, where nobody else needs them, its parameters."""

from __future__ import annotations

from collections.abc import Sequence

from vinbatch.lifecycle.bench import Weighed, finding_on
from vinbatch.model import DELETING, Act, Facts, Record, Users, structure_of
from vinbatch.ruleset import Ruleset

_MOST_NAMED = 5


def with_structures(ruleset: Ruleset, facts: Facts, weighed: Sequence[Weighed]) -> list[Weighed]:
    """Refuse the rows whose parameters another live record uses, naming up to five users.

    Those deleted by the same workbook don't count; those that it newly declares or saves do. A vehicle that
    only loses a draft still uses what it returns to.
    """
    leaving: dict[str, set[str]] = {}
    coming: dict[str, set[str]] = {}
    for w in weighed:
        record = w.intent.record
        if w.stopped or w.intent.act is None:
            continue
        if w.intent.act in DELETING and record is not None:
            for number in _numbers(record) - _numbers(record.undrafted):
                leaving.setdefault(number, set()).add(record.vin)
        else:
            coming.setdefault(w.intent.structure_no, set()).add(w.intent.vin)
    return [_judge(ruleset, facts, w, leaving, coming) for w in weighed]


def _numbers(record: Record | None) -> set[str]:
    """The numbers that it uses."""
    if record is None or not record.live:
        return set()
    return {structure_of(record.now), *record.beside}


def _judge(
    ruleset: Ruleset,
    facts: Facts,
    weighed: Weighed,
    leaving: dict[str, set[str]],
    coming: dict[str, set[str]],
) -> Weighed:
    record = weighed.intent.record
    if record is None or weighed.intent.act is not Act.DELETE_ALL or weighed.stopped:
        return weighed
    number = structure_of(record.now)
    if not number:
        return weighed
    users = facts.users.get(number, Users())
    gone = leaving.get(number, set())
    staying = [v for v in users.sample if v not in gone]
    new = sorted(coming.get(number, set()) - set(users.sample))
    count = users.live - len(gone) + len(new)
    if count <= 0:
        return weighed
    named = tuple([*staying, *new][:_MOST_NAMED])
    named += ("…",) if count > len(named) else ()
    finding = finding_on(
        ruleset,
        weighed.intent,
        "STRUCTURE-STILL-USED",
        "structure_no",
        number=number,
        count=str(count),
        users=named,
    )
    return weighed.noted(finding)
