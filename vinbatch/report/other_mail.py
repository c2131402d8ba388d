"""Mail of many batches: the digest of a run; and what an operator must see to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

from vinbatch.mail_settings import RECEIPTS
from vinbatch.model import Letter, State
from vinbatch.noun import Noun, replace
from vinbatch.report.batch_mail import (
    PLACE,
    STATES,
    Open,
    count_words,
    form_note,
    left_words,
    open_of,
    open_words,
    states_bar,
    subject,
    verdicts_bar,
)
from vinbatch.report.letter import Item, View, write
from vinbatch.report.neighbour_mail import touched_words
from vinbatch.report.story import other_departments
from vinbatch.report.telling import Telling
from vinbatch.report.words import joint
from vinbatch.ruleset import Ruleset

_MOST = 100
_WEIGHT = {"refused": 0, "mend": 1, "good": 2}
_NEXT = {"mend": "mail.mend_these", "refused": "mail.redo_these"}
_OVER = ("republished", "reheard")  # what an operator was told of is over


class Gist(Noun, frozen=True):
    """What a digest tells of a batch, in the language of its reader."""

    batch: str
    file: str
    told: str
    result: str
    tone: str
    counts: Open = Open()
    states: tuple[tuple[State, int], ...] = ()  # what customs answered, where that is the news
    overdue: int = 0
    cure: str = ""  # of a file that was not worked: no cell of its result is to be mended


def gist(telling: Telling, other: str = "") -> Gist:
    """A batch as a digest tells it; to the department `other`, if it acted on what is that one's."""
    if other:
        return _others(telling, other)
    receipts, refusal = telling.kind == RECEIPTS, telling.outcome.refusal
    left = left_words(telling) if receipts and telling.is_work else ""
    return Gist(
        telling.outcome.batch,
        telling.outcome.reading.source.name,
        joint(telling.ruleset).join(filter(None, (subject(telling), left))),
        telling.story.result,
        telling.tone,
        Open() if receipts or refusal is not None else open_of(telling),
        tuple(telling.states.items()) if receipts else (),
        telling.progress.overdue if receipts else 0,
        telling.ruleset.tell(refusal).cure if refusal is not None else "",
    )


def _others(telling: Telling, other: str) -> Gist:
    outcome, ruleset = telling.outcome, telling.ruleset
    source = outcome.reading.source
    acting = source.department or ruleset.phrase("mail.no_department")
    done = touched_words(other_departments(outcome)[other], ruleset)
    told = ruleset.phrase("mail.others", department=acting, file=source.name, told=done)
    return Gist(outcome.batch, source.name, told, "", "mend")


def digest(gists: Sequence[Gist], head: str, form: str, ruleset: Ruleset) -> Letter:
    """One letter of many batches; those that are work come first. `form` is the name of the empty form."""
    ordered = sorted(gists, key=lambda g: _WEIGHT[g.tone])
    tones = Counter(g.tone for g in gists)
    work = len(gists) - tones["good"]
    counts = reduce(add, (g.counts for g in gists), Open())
    states: Counter[State] = Counter()
    for g in gists:
        states.update(dict(g.states))
    told = _total(gists, counts, states, ruleset)
    todo = ruleset.phrase("mail.digest_mend", n=work) if work else ruleset.phrase("mail.digest_good")
    left = len(gists) - _MOST
    view = View(
        subject=ruleset.phrase("subject.digest", n=len(gists), told=told),
        tone="mend" if work else "good",
        lead=todo,
        bar=verdicts_bar(dict(counts.vehicles), ruleset) or states_bar(states, ruleset),
        items_title=ruleset.phrase("mail.files"),
        items=tuple(Item(g.tone, g.file, g.result or g.batch, g.told, g.cure) for g in ordered[:_MOST]),
        more=ruleset.phrase("mail.more_files", n=left, place=PLACE) if left > 0 else "",
        steps=tuple(ruleset.phrase(_NEXT[tone], place=PLACE) for tone in _NEXT if tone in tones),
        notes=form_note(form, ruleset),
        head=head,
    )
    return write(view, ruleset)


def _total(gists: Sequence[Gist], counts: Open, states: Counter[State], ruleset: Ruleset) -> str:
    """`230 已申报，4 待改，1 个文件未办理`, then what customs answered."""
    refused = sum(g.tone == "refused" for g in gists)
    parts = [
        open_words(counts, ruleset),
        ruleset.phrase("subject.files_refused", n=refused) if refused else "",
        count_words({key: states[s] for s, key in STATES if s is not State.DECLARED}, ruleset),
        count_words({"overdue": sum(g.overdue for g in gists)}, ruleset),
    ]
    return joint(ruleset).join(filter(None, parts)) or ruleset.phrase("subject.nothing")


class Event(Noun, frozen=True):
    """A trouble: phrases `trouble.<kind>`, what fills them, and when, as people see it."""

    kind: str
    batch: str
    about: Mapping[str, str]
    when: str

    @property
    def over(self) -> bool:
        """Whether it is the end of one."""
        return self.kind in _OVER


def trouble_letter(events: Sequence[Event], head: str, ruleset: Ruleset) -> Letter:
    """What an operator must see to, each with its cure; or, where that is all, that it is over."""
    left = len(events) - _MOST
    open_still = [event for event in events if not event.over]
    over = "" if open_still else "_over"
    view = View(
        subject=ruleset.phrase(f"subject.trouble{over}", told=_most_urgent(open_still or events, ruleset)),
        tone="refused" if open_still else "good",
        lead=ruleset.phrase(f"mail.trouble{over}", n=len(open_still)),
        items_title=ruleset.phrase(f"mail.troubles{over}"),
        items=tuple(_item(event, ruleset) for event in events[:_MOST]),
        more=ruleset.phrase("mail.more_troubles", n=left) if left > 0 else "",
        steps=(ruleset.phrase("mail.look"),) if open_still else (),
        head=head,
    )
    return write(view, ruleset)


def _most_urgent(events: Sequence[Event], ruleset: Ruleset) -> str:
    """The first, and how many there are; what is overdue in all batches is counted together, as one thing."""
    first, things = events[0], len(events)
    if first.kind == "overdue":
        alike = [event for event in events if event.kind == first.kind]
        vehicles = sum(int(event.about["n"]) for event in alike)
        first = replace(first, about={**first.about, "n": str(vehicles)})
        things -= len(alike) - 1
    told = _trouble(first, "_short", ruleset)
    return ruleset.phrase("subject.troubles", told=told, n=things) if things > 1 else told


def _item(event: Event, ruleset: Ruleset) -> Item:
    place = " · ".join(filter(None, (event.when, event.batch)))
    about = event.about
    told = ruleset.phrase("trouble.vehicles", n=about["n"], vins=about["vins"]) if "vins" in about else ""
    tone = "good" if event.over else "refused"
    return Item(tone, _trouble(event, "", ruleset), place, told, _trouble(event, "_cure", ruleset))


def _trouble(event: Event, part: str, ruleset: Ruleset) -> str:
    fills: dict[str, str | int] = {
        "batch": event.batch,
        "days": ruleset.settings.overdue_days,
        "place": PLACE,
        **{name: ruleset.word(text) for name, text in event.about.items()},
    }
    return ruleset.phrase(f"trouble.{event.kind}{part}", "", **fills)
