"""What is to be mailed: batches that are due → letters, each with its recipients and its Message-ID.

Everything is read as of one moment, and written by one transaction (`store.mails.queue`). A batch is told of
to each of its readers by one letter; who would get too many of one posting gets a digest instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from vinbatch.effects.archive import Archive
from vinbatch.mail_settings import ANSWERS, OTHERS, RECEIPTS, TROUBLE, Mail
from vinbatch.model import Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.report.batch_mail import batch_letter
from vinbatch.report.letter import short_name
from vinbatch.report.neighbour_mail import others_letter
from vinbatch.report.other_mail import Event, Gist, digest, gist, trouble_letter
from vinbatch.report.story import (
    NOTHING,
    WAIT,
    Progress,
    Story,
    news,
    other_departments,
    progress,
    recipients,
)
from vinbatch.report.telling import Telling
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset, compile_rules, in_language
from vinbatch.run.answers.basis import files_of, found_by
from vinbatch.run.answers.later import as_it_stands
from vinbatch.run.isolating import isolating_bugs
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import DueBatch, Plan, Posted

_DIGEST = "digest"
Item = TypeVar("Item", "DueBatch", "Tale")
Done = TypeVar("Done")


class Tale(Noun, frozen=True):
    """A batch that is due, in short: what kind of news, for whom, and which letter of the batch it is.

    Its story is not kept: a posting may tell of thousands.
    """

    due: DueBatch
    kind: str
    progress: str
    number: int
    readers: tuple[str, ...] = ()
    # Departments on whose vehicles it acted, and their readers.
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gists: tuple[tuple[tuple[str, str], Gist], ...] = ()  # by language and department, "" is its own

    @property
    def batch(self) -> str:
        """Its batch."""
        return self.due.batch

    @property
    def everybody(self) -> dict[str, str]:
        """Reader → the department by which he reads of it, "" is its own."""
        others = {reader: department for department, some in self.others for reader in some}
        return {**others, **dict.fromkeys(self.readers, "")}


@dataclass
class Planner:
    """One look at the ledger. `failed` are batches that a bug of ours keeps from being told of."""

    ledger: Ledger
    archive: Archive
    rulebook: Rulebook
    now: datetime
    form: str  # the name of the empty form in reports/, "" for none
    failed: set[str] = field(default_factory=set)

    @property
    def mail(self) -> Mail:
        """The settings of mail."""
        return self.ruleset.settings.mail

    @property
    def ruleset(self) -> Ruleset:
        """The compiled rules."""
        return compile_rules(self.rulebook)

    def plan(self) -> Plan:
        """Everything that is to be queued."""
        with self.ledger.mails.looking():
            due = [one for one in self.ledger.mails.due() if one.batch not in self.failed]
            tales = self._isolating_bugs(due, self._tale)
            often = Counter(reader for tale in tales for reader in tale.everybody)
            most = 1 if self.mail.mode == _DIGEST else self.mail.burst
            many = frozenset(reader for reader, n in often.items() if n > most)
            written = self._isolating_bugs(tales, lambda tale: (tale, tuple(self._letters(tale, many))))
            told = [tale for tale, _ in written]
            letters = [letter for _, some in written for letter in some]
            letters += self._digests(told, many)
            alarms, troubles = self._alarms()
        return Plan((*letters, *alarms), tuple((t.due, t.progress) for t in told), troubles)

    def _isolating_bugs(self, items: Sequence[Item], work: Callable[[Item], Done | None]) -> list[Done]:
        """`work` on each; what a bug of ours keeps from being told stays due, for the next posting."""

        def failed(item: Item) -> None:
            self.failed.add(item.batch)

        done = isolating_bugs(
            items, lambda some: [work(item) for item in some], failed, lambda item: f"mail of {item.batch}"
        )
        return [one for one in done if one is not None]

    # ── batches ──────────────────────────────────────────────────────────────────────────────────

    def _tale(self, due: DueBatch) -> Tale | None:
        """None where it has to wait."""
        story = self._story(due.batch)
        thread = self.ledger.mails.thread(due.batch)
        now = progress(story, self.ruleset)
        before = Progress.read(thread.told) if thread else None
        quiet = self.now - thread.at if thread else timedelta()
        kind = news(before, quiet, now, story.outcome.refused)
        if kind == WAIT:
            return None
        if kind == NOTHING:
            return Tale(due, kind, "", 0)
        department = story.outcome.reading.source.department
        told = self._telling(story, kind)
        work = told(self.ruleset.settings.language).is_work or story.sent
        readers = recipients(self.mail, kind, department, work)
        others = () if thread else tuple(self._others(story))
        number = thread.letters + 1 if thread else 1
        tale = Tale(due, kind, str(now), number, readers, others)
        return replace(tale, gists=tuple(self._gists(tale, told)))

    def _telling(self, story: Story, kind: str) -> Callable[[str], Telling]:
        """The story by language: what is worked out for one letter serves the next."""
        return cache(lambda lang: Telling(story, kind, in_language(self.ruleset, lang)))

    def _others(self, story: Story) -> Iterator[tuple[str, tuple[str, ...]]]:
        for department in other_departments(story.outcome):
            yield department, recipients(self.mail, OTHERS, department, work=True)

    def _gists(self, tale: Tale, told: Callable[[str], Telling]) -> Iterator[tuple[tuple[str, str], Gist]]:
        for department, readers in (("", tale.readers), *tale.others):
            for lang, _ in self._by_language(readers):
                yield (lang, department), gist(told(lang), department)

    def _story(self, batch: str) -> Story:
        outcome, known = as_it_stands(batch, self.ledger, self.rulebook, self.now)
        found = found_by(outcome, self.ledger, self.rulebook)
        files = files_of(outcome, found, self.ledger, self.rulebook, self.form)
        name, attached, _ = self.ledger.answers.of(batch)[-1]
        thread = self.ledger.mails.thread(batch)
        late = thread is not None and Progress.read(thread.told).unsent > 0
        return Story(outcome, known, files, name, self._fits(attached), late)

    def _fits(self, digest: str) -> bool:
        most = self.mail.attach_megabytes * 2**20
        return self.archive.has(digest) and self.archive.path(digest).stat().st_size <= most

    def _letters(self, tale: Tale, many: Collection[str]) -> Iterator[Posted]:
        """The letters of one batch alone, to all who get no digest."""
        readers = [reader for reader in tale.readers if reader not in many]
        if not set(tale.everybody) - set(many):
            return
        batch = tale.due.batch
        story = self._story(batch)
        told = self._telling(story, tale.kind)
        name, attached, _ = self.ledger.answers.of(batch)[-1]
        for lang, some in self._by_language(readers):
            letter = batch_letter(told(lang))
            if story.attached:
                letter = replace(letter, attachment=attached, attachment_name=name)
            letter = replace(letter, topic=f"{short_name(story.outcome.reading.source.name)} · {batch}")
            if tale.kind == RECEIPTS:
                letter = replace(letter, references=self._message(batch, ANSWERS, 1, lang))
            message = self._message(batch, tale.kind, tale.number, lang)
            yield Posted(message, tale.kind, batch, letter, some)
        for i, (department, others) in enumerate(tale.others, start=1):
            left = [reader for reader in others if reader not in many and reader not in tale.readers]
            for lang, some in self._by_language(left):
                letter = others_letter(told(lang), department)
                message = self._message(batch, f"{OTHERS}-{i}", tale.number, lang)
                yield Posted(message, OTHERS, batch, letter, some)

    def _digests(self, tales: Sequence[Tale], many: Collection[str]) -> Iterator[Posted]:
        """One letter for all who read the same batches in the same language."""
        groups: dict[tuple[str, tuple[tuple[Tale, str], ...]], list[str]] = {}
        for lang, readers in self._by_language(sorted(many)):
            for reader in readers:
                by = [(tale, tale.everybody[reader]) for tale in tales if reader in tale.everybody]
                groups.setdefault((lang, tuple(by)), []).append(reader)
        for i, ((lang, mine), some) in enumerate(groups.items(), start=1):
            gists = [dict(tale.gists)[lang, department] for tale, department in mine]
            letter = digest(gists, self.ledger.head(), self.form, in_language(self.ruleset, lang))
            first = mine[0][0]
            message = self._message(first.due.batch, f"{_DIGEST}-{i}", first.number, lang)
            yield Posted(message, _DIGEST, "", letter, tuple(some))

    # ── the operator ─────────────────────────────────────────────────────────────────────────────

    def _alarms(self) -> tuple[list[Posted], tuple[int, ...]]:
        """Everything that he has not been told of, in one letter."""
        troubles = self.ledger.mails.troubles()
        if not troubles:
            return [], ()
        events = [Event(t.kind, t.batch, t.about, local_time(t.at, self.ruleset)) for t in troubles]
        letters = []
        for lang, some in self._by_language(recipients(self.mail, TROUBLE, "", work=True)):
            letter = trouble_letter(events, self.ledger.head(), in_language(self.ruleset, lang))
            site = self.ruleset.settings.site  # homes that share a sender count alike
            message = self._message(f"{site}.{TROUBLE}", str(troubles[-1].id), 1, lang)
            letters.append(Posted(message, TROUBLE, "", letter, some))
        return letters, tuple(t.id for t in troubles)

    # ── names ────────────────────────────────────────────────────────────────────────────────────

    def _by_language(self, readers: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Language → its readers."""
        home = self.ruleset.settings.language
        found: dict[str, list[str]] = {}
        for reader in readers:
            found.setdefault(self.mail.languages.get(reader, home), []).append(reader)
        return [(lang, tuple(some)) for lang, some in found.items()]

    def _message(self, batch: str, kind: str, number: int, lang: str) -> str:
        """A Message-ID that is the same whenever the same letter is made."""
        domain = self.mail.sender.rpartition("@")[2]
        return f"<{batch}.{kind}.{number}.{lang}@{domain}>"
