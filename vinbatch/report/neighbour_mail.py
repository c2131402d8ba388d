"""A batch by mail to another department: what was done to the vehicles and drafts that are its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from vinbatch.lifecycle.structures import WAITED_BY_OTHERS
from vinbatch.model import STRUCTURE, VEHICLE, Finding, Letter, Outcome, Severity
from vinbatch.report.batch_mail import MOST_ROWS, PLACE, facts_of, vins_of
from vinbatch.report.letter import Item, View, write
from vinbatch.report.story import REVISED, Touched, other_departments
from vinbatch.report.telling import Telling
from vinbatch.report.words import joint
from vinbatch.ruleset import Ruleset

# What customs said, and of which package, is the other's to know.
_FACTS = ("file", "batch", "department", "time")


def others_letter(telling: Telling, department: str) -> Letter:
    """Another department acted on what this one had filed, or revised parameters that its drafts use."""
    ruleset, outcome, story = telling.ruleset, telling.outcome, telling.story
    touched = other_departments(outcome)[department]
    items = (*_vehicles(telling, touched), *_parameters(telling, touched), *_answered(telling, touched))
    told = {
        "department": outcome.reading.source.department or ruleset.phrase("mail.no_department"),
        "told": touched_words(touched, ruleset),
        "file": outcome.reading.source.name,
    }
    left, sets = len(items) - MOST_ROWS, touched.parameters or touched.answered
    lead = [ruleset.phrase("mail.others", "", **told)]
    lead += [ruleset.phrase("mail.others_follow")] if touched.drafts else []
    lead += [ruleset.phrase("mail.others_go_on")] if touched.waiting else []
    lead += [ruleset.phrase("mail.others_talk")]
    view = View(
        subject=ruleset.phrase("subject.others", "", **told),
        tone="mend",
        lead=telling.running(lead),
        sentences=tuple(lead),
        facts=facts_of(telling, _FACTS),
        items_title=ruleset.phrase("mail.touched" if sets else "mail.vehicles"),
        items=items[:MOST_ROWS],
        more=ruleset.phrase("mail.more_touched", n=left) if left > 0 else "",
        notes=(ruleset.phrase("mail.kept_theirs", place=PLACE, name=story.result),),
        head=story.known.head,
    )
    return write(view, ruleset)


def touched_words(touched: Touched, ruleset: Ruleset) -> str:
    """What was done to another department's, as a part of a sentence."""
    counts = {
        "mail.others_vehicles": len(touched.vehicles),
        "mail.others_drafts": touched.drafts,
        "mail.others_waiting": touched.waiting,
    }
    told = [ruleset.phrase(key, n=n) for key, n in counts.items() if n]
    return ruleset.phrase("mail.others_and").join(told)


def _vehicles(telling: Telling, touched: Touched) -> Iterator[Item]:
    """Each with the act, what became of it, and what it changed or why it was revoked."""
    ruleset, outcome = telling.ruleset, telling.outcome
    vins, rows, more = vins_of(outcome, ruleset), set(touched.vehicles), _more(outcome, ruleset)
    for j in outcome.rows:
        if j.row.sheet == VEHICLE and j.row.number in rows:
            act = ruleset.word(f"@act.{j.act}") if j.act else ""
            what = (ruleset.word(f"@verdict.{j.verdict}"), *more.get(j.row.number, ()))
            yield Item("note", vins[j.row.number], act, joint(ruleset).join(what))


def _more(outcome: Outcome, ruleset: Ruleset) -> dict[int, tuple[str, ...]]:
    """Vehicle row → old and new values, and the reason of its revocation."""
    found: dict[int, tuple[str, ...]] = {}
    for one in outcome.declarations:
        if reason := one.data.get("revocation_reason"):
            name = ruleset.word(f"@{VEHICLE}.revocation_reason")
            found[one.row] = (ruleset.phrase("mail.named", name=name, told=str(reason)),)
    for f in outcome.findings:
        if f.sheet == VEHICLE and f.severity is Severity.NOTE and "diff" in dict(f.params):
            found[f.row] = (*found.get(f.row, ()), ruleset.tell(f).what)
    return found


def _parameters(telling: Telling, touched: Touched) -> Iterator[Item]:
    """Each with its old and new values, and how the drafts are found that take them."""
    ruleset = telling.ruleset
    for f, number, n in _sets(telling.outcome, touched.parameters, REVISED):
        drafts = ruleset.phrase("mail.touched_drafts", n=n)
        cure = ruleset.phrase("mail.touched_query", number=number)
        yield Item("note", number, drafts, ruleset.tell(f).what, cure)


def _answered(telling: Telling, touched: Touched) -> Iterator[Item]:
    """The parameters for which vehicles were held, and how these are found."""
    ruleset = telling.ruleset
    for _, number, n in _sets(telling.outcome, touched.answered, (WAITED_BY_OTHERS,)):
        waiting = ruleset.phrase("mail.touched_waiting", n=n)
        yield Item("note", number, waiting, "", ruleset.phrase("mail.touched_held", number=number))


def _sets(
    outcome: Outcome, touched: Iterable[tuple[int, int]], codes: Collection[str]
) -> Iterator[tuple[Finding, str, int]]:
    """What a touched row of parameters is told with one of these codes, its number, how many it touches."""
    rows = dict(touched)
    for f in outcome.findings:
        if f.sheet == STRUCTURE and f.row in rows and f.code in codes:
            yield f, str(dict(f.params)["number"]), rows[f.row]
