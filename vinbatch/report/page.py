"""The stored outcome and what the ledger holds now → what the report of a batch shows.

Nothing is decided here, and nothing depends on the moment of looking but what is overdue: a report that is
written again after a crash has the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import STRUCTURE, VEHICLE, FileNames, Known, Outcome, Source, Verdict
from vinbatch.noun import Noun
from vinbatch.report.customs import state_words, with_answers
from vinbatch.report.frame import Bar, Frame, bar, beside, frame
from vinbatch.report.history import Happened, happened
from vinbatch.report.mending import Group, MendRow, groups, most_shown, rows_to_mend
from vinbatch.report.sent import PackageView, package_views
from vinbatch.report.sentence import sentence
from vinbatch.report.since import done_since, still_open
from vinbatch.report.standing import standing
from vinbatch.report.summary import audit_facts, for_queries
from vinbatch.report.words import answer_word, local_time
from vinbatch.ruleset import Ruleset

TEMPLATE = "report.html"
MOST_VEHICLES = 50  # whose history a page shows


Fact = tuple[str, str]  # a label and its text


class Link(Noun, frozen=True):
    """A file that came of the batch. Without `href` it lies elsewhere, and its name is all that is told."""

    label: str
    name: str
    href: str
    note: str = ""


class Moment(Noun, frozen=True):
    """Something that happened to the batch as a whole."""

    when: str
    what: str
    detail: str


class Vehicle(Noun, frozen=True):
    """What is known of a vehicle that was asked for."""

    vin: str
    key: str
    state: str
    facts: tuple[Fact, ...]
    events: tuple[Happened, ...]


class Report(Noun, frozen=True):
    """Everything on the page, in order. `title` says what the page is, `tone` is "good", "mend" or "refused";
    `left_out` rows and `unshown` vehicles are not on it.
    """

    frame: Frame
    title: str
    file: str
    batch: str
    tone: str
    sentence: str
    facts: tuple[Fact, ...]
    audit: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    mend: tuple[MendRow, ...]
    left_out: int
    groups: tuple[Group, ...]
    packages: tuple[PackageView, ...]
    story: tuple[Moment, ...]
    vehicles: tuple[Vehicle, ...]
    unshown: int
    links: tuple[Link, ...]


def report(outcome: Outcome, known: Known, files: FileNames, ruleset: Ruleset) -> Report:
    """What the page shows. `known` are the records of the batch's VINs as they stand now."""
    outcome = with_answers(outcome, known, ruleset)
    still = still_open(outcome, known, ruleset)
    told, tone = sentence(outcome, still, known, files, ruleset)
    mend = rows_to_mend(still, ruleset)
    shown = most_shown(mend)
    source = outcome.reading.source
    asked = for_queries(outcome)
    title = f"{source.name} · {ruleset.phrase(f'result.title{asked}')} {outcome.batch}"
    return Report(
        frame=frame(title, known.head, ruleset),
        title=ruleset.phrase(f"report.title{asked}"),
        file=source.name,
        batch=outcome.batch,
        tone=tone,
        sentence=told,
        facts=_facts(outcome, source, ruleset),
        audit=audit_facts(outcome, FileNames(), "", ruleset)[:-1],
        bars=_bars(outcome, ruleset),
        mend=mend[:shown],
        left_out=len(mend) - shown,
        groups=groups(done_since(outcome, still, known, ruleset), ruleset),
        packages=package_views(outcome, known, ruleset),
        story=_story(known, ruleset),
        vehicles=tuple(_vehicle(vin, known, ruleset) for vin in known.histories),
        unshown=max(0, files.found - len(known.histories)),
        links=_links(files, ruleset),
    )


def _facts(outcome: Outcome, source: Source, ruleset: Ruleset) -> tuple[Fact, ...]:
    """What was dropped, where, when."""
    facts: tuple[Fact, ...] = (
        ("batch", outcome.batch),
        ("time", local_time(outcome.now, ruleset)),
        ("department", source.department),
        ("last_vin", outcome.declarations[-1].vin if outcome.declarations else ""),
    )
    return tuple((ruleset.phrase(f"fact.{key}"), text) for key, text in facts if text)


def _bars(outcome: Outcome, ruleset: Ruleset) -> tuple[Bar, ...]:
    """The rows of each sheet by verdict."""
    bars = []
    for sheet in (VEHICLE, STRUCTURE):
        verdicts = [j.verdict for j in outcome.rows if j.row.sheet == sheet]
        counts = [(v.value, ruleset.word(f"@verdict.{v}"), verdicts.count(v)) for v in Verdict]
        if verdicts:
            bars.append(bar(ruleset.word(f"@sheet.{sheet}"), counts))
    return tuple(bars)


def _story(known: Known, ruleset: Ruleset) -> tuple[Moment, ...]:
    """From the drop to the last answer, in the site's time."""
    names = {p.guid: p.name for p in known.packages}
    told = []
    for event, one in zip(known.events, happened(known.events, known.sources, ruleset), strict=True):
        detail = _detail(event.body, names, known, ruleset)
        if detail is not None:
            told.append(Moment(one.when, one.what, detail))
    return tuple(told)


def _detail(
    body: Mapping[str, object], names: Mapping[str, str], known: Known, ruleset: Ruleset
) -> str | None:
    """What a moment is about; None where another moment tells it, or it is no moment of the batch."""
    kind, guid = str(body["kind"]), str(body.get("guid") or "")
    if kind == "batch":
        return str(body["file"])
    if kind == "receipt":
        return _heard(str(body["receipt"]), str(body["file"]), known, ruleset)
    if kind == "package" or kind.startswith("entry "):
        return None
    reason = ruleset.word(str(body.get("reason") or ""))
    by = str(body.get("user") or "")
    return " · ".join(t for t in (names.get(guid, guid), reason, by) if t)


def _heard(receipt: str, file: str, known: Known, ruleset: Ruleset) -> str:
    """`回执.xml · 海关接收成功 18 · 海关接收失败 2`."""
    states = [r.state for r in known.replies if r.receipt == receipt]
    counted = [f"{answer_word(s, ruleset)} {states.count(s)}" for s in dict.fromkeys(states)]
    return " · ".join((file, *counted))


def _links(files: FileNames, ruleset: Ruleset) -> tuple[Link, ...]:
    result = ruleset.phrase("report.result")
    kept = ruleset.phrase("report.kept", name=files.kept) if files.kept else ""
    links = [Link(result, files.result, beside(files.result), kept)] if files.result else []
    links += [Link(ruleset.phrase("fact.extracts"), name, beside(name)) for name in files.extracts]
    place = ruleset.phrase("report.outbox")
    links += [Link(ruleset.phrase("fact.packages"), name, "", place) for name in files.packages]
    links += [Link(ruleset.phrase("fact.form"), files.form, beside(files.form))] if files.form else []
    return tuple(links)


# ── 查询 ─────────────────────────────────────────────────────────────────────────────────────────


def _vehicle(vin: str, known: Known, ruleset: Ruleset) -> Vehicle:
    told = happened(known.histories[vin], known.sources, ruleset)
    record = known.records.get(vin)
    if record is None:
        return Vehicle(vin, "deleted", ruleset.word("@state.none"), (), told)
    state = state_words(record.now, ruleset)
    return Vehicle(vin, record.now.state.value, state, standing(record, known, ruleset), told)
