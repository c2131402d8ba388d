"""What a pass did: for the table, the exit code, and the mail that follows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vinbatch.effects import inbox
from vinbatch.errors import AccessError, MailError, PublishError
from vinbatch.model import Outcome
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset
from vinbatch.run.refresh import Refreshed

if TYPE_CHECKING:
    from vinbatch.run.answers.telling import Answered
    from vinbatch.run.judging.chunks import Worked
    from vinbatch.run.receipts import HeardFile


class Line(Noun, frozen=True):
    """What is told of a workbook after a pass: its outcome itself is in the ledger, not in memory."""

    batch: str
    file: str
    headline: str
    packages: tuple[tuple[str, str], ...]  # guid, and what is told of it
    refused: bool
    to_mend: bool  # rows that were refused or held, or cannot be asked

    @classmethod
    def of(cls, worked: Worked, ruleset: Ruleset) -> Line:
        """The line of a workbook."""
        packages = tuple((p.guid, f"{p.name} ({len(p.vins)})") for p in worked.packages)
        return cls.of_outcome(worked.outcome, ruleset, packages)

    @classmethod
    def of_outcome(
        cls, outcome: Outcome, ruleset: Ruleset, packages: tuple[tuple[str, str], ...] = ()
    ) -> Line:
        """The same of what the ledger holds."""
        from vinbatch.report.sentence import headline  # an idle pass has no line

        name, told = outcome.reading.source.name, headline(outcome, ruleset)
        return cls(outcome.batch, name, told, packages, outcome.refused, outcome.to_mend)


@dataclass
class Pass:
    """What a pass did: for the table, the exit code and the tests."""

    lines: list[Line] = field(default_factory=list)
    heard: list[HeardFile] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    caught_up: int = 0  # of those published: packages of earlier passes, which had waited
    doubtful: list[str] = field(default_factory=list)
    unready: list[inbox.Skipped] = field(default_factory=list)
    stale: list[inbox.Skipped] = field(default_factory=list)
    failed: int = 0
    refreshed: Refreshed = field(default_factory=Refreshed)
    overdue: int = 0  # vehicles that customs has owed an answer for too long, newly so
    unpublished: PublishError | None = None  # the outbox refuses; what is committed goes out later
    unheard: AccessError | None = None  # the folder of receipts is another one; what lies there waits
    hooked: bool = False  # after_batch was due for something
    mail_open: bool = False  # a letter waits, if only for its next try
    mail_waits: bool = False  # there is something to tell or to send by mail, once the lock is released
    unmailed: dict[str, str] = field(default_factory=dict)  # who has no letter yet: the server's words
    unsent: MailError | None = None  # the server is out of reach; letters wait in the queue

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do: then cron hears nothing."""
        return not (self.lines or self.heard or self.answered or self.published or self.doubtful)

    @property
    def refused(self) -> bool:
        """Whether a file was refused, or an answer of customs cannot be used."""
        return any(line.refused for line in self.lines) or any(one.problems for one in self.heard)

    @property
    def to_mend(self) -> bool:
        """Whether rows were refused or held, or cannot be asked."""
        return any(line.to_mend for line in self.lines)

    @property
    def at_rest(self) -> bool:
        """Whether there is nothing left either that the next pass would find with nothing changed."""
        left = (
            self.unready
            or self.failed
            or self.unpublished
            or self.unheard
            or self.mail_waits
            or self.mail_open
            or self.hooked
        )
        return self.idle and not (left or self.refreshed.written)
