"""A batch by mail: its answer, and what customs said of it since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from vinbatch.mail_settings import RECEIPTS
from vinbatch.model import STRUCTURE, VEHICLE, Letter, Outcome, Place, Severity, State, Verdict
from vinbatch.noun import Noun, replace
from vinbatch.report.drafts import lacking
from vinbatch.report.following import following, without_following
from vinbatch.report.frame import Bar, bar
from vinbatch.report.letter import Item, Point, View, of_file, write
from vinbatch.report.mending import groups
from vinbatch.report.result import issues
from vinbatch.report.rows import rejected_rows
from vinbatch.report.sentence import to_mend
from vinbatch.report.telling import Telling
from vinbatch.report.words import answer_word, joint, listed
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Issue
from vinbatch.workbook.layout import cell

MOST_ROWS = 20
PLACE = "reports"
STATES = ((State.ACCEPTED, "accepted"), (State.REJECTED, "rejected"), (State.DECLARED, "waiting"))
_Counts = tuple[tuple[Verdict, int], ...]
_LEFT = (Verdict.SAVED, Verdict.HELD, Verdict.REFUSED)
_FACTS = ("file", "batch", "department", "time", "owner", "packages", "customs", "extracts")


def batch_letter(telling: Telling) -> Letter:
    """The answer of a batch, or what customs said of it since."""
    ruleset, story = telling.ruleset, telling.story
    file, told = telling.outcome.reading.source.name, subject(telling)
    items_title, items, more = _to_mend(telling)
    view = View(
        subject=of_file(file, told, ruleset),
        tone=telling.tone,
        lead=telling.running(sentences := _sentences(telling)),
        sentences=sentences,
        about=file,
        title=ruleset.phrase("mail.refused_whole")
        if telling.outcome.refused
        else told[:1].upper() + told[1:],
        bar=_bar(telling),
        facts=facts_of(telling, _FACTS),
        items_title=items_title,
        items=items,
        more=more,
        steps=_steps(telling),
        notes=_notes(telling),
        head=story.known.head,
    )
    return write(view, ruleset)


# ── in a few words ───────────────────────────────────────────────────────────────────────────────


def subject(telling: Telling) -> str:
    """`198 已申报，2 待改`: what a subject says of a batch after its file's name."""
    ruleset, outcome = telling.ruleset, telling.outcome
    if outcome.refusal is not None:
        return ruleset.phrase("subject.whole", reason=ruleset.tell(outcome.refusal).what.rstrip("。."))
    unsent = ruleset.phrase("subject.unsent") if telling.story.files.unsent else ""
    if telling.kind == RECEIPTS:
        sent = ruleset.phrase("subject.sent") if telling.story.sent else ""
        return joint(ruleset).join(filter(None, (sent, _customs(telling), unsent)))
    told = [
        open_words(open_of(telling), ruleset),
        _queried(telling),
        count_words({"unread": outcome.unread}, ruleset),
        unsent,
    ]
    return joint(ruleset).join(filter(None, told)) or ruleset.phrase("subject.nothing")


class Open(Noun, frozen=True):
    """Rows by verdict, without those that a later batch has dealt with before the mail went out: `since`
    counts these. `follow` are the vehicles that wait for their parameters alone, `short` are drafts that
    lack something, `rejected` are vehicles that customs has rejected by now.
    """

    vehicles: _Counts = ()
    sets: _Counts = ()
    follow: _Counts = ()
    since: int = 0
    short: int = 0
    rejected: int = 0

    def __add__(self, other: Open) -> Open:
        return Open(
            _added(self.vehicles, other.vehicles),
            _added(self.sets, other.sets),
            _added(self.follow, other.follow),
            self.since + other.since,
            self.short + other.short,
            self.rejected + other.rejected,
        )


def _added(some: _Counts, more: _Counts) -> _Counts:
    return tuple((Counter(dict(some)) + Counter(dict(more))).items())


def open_of(telling: Telling) -> Open:
    """What a mail that answers a batch counts of it."""
    still = telling.still
    over, sets_over = _over(telling, VEHICLE), _over(telling, STRUCTURE)
    return Open(
        tuple((telling.verdicts(VEHICLE) - over).items()),
        tuple((telling.verdicts(STRUCTURE) - sets_over).items()),
        tuple(following(still).items()),
        over.total(),
        lacking(still, telling.ruleset),
        len(rejected_rows(still)[0]),
    )


def open_words(counts: Open, ruleset: Ruleset) -> str:
    """`198 已申报，2 待改，退回 1`."""
    vehicles, sets, follow = (Counter(dict(c)) for c in (counts.vehicles, counts.sets, counts.follow))
    words = verdict_words(vehicles - follow, sets, ruleset, counts.short)
    beside = {"follow": follow.total(), "since": counts.since, "rejected": counts.rejected}
    return joint(ruleset).join(filter(None, (words, count_words(beside, ruleset))))


