"""A story in the language of its reader: what a mail about a batch is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from vinbatch.model import Outcome, State, Verdict
from vinbatch.report.customs import states_of, with_answers
from vinbatch.report.sentence import end, left, to_mend, to_see_to
from vinbatch.report.since import lines_since, settled, still_open
from vinbatch.report.story import Progress, Story, progress
from vinbatch.report.summary import summary
from vinbatch.ruleset import Ruleset
from vinbatch.workbook.filled import Summary


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
    def still(self) -> Outcome:
        """Without what a later batch has dealt with."""
        return still_open(self.outcome, self.story.known, self.ruleset)

    @cached_property
    def progress(self) -> Progress:
        """How far customs is with its declarations."""
        return progress(self.story, self.ruleset)

    @cached_property
    def states(self) -> Counter[State]:
        """The declarations by what customs answered."""
        return states_of(self.story.outcome, self.story.known.replies)

    @cached_property
    def summary(self) -> Summary:
        """What the result workbook says on its first sheet."""
        story = self.story
        return summary(self.outcome, self.still, story.known, story.files, self.ruleset)

    @cached_property
    def to_do(self) -> tuple[str, ...]:
        """What a person has to do, () for nothing."""
        mend = to_mend(self.still, self.ruleset)
        return (*mend, *to_see_to(self.still, self.story.files, self.ruleset))

    @cached_property
    def left(self) -> tuple[str, ...]:
        """Where things stand beside that, and that there is nothing left to do where that is so."""
        facts = self.still, self.story.known, self.story.files, self.ruleset
        done = lines_since(self.outcome, self.still, self.story.known, self.ruleset)
        open_still = self.to_do or not settled(self.outcome, self.still, self.story.known, self.ruleset)
        return (*done, *left(*facts), *([] if open_still else end(*facts)))

    def running(self, lines: Iterable[str]) -> str:
        """Sentences that stand on lines of their own follow one another here."""
        return ("" if self.ruleset.settings.language == "zh" else " ").join(lines)

    @property
    def tone(self) -> str:
        """Its colour: `refused` of a whole file, `mend` where there is something to do, else `good`."""
        if self.outcome.refused:
            return "refused"
        return "mend" if self.to_do else "good"

    @property
    def is_work(self) -> bool:
        """Whether a person has to do something."""
        return self.tone != "good"

    def verdicts(self, sheet: str) -> Counter[Verdict]:
        """The rows of a sheet by verdict."""
        return Counter(j.verdict for j in self.outcome.rows if j.row.sheet == sheet)
