"""The whole story of a vehicle for an auditor: its events, and between them what no event tells.

The answer that each row got, every version of the results and the mails are of the ledger, and not of the
chain: they have neither number nor hash.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from vinbatch.model import VEHICLE, Event, Finding, Mailed, Passage, Severity, Verdict, Version
from vinbatch.noun import Noun
from vinbatch.report.history import Happened, Sources, happened, value_words
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset

# Rows of which no event tells; of the others it tells what they said.
_UNTOLD = (Verdict.REFUSED, Verdict.UNCHANGED)


class Item(Noun, frozen=True):
    """Something that happened; `number` and `hash` are those of its event, "" where it has none."""

    happened: Happened
    number: str = ""
    hash: str = ""


def whole_story(
    events: Sequence[Event],
    passages: Iterable[Passage],
    versions: Iterable[Version],
    mails: Iterable[Mailed],
    sources: Sources,
    ruleset: Ruleset,
) -> list[Item]:
    """Events as the chain has them. An answer to a row follows the events of its batch's commit, a version of
    a result and a mail what happened until then. Answers whose events somebody deleted stand before all.
    """
    times = [datetime.fromisoformat(e.body["time"]) for e in events]
    behind: dict[int, list[Happened]] = {}
    for one in passages:
        at = _commit(events, one.batch)
        told = _passage(one, local_time(times[at], ruleset) if at >= 0 else "–", sources, ruleset)
        if told.detail or one.verdict in _UNTOLD:
            behind.setdefault(at, []).append(told)
    sent_out = (*_versions(versions, ruleset), *_mails(mails, ruleset))
    for sent, told in sorted(sent_out, key=lambda one: one[0]):
        first = 0 if events else -1
        behind.setdefault(max(bisect_right(times, sent) - 1, first), []).append(told)
    found = [*map(Item, behind.get(-1, ()))]
    for at, (event, what) in enumerate(
        zip(events, happened(events, sources, ruleset, whole=True), strict=True)
    ):
        found.append(Item(what, str(event.id), event.hash))
        found += map(Item, behind.get(at, ()))
    return found


def _commit(events: Sequence[Event], batch: str) -> int:
    """Where the last event stands that the commit of this batch wrote; -1 where somebody deleted them."""
    of_batch = [(at, e) for at, e in enumerate(events) if e.batch == batch]
    time = next((e.body["time"] for _, e in of_batch if e.body["kind"] == "batch"), "")
    written = (at for at, e in of_batch if e.body["kind"] == "batch" or "sheet" in e.body)
    return max((at for at in written if events[at].body["time"] == time), default=-1)


def _passage(one: Passage, when: str, sources: Sources, ruleset: Ruleset) -> Happened:
    """What the row was answered; of one for which nothing was stored also what it said."""
    told = []
    if one.number and one.revision:
        told.append(f"{ruleset.phrase('cli.parameters')} {one.number} · {_revision(one.revision, ruleset)}")
    if one.verdict in _UNTOLD:
        values = {k: v for k, v in one.values.items() if v not in (None, "")}
        told += [value_words(key, value, ruleset) for key, value in values.items()]
    told += [_finding(f, ruleset) for f in one.findings]
    file = sources[one.batch].file if one.batch in sources else ""
    place = f"{one.sheet or ruleset.word(f'@sheet.{VEHICLE}')}!{one.cell or one.row}"
    what = ruleset.phrase("cli.row_answered", verdict=ruleset.word(f"@verdict.{one.verdict}"))
    return Happened(when, "row", what, "\n".join(told), f"{file} {place} {one.batch}".strip(), "")


def _revision(revision: int, ruleset: Ruleset) -> str:
    return ruleset.phrase("cli.revision", n=revision)


def _finding(finding: Finding, ruleset: Ruleset) -> str:
    """`待核实 DATE-MODEL-YEAR …`: how grave, its code, what it said then, and what had been typed."""
    how = "released" if finding.released else Severity(finding.severity).value
    what = ruleset.tell(finding).what
    typed = finding.value if finding.value.strip() and finding.value not in what else ""
    was = f"{ruleset.word('@problem.value')} “{typed}”" if typed else ""  # blanks at its ends are told too
    said = f"{ruleset.word(f'@severity.{how}')} {finding.code} {what}"
    return " · ".join(filter(None, (said, was)))


def _versions(versions: Iterable[Version], ruleset: Ruleset) -> Iterator[tuple[datetime, Happened]]:
    for one in versions:
        what = ruleset.phrase("cli.result_written", n=one.number)
        told = f"{one.name}\nSHA-256 {one.digest}"
        yield one.at, Happened(local_time(one.at, ruleset), "result", what, told, one.batch, "")


def _mails(mails: Iterable[Mailed], ruleset: Ruleset) -> Iterator[tuple[datetime, Happened]]:
    for one in mails:
        to = [f"→ {a} · {ruleset.word(f'@mailing.{state}')} {reply}" for a, state, reply in one.addresses]
        known_by = f"Message-ID {one.message}"  # by which the mail server knows it
        what, told = ruleset.phrase("cli.mailed"), "\n".join((one.subject, known_by, *to))
        yield one.at, Happened(local_time(one.at, ruleset), "mail", what, told, one.batch, "")