def left_words(telling: Telling) -> str:
    """`2 待核实，1 待改`: what is left to do of a batch, for a digest of what customs answered."""
    counts = open_of(telling)
    rows, sets = (tuple(n for n in told if n[0] in _LEFT) for told in (counts.vehicles, counts.sets))
    words = open_words(replace(counts, vehicles=rows, sets=sets, since=0, rejected=0), telling.ruleset)
    unread = count_words({"unread": telling.outcome.unread}, telling.ruleset)
    return joint(telling.ruleset).join(filter(None, (words, unread)))


def _over(telling: Telling, sheet: str) -> Counter[Verdict]:
    """The rows that were to be mended, and that a later batch has dealt with before the mail went out."""
    left = Counter(j.verdict for j in telling.still.rows if j.row.sheet == sheet)
    over = telling.verdicts(sheet) - left
    return Counter({verdict: over[verdict] for verdict in (Verdict.HELD, Verdict.REFUSED)})


def _queried(telling: Telling) -> str:
    """What the queries found, and which could not be read."""
    files, unclear = telling.story.files, len(telling.outcome.reading.unclear)
    counts = {"found": files.found, "unclear": unclear}
    none = "" if files.found or not files.extracts else telling.ruleset.phrase("subject.found_none")
    return joint(telling.ruleset).join(filter(None, (none, count_words(counts, telling.ruleset))))


def _customs(telling: Telling) -> str:
    now = telling.progress
    counts = {
        "accepted": now.accepted,
        "rejected": now.rejected,
        "waiting": now.waiting - now.overdue,
        "overdue": now.overdue,
        "contradicted": now.contradicted,
        "corrected": now.corrected,
    }
    return count_words(counts, telling.ruleset)


def verdict_words(
    vehicles: Counter[Verdict], sets: Counter[Verdict], ruleset: Ruleset, short: int = 0
) -> str:
    """The rows by verdict; of parameter sets beside vehicles only those that somebody must see to.

    `short` of those saved lack something.
    """
    counts = {v.value: vehicles[v] for v in Verdict}
    counts = {**counts, Verdict.SAVED.value: counts[Verdict.SAVED.value] - short, "lacking": short}
    if any(n for v, n in counts.items() if v != Verdict.UNCHANGED):
        counts[Verdict.UNCHANGED.value] = 0  # no news beside what was done
    if not vehicles:
        counts = {Verdict.STORED.value: sets[Verdict.STORED]}
    parts = [count_words(counts, ruleset)]
    mend = {v.value: sets[v] for v in (Verdict.HELD, Verdict.REFUSED)}
    if any(mend.values()):
        told = count_words(mend, ruleset, ruleset.phrase("mail.and"))
        parts.append(ruleset.phrase("subject.structures", told=told))
    return joint(ruleset).join(filter(None, parts))


def count_words(counts: Mapping[str, int], ruleset: Ruleset, between: str = "") -> str:
    """Phrases `subject.<key>` of what there is any of."""
    return (between or joint(ruleset)).join(
        ruleset.phrase(f"subject.{key}", n=n) for key, n in counts.items() if n
    )


def _sentences(telling: Telling) -> tuple[str, ...]:
    """What there is to do, or that there is nothing: what became of it is the title."""
    refusal, ruleset = telling.outcome.refusal, telling.ruleset
    if refusal is not None:
        return (ruleset.phrase("mail.refused", reason=ruleset.tell(refusal).what.rstrip("。.")),)
    return (*telling.to_do, *telling.left) or tuple(telling.summary.sentence.splitlines())


# ── bars ─────────────────────────────────────────────────────────────────────────────────────────


def _bar(telling: Telling) -> Bar | None:
    if telling.kind == RECEIPTS:
        return states_bar(telling.states, telling.ruleset)
    verdicts = telling.verdicts(VEHICLE) or telling.verdicts(STRUCTURE)
    return verdicts_bar(verdicts, telling.ruleset)


def states_bar(states: Mapping[State, int], ruleset: Ruleset) -> Bar | None:
    """Declarations by what customs answered; None for none."""
    counts = [(key, answer_word(s, ruleset), states.get(s, 0)) for s, key in STATES]
    return bar(ruleset.phrase("mail.answers"), counts) if any(n for _, _, n in counts) else None


def verdicts_bar(verdicts: Mapping[Verdict, int], ruleset: Ruleset) -> Bar | None:
    """Rows by verdict; None for none."""
    counts = [(v.value, ruleset.word(f"@verdict.{v}"), verdicts.get(v, 0)) for v in Verdict]
    return bar(ruleset.phrase("mail.counts"), counts) if any(n for _, _, n in counts) else None


# ── rows to see to, and what to do ───────────────────────────────────────────────────────────────


