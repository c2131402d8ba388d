"""What there is to tell of a batch by mail: whether it is news, and who gets it."""

from __future__ import annotations

from datetime import timedelta

from vinbatch.lifecycle.structures import WAITED_BY_OTHERS
from vinbatch.mail_settings import ANSWERS, KINDS, OTHERS, RECEIPTS, REFUSALS, TROUBLE, Mail
from vinbatch.model import VEHICLE, Effect, FileNames, Known, Outcome, Severity, State, Verdict
from vinbatch.noun import Noun, astuple, replace
from vinbatch.report.customs import states_of, with_answers
from vinbatch.report.rows import contradicted_rows, overdue_rows
from vinbatch.ruleset import Ruleset

# Customs answers a package vehicle by vehicle: what it rejects is told at most so often, batch by batch.
_BETWEEN = timedelta(minutes=10)
_ACTED = (Verdict.DECLARED, Verdict.SAVED, Verdict.HELD, Verdict.DELETED, Verdict.STORED)
# What a structure row says of old and new values.
REVISED = ("STRUCTURE-REVISED", "STRUCTURE-IN-USE")
_TOLD_TO_OTHERS = ("DEPARTMENT-OTHER", "STRUCTURE-OTHERS", WAITED_BY_OTHERS)
NOTHING, WAIT = "", "wait"


class Story(Noun, frozen=True):
    """A batch as it stands. `result` names its result workbook, which comes with the mail if `attached`.

    `late` says that the last mail had packages that were not known to be sent.
    """

    outcome: Outcome
    known: Known
    files: FileNames
    result: str
    attached: bool = False
    late: bool = False

    @property
    def sent(self) -> bool:
        """Whether the packages have gone out of which the last mail said otherwise."""
        return self.late and not self.files.unsent


class Progress(Noun, frozen=True):
    """How far customs is with the declarations of a batch; `contradicted` got final answers that differ,
    `corrected` is how often a person put one final answer in the place of another, `unsent` counts packages.
    """

    accepted: int = 0
    rejected: int = 0
    waiting: int = 0
    overdue: int = 0
    contradicted: int = 0
    corrected: int = 0
    unsent: int = 0

    def __str__(self) -> str:
        return " ".join(map(str, astuple(self)))

    @classmethod
    def read(cls, text: str) -> Progress:
        """Back from its text; one of before a number was counted lacks it."""
        return cls(*map(int, text.split()))


def progress(story: Story, ruleset: Ruleset) -> Progress:
    """How far customs, and the way there, is with the declarations of a batch now."""
    states = states_of(story.outcome, story.known.replies)
    outcome = with_answers(story.outcome, story.known, ruleset)
    return Progress(
        states[State.ACCEPTED],
        states[State.REJECTED],
        states[State.DECLARED],
        len(overdue_rows(outcome)),
        len(contradicted_rows(outcome)),
        sum(reply.effect is Effect.OVERRODE for reply in story.known.replies),
        len(story.files.unsent),
    )


def news(before: Progress | None, quiet: timedelta, now: Progress, refused: bool) -> str:
    """The kind of mail that is due, NOTHING, or WAIT: nothing yet. `quiet` is the time since the last one.

    Vehicles that customs accepted one by one are told of when none waits any more; what it rejected, or owes,
    is told at once, but not with every vehicle. That an answer is contradicted or corrected does not wait
    the first time; that none is contradicted any more is news too, and so is that packages have gone out
    after all.
    """
    if before is None:
        return REFUSALS if refused else ANSWERS
    if (before.waiting and not now.waiting) or (before.unsent and not now.unsent):
        return RECEIPTS
    if now.contradicted > before.contradicted == 0 or now.corrected > before.corrected == 0:
        return RECEIPTS
    mine, theirs = ((one.rejected, one.overdue, one.corrected) for one in (now, before))
    more = any(a > b for a, b in zip(mine, theirs, strict=True))
    if not more and now.contradicted == before.contradicted:
        return NOTHING
    return RECEIPTS if quiet >= _BETWEEN else WAIT


class Touched(Noun, frozen=True):
    """What a batch did to another department's: vehicle rows that acted on what it had filed, and structure
    rows that revised what its drafts use, or answered for what its held vehicles wait for, with the number of
    these.
    """

    vehicles: tuple[int, ...] = ()
    parameters: tuple[tuple[int, int], ...] = ()
    answered: tuple[tuple[int, int], ...] = ()

    @property
    def drafts(self) -> int:
        """How many take other parameters now."""
        return sum(count for _, count in self.parameters)

    @property
    def waiting(self) -> int:
        """How many drafts may go on, since what they waited for was answered."""
        return sum(count for _, count in self.answered)


def other_departments(outcome: Outcome) -> dict[str, Touched]:
    """Department → what was done to what is its own (semantics section 7)."""
    acted = {j.row.place for j in outcome.rows if j.verdict in _ACTED}
    found: dict[str, Touched] = {}
    for f in outcome.findings:
        if f.code not in _TOLD_TO_OTHERS or f.place not in acted:
            continue
        told = dict(f.params)
        department = str(told["department"])
        own = found.get(department, Touched())
        if f.sheet == VEHICLE:
            found[department] = replace(own, vehicles=(*own.vehicles, f.row))
            continue
        if f.severity is Severity.ASK:  # of a revision that is not stored before it is confirmed
            continue
        row = (f.row, int(str(told["count"])))
        found[department] = (
            replace(own, answered=(*own.answered, row))
            if f.code == WAITED_BY_OTHERS
            else replace(own, parameters=(*own.parameters, row))
        )
    return found


# ── who ──────────────────────────────────────────────────────────────────────────────────────────


def recipients(mail: Mail, kind: str, department: str, work: bool) -> tuple[str, ...]:
    """Who gets mail of this kind about a batch of this department."""
    if kind == TROUBLE:
        found = mail.kinds.get(TROUBLE) or mail.to
    elif mail.mode == "failures" and not work and kind != OTHERS:
        found = ()
    else:
        found = (*_own(mail, department), *mail.kinds.get(kind, ()))
    return tuple(a for a in dict.fromkeys(found) if kind in mail.only.get(a, KINDS))


def _own(mail: Mail, department: str) -> tuple[str, ...]:
    """Of the folder, else of the folder above it; `to` where no folder has addresses."""
    while department:
        if department in mail.departments:
            return mail.departments[department]
        department = department.rpartition("/")[0]
    return mail.to
