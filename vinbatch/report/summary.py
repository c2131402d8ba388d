"""The first sheet of a result: what happened in a sentence, facts, counts, and what was found most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    FileNames,
    Finding,
    Known,
    Outcome,
    Severity,
    State,
    Verdict,
)
from vinbatch.report.customs import states_of
from vinbatch.report.following import without_following
from vinbatch.report.sentence import sentence
from vinbatch.report.since import vin_of
from vinbatch.report.tones import PAST, tones
from vinbatch.report.words import answer_word, local_time
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Summary
from vinbatch.workbook.summary import MOST_FREQUENT


def summary(outcome: Outcome, still: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> Summary:
    """What stands on the first sheet; of an outcome `with_answers`, and what is `still_open` of it."""
    customs = states_of(outcome, known.replies)
    text, tone = sentence(outcome, still, known, files, ruleset)
    return Summary(
        title=ruleset.phrase(f"summary.title{for_queries(outcome)}"),
        sentence=text,
        tone=tone,
        facts=_facts(outcome, customs, known, files, ruleset),
        counts=_counts(outcome, still, ruleset),
        frequent=_frequent(still, ruleset),
        audit=audit_facts(outcome, files, known.head, ruleset),
    )


def for_queries(outcome: Outcome) -> str:
    """What the keys of titles end in where nothing but queries was asked."""
    asked = outcome.reading.queries or outcome.reading.unclear
    return "_query" if asked and not outcome.rows else ""


def _facts(
    outcome: Outcome, customs: Mapping[State, int], known: Known, files: FileNames, ruleset: Ruleset
) -> tuple[tuple[str, str], ...]:
    source = outcome.reading.source
    declared = [d.vin for d in outcome.declarations]
    facts = [
        ("file", source.name),
        ("kept", ruleset.phrase("report.kept", name=files.kept) if files.kept else ""),
        ("batch", outcome.batch),
        ("department", source.department),
        ("time", local_time(outcome.now, ruleset)),
        ("last_vin", declared[-1] if declared else ""),
        ("customs", _answered(customs, ruleset)),
        ("as_of", _as_of(outcome, known, ruleset)),
        ("extracts", ", ".join(files.extracts)),
        ("form", ruleset.phrase("fact.form_place", name=files.form) if files.form else ""),
    ]
    if ruleset.settings.site == "TRIAL":
        facts.append(("trial", ruleset.phrase("fact.trial_note")))
    return tuple((ruleset.phrase(f"fact.{key}"), text) for key, text in facts if text)


def _as_of(outcome: Outcome, known: Known, ruleset: Ruleset) -> str:
    """Of when the states are that the rows show, and where later ones are found; "" where they show none.

    The last change counts, and not the moment of writing: what is written again after a crash is the same.
    """
    vins = {vin_of(j, ruleset) for j in outcome.rows if j.row.sheet == VEHICLE}
    updated = [r.updated for vin in vins if (r := known.records.get(vin)) is not None and r.updated]
    if not updated:
        return ""
    when = local_time(max(*updated, outcome.now), ruleset)
    return ruleset.phrase("fact.as_of_when", when=when, register="register.xlsx")


def audit_facts(
    outcome: Outcome, files: FileNames, head: str, ruleset: Ruleset
) -> tuple[tuple[str, str], ...]:
    """What an operator or auditor looks for, and nobody who mends a row; last the head of the audit chain."""
    source = outcome.reading.source
    facts = (
        ("owner", source.user or source.owner),
        ("saved_by", outcome.reading.saved_by),
        ("packages", ", ".join(files.packages)),
        ("head", head),
    )
    return tuple((ruleset.phrase(f"fact.{key}"), text) for key, text in facts if text or key == "head")


def _answered(customs: Mapping[State, int], ruleset: Ruleset) -> str:
    """`海关接收成功 18 · 海关接收失败 2 · 等待海关答复 1`."""
    states = (State.ACCEPTED, State.REJECTED, State.DECLARED)
    return " · ".join(f"{answer_word(s, ruleset)} {customs[s]}" for s in states if customs.get(s))


def _counts(outcome: Outcome, still: Outcome, ruleset: Ruleset) -> tuple[tuple[str, str, int], ...]:
    """Verdicts, each with its colour: that of the past where none of its rows needs anybody any more."""
    toned = tones(outcome, still, ruleset)
    now = {(j.row.sheet, j.verdict) for j in outcome.rows if toned[j.row.place] != PAST}
    both = len({j.row.sheet for j in outcome.rows}) > 1
    counts = []
    for sheet in (VEHICLE, STRUCTURE):
        counted = Counter(j.verdict for j in outcome.rows if j.row.sheet == sheet)
        for verdict in Verdict:
            if counted[verdict]:
                word = ruleset.word(f"@verdict.{verdict}")
                label = f"{ruleset.word(f'@sheet.{sheet}')} · {word}" if both else word
                colour = verdict.value if (sheet, verdict) in now else PAST
                counts.append((colour, label, counted[verdict]))
    return tuple(counts)


def _frequent(outcome: Outcome, ruleset: Ruleset) -> tuple[tuple[str, str, int], ...]:
    """The most frequent findings that ask for a person's work, each told by its first case."""
    first: dict[str, Finding] = {}
    counted: Counter[str] = Counter()
    for f in without_following(outcome).findings:
        if f.severity is not Severity.NOTE:
            first.setdefault(f.code, f)
            counted[f.code] += 1
    return tuple(
        (ruleset.title(code), ruleset.tell(first[code]).what, n)
        for code, n in counted.most_common(MOST_FREQUENT)
    )