def _to_mend(telling: Telling) -> tuple[str, tuple[Item, ...], str]:
    """What a person has to see to, under its heading: by rows, or by kind where there is too much of it."""
    ruleset = telling.ruleset
    told = issues(without_following(telling.still), ruleset)
    found = [i for i in told if i.severity != Severity.NOTE and not i.released]
    if telling.outcome.refused:
        found = [i for i in found if i.row]  # why the file is refused is said above
    rows: dict[Place, list[Issue]] = {}
    for one in found:
        rows.setdefault((one.sheet, one.row), []).append(one)
    if len(found) > MOST_ROWS:
        return _kinds(telling)
    vins = vins_of(telling.outcome, ruleset)
    items = tuple(_row(some, vins, ruleset) for some in rows.values())
    return ruleset.phrase("mail.to_mend"), items, ""


def _kinds(telling: Telling) -> tuple[str, tuple[Item, ...], str]:
    """Every finding by its kind, with the rows that have it."""
    ruleset = telling.ruleset
    work, refused = (Severity.STOP, Severity.ASK), telling.outcome.refused
    found = [g for g in groups(telling.still, ruleset) if g.key in work and (g.rows or not refused)]
    items = tuple(
        Item(
            group.key,
            ruleset.title(group.code),
            " · ".join(
                (
                    *(ruleset.phrase("report.rows_of", sheet=sheet, rows=rows) for sheet, rows in group.rows),
                    ruleset.phrase("mail.times", n=group.count),
                    group.code,
                )
            ),
            f"{ruleset.phrase('report.such_as') if group.varied else ''}{group.what}",
            group.cure,
        )
        for group in found[:MOST_ROWS]
    )
    sheet = ruleset.word("@sheet.problems")
    return ruleset.phrase("mail.kinds"), items, ruleset.phrase("mail.each", sheet=sheet)


def _row(found: Sequence[Issue], vins: Mapping[int, str], ruleset: Ruleset) -> Item:
    """A row with all that is to be mended in it."""
    first = found[0]
    if not first.row:
        head, name = ruleset.phrase("mail.file"), ""
    else:
        head = f"{ruleset.word(f'@sheet.{first.sheet}')} {ruleset.phrase('mail.row', row=first.row)}"
        name = vins.get(first.row, "") if first.sheet == VEHICLE else ""
    points = tuple(Point(i.severity, _place(i, ruleset), i.what, i.cure) for i in found)
    worst = Severity.STOP if any(i.severity == Severity.STOP for i in found) else Severity.ASK
    return Item(worst, head, name, points=points)


def _place(issue: Issue, ruleset: Ruleset) -> str:
    """`E8 CCC证书编号 · CCC-NUMERIC`."""
    known = issue.fields and issue.sheet in ruleset.sheets and issue.fields[0] in ruleset.index(issue.sheet)
    if not known:
        return issue.code
    at = cell(ruleset, issue.sheet, issue.fields[0], issue.row)
    names = (ruleset.word(f"@{issue.sheet}.{key}") for key in issue.fields)
    return f"{at} {listed(names, ruleset)} · {issue.code}"


def vins_of(outcome: Outcome, ruleset: Ruleset) -> dict[int, str]:
    """Excel row → VIN, as it was read where nothing could be made of it."""
    index = ruleset.index(VEHICLE)["vin"]
    rows = [j.row for j in outcome.rows if j.row.sheet == VEHICLE]
    return {row.number: str(row.values[index] or dict(row.leftovers).get("vin", "")) for row in rows}


def facts_of(telling: Telling, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Those of what the result says of its batch; `keys` are the phrases `fact.<key>`."""
    kept = {telling.ruleset.phrase(f"fact.{key}") for key in keys}
    facts = (*telling.summary.facts, *telling.summary.audit)
    return tuple((name, told) for name, told in facts if name in kept)


def _steps(telling: Telling) -> tuple[str, ...]:
    ruleset, outcome, story = telling.ruleset, telling.outcome, telling.story
    department = outcome.reading.source.department
    inbox = f"inbox/{department}" if department else "inbox"
    if outcome.refusal is not None:
        return (ruleset.tell(outcome.refusal).cure,)
    if not to_mend(telling.still, ruleset):
        return ()
    opened = "mail.open_attached" if story.attached else "mail.open_there"
    return (
        ruleset.phrase(opened, name=story.result, place=PLACE),
        ruleset.phrase(_mending(telling.still)),
        ruleset.phrase("mail.drop", inbox=inbox),
    )


def _mending(still: Outcome) -> str:
    """What is done in the workbook, as the colours of its cells tell it: drafts to complete have none."""
    found = {f.severity for f in still.findings}
    red, yellow = Severity.STOP in found or bool(still.reading.unclear), Severity.ASK in found
    if red:
        return "mail.mend_cells" if yellow else "mail.mend_red"
    return "mail.mend_yellow" if yellow else "mail.mend_told"


def _notes(telling: Telling) -> tuple[str, ...]:
    kept = "mail.kept_attached" if telling.story.attached else "mail.kept_there"
    told = telling.ruleset.phrase(kept, place=PLACE, name=telling.story.result)
    return (told, *form_note(telling.story.files.form, telling.ruleset))


def form_note(name: str, ruleset: Ruleset) -> tuple[str, ...]:
    """Where the empty form lies, if there is one."""
    return (ruleset.phrase("mail.form", place=PLACE, name=name),) if name else ()
