"""What the ledger sums up → the pages that list all batches: `index.html`, and one for each closed month."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from vinbatch.model import (
    INDEX_PAGE,
    STRUCTURE,
    VEHICLE,
    BatchLine,
    Day,
    Month,
    Overview,
    Span,
    State,
    Type,
    Verdict,
)
from vinbatch.noun import Noun
from vinbatch.report.charts import Chart, Series, rate, stacked
from vinbatch.report.frame import Bar, bar, beside, frame
from vinbatch.report.html import html
from vinbatch.report.words import listed, local_time
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible

_SCRIPT = "overview.js"
_MOST_NEWS = 12
_MOST_FILES = 6  # named of those with refused rows
_HOURS = 3600
# Seconds, half as many again as until the next index at the latest: an older one means trouble.
_LASTS = 5400
_SELDOM = 60  # minutes: so often a page without news is written again


class LineShown(Noun, frozen=True):
    """A batch as a row. `chips` are (key, words); `marks` are what the filter knows it by."""

    batch: str
    time: str
    file: str
    department: str
    by: str
    chips: tuple[tuple[str, str], ...]
    customs: tuple[tuple[str, str], ...]
    refusal: str
    report: str
    result: str
    marks: str


class MonthShown(Noun, frozen=True):
    """A month with its page; `current` has none of its own yet."""

    name: str
    link: str
    month: Month
    waiting: int


class OverviewShown(Noun, frozen=True):
    """Everything of a page. `script` is put into it as it is; the policy allows these bytes and no others.

    `stamp` is when it was written, in seconds of UTC, and `lasts` after how many more it warns its reader.
    """

    title: str
    written: str
    renewed: str
    stamp: int
    lasts: int
    newest: bool
    news: tuple[str, ...]
    more_news: int
    standing: Bar
    facts: tuple[tuple[str, str], ...]
    register: tuple[tuple[str, str, int, bool], ...]
    form: tuple[str, str]
    charts: tuple[Chart, ...]
    findings: tuple[tuple[str, str, int, float], ...]
    lines: tuple[LineShown, ...]
    departments: tuple[str, ...]
    months: tuple[MonthShown, ...]
    script: str
    script_hash: str


def overview_page(seen: Overview, ruleset: Ruleset) -> bytes:
    """The page. Without `month` it is the index, which also tells how the home is."""
    say = ruleset.phrase
    newest = not seen.month
    title = say("overview.title") if newest else say("overview.month", month=month_name(seen.month, ruleset))
    script, news = ruleset.template(_SCRIPT), (*_unmended(seen, ruleset), *seen.news)
    shown = OverviewShown(
        title=title,
        written=local_time(seen.now, ruleset),
        renewed=_renewed(seen, ruleset),
        stamp=int(seen.now.timestamp()) if newest else 0,
        lasts=max(_LASTS, 90 * ruleset.settings.refresh_minutes),
        newest=newest,
        news=news[:_MOST_NEWS],
        more_news=max(0, len(news) - _MOST_NEWS),
        standing=_standing(seen, ruleset),
        facts=_facts(seen, ruleset),
        register=tuple((p.name, beside(p.name), p.vehicles, p.beside) for p in seen.register),
        form=(seen.form, beside(seen.form)) if seen.form else ("", ""),
        charts=tuple(c for c in charts(seen.span, ruleset) if not c.empty),
        findings=_findings(seen.span, ruleset),
        lines=tuple(_line(one, ruleset) for one in seen.lines),
        departments=tuple(sorted({one.department for one in seen.lines if one.department})),
        months=tuple(_month(m, seen, ruleset) for m in seen.months),
        script=script,
        script_hash=_hash(script),
    )
    up = "" if newest else beside(INDEX_PAGE)
    return html(ruleset, "overview.html", frame=frame(title, seen.head, ruleset, up), page=shown)


def _renewed(seen: Overview, ruleset: Ruleset) -> str:
    """When the page was brought up to date, and how often it is."""
    when, minutes = local_time(seen.now, ruleset), ruleset.settings.refresh_minutes
    phrase = "overview.written" if minutes else "overview.written_at_once"
    return ruleset.phrase(phrase, when=when, minutes=minutes, most=max(_SELDOM, minutes))


def page_name(month: str) -> str:
    """`index-2026-03.html`."""
    return f"index-{month[:4]}-{month[4:]}.html"


def month_name(month: str, ruleset: Ruleset) -> str:
    """`2026年3月`."""
    return ruleset.phrase("overview.month_name", year=month[:4], month=str(int(month[4:])))


def _hash(script: str) -> str:
    import base64

    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


# ── how the home is ──────────────────────────────────────────────────────────────────────────────


def _standing(seen: Overview, ruleset: Ruleset) -> Bar:
    """All vehicles by where they stand now."""
    counts = {state: sum(n for _, s, n in seen.standing if s == state) for state in State}
    revoked = sum(n for t, s, n in seen.standing if (t, s) == (Type.REVOCATION, State.ACCEPTED))
    waiting = max(0, counts[State.DECLARED] - seen.overdue)
    draft = max(0, counts[State.DRAFT] - seen.held)
    parts = [
        ("accepted", ruleset.word("@state.accepted"), counts[State.ACCEPTED] - revoked),
        ("waiting", ruleset.phrase("customs.waiting"), waiting),
        ("overdue", ruleset.phrase("overview.overdue"), seen.overdue),
        ("rejected", ruleset.word("@state.rejected"), counts[State.REJECTED]),
        ("draft", ruleset.word("@state.draft"), draft),
        ("held", ruleset.word("@verdict.held"), seen.held),
        ("deleted", ruleset.phrase("overview.revoked"), revoked),
    ]
    return bar(ruleset.phrase("overview.vehicles"), parts)


def _unmended(seen: Overview, ruleset: Ruleset) -> tuple[str, ...]:
    """The files of which rows were refused, and how many."""
    found = seen.unmended
    if not found:
        return ()
    names = [
        ruleset.phrase(
            "clerk.of_file" if one.rows else "clerk.whole_file", name=visible(one.source), n=one.rows
        )
        for one in found[:_MOST_FILES]
    ]
    more = ruleset.phrase("clerk.more_files", n=len(found)) if len(found) > _MOST_FILES else ""
    return (ruleset.phrase("clerk.refused", n=len(found), files=f"{listed(names, ruleset)}{more}"),)


def _facts(seen: Overview, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    beat = local_time(seen.beat, ruleset) if seen.beat else ruleset.phrase("overview.no_watch")
    facts = (
        ("last_pass", local_time(seen.now, ruleset)),
        ("watch", beat),
        ("waiting_files", str(seen.files)),
        ("doubt", str(seen.doubt)),
        ("overdue", str(seen.overdue)),
        ("aside", str(seen.aside)),
    )
    return tuple((ruleset.phrase(f"overview.{key}"), text) for key, text in facts)


# ── charts ───────────────────────────────────────────────────────────────────────────────────────


def charts(span: Span, ruleset: Ruleset) -> tuple[Chart, ...]:
    """Vehicles by what became of them, the acceptance rate, and how long customs takes; a day each."""
    say, days = ruleset.phrase, span.days
    names = [f"{d.day:%m-%d}" for d in days]
    head = say("overview.day")
    kinds = (
        ("accepted", ruleset.word("@state.accepted"), [d.accepted for d in days]),
        ("waiting", say("customs.waiting"), [_waiting(d) for d in days]),
        ("overdue", say("overview.overdue"), [d.overdue for d in days]),
        ("rejected", ruleset.word("@state.rejected"), [d.rejected for d in days]),
        ("saved", ruleset.word("@verdict.saved"), [d.rows.get(Verdict.SAVED, 0) for d in days]),
        ("held", ruleset.word("@verdict.held"), [d.rows.get(Verdict.HELD, 0) for d in days]),
        ("refused", ruleset.word("@verdict.refused"), [d.rows.get(Verdict.REFUSED, 0) for d in days]),
    )
    by_state = [Series(key, word, tuple(float(v) for v in values)) for key, word, values in kinds]
    accepted = Series("accepted", say("overview.rate"), tuple(_rate(d) for d in days))
    hours = Series(
        "waiting",
        say("overview.hours"),
        tuple(None if d.seconds is None else round(d.seconds / _HOURS, 1) for d in days),
    )
    return (
        stacked(say("overview.by_state"), head, names, by_state),
        rate(say("overview.rate"), head, names, accepted),
        stacked(say("overview.delay"), head, names, [hours]),
    )


def _waiting(day: Day) -> int:
    answered = day.accepted + day.rejected + day.overdue
    return max(0, day.rows.get(Verdict.DECLARED, 0) - answered)


def _rate(day: Day) -> float | None:
    answered = day.accepted + day.rejected
    return 100 * day.accepted / answered if answered else None


def _findings(span: Span, ruleset: Ruleset) -> tuple[tuple[str, str, int, float], ...]:
    """Code, its name, how often, and the share of the most frequent in percent."""
    most = span.findings[0][1] if span.findings else 1
    return tuple(
        (code, ruleset.title(code) if code in ruleset.findings else "", n, round(100 * n / most, 1))
        for code, n in span.findings
    )


# ── batches ──────────────────────────────────────────────────────────────────────────────────────


def _line(one: BatchLine, ruleset: Ruleset) -> LineShown:
    declared = one.rows.get((VEHICLE, Verdict.DECLARED), 0)
    waiting = max(0, declared - one.accepted - one.rejected - one.overdue)
    customs = (
        ("accepted", ruleset.phrase("overview.accepted"), one.accepted),
        ("rejected", ruleset.phrase("overview.rejected"), one.rejected),
        ("overdue", ruleset.phrase("overview.overdue"), one.overdue),
        ("waiting", ruleset.phrase("customs.waiting"), waiting),
        ("doubt", ruleset.phrase("overview.doubt"), one.doubt),
    )
    return LineShown(
        batch=one.batch,
        time=local_time(one.taken, ruleset)[:16],
        file=one.source,
        department=one.department,
        by=one.by,
        chips=_chips(one, ruleset),
        customs=tuple((key, f"{word} {n}") for key, word, n in customs if n),
        refusal=ruleset.tell(one.refusal).what if one.refusal else "",
        report=beside(one.report) if one.report else "",
        result=beside(one.result) if one.result else "",
        marks=" ".join(_marks(one, waiting)),
    )


def _chips(one: BatchLine, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    """Vehicles by verdict; parameters where there are no vehicles, or where they are to be mended."""
    since = ("released", ruleset.phrase("overview.since"))  # by later batches: nothing is asked for here
    if one.refusal:
        return ("refused", ruleset.phrase("overview.refused")), *(() if one.open else (since,))
    chips = []
    vehicles = any(sheet == VEHICLE for sheet, _ in one.rows)
    for sheet in (VEHICLE, STRUCTURE):
        for verdict in Verdict:
            n = one.rows.get((sheet, verdict), 0)
            mend = verdict in (Verdict.REFUSED, Verdict.HELD)
            if n and (sheet == VEHICLE or not vehicles or mend):
                name = "" if sheet == VEHICLE else f"{ruleset.word(f'@sheet.{sheet}')} "
                chips.append((verdict.value, f"{name}{ruleset.word(f'@verdict.{verdict}')} {n}"))
    if not one.open and any(n for (_, v), n in one.rows.items() if v in (Verdict.REFUSED, Verdict.HELD)):
        chips.append(since)
    asked = one.rows.get(("query", "asked"), 0)
    if asked:
        chips.append(("note", ruleset.phrase("overview.asked", n=asked)))
    return tuple(chips)


def _marks(one: BatchLine, waiting: int) -> Sequence[str]:
    found = (("mend", one.open), ("waiting", waiting or one.overdue), ("overdue", one.overdue))
    marks = [key for key, true in found if true]
    return marks or ["done"]


def _month(month: Month, seen: Overview, ruleset: Ruleset) -> MonthShown:
    link = "" if month.month == seen.running else beside(page_name(month.month))
    waiting = max(0, month.declared - month.accepted - month.rejected)
    return MonthShown(month_name(month.month, ruleset), link, month, waiting)
