"""A batch by mail: its answer, what customs said of it since, and what another department should know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vinbatch.mail_settings import RECEIPTS
from vinbatch.model import STRUCTURE, VEHICLE, Letter, Outcome, Severity, State, Verdict
from vinbatch.report.customs import counted, with_answers
from vinbatch.report.frame import Bar, bar
from vinbatch.report.letter import Item, Point, View, joint, of_file, write
from vinbatch.report.mending import groups
from vinbatch.report.result import issues, summary
from vinbatch.report.sentence import to_do
from vinbatch.report.story import Progress, Story, other_departments, progress
from vinbatch.ruleset import Ruleset, Told
from vinbatch.workbook.filled import Issue, Summary
from vinbatch.workbook.layout import cell

MOST_ROWS = 20
PLACE = "reports"
STATES = ((State.ACCEPTED, "accepted"), (State.REJECTED, "rejected"), (State.DECLARED, "waiting"))
_FACTS = ("file", "batch", "department", "time", "owner", "packages", "customs", "extracts")


@dataclass(frozen=True)
class Telling:
    """A story in the language of its reader."""

    story: Story
    kind: str
    ruleset: Ruleset

    @cached_property
    def outcome(self) -> Outcome:
        """With findings for what customs answered."""
        return with_answers(self.story.outcome, self.story.known, self.ruleset)

    @cached_property
    def progress(self) -> Progress:
        """How far customs is."""
        return progress(self.story, self.ruleset)

    @cached_property
    def states(self) -> Counter[State]:
        """The declarations by what customs answered."""
        return counted(self.story.outcome, self.story.known.replies)

    @cached_property
    def summary(self) -> Summary:
        """What the result workbook says on its first sheet."""
        story = self.story
        return summary(self.outcome, self.states, story.files, story.known.head, self.ruleset)

    @cached_property
    def to_do(self) -> str:
        """What a person has to do, "" for nothing."""
        # Sentences that stand on lines of their own in a workbook follow one another here.
        gap = "" if self.ruleset.settings.language == "zh" else " "
        told = gap.join(to_do(self.outcome, self.ruleset).splitlines())
        if self.progress.overdue:
            days = self.ruleset.settings.overdue_days
            told += gap + self.ruleset.phrase("mail.overdue", n=self.progress.overdue, days=days)
        return told.strip()

    @property
    def tone(self) -> str:
        """Good, mend or refused."""
        if self.outcome.refused:
            return "refused"
        return "mend" if self.to_do or self.progress.odd else "good"

    def verdicts(self, sheet: str) -> Counter[Verdict]:
        """The rows of a sheet by verdict."""
        return Counter(j.verdict for j in self.outcome.rows if j.row.sheet == sheet)


def batch_letter(telling: Telling) -> Letter:
    """The answer of a batch, or what customs said of it since."""
    ruleset, story = telling.ruleset, telling.story
    file, told = telling.outcome.reading.source.name, subject(telling)
    items_title, items, more = _to_mend(telling)
    view = View(
        subject=of_file(file, told, ruleset),
        tone=telling.tone,
        lead=_lead(telling),
        about=file,
        title=ruleset.phrase("mail.refused_whole")
        if telling.outcome.refused
        else told[:1].upper() + told[1:],
        bar=_bar(telling),
        facts=_facts(telling),
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
    if outcome.refused:
        return ruleset.phrase("subject.whole", reason=_stop(telling).what.rstrip("。."))
    if telling.kind == RECEIPTS:
        return _customs(telling)
    told = verdict_words(telling.verdicts(VEHICLE), telling.verdicts(STRUCTURE), ruleset)
    if not told and telling.story.files.extracts:
        told = ruleset.phrase("subject.found", n=telling.story.files.found)
    return told or ruleset.phrase("subject.nothing")


def _stop(telling: Telling) -> Told:
    """Why the file as a whole was refused, and its cure."""
    stop = next(f for f in telling.outcome.findings if not f.row and f.severity is Severity.STOP)
    return telling.ruleset.tell(stop)


def _customs(telling: Telling) -> str:
    now = telling.progress
    counts = {
        "accepted": now.accepted,
        "rejected": now.rejected,
        "waiting": now.waiting - now.overdue,
        "overdue": now.overdue,
    }
    return count_words(counts, telling.ruleset)


def verdict_words(vehicles: Counter[Verdict], sets: Counter[Verdict], ruleset: Ruleset) -> str:
    """The rows by verdict; of parameter sets beside vehicles only those that somebody must see to."""
    counts = {v.value: vehicles[v] for v in Verdict}
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


def _lead(telling: Telling) -> str:
    """What there is to do, or that there is nothing: what became of it is the title."""
    ruleset, todo = telling.ruleset, telling.to_do
    if telling.outcome.refused:
        return ruleset.phrase("mail.refused", reason=_stop(telling).what.rstrip("。."))
    if telling.kind == RECEIPTS:
        rest = telling.progress.waiting > telling.progress.overdue
        end = "mail.customs_wait" if rest else "" if todo else "mail.customs_done"
        todo += ruleset.phrase(end) if end else ""
        return todo.strip()
    return todo or telling.summary.sentence


# ── bars ─────────────────────────────────────────────────────────────────────────────────────────


def _bar(telling: Telling) -> Bar | None:
    if telling.kind == RECEIPTS:
        return states_bar(telling.states, telling.ruleset)
    verdicts = telling.verdicts(VEHICLE) or telling.verdicts(STRUCTURE)
    return verdicts_bar(verdicts, telling.ruleset)


def states_bar(states: Mapping[State, int], ruleset: Ruleset) -> Bar | None:
    """Declarations by what customs answered; None for none."""
    words = {s: ruleset.word(f"@state.{s}") for s, _ in STATES}
    words[State.DECLARED] = ruleset.phrase("customs.waiting")
    counts = [(key, words[s], states.get(s, 0)) for s, key in STATES]
    return bar(ruleset.phrase("mail.answers"), counts) if any(n for _, _, n in counts) else None


def verdicts_bar(verdicts: Mapping[Verdict, int], ruleset: Ruleset) -> Bar | None:
    """Rows by verdict; None for none."""
    counts = [(v.value, ruleset.word(f"@verdict.{v}"), verdicts.get(v, 0)) for v in Verdict]
    return bar(ruleset.phrase("mail.counts"), counts) if any(n for _, _, n in counts) else None


# ── rows to see to, and what to do ───────────────────────────────────────────────────────────────


def _to_mend(telling: Telling) -> tuple[str, tuple[Item, ...], str]:
    """What a person has to see to, under its heading: by rows, or by kind where there is too much of it."""
    ruleset = telling.ruleset
    found = [i for i in issues(telling.outcome, ruleset) if i.severity != Severity.NOTE and not i.released]
    if telling.outcome.refused:
        found = [i for i in found if i.row]  # why the file is refused is said above
    rows: dict[tuple[str, int], list[Issue]] = {}
    for one in found:
        rows.setdefault((one.sheet, one.row), []).append(one)
    if len(found) > MOST_ROWS:
        return _kinds(telling)
    vins = _vins(telling.outcome, ruleset)
    items = tuple(_row(some, vins, ruleset) for some in rows.values())
    return ruleset.phrase("mail.to_mend"), items, ""


def _kinds(telling: Telling) -> tuple[str, tuple[Item, ...], str]:
    """Every finding by its kind, with the rows that have it."""
    ruleset = telling.ruleset
    work, refused = (Severity.STOP, Severity.ASK), telling.outcome.refused
    found = [g for g in groups(telling.outcome, ruleset) if g.key in work and (g.rows or not refused)]
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
    known = issue.sheet in ruleset.sheets and issue.field in ruleset.index(issue.sheet)
    if not known:
        return issue.code
    at = cell(ruleset, issue.sheet, issue.field, issue.row)
    return f"{at} {ruleset.word(f'@{issue.sheet}.{issue.field}')} · {issue.code}"


def _vins(outcome: Outcome, ruleset: Ruleset) -> dict[int, str]:
    """Excel row → VIN, as it was read where nothing could be made of it."""
    index = ruleset.index(VEHICLE)["vin"]
    rows = [j.row for j in outcome.rows if j.row.sheet == VEHICLE]
    return {row.number: str(row.values[index] or dict(row.leftovers).get("vin", "")) for row in rows}


def _facts(telling: Telling) -> tuple[tuple[str, str], ...]:
    kept = {telling.ruleset.phrase(f"fact.{key}") for key in _FACTS}
    return tuple((name, told) for name, told in telling.summary.facts if name in kept)


def _steps(telling: Telling) -> tuple[str, ...]:
    ruleset, outcome, story = telling.ruleset, telling.outcome, telling.story
    department = outcome.reading.source.department
    inbox = f"inbox/{department}" if department else "inbox"
    if outcome.refused:
        return (_stop(telling).cure,)
    if not to_do(outcome, ruleset):
        return ()
    opened = "mail.open_attached" if story.attached else "mail.open_there"
    return (
        ruleset.phrase(opened, name=story.result, place=PLACE),
        ruleset.phrase("mail.mend_cells"),
        ruleset.phrase("mail.drop", inbox=inbox),
    )


def _notes(telling: Telling) -> tuple[str, ...]:
    kept = "mail.kept_attached" if telling.story.attached else "mail.kept_there"
    told = telling.ruleset.phrase(kept, place=PLACE, name=telling.story.result)
    return (told, *form_note(telling.story.files.form, telling.ruleset))


def form_note(name: str, ruleset: Ruleset) -> tuple[str, ...]:
    """Where the empty form lies, if there is one."""
    return (ruleset.phrase("mail.form", place=PLACE, name=name),) if name else ()


# ── to another department ────────────────────────────────────────────────────────────────────────


def others_letter(telling: Telling, department: str) -> Letter:
    """Another department acted on vehicles that this one had filed."""
    ruleset, outcome = telling.ruleset, telling.outcome
    rows = set(other_departments(outcome)[department])
    source, vins = outcome.reading.source, _vins(outcome, ruleset)
    judged = [j for j in outcome.rows if j.row.sheet == VEHICLE and j.row.number in rows]
    items = tuple(
        Item(
            "note",
            vins[j.row.number],
            ruleset.word(f"@act.{j.act}") if j.act else "",
            ruleset.word(f"@verdict.{j.verdict}"),
        )
        for j in judged[:MOST_ROWS]
    )
    counts: dict[str, str | int] = {
        "department": source.department or ruleset.phrase("mail.no_department"),
        "n": len(judged),
        "file": source.name,
    }
    left = len(judged) - MOST_ROWS
    view = View(
        subject=ruleset.phrase("subject.others", "", **counts),
        tone="mend",
        lead=ruleset.phrase("mail.others", "", **counts),
        facts=_facts(telling),
        items_title=ruleset.phrase("mail.vehicles"),
        items=items,
        more=ruleset.phrase("mail.more_vehicles", n=left) if left > 0 else "",
        head=telling.story.known.head,
    )
    return write(view, ruleset)
